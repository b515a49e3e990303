#pragma once

#include "hadronforce/interaction/form_parameters.hpp"
#include "hadronforce/interaction/potential_registry.hpp"

/// One factory a form; each throws InputError for a parameter out of range. Keys are those of its `PotentialForm`.
namespace hadronforce::forms {

PotentialForm argonne_v18();
PotentialForm bargmann_1();
PotentialForm bargmann_2();
PotentialForm gaussian_plus_yukawa_power();
PotentialForm gaussians_plus_pions();
PotentialForm gaussians_plus_two_pion_tail();
PotentialForm hulthen();
PotentialForm square_well();
PotentialForm sum_of_gaussians();
PotentialForm sum_of_yukawas();
PotentialForm tabulated();
PotentialForm usmani();
PotentialForm woods_saxon();
PotentialForm yukawa();

}  // namespace hadronforce::forms
