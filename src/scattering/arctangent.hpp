#pragma once

#include "scattering/lanes.hpp"

#include <cstddef>

namespace hadronforce {

inline Lane magnitude(Lane x) { return x < 0.0 ? -x : x; }

/// atan2(y, x) to 1e-15, for finite numbers; (0, 0) gives NaN. Cephes' rational approximation.
inline Lane arctangent(Lane y, Lane x) {
    constexpr double pi = 3.14159265358979323846;
    Lane const zero{};
    Lane const ax = magnitude(x), ay = magnitude(y);
    LaneMask const upright = ay > ax;
    Lane const high = upright ? ay : ax, low = upright ? ax : ay;
    LaneMask const steep = low > 0.66 * high;
    Lane const t = (low - (steep ? high : zero)) / (high + (steep ? low : zero));
    Lane const z = t * t;
    Lane const p =
        (((-8.750608600031904122785e-1 * z - 1.615753718733365076637e1) * z - 7.500855792314704667340e1) * z -
         1.228866684490136173410e2) *
            z -
        6.485021904942025371773e1;
    Lane const q =
        ((((z + 2.485846490142306297962e1) * z + 1.650270098316988542046e2) * z + 4.328810604912902668951e2) * z +
         4.853903996359136964868e2) *
            z +
        1.945506571482613964425e2;
    Lane const octant = (steep ? zero + pi / 4.0 : zero) + (t + t * z * p / q);
    Lane const quadrant = upright ? pi / 2.0 - octant : octant;
    Lane const half_plane = x < 0.0 ? pi - quadrant : quadrant;
    return y < 0.0 ? -half_plane : half_plane;
}

/// The same of `size` pairs of numbers; `angle` may be one of them.
inline void fill_arctangents(double const* y, double const* x, double* angle, std::ptrdiff_t size) {
    for (std::ptrdiff_t i = 0; i < size; i += lane_width) {
        if (i + lane_width <= size) {
            store_lane(angle + i, arctangent(load_lane(y + i), load_lane(x + i)));
            continue;
        }
        Lane last_y{}, last_x = Lane{} + 1.0;
        for (std::ptrdiff_t l = 0; i + l < size; ++l) last_y[l] = y[i + l], last_x[l] = x[i + l];
        Lane const last = arctangent(last_y, last_x);
        for (std::ptrdiff_t l = 0; i + l < size; ++l) angle[i + l] = last[l];
    }
}

}  // namespace hadronforce
