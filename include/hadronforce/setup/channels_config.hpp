#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/femtoscopy/uncoupled_pair.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/setup/number_reader.hpp"
#include "hadronforce/setup/pair_config.hpp"

#include <set>
#include <string>
#include <vector>

namespace hadronforce {

/// Collective. Reads the list `channels`, or takes `potential` for the s-wave of different particles. Weights are
/// scaled to add to 1 exactly. Throws InputError with file and line for both or neither, weights that do not add to 1
/// within 1e-6, a wave that its channel's symmetry forbids or that is named twice, l out of range, and what
/// read_potential and check_preset throw. Warns of identical particles without a symmetry, and of weights that no spin
/// has.
std::vector<ChannelModel> read_channels(Section const& section, Communicator const& comm, NumberReader& numbers,
                                        Pair const& pair);

/// One entry of `channels` with waves, all but its weight. `names`: those that channels and waves of the pair have
/// already, to which its own are added. Throws as read_channels.
ChannelModel read_state(Section const& section, Communicator const& comm, NumberReader& numbers, Pair const& pair,
                        std::set<std::string>& names);

/// `name` of a channel or a wave, "" where it has none; added to `names`, in which it must not be.
std::string read_name(Section const& section, std::set<std::string>& names);

/// `symmetry` of a channel: none, even or odd.
Exchange read_symmetry(Section const& section);

/// Warns of symmetries in the list `channels` of `section` that do not go with the pair or with one another, and of
/// none where the particles look identical.
void check_symmetries(Section const& section, std::vector<ChannelModel> const& channels, Pair const& pair,
                      Communicator const& comm);

/// Warns, at `key`, where the particles look identical and no symmetry is given.
void warn_of_identical(Section const& section, std::string const& key, Pair const& pair, Communicator const& comm);

}  // namespace hadronforce
