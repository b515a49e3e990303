#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/lattice/stencils.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// Order of a finite difference, 2 (default) or 4. Throws InputError with file and line for others.
StencilOrder read_stencil_order(Section const& section, std::string const& key);

/// Ascending time slices under the key `times`. Throws InputError with file and line.
std::vector<std::int64_t> read_time_slices(Section const& section);

}  // namespace hadronforce
