#include "hadronforce/scattering/coordinate_map.hpp"

#include <cmath>

namespace hadronforce {

double CoordinateMap::x_of_r(double r_fm) const {
    return r_fm / outer_ + (1.0 - inner_ / outer_) * std::log1p(r_fm / inner_);
}

double CoordinateMap::r_of_x(double x) const {
    // x(r) is increasing and concave up to the linear part, so Newton from below never overshoots twice.
    double r = inner_ * std::expm1(std::fmin(x, 1.0));
    for (int iteration = 0; iteration < 100; ++iteration) {
        double const change = (x - x_of_r(r)) * dr_dx(r);
        r = std::fmax(0.0, r + change);
        if (std::fabs(change) <= 1e-15 * (r + inner_)) break;
    }
    return r;
}

double CoordinateMap::slope_of_dr_dx(double r_fm) const noexcept {
    double const distance = r_fm + outer_;
    return outer_ * (outer_ - inner_) / (distance * distance);
}

double CoordinateMap::curvature_term(double r_fm) const noexcept {
    double const slope = slope_of_dr_dx(r_fm);
    double const second = -2.0 * slope / (r_fm + outer_);
    return 0.25 * slope * slope - 0.5 * dr_dx(r_fm) * second;
}

}  // namespace hadronforce
