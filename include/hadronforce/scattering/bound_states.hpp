#pragma once

#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/scattering/partial_wave.hpp"

#include <vector>

namespace hadronforce {

/// Energies in MeV (negative, lowest first) of the bound states, relative accuracy 1e-8 (checked by refining the grid).
/// With attracting charges, which bind without end, those below -(eta k)^2/(2 mu)/(l+1)^2, the lowest level of the
/// charges alone. Throws ConvergenceError where the grid cannot be made fine enough.
std::vector<double> bound_state_energies_MeV(LocalPotential const& potential, double reduced_mass_MeV,
                                             PartialWaveKind kind = {});

}  // namespace hadronforce
