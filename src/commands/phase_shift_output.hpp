#pragma once

#include "commands/phase_shift_results.hpp"

#include <string>

namespace hadronforce {

/// Collective. HDF5 of kind `phase_shifts`; docs/command_line.md.
void write_phase_shifts(Communicator const& comm, std::string const& path, std::string const& config,
                        ConfiguredInteraction const& configured, PhaseShifts const& shifts);
/// The same as CSV: one line a momentum.
std::string phase_shift_table(ConfiguredInteraction const& configured, PhaseShifts const& shifts);
void say_phase_shifts(Communicator const& comm, ConfiguredInteraction const& configured, PhaseShifts const& shifts);

}  // namespace hadronforce
