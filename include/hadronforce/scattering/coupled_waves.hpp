#pragma once

#include "hadronforce/scattering/coupled_channels.hpp"
#include "hadronforce/scattering/radial_grid.hpp"

#include <Eigen/Core>

#include <complex>
#include <memory>
#include <optional>
#include <vector>

namespace hadronforce {

/// The waves of coupled channels on one level of the grid.
struct CoupledWavesAtLevel {
    std::vector<Eigen::MatrixXcd> s_matrix;  ///< of the open channels, one a momentum
    /// Channels by momenta: sum over nodes of weight |u_j|^2/g, u_1 = F_l(k r) + outgoing wave, u_j outgoing or
    /// decaying, flux |u_j|^2 k_j/mu_j. Empty without weights.
    Eigen::ArrayXXd density;
    /// Channels by momenta: u_1 - F_l and the other u_j where the potential ends. Empty without weights.
    Eigen::ArrayXXcd outgoing_at_potential_end;
    /// Of u_1 = F_l + tau (G_l + iF_l), read where the potential ends: its error times G_l from there on is that of
    /// u_1, under a barrier as well. Empty without weights.
    Eigen::ArrayXcd tau;
    std::optional<std::complex<double>> threshold;  ///< (1 - i a0)/(1 + i a0), a0 in fm: smooth through infinite a0
};

/// Solves u_i'' = [l(l+1)/r^2 + 2 eta_i k_i/r - k_i^2] u_i + (2 mu_i/(hbar c)^2) sum_j V_ij u_j by the renormalised
/// Numerov method (Johnson, J. Chem. Phys. 69 (1978) 4678) in the coordinate of RadialGrid: ratios of the matrix of
/// regular solutions move outward, the one wave that is asked for comes back inward, so that neither closed channels
/// nor barriers cost digits. One object a thread; keeps its grid between potentials.
class CoupledWaves {
  public:
    /// Momenta of the first channel, in 1/fm. Throws InputError for bad channels or momenta.
    CoupledWaves(std::vector<Channel> channels, Eigen::ArrayXd k_per_fm);
    ~CoupledWaves();
    CoupledWaves(CoupledWaves&&) noexcept;
    CoupledWaves& operator=(CoupledWaves&&) noexcept;

    /// Makes the grid's first steps short enough for densities on this scale. Before set_potential.
    void resolve(double scale_fm);

    /// Takes a potential, which must outlive its use. The matching radius is the first level-0 node at or beyond
    /// `reach_fm` from which all |2 sqrt(mu_i mu_j) V_ij/(hbar c)^2| stay under `negligible_per_fm2`. Throws InputError
    /// where an entry is not finite or larger at 400 fm, where entries jump at different radii, or where channels of
    /// different l are coupled at the origin.
    void set_potential(PotentialMatrix const& potential, double negligible_per_fm2, double reach_fm);

    /// The level whose nodes see the potential so well that errors fall as they should from there on.
    int first_level(double tolerance) const;

    /// `weights`: channels by nodes 0 .. matching node of that level, or empty.
    CoupledWavesAtLevel at_level(int level, Eigen::ArrayXXd const& weights);

    RadialGrid const& grid() const noexcept;
    /// Index of the matching node on level 0; on level L it is 2^L times that.
    Eigen::Index matching_node() const noexcept;
    std::vector<Channel> const& channels() const noexcept;
    Eigen::ArrayXd const& k_per_fm() const noexcept;
    /// Beyond which the potential is negligible, at most the matching radius. There decaying waves, which at the
    /// matching radius are lost in rounding, still have a size.
    double potential_end_fm() const noexcept;
    /// k_j^2 in 1/fm^2, channels by momenta; negative in closed channels.
    Eigen::ArrayXXd const& k_squared_per_fm2() const noexcept;

    /// S and the scattering length as numbers to extrapolate, all of modulus at most one.
    static Eigen::ArrayXd packed(CoupledWavesAtLevel const& waves);
    Eigen::Index packed_size() const;
    /// Back from extrapolated numbers; `error_estimate` is left at zero.
    CoupledScattering unpacked(Eigen::Ref<Eigen::ArrayXd const> const& values) const;

  private:
    struct Work;
    std::unique_ptr<Work> work_;
};

/// Throws InputError unless masses are positive, l within 0..20, the first threshold zero and all numbers finite.
void check_channels(std::vector<Channel> const& channels, PotentialMatrix const& potential);

}  // namespace hadronforce
