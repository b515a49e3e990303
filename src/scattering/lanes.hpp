#pragma once

#include <cstring>

namespace hadronforce {

/// Momenta side by side, as many as a register of the target holds.
#if defined(__AVX512F__)
inline constexpr int lane_width = 8;
#elif defined(__AVX__)
inline constexpr int lane_width = 4;
#else
inline constexpr int lane_width = 2;
#endif
using Lane = double __attribute__((vector_size(lane_width * sizeof(double))));
using LaneMask = long long __attribute__((vector_size(lane_width * sizeof(long long))));

/// `lane_width` numbers in a row, wherever they begin.
inline Lane load_lane(double const* from) {
    Lane lane;
    std::memcpy(&lane, from, sizeof lane);
    return lane;
}
inline void store_lane(double* to, Lane const& lane) { std::memcpy(to, &lane, sizeof lane); }

}  // namespace hadronforce
