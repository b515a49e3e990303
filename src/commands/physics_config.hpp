#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/dataset/sample_family.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// Collective. Reads the sections `pair`, `potential` or `channels`, `source`, `momentum` and `solver` of a config; see
/// docs/config_keys.md. Parameters named in `design_columns` are free and take their values from a file; a key that
/// holds a mapping ({uniform: [a, b]}, ...) is free with that prior. Throws InputError with file and line.
SampleFamily read_sample_family(Section const& root, Communicator const& comm,
                                std::vector<std::string> const& design_columns = {});

/// Its first part alone: `pair` and `potential` or `channels`.
void read_pair_and_channels(Section const& root, Communicator const& comm,
                            std::vector<std::string> const& design_columns, SampleFamily& family);

inline constexpr std::int64_t highest_charge_product = 100;

/// The section `pair`; name and masses may be left out where a preset brings them, and with them the section.
Pair read_pair(Section const& root, std::optional<Pair> const& of_preset = {});

/// A local potential and the form it has.
struct NamedPotential {
    std::string form;
    std::unique_ptr<LocalPotential> potential;
};

/// The potential that `section` itself describes, by `form` or `preset`, without free parameters; masses of a preset
/// are not used.
NamedPotential read_fixed_potential(Section const& section, Communicator const& comm, double reduced_mass_MeV);

/// The section `source`; its parameters may be free like those of the potential.
void read_source(Section const& root, Communicator const& comm, std::vector<std::string> const& design_columns,
                 SampleFamily& family);

/// Throws InputError for the first free parameter: "is a prior; this command needs one number".
void require_fixed(Section const& root, SampleFamily const& family);

/// Reads the section `momentum`, whose keys are k_min and k_max with the suffix of their unit ("_MeV" or none), points
/// and placement.
Eigen::ArrayXd read_momenta(Section const& root, std::string const& unit_suffix);

/// read_sample_family where everything must be fixed: throws InputError for a free parameter.
SampleFamily read_fixed_interaction(Section const& root, Communicator const& comm);

}  // namespace hadronforce
