#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/femtoscopy/coupled_pair.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/setup/number_reader.hpp"

namespace hadronforce {

/// Collective. The section `coupled` (docs/config_keys.md): channels, the observed one first, and the entries of the
/// matrix of potentials. Throws InputError with file and line.
CoupledModel read_coupled_model(Section const& section, Communicator const& comm, NumberReader& numbers);

}  // namespace hadronforce
