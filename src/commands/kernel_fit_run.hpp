#pragma once

#include "hadronforce/lattice/kernel_file.hpp"
#include "hadronforce/lattice/kernel_fit_checkpoint.hpp"
#include "hadronforce/setup/lattice_fit_config.hpp"

#include <functional>

namespace hadronforce {

/// What happens while a kernel is fitted; all may be empty.
struct KernelFitWatch {
    std::function<bool()> should_stop;  ///< whether this rank was asked to stop
    std::function<void()> save;         ///< on all ranks together, after each round
    bool shows_progress = false;
};

/// What the fits of one config to its data found.
struct KernelFitOutcome {
    FittedKernel kernel;
    KernelFitReport report;
};

/// Collective. Fits the mean from each start; then, where the data have samples, each of them from where the best start
/// ended: as all end at a minimum, they are the same function of their data as the mean is of its. Goes on from `done`
/// and leaves all there. Throws Stopped, InputError naming the sample, std::runtime_error where no start has a finite
/// loss.
KernelFitOutcome fit_mean_and_samples(Communicator const& comm, KernelFitConfig const& config,
                                      KernelFitInput const& input, KernelFitWatch const& watch,
                                      KernelFitProgress& done);

}  // namespace hadronforce
