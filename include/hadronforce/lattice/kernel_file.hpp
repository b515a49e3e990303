#pragma once

#include "hadronforce/interaction/kernel_network.hpp"
#include "hadronforce/lattice/kernel_fit.hpp"
#include "hadronforce/storage/file.hpp"

#include <string>

namespace hadronforce {

inline constexpr std::int64_t waves_format_version = 1;
inline constexpr std::int64_t potential_format_version = 1;
inline constexpr std::int64_t fit_checkpoint_format_version = 1;

/// In which units a file of this room is: MeV and fm, or natural ones throughout.
struct KernelUnits {
    bool natural = false;
    double reduced_mass = 0.0;  ///< MeV, or natural
};

/// Collective. From the attributes of a file of kind "waves" or "potential". Throws InputError where they are missing
/// or the mass is not positive.
KernelUnits read_kernel_units(File const& file);

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

/// A fitted kernel.
struct FittedKernel {
    KernelUnits units;
    KernelNetwork network;
};

/// Collective. A file of kind "potential": the network, U(r, r') on the radii of the data, residuals and learning
/// curve.
void write_fitted_kernel(Communicator const& comm, std::string const& path, FittedKernel const& kernel,
                         WavesFile const& waves, KernelFitState const& state, std::string const& how_it_ended,
                         std::string const& config, std::int64_t seed);
/// Collective. Throws InputError as read_waves.
FittedKernel read_fitted_kernel(Communicator const& comm, std::string const& path);

/// Collective.
void write_fit_checkpoint(Communicator const& comm, std::string const& path, KernelFitState const& state,
                          std::string const& config);
/// Collective. Throws InputError for a file that is not a checkpoint of the same config and network.
KernelFitState read_fit_checkpoint(Communicator const& comm, std::string const& path, std::string const& config,
                                   Eigen::Index parameters);

}  // namespace hadronforce
