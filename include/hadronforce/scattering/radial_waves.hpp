#pragma once

#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/scattering/free_waves.hpp"
#include "hadronforce/scattering/momentum_interpolation.hpp"
#include "hadronforce/scattering/radial_grid.hpp"

#include <Eigen/Core>

#include <functional>
#include <memory>

namespace hadronforce {

/// The regular waves u(k, r) of one potential on one level of the grid, normalised to r^(l+1) times one factor for all
/// k.
struct WavesAtLevel {
    Eigen::MatrixX3d values;  ///< one row a momentum: u, slope, density
    Eigen::MatrixX4d free;    ///< of waves without the potential: f, slope, density, and u'f - uf' (1/fm); or empty
    Eigen::ArrayXi zeros;     ///< zeros of u strictly inside the matching radius
    double threshold_u;       ///< the same for k = 0
    double threshold_slope;
    double threshold_norm_fm;  ///< integral_0^R u^2 dr
    int threshold_zeros;

    auto u() const { return values.col(0).array(); }        ///< at the matching radius
    auto slope() const { return values.col(1).array(); }    ///< du/dr there, 1/fm
    auto density() const { return values.col(2).array(); }  ///< sum over density nodes of weight u^2 / g
};

/// How an adaptive integration steps.
struct AdaptiveSteps {
    double tolerance;  ///< error of one step, relative to the size of u, u' and the integral
    double scale;      ///< of the longest steps that are allowed
};

/// Solves the radial equation of one PartialWaveKind for many momenta and k = 0 at once, by Numerov's method in the
/// coordinate of RadialGrid, at no more momenta than determine the waves. One object a thread; keeps its grid between
/// potentials.
class RadialWaves {
  public:
    /// Momenta in 1/fm, positive. `r_max_fm`: how far the grid must at least reach. Waves are interpolated in k to
    /// `tolerance`/1000 of the smallest amplitude. Throws InputError for l outside 0..highest_l.
    RadialWaves(Eigen::ArrayXd k_per_fm, double reduced_mass_MeV, double r_max_fm, double tolerance,
                PartialWaveKind kind = {});
    ~RadialWaves();
    RadialWaves(RadialWaves&&) noexcept;
    RadialWaves& operator=(RadialWaves&&) noexcept;

    /// Takes a potential and finds the matching radius: the first level-0 node beyond which |2 mu V/(hbar c)^2| stays
    /// under `negligible_per_fm2`. Densities will have no weight beyond `density_radius_fm`. Throws InputError where
    /// the potential is not finite or still larger at 400 fm.
    void set_potential(LocalPotential const& potential, double negligible_per_fm2, double density_radius_fm);

    /// Whether the error of the present potential's waves is of order step^8; else it is of order step^4. Both have
    /// even powers only.
    bool smooth() const noexcept;
    /// Whether the present potential has knots, which let errors fall irregularly.
    bool has_knots() const noexcept;
    /// The first level whose waves are worth the trouble: whose nodes see all of the present potential that matters to
    /// this tolerance.
    int first_level(double tolerance);

    /// The waves of the present potential. `density_weight`: one weight a node of level `density_level` (<= level), up
    /// to the matching node at least; may be empty. `waves` keeps its memory.
    void at_level(int level, int density_level, Eigen::Ref<Eigen::ArrayXd const> const& density_weight,
                  WavesAtLevel& waves);

    /// The same waves, each on a scale of its own, by adaptive Runge-Kutta steps in r, one momentum after the other:
    /// slow, for potentials that no level of the grid resolves. `density` is integral density u^2 dr up to the matching
    /// radius; without a function it is zero. To be called after at_level(finest level). Throws ConvergenceError where
    /// a wave takes too many steps.
    WavesAtLevel adaptive(AdaptiveSteps steps, std::function<double(double r_fm)> const& density_per_fm3) const;

    /// How the present potential's waves are interpolated in k; at_level may change it to exact.
    MomentumInterpolation const& interpolation() const noexcept;

    RadialGrid const& grid() const noexcept;
    /// Extends the grid to at least this radius, and the end of its range of free waves.
    void reach(double r_max_fm);
    /// Makes the grid's first steps short enough for densities on this scale. Before set_potential.
    void resolve(double scale_fm);
    /// Index of the matching node on level 0; on level L it is 2^L times that.
    Eigen::Index matching_node() const noexcept;
    double matching_radius_fm() const noexcept;
    Eigen::ArrayXd const& k_per_fm() const noexcept;
    PartialWaveKind kind() const noexcept;
    double two_eta_k_per_fm() const noexcept;
    /// Free or Coulomb waves at the matching radius.
    FreeWavesAtRadius const& free_waves();

  private:
    struct Work;
    std::unique_ptr<Work> work_;
};

}  // namespace hadronforce
