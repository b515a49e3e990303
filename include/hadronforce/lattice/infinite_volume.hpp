#pragma once

#include "hadronforce/scattering/nonlocal_solver.hpp"

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// k cot(delta) of the s-wave without box as a function of k^2 that is cheap to call. It is the ratio of two smooth
/// functions of k^2, of either sign (WaveOutside), which are solved at Chebyshev points and interpolated, on as many
/// pieces as they need, to 1e-8 of the largest value on each piece or better.
///
/// Below k^2 = 0 it is continued as far as the interaction, which enters with exp(2 kappa r), falls off fast enough: a
/// Yukawa tail exp(-mu r) allows kappa < mu/2. Deeper stands the parabola in k^2 that continues value and slope and,
/// where a bound state lies deeper, goes through k cot(delta) = -kappa there. Lengths in the unit of the interaction,
/// which must have no charges.
class InfiniteVolume {
  public:
    /// `k2_min`: lowest k^2 that will be asked for, if negative and deeper than all bound states. Throws what
    /// NonlocalSolver throws, ConvergenceError where the two functions cannot be interpolated.
    InfiniteVolume(Interaction const& interaction, double k_max, double k2_min, double tolerance);

    /// Infinite where delta is a multiple of pi. Throws InputError above k_max.
    double k_cot_delta(double k2) const;
    double scattering_length() const noexcept { return scattering_length_; }
    double effective_range() const noexcept { return effective_range_; }
    /// kappa of each bound state, deepest first.
    std::vector<double> const& binding_momenta() const noexcept { return binding_momenta_; }
    /// k^2 below which the parabola stands.
    double continued_from() const noexcept { return lowest_; }

  private:
    struct Piece {
        double begin, end;  ///< in k^2
        Eigen::ArrayXd k2, regular, irregular;
    };
    void continue_below(NonlocalSolver const& solver, double k2_min);
    void interpolate(NonlocalSolver const& solver, double begin, double end, int depth);
    void set_parabola();
    double interpolated(double k2) const;

    double k_max_;
    double lowest_ = 0.0;
    double scattering_length_ = 0.0;
    double effective_range_ = 0.0;
    std::vector<double> binding_momenta_;
    std::vector<Piece> pieces_;  ///< ascending
    double value_ = 0.0, slope_ = 0.0, curvature_ = 0.0;
};

}  // namespace hadronforce
