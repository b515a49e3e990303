#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <string>

namespace hadronforce {

/// The form that a section names, with the parameters that a preset or a file gives it.
struct NamedForm {
    std::string form;
    PotentialParameters given;
    bool complete = false;  ///< the section holds no further parameters
};

/// Collective. Of a potential: `preset`, `form`, or a table (docs/potential_files.md). Throws InputError with file and
/// line.
NamedForm read_potential_form(Section const& section, Communicator const& comm);

/// Collective. Of a source: `form`, perhaps a table. Throws InputError with file and line.
NamedForm read_source_form(Section const& section, Communicator const& comm);

/// The key of a potential that says which it is.
std::string naming_key(Section const& section);

}  // namespace hadronforce
