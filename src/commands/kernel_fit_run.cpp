#include "commands/kernel_fit_run.hpp"

#include "hadronforce/lattice/effective_local.hpp"
#include "hadronforce/report/progress.hpp"

#include <optional>
#include <stdexcept>

namespace hadronforce {
namespace {

/// A fit whose loss breaks down is marked: not converged, with the parameters that it began with.
KernelFitResult fit_or_mark(KernelNetwork network, KernelFitData const& data, KernelFitSettings const& settings,
                            std::function<bool()> const& should_stop) {
    Eigen::VectorXd const before = network.parameters();
    try {
        return fit_kernel(network, data, settings, should_stop);
    } catch (InputError const&) {
        throw;
    } catch (std::runtime_error const&) {
        KernelFitResult result;
        result.parameters = before;
        return result;
    }
}

/// Leaves the network with the best parameters of the mean.
void fit_all(Communicator const& comm, KernelFitConfig const& c, KernelFitInput const& input,
             KernelFitWatch const& watch, KernelNetwork& network, KernelFitProgress& done) {
    auto const fit_rest = [&](std::string const& what, std::int64_t count, KernelFits& fits,
                              std::function<KernelFitResult(std::int64_t)> const& fit,
                              std::function<void(IndexRange)> const& before_round) {
        std::optional<Progress> progress;
        if (watch.shows_progress) progress.emplace(comm, what + "s", count);
        std::int64_t const before = fits.done;
        KernelFitsCallbacks callbacks;
        callbacks.before_round = before_round;
        callbacks.should_stop = watch.should_stop;
        callbacks.round_done = [&](KernelFits const&) {
            if (watch.save) watch.save();
            if (progress) progress->update(fits.done, before);
        };
        fit_in_rounds(comm, what, count, &fits == &done.starts, fit, callbacks, fits);
    };
    fit_rest("start", c.fit.starts, done.starts,
             [&](std::int64_t i) {
                 KernelNetwork from = network;
                 initialise(from, c.fit.seed + i);
                 return fit_or_mark(std::move(from), input.mean, c.fit, watch.should_stop);
             },
             {});
    auto const best = done.starts.best();
    if (best < 0) throw std::runtime_error("no start of the fit has a finite loss; change the network or fit.seed");
    network.set_parameters(done.starts.parameters.row(best).transpose());
    if (!input.correlator || !c.fits_samples) return;
    KernelFitData data;
    fit_rest(
        "sample", input.correlator->samples(), done.samples,
        [&](std::int64_t) { return fit_or_mark(network, data, c.fit, watch.should_stop); },
        [&](IndexRange which) { data = input.correlator_data->sample(*input.correlator, which); });
}

/// U R/R of this rank's share of the samples, each with its own parameters, and the kernel's part in coefficients.
void add_samples(Communicator const& comm, KernelFitInput const& input, KernelNetwork const& network,
                 KernelSamples& samples, Eigen::Index terms, KernelFitReport& report) {
    auto const& fits = samples.fits;
    samples.effective_coefficients = RowMatrixXd::Zero(fits.done, terms);
    report.own_samples = share_of(fits.done, comm.rank(), comm.size());
    auto const& mean = input.mean;
    report.effective_local_of_samples.resize(report.own_samples.size(), mean.waves.size());
    auto const rounds = comm.max(report.own_samples.size());
    KernelNetwork of_sample = network;
    for (std::int64_t round = 0; round < rounds; ++round) {
        std::int64_t const s = std::min(report.own_samples.begin + round, report.own_samples.end);
        IndexRange const which{s, std::min(s + 1, report.own_samples.end)};
        auto const data = input.correlator_data->sample(*input.correlator, which);
        if (which.size() == 0) continue;
        of_sample.set_parameters(fits.parameters.row(s).transpose());
        report.effective_local_of_samples.row(round) = effective_local(of_sample, data).reshaped().transpose();
        if (terms > 0)
            samples.effective_coefficients.row(s) = effective_local_coefficients(of_sample, data).transpose();
    }
    comm.sum(samples.effective_coefficients.data(), static_cast<std::size_t>(samples.effective_coefficients.size()));
}

}  // namespace

KernelFitOutcome fit_mean_and_samples(Communicator const& comm, KernelFitConfig const& c, KernelFitInput const& input,
                                      KernelFitWatch const& watch, KernelFitProgress& done) {
    KernelFitOutcome outcome{{input.units, KernelNetwork(c.network), {}, {}, {}, {}}, {}};
    auto& [kernel, report] = outcome;
    fit_all(comm, c, input, watch, kernel.network, done);
    auto const best = static_cast<std::size_t>(done.starts.best());
    double const residual = done.starts.residual[best];
    kernel.starts = done.starts;
    report.wave_axis = input.wave_axis;
    report.wave_unit = input.wave_unit;
    report.wave_values = input.wave_values;
    report.how_it_ended = residual <= c.fit.goal             ? "the goal was reached"
                          : done.starts.converged[best] != 0 ? "converged"
                          : done.starts.steps[best] >= c.fit.most_steps
                              ? "not converged: fit.most_steps was reached"
                              : "not converged: no step lowers the loss any more";
    report.seed = c.fit.seed + static_cast<std::int64_t>(best);
    if (input.mean.is_chi2)
        report.chi2_per_point = input.correlator_data->chi2(done.starts.data_loss[best]) /
                                static_cast<double>(input.correlator_data->points());
    report.offsets = fitted_offsets(kernel.network, input.mean, c.fit);
    if (input.correlator) kernel.effective_coefficients = effective_local_coefficients(kernel.network, input.mean);
    if (done.samples.done > 0) {
        kernel.samples = KernelSamples{input.correlator->ensemble().resampling.kind, done.samples, {}};
        add_samples(comm, input, kernel.network, *kernel.samples, kernel.effective_coefficients.size(), report);
    }
    return outcome;
}

}  // namespace hadronforce
