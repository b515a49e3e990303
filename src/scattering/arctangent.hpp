#pragma once

#include <cmath>

namespace hadronforce {

/// atan2(y, x) to 1e-15 without a branch or a call, so that a loop over it becomes vector instructions. (0, 0) gives
/// NaN. Cephes' rational approximation.
inline double arctangent(double y, double x) {
    constexpr double pi = 3.14159265358979323846;
    double const high = std::fabs(x) > std::fabs(y) ? std::fabs(x) : std::fabs(y);
    double const low = std::fabs(x) > std::fabs(y) ? std::fabs(y) : std::fabs(x);
    bool const steep = low > 0.66 * high;
    double const t = (steep ? low - high : low) / (steep ? low + high : high);
    double const z = t * t;
    double const p =
        (((-8.750608600031904122785e-1 * z - 1.615753718733365076637e1) * z - 7.500855792314704667340e1) * z -
         1.228866684490136173410e2) *
            z -
        6.485021904942025371773e1;
    double const q =
        ((((z + 2.485846490142306297962e1) * z + 1.650270098316988542046e2) * z + 4.328810604912902668951e2) * z +
         4.853903996359136964868e2) *
            z +
        1.945506571482613964425e2;
    double const octant = (steep ? pi / 4.0 : 0.0) + (t + t * z * p / q);
    double const quadrant = std::fabs(y) > std::fabs(x) ? pi / 2.0 - octant : octant;
    double const half_plane = x < 0.0 ? pi - quadrant : quadrant;
    return y < 0.0 ? -half_plane : half_plane;
}

}  // namespace hadronforce
