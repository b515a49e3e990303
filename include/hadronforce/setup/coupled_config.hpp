#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/femtoscopy/coupled_pair.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/setup/number_reader.hpp"
#include "hadronforce/setup/pair_config.hpp"

#include <optional>

namespace hadronforce {

/// A pair one of whose spin states is given by coupled channels.
struct ObservedPair {
    Pair pair;         ///< the first channel
    ModelForm source;  ///< of that, and of all channels that have none of their own
};

/// Collective. The section `coupled` (docs/config_keys.md): channels, the observed one first, and the entries of the
/// matrix of potentials. `observed`: what a state of a pair need not say again, and must not contradict. Throws
/// InputError with file and line.
CoupledModel read_coupled_model(Section const& section, Communicator const& comm, NumberReader& numbers,
                                std::optional<ObservedPair> const& observed = {});

}  // namespace hadronforce
