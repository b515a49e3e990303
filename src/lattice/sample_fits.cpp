#include "hadronforce/lattice/sample_fits.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/stop_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace hadronforce {
namespace {

/// Columns of a result row behind the parameters.
enum Extra { residual, steps, converged, extras };

/// One sample's parameters and what became of its fit. Collective over the group.
Eigen::RowVectorXd fit_one(Communicator const& group, KernelNetwork network, KernelFitData const& data,
                           KernelFitSettings const& settings, std::function<bool()> const& should_stop) {
    KernelFitState start, state;
    KernelFitCallbacks callbacks;
    callbacks.should_stop = should_stop;
    start.parameters = network.parameters();
    start.step = settings.local_steps;  // the local part begins where the mean's ended
    Eigen::Index const parameters = start.parameters.size();
    Eigen::RowVectorXd row = Eigen::RowVectorXd::Zero(parameters + extras);
    try {
        auto const end = fit_kernel(group, network, data, settings, start, callbacks, state);
        row[parameters + converged] = has_converged(end) ? 1.0 : 0.0;
        row[parameters + residual] = state.curve.back().residual;
    } catch (InputError const&) {
        throw;
    } catch (std::runtime_error const&) {
        row[parameters + residual] = std::nan("");
        network.set_parameters(start.parameters);
    }
    row.head(parameters) = network.parameters().transpose();
    row[parameters + steps] = static_cast<double>(state.step - start.step);
    return row;
}

}  // namespace

void fit_samples(Communicator const& comm, KernelNetwork const& mean, std::int64_t samples,
                 std::function<KernelFitData(IndexRange)> const& data, KernelFitSettings const& settings,
                 SampleFitCallbacks const& callbacks, SampleFits& fits) {
    Eigen::Index const parameters = mean.parameter_count();
    if (fits.done == 0) fits = SampleFits{};
    fits.parameters.conservativeResize(samples, parameters);
    while (fits.done < samples) {
        auto const groups = static_cast<int>(std::min<std::int64_t>(comm.size(), samples - fits.done));
        int const group_index = static_cast<int>(static_cast<std::int64_t>(comm.rank()) * groups / comm.size());
        Communicator const group = comm.split(group_index);
        std::int64_t const sample = fits.done + group_index;
        KernelFitData const own = data({sample, sample + 1});
        RowMatrixXd rows = RowMatrixXd::Zero(groups, parameters + extras);
        bool stopped = false;
        std::optional<Failure> refused;
        try {
            auto const row = fit_one(group, mean, own, settings, callbacks.should_stop);
            if (group.is_root()) rows.row(group_index) = row;
        } catch (Stopped const&) {
            stopped = true;
        } catch (InputError const& error) {
            refused = Failure{fmt::format("sample {}: {}", sample, error.what()), true};
        }
        throw_if_any_failed(comm, refused);
        if (comm.max(std::int64_t{stopped}) != 0) throw Stopped{"run the same command with --resume"};
        comm.sum(rows.data(), static_cast<std::size_t>(rows.size()));
        for (int g = 0; g < groups; ++g) {
            fits.parameters.row(fits.done + g) = rows.row(g).head(parameters);
            fits.residual.push_back(rows(g, parameters + residual));
            fits.steps.push_back(std::llround(rows(g, parameters + steps)));
            fits.converged.push_back(std::llround(rows(g, parameters + converged)));
        }
        fits.done += groups;
        if (callbacks.round_done) callbacks.round_done(fits);
    }
}

}  // namespace hadronforce
