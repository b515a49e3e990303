#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <string>

namespace hadronforce {

/// What a config may say and hardly means. The list `allow` at its top names what is meant all the same
/// (docs/config_keys.md#what-is-hardly-meant).
namespace doubts {
constexpr char const* emission = "emission";          ///< an imaginary part that creates pairs
constexpr char const* lambdas = "lambdas";            ///< negative, or more than all pairs
constexpr char const* masses = "masses";              ///< of no hadron
constexpr char const* momenta = "momenta";            ///< of no measurement
constexpr char const* no_symmetry = "no_symmetry";    ///< of particles that look identical
constexpr char const* other_pair = "other_pair";      ///< than a preset's, or than a decay gives
constexpr char const* other_wave = "other_wave";      ///< than a preset's
constexpr char const* source_size = "source_size";    ///< of no source
constexpr char const* spin_weights = "spin_weights";  ///< of no spin
constexpr char const* units = "units";                ///< other than a table states
}  // namespace doubts

/// Reads `allow`, so that a config may name what does not occur in it. Throws InputError for unknown names.
void read_allowed(Section const& section);

/// Whether the config names it.
bool is_allowed(Section const& section, char const* doubt);

/// Throws InputError about a key of `section`, with the name to allow it by, unless that is allowed.
void refuse_unless_allowed(Section const& section, std::string const& key, char const* doubt,
                           std::string const& message);
/// Prints a warning instead.
void warn_unless_allowed(Section const& section, std::string const& key, char const* doubt, std::string const& message,
                         Communicator const& comm);

/// A positive mass in MeV. Refuses one too small for any hadron, as in GeV; warns of one too large for any nucleus.
double read_mass(Section const& section, std::string const& key, Communicator const& comm);

/// A preset stands for one pair in one wave: refuses one in a wave with another l where that is part of it (l > 0, or a
/// form that contains l), and warns of another wave or pair where someone may mean it. `potential`: its section.
void check_preset(Section const& potential, int orbital, double mass1_MeV, double mass2_MeV, double charge_product,
                  Communicator const& comm);

}  // namespace hadronforce
