#pragma once

#include "hadronforce/lattice/box_numbers.hpp"
#include "hadronforce/lattice/correlator_file.hpp"
#include "hadronforce/setup/interaction_config.hpp"

#include <memory>

namespace hadronforce {

/// What `lattice-box` reads beside the interaction.
struct BoxConfig {
    BoxSettings settings;
    std::unique_ptr<CorrelatorFile> correlator;  ///< may be none
    std::vector<std::int64_t> times;             ///< successive slices of it, two at least
};

/// Collective. Throws InputError with file and line, also for charges and natural units.
BoxConfig read_box(Section const& root, ConfiguredInteraction const& interaction, Communicator const& comm);

}  // namespace hadronforce
