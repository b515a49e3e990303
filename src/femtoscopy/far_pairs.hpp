#pragma once

#include "hadronforce/femtoscopy/source.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// What pairs of point charges outside `radius_fm` add to C - 1: integral 4 pi r^2 S (<|psi_C|^2> - 1) dr with the
/// density of classical particles, <|psi_C|^2> = (1 - 2 eta/(kr))^(1/2), which that of the waves follows for kr >>
/// |eta| but for oscillations of order eta/(kr)^2.
Eigen::ArrayXd far_pairs_of_charges(Source const& source, double two_eta_k_per_fm, Eigen::ArrayXd const& k_per_fm,
                                    double radius_fm);

/// Waves are followed no farther than this.
inline constexpr double farthest_fm = 2e4;

/// Share of the pairs that are farther apart than this, from above by 1 % at most.
double fraction_outside(Source const& source, double radius_fm);

}  // namespace hadronforce
