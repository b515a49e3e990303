#pragma once

#include "commands/number_reader.hpp"
#include "commands/pair_config.hpp"
#include "hadronforce/config/section.hpp"
#include "hadronforce/femtoscopy/uncoupled_pair.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <vector>

namespace hadronforce {

/// Collective. Reads the list `channels`, or takes `potential` for the s-wave of different particles. Weights are
/// scaled to add to 1 exactly. Throws InputError with file and line for both or neither, weights that do not add to 1
/// within 1e-6, a wave that its channel's symmetry forbids or that is named twice, l out of range, and what
/// read_potential and check_preset throw. Warns of identical particles without a symmetry, and of weights that no spin
/// has.
std::vector<ChannelModel> read_channels(Section const& section, Communicator const& comm, NumberReader& numbers,
                                        Pair const& pair);

}  // namespace hadronforce
