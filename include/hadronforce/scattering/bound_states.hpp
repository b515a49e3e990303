#pragma once

#include "hadronforce/interaction/local_potential.hpp"

#include <vector>

namespace hadronforce {

/// Energies in MeV (negative, lowest first) of all s-wave bound states, relative accuracy 1e-8 (checked by refining the
/// grid). Throws ConvergenceError where the grid cannot be made fine enough.
std::vector<double> bound_state_energies_MeV(LocalPotential const& potential, double reduced_mass_MeV);

}  // namespace hadronforce
