#pragma once

#include "hadronforce/lattice/box_spectrum.hpp"
#include "hadronforce/scattering/nonlocal_solver.hpp"

#include <string>

namespace hadronforce {

/// An interaction in MeV and fm at the sites of a lattice, in lattice units. Throws InputError with `name` where it is
/// not finite at all sites.
BoxInteraction on_lattice(Interaction const& interaction, std::string const& name, CubicOrbits const& orbits,
                          double inverse_a_MeV);

}  // namespace hadronforce
