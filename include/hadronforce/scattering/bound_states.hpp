#pragma once

#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/scattering/partial_wave.hpp"

#include <optional>
#include <vector>

namespace hadronforce {

/// Bound states of one partial wave.
struct BoundStates {
    std::vector<double> energies_MeV;  ///< negative, lowest first: all that are counted, or none
    std::optional<int> count;          ///< how many lie below `limit_MeV`; none where no grid resolves the waves
    double limit_MeV = 0.0;            ///< the threshold; negative with attracting charges, which bind without end
};

/// Binding momenta sqrt(-2 mu E)/(hbar c) have errors below 1e-10/fm, or 1e-10 of them where they are larger (checked
/// by refining the grid). With attracting charges limit_MeV is the energy -(eta k)^2/(2 mu)/(n + 1/2)^2 half way
/// between the charges' own levels n = l + charged_levels and n + 1, and that of the level n decides instead of 1/fm.
/// Where there are too many states, or the finest grid does not reach that, they are at most counted. Throws InputError
/// as `scatter` does for the potential.
BoundStates bound_states(LocalPotential const& potential, double reduced_mass_MeV, PartialWaveKind kind = {},
                         int charged_levels = 3);

}  // namespace hadronforce
