#pragma once

#include "hadronforce/config/section.hpp"

#include <string>
#include <utility>
#include <vector>

namespace hadronforce {

/// Name and section of each of `measurements`, which must be there: what it says itself on top of what `root` says of
/// all. Whoever says anything of the forces says all of them. Throws InputError with file and line for a name that no
/// group of an HDF5 file can have, and where there is none.
std::vector<std::pair<std::string, Section>> measurement_sections(Section const& root);

}  // namespace hadronforce
