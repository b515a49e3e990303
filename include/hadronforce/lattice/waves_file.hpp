#pragma once

#include "hadronforce/lattice/kernel_fit.hpp"
#include "hadronforce/storage/file.hpp"

#include <string>

namespace hadronforce {

inline constexpr std::int64_t waves_format_version = 1;

/// In which units a file of this room is: MeV and fm, or natural ones throughout.
struct KernelUnits {
    bool natural = false;
    double reduced_mass = 0.0;  ///< MeV, or natural
};

/// Nambu-Bethe-Salpeter waves with what the kernel makes of them, and where they come from.
struct WavesFile {
    KernelUnits units;
    Eigen::ArrayXd momenta;  ///< of each wave, MeV/c or natural
    KernelFitData data;
};

/// Collective. A file of kind "waves"; docs/lattice_fit.md.
void write_waves(Communicator const& comm, std::string const& path, WavesFile const& waves, std::string const& config);
/// Collective. Throws InputError naming file and dataset for what is foreign, truncated, of sizes that do not fit, not
/// finite.
WavesFile read_waves(Communicator const& comm, std::string const& path);

}  // namespace hadronforce
