#pragma once

#include <cstddef>
#include <cstdint>

namespace hadronforce {

/// A number in (0, 1) with 53 random bits that is a function of its arguments alone: draw number `draw` of sample
/// `sample` under `seed`, by the counter-based generator Philox4x32-10 (Salmon et al., SC11). Equal on every machine
/// and number of ranks.
double uniform_draw(std::uint64_t seed, std::uint64_t sample, std::uint32_t draw);

/// The standard normal quantile of uniform_draw.
double normal_draw(std::uint64_t seed, std::uint64_t sample, std::uint32_t draw);

/// Fills `values` with standard normal numbers, to the accuracy of float and cut at 6.6 standard deviations, for noise
/// by the million: a function of its other arguments alone, in a stream of its own.
void fill_with_noise(std::uint64_t seed, std::uint64_t sample, float* values, std::size_t count);

/// A number in [0, bound), equally likely to 2^-32 relative, from the same generator in a stream of its own.
std::uint64_t index_draw(std::uint64_t seed, std::uint64_t counter, std::uint64_t bound);

}  // namespace hadronforce
