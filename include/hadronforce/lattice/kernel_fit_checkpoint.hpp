#pragma once

#include "hadronforce/lattice/sample_fits.hpp"
#include "hadronforce/storage/run_identity.hpp"

#include <optional>
#include <string>

namespace hadronforce {

inline constexpr std::int64_t fit_checkpoint_format_version = 2;

/// How far a fit and those of its samples have come.
struct KernelFitProgress {
    KernelFitState mean;
    std::optional<FitEnd> mean_end;  ///< empty while the mean is being fitted
    SampleFits samples;
};

/// Collective.
void write_fit_checkpoint(Communicator const& comm, std::string const& path, KernelFitProgress const& progress,
                          RunIdentity const& identity);
/// Collective. Throws InputError for a file that is not a checkpoint of the same config, data and network, or damaged.
KernelFitProgress read_fit_checkpoint(Communicator const& comm, std::string const& path, RunIdentity const& identity,
                                      Eigen::Index parameters);

}  // namespace hadronforce
