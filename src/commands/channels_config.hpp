#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"

#include <vector>

namespace hadronforce {

/// A wave of a config: its section holds l (unless it is `potential`) and the keys of its potential.
struct WaveSection {
    int l = 0;
    Section section;
};

/// A SpinChannel of a config, its potentials unread.
struct ChannelSection {
    double weight = 1.0;
    Exchange exchange = Exchange::none;
    std::vector<WaveSection> waves;
};

/// Reads the list `channels`, or takes `potential` for the s-wave of different particles. Weights are scaled to add to
/// 1 exactly. Throws InputError with file and line for both or neither, weights that do not add to 1 within 1e-6, a
/// wave that its channel's symmetry forbids or that is named twice, l out of range.
std::vector<ChannelSection> read_channels(Section const& root);

}  // namespace hadronforce
