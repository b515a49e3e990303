#pragma once

#include "hadronforce/scattering/nonlocal_solver.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// k cot(delta) of the s-wave without box as a function of k^2 that is cheap to call: (delta - delta(0))/k, which is
/// smooth, is solved at Chebyshev points of [0, k_max] and interpolated. Their number is doubled, up to 256, until
/// delta no longer changes by 1e-6 rad; what is left is the square of that, or the solver's error. Below k^2 = 0 stands
/// the effective range expansion -1/a0 + r_eff k^2/2. Lengths in the unit of the interaction, which must have no
/// charges.
class InfiniteVolume {
  public:
    /// Throws what NonlocalSolver throws, ConvergenceError where so many points do not give delta to 1e-5 rad.
    InfiniteVolume(Interaction const& interaction, double k_max, double tolerance);

    /// Infinite where delta is a multiple of pi. Throws InputError above k_max.
    double k_cot_delta(double k2) const;
    double scattering_length() const noexcept { return scattering_length_; }
    double effective_range() const noexcept { return effective_range_; }

  private:
    double slope(double k) const;  ///< (delta - delta(0))/k

    double k_max_;
    double scattering_length_ = 0.0;
    double effective_range_ = 0.0;
    Eigen::ArrayXd k_, slopes_;
};

}  // namespace hadronforce
