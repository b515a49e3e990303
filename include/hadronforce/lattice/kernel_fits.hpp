#pragma once

#include "hadronforce/lattice/kernel_fit.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/parallel/work_split.hpp"
#include "hadronforce/storage/file.hpp"

#include <functional>
#include <vector>

namespace hadronforce {

/// Fits of one network to several data, or from several starts; the first `done` of them, on every rank.
struct KernelFits {
    std::int64_t done = 0;
    RowMatrixXd parameters;         ///< done x parameters
    std::vector<double> loss;       ///< NaN where it became infinite, as the next two
    std::vector<double> data_loss;  ///< without l2, penalty and the tail's prior
    std::vector<double> residual;   ///< relative
    std::vector<std::int64_t> steps;
    std::vector<std::int64_t> converged;    ///< 1 or 0
    std::vector<KernelFitStep> best_curve;  ///< of the fit with the lowest loss, where curves are kept

    /// The one with the lowest loss among those that converged, or where none did, among all; -1 where no loss is
    /// finite.
    std::int64_t best() const;
};

/// What happens meanwhile; all may be empty.
struct KernelFitsCallbacks {
    /// On all ranks together, before a round: the fit that this rank will do, or none. Read its data here.
    std::function<void(IndexRange)> before_round;
    std::function<void(KernelFits const&)> round_done;  ///< on all ranks together: save here
    std::function<bool()> should_stop;                  ///< whether this rank was asked to stop
};

/// Collective. Does what is not done of `count` fits, each by one rank alone, so that no number depends on how many
/// there are: a round is one fit a rank. `fit(i)`: not collective. A fit that breaks down is marked. Throws Stopped
/// when any rank should stop, InputError, naming the fit as `what` i, where its data cannot be fitted.
void fit_in_rounds(Communicator const& comm, std::string const& what, std::int64_t count, bool keeps_curve,
                   std::function<KernelFitResult(std::int64_t)> const& fit, KernelFitsCallbacks const& callbacks,
                   KernelFits& fits);

/// Collective. The group `name` of a file: parameters, loss, data_loss, residual, steps, converged of each; `axis`
/// names the first.
void write_kernel_fits(File& file, std::string const& name, std::string const& axis, KernelFits const& fits);
/// Collective. Throws InputError where they do not fit a network of so many parameters.
KernelFits read_kernel_fits(File const& file, std::string const& name, Eigen::Index parameters);

}  // namespace hadronforce
