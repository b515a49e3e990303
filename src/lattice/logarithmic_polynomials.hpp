#pragma once

#include "hadronforce/interaction/kernel_network.hpp"

#include <Eigen/Core>

#include <cmath>

namespace hadronforce {

/// Chebyshev polynomials T_0, T_1, ... of log(1 + (r/r_scale)^2)/2 over [0, cut], radii x terms: smooth from sites of
/// the lattice to the tail; constant beyond the cut.
inline Eigen::MatrixXd logarithmic_polynomials(KernelNetworkSettings const& settings, Eigen::ArrayXd const& r,
                                               Eigen::Index terms) {
    double const farthest = std::log1p(std::pow(settings.cut / settings.r_scale, 2));
    Eigen::ArrayXd const angle =
        (2.0 * (r / settings.r_scale).square().log1p() / farthest - 1.0).max(-1.0).min(1.0).acos();
    Eigen::MatrixXd result(r.size(), terms);
    for (Eigen::Index n = 0; n < terms; ++n) result.col(n) = (static_cast<double>(n) * angle).cos().matrix();
    return result;
}

}  // namespace hadronforce
