#pragma once

#include "hadronforce/lattice/kernel_fit.hpp"
#include "hadronforce/storage/file.hpp"

#include <functional>
#include <vector>

namespace hadronforce {

/// Fits of the resampling samples, the first `done` of them; on every rank.
struct SampleFits {
    std::int64_t done = 0;
    RowMatrixXd parameters;        ///< done x parameters
    std::vector<double> residual;  ///< relative residual; NaN where the loss became infinite
    std::vector<std::int64_t> steps;
    std::vector<std::int64_t> converged;  ///< 1 or 0
};

/// What fit_samples calls; may be empty.
struct SampleFitCallbacks {
    std::function<void(SampleFits const&)> round_done;  ///< on all ranks together: save here
    std::function<bool()> should_stop;                  ///< whether this rank was asked to stop
};

/// Collective. Fits the samples that are not done, each from the parameters of `mean`. Ranks are dealt into as many
/// groups as there are samples, or ranks; a round fits one sample a group. A sample whose fit breaks down or does not
/// converge is marked. `data`: collective, the data of the one sample in a range, each rank its own, possibly none.
/// Throws Stopped when any rank should stop; the round that was under way is fitted again on resumption. Throws
/// InputError, naming the sample, where its data cannot be fitted.
void fit_samples(Communicator const& comm, KernelNetwork const& mean, std::int64_t samples,
                 std::function<KernelFitData(IndexRange)> const& data, KernelFitSettings const& settings,
                 SampleFitCallbacks const& callbacks, SampleFits& fits);

}  // namespace hadronforce
