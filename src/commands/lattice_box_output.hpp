#pragma once

#include "commands/lattice_box_errors.hpp"

#include <string>

namespace hadronforce {

/// All that `lattice-box` found.
struct BoxResult {
    ConfiguredInteraction const& interaction;
    BoxSettings const& settings;
    BoxNumbers const& numbers;
    Eigen::ArrayXd const& curve_k2;
    BoxErrors const* errors;             ///< none without samples
    BoxNumbers const* starts;            ///< none where a fit has no other starts
    EffectiveEnergies const* effective;  ///< none without a correlator
};

/// Collective. Writes the file whose format docs/lattice_format.md gives.
void write_box(Communicator const& comm, std::string const& path, std::string const& config, BoxResult const& result);

/// The same as CSV: a line a state, a predicted level, an effective energy.
std::string box_table(BoxResult const& result);

/// Collective. Prints a short table, all but the line of energies.
void say_box(Communicator const& comm, BoxResult const& result);

}  // namespace hadronforce
