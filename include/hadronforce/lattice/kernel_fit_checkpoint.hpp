#pragma once

#include "hadronforce/lattice/kernel_fits.hpp"
#include "hadronforce/storage/run_identity.hpp"

#include <string>

namespace hadronforce {

inline constexpr std::int64_t fit_checkpoint_format_version = 3;

/// Fits that are done: of the mean from several starts, and of the samples.
struct KernelFitProgress {
    KernelFits starts;
    KernelFits samples;
};

/// Collective.
void write_fit_checkpoint(Communicator const& comm, std::string const& path, KernelFitProgress const& progress,
                          RunIdentity const& identity);
/// Collective. Throws InputError for a file that is not a checkpoint of the same config, data and network, or damaged.
KernelFitProgress read_fit_checkpoint(Communicator const& comm, std::string const& path, RunIdentity const& identity,
                                      Eigen::Index parameters);

}  // namespace hadronforce
