#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/lattice/resampling.hpp"

#include <cstdint>

namespace hadronforce {

/// The section `resampling` of `root`, jackknife without bins where it is absent. Throws InputError with file and line,
/// also for bins into which the configurations cannot be dealt.
Resampling read_resampling(Section const& root, std::int64_t configurations);

}  // namespace hadronforce
