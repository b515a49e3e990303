#pragma once

#include "hadronforce/lattice/correlator_file.hpp"

namespace hadronforce {

/// Collective. The ensemble as attributes of "/", and back. Reading throws InputError "file:/@name: ..." for what
/// cannot be right.
void write_ensemble(File& file, Ensemble const& ensemble);
Ensemble read_ensemble(File const& file);

}  // namespace hadronforce
