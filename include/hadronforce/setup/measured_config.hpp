#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/fit/measured_data.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <string>

namespace hadronforce {

/// Collective. Reads a section `data` (docs/config_keys.md): the file, CSV or HEPData's YAML by its name, the range of
/// k*, and which errors count. `file_key`: under which the file stands. Throws InputError with file and line, also for
/// data without errors where `needs_errors`.
MeasuredData read_measured_data(Section const& section, Communicator const& comm, std::string const& file_key = "file",
                                bool needs_errors = true);

}  // namespace hadronforce
