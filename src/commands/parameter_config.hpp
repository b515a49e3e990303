#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/dataset/sample_family.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// Whose parameters are read, and how free ones are called.
struct ParameterOwner {
    std::optional<WavePlace> place;  ///< none: the source
    std::string prefix;              ///< of names: "" or "channels[0].waves[1]."
};

/// Fills what a form asks for and `parameters` lacks. A key that holds a mapping ({uniform: [a, b]}, ...) is free with
/// that prior, one whose name is in `design_columns` takes its values from a file; both are added to `free`. Throws
/// InputError with file and line.
void read_parameters(Section const& section, std::vector<PotentialParameter> const& asked, ParameterOwner const& owner,
                     std::vector<std::string> const& design_columns, PotentialParameters& parameters,
                     std::vector<FreeParameter>& free);

}  // namespace hadronforce
