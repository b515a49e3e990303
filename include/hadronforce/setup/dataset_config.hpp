#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/dataset/sample_family.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// Which of some curves a name means: all of it, or the part that stands behind the wave.
std::vector<std::size_t> curves_named(std::vector<Quantity> const& all, std::string const& name);

/// What the section `dataset` keeps of each sample beside C and the pair's own numbers: `curves`, by name or by the
/// part of it that stands behind the wave; `quantities`, NAME(NUMBER): V at a radius in fm ("V(0.5)", of several
/// potentials "triplet.3P0.V(0.5)"), a curve at a k* in MeV/c ("delta_rad(60)"). Throws InputError with file and line
/// for what the pair does not have.
void read_kept_values(Section const& dataset, SampleFamily& family);

}  // namespace hadronforce
