#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/femtoscopy/pair_model.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/setup/number_reader.hpp"

#include <optional>

namespace hadronforce {

/// Whether the section `interaction` of `section` names the Lednicky-Lyuboshits model, not a non-local interaction.
bool is_lednicky(Section const& section);

/// Collective. The pair of a section with `interaction`: a non-local one, alone or beside `potential`, or the
/// Lednicky-Lyuboshits model (docs/config_keys.md). `default_source` serves where the section has none. `exchange`: of
/// a single s-wave of that model. Throws InputError with file and line.
PairModel read_interacting_pair(Section const& section, Communicator const& comm, NumberReader& numbers,
                                std::optional<ModelForm> const& default_source, Exchange exchange = Exchange::none);

}  // namespace hadronforce
