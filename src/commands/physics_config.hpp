#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/dataset/sample_family.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// Reads the sections `pair`, `potential`, `source`, `momentum` and `solver` of a config; see docs/config_keys.md.
/// Parameters named in `design_columns` are free and take their values from a file; a key that holds a mapping
/// ({uniform: [a, b]}, ...) is free with that prior. Throws InputError with file and line.
SampleFamily read_sample_family(Section const& root, std::vector<std::string> const& design_columns = {});

/// Its first part alone: `pair` and `potential`, or a preset.
void read_pair_and_potential(Section const& root, std::vector<std::string> const& design_columns, SampleFamily& family);

/// The section `pair`.
Pair read_pair(Section const& root);

/// The section `source` where its r0 is one number.
double read_source_r0_fm(Section const& root);

/// Reads the section `momentum`, whose keys are k_min and k_max with the suffix of their unit ("_MeV" or none), points
/// and placement.
Eigen::ArrayXd read_momenta(Section const& root, std::string const& unit_suffix);

/// read_sample_family where everything must be fixed: throws InputError for a free parameter.
SampleFamily read_fixed_interaction(Section const& root);

}  // namespace hadronforce
