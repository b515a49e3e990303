#pragma once

#include "hadronforce/femtoscopy/source.hpp"
#include "hadronforce/interaction/potential_registry.hpp"

#include <memory>
#include <string>
#include <vector>

namespace hadronforce {

/// As of potentials: a list of numbers by key, which ends in its unit.
using SourceParameters = PotentialParameters;
using SourceParameter = PotentialParameter;

/// A family of sources, S(r; parameters).
struct SourceForm {
    std::string name;
    std::string formula;
    std::vector<SourceParameter> parameters;
    /// Throws InputError naming the parameter that is out of range.
    std::unique_ptr<Source> (*make)(SourceParameters const& parameters);
};

/// All registered forms, in alphabetical order.
std::vector<SourceForm> const& source_forms();

/// The form of that name. Throws InputError with the known names.
SourceForm const& source_form(std::string const& name);

/// The source of a form. Throws InputError for an unknown form, a missing, unknown or out-of-range parameter.
std::unique_ptr<Source> make_source(std::string const& form, SourceParameters const& parameters);

}  // namespace hadronforce
