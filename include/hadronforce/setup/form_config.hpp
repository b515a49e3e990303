#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/femtoscopy/model_form.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/setup/number_reader.hpp"

namespace hadronforce {

/// The preset that a potential's section names. Throws InputError with file and line.
PotentialPreset const& read_preset(Section const& section);

/// Collective. A potential that a section describes by `preset`, by `form`, or by a table (docs/potential_files.md).
/// `reduced_mass_MeV` is that of the pair; masses of a preset are not used. Throws InputError with file and line, also
/// where the potential cannot be made of the numbers' trial values.
ModelForm read_potential(Section const& section, Communicator const& comm, NumberReader& numbers,
                         double reduced_mass_MeV);

/// Collective. The same of a source.
ModelForm read_source(Section const& section, Communicator const& comm, NumberReader& numbers);

}  // namespace hadronforce
