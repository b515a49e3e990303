#pragma once

#include <Eigen/Core>

namespace hadronforce {

/// Centres of `points` equal bins of [k_min, k_max], in the unit of the arguments. Throws InputError unless 0 <= k_min
/// < k_max, points >= 1.
Eigen::ArrayXd bin_centres(double k_min, double k_max, int points);

/// `points` equally spaced momenta from k_min to k_max, ends included. Throws InputError unless 0 < k_min < k_max,
/// points >= 2.
Eigen::ArrayXd end_points(double k_min, double k_max, int points);

}  // namespace hadronforce
