#include "hadronforce/scattering/momentum_grid.hpp"

#include "hadronforce/error.hpp"

#include <cmath>

namespace hadronforce {

Eigen::ArrayXd bin_centres(double k_min, double k_max, int points) {
    if (!(k_min >= 0.0) || !(k_max > k_min) || !std::isfinite(k_max) || points < 1)
        throw InputError("momentum bins need 0 <= k_min < k_max and at least one point");
    double const width = (k_max - k_min) / points;
    return k_min + width * (Eigen::ArrayXd::LinSpaced(points, 0.0, points - 1.0) + 0.5);
}

Eigen::ArrayXd end_points(double k_min, double k_max, int points) {
    if (!(k_min > 0.0) || !(k_max > k_min) || !std::isfinite(k_max) || points < 2)
        throw InputError("momenta with their ends need 0 < k_min < k_max and at least two points");
    return Eigen::ArrayXd::LinSpaced(points, k_min, k_max);
}

}  // namespace hadronforce
