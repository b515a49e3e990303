#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace hadronforce {

/// Eight momenta side by side. The compiler lowers the type to whatever registers the target has.
inline constexpr int lane_width = 8;
using Lane = double __attribute__((vector_size(lane_width * sizeof(double))));
using LaneMask = long long __attribute__((vector_size(lane_width * sizeof(long long))));

}  // namespace hadronforce
