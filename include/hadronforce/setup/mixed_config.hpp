#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/femtoscopy/pair_model.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/setup/number_reader.hpp"

#include <optional>

namespace hadronforce {

/// Whether `channels` of a section needs a MixedPair: an entry has `coupled` or `interaction`, or a weight that is no
/// plain number.
bool is_mixed(Section const& section, NumberReader const& numbers);

/// Collective. `pair`, `source` and a list `channels` whose entries have `waves`, `coupled` or `interaction`
/// (docs/config_keys.md). `default_source` serves where the section has none. Throws InputError with file and line.
PairModel read_mixed_pair(Section const& section, Communicator const& comm, NumberReader& numbers,
                          std::optional<ModelForm> const& default_source);

}  // namespace hadronforce
