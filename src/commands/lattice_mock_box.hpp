#pragma once

#include "commands/command.hpp"

namespace hadronforce {

/// `lattice-mock` with a section `lattice`: R(t, r) of an interaction in a periodic box, with noise. Collective.
void run_lattice_mock_box(Config const& config, CommandOptions const& options, Communicator const& comm);

}  // namespace hadronforce
