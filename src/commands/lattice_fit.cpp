#include "commands/command.hpp"
#include "commands/lattice_fit_config.hpp"
#include "commands/output.hpp"
#include "commands/progress.hpp"
#include "hadronforce/lattice/effective_local.hpp"
#include "hadronforce/lattice/kernel_file.hpp"
#include "hadronforce/lattice/kernel_fit_checkpoint.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/stop_request.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <functional>

namespace hadronforce {
namespace {

std::string curve_text(std::vector<KernelFitStep> const& curve) {
    std::string text = "step,residual,loss,damping,seconds\n";
    for (auto const& s : curve)
        text += fmt::format("{},{:.15g},{:.15g},{:.6g},{:.3f}\n", s.step, s.residual, s.loss, s.damping, s.seconds);
    return text;
}

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

/// The mean from each start; then, where the data have samples, each of them from where the best start ended: as all
/// end at a minimum, they are the same function of their data as the mean is of its. Leaves the network with the best
/// parameters of the mean.
void fit_all(Communicator const& comm, KernelFitConfig const& c, KernelFitInput const& input,
             RunIdentity const& identity, KernelNetwork& network, KernelFitProgress& done) {
    StopRequest const stop;
    std::string const checkpoint = c.potential + ".checkpoint";
    auto const save = [&] {
        write_atomically(comm, checkpoint,
                         [&](std::string const& temporary) { write_fit_checkpoint(comm, temporary, done, identity); });
    };
    std::function<bool()> const should_stop = [&] { return stop.on_this_rank(); };
    auto const fit_rest = [&](std::string const& what, std::int64_t count, KernelFits& fits,
                              std::function<KernelFitResult(std::int64_t)> const& fit,
                              std::function<void(IndexRange)> const& before_round) {
        Progress progress(comm, what + "s", count);
        std::int64_t const before = fits.done;
        KernelFitsCallbacks callbacks;
        callbacks.before_round = before_round;
        callbacks.should_stop = should_stop;
        callbacks.round_done = [&](KernelFits const&) {
            save();
            progress.update(fits.done, before);
        };
        fit_in_rounds(comm, what, count, &fits == &done.starts, fit, callbacks, fits);
    };
    fit_rest("start", c.fit.starts, done.starts,
             [&](std::int64_t i) {
                 KernelNetwork from = network;
                 initialise(from, c.fit.seed + i);
                 return fit_or_mark(std::move(from), input.mean, c.fit, should_stop);
             },
             {});
    auto const best = done.starts.best();
    if (best < 0) throw std::runtime_error("no start of the fit has a finite loss; change the network or fit.seed");
    network.set_parameters(done.starts.parameters.row(best).transpose());
    if (!input.correlator || !c.fits_samples) return;
    KernelFitData data;
    fit_rest(
        "sample", input.correlator->samples(), done.samples,
        [&](std::int64_t) { return fit_or_mark(network, data, c.fit, should_stop); },
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

void say_samples(Communicator const& comm, KernelFits const& fits) {
    std::vector<std::int64_t> failed;
    for (std::int64_t s = 0; s < fits.done; ++s)
        if (fits.converged[static_cast<std::size_t>(s)] == 0) failed.push_back(s);
    if (failed.empty())
        say(comm, fmt::format("{} samples fitted, all converged", fits.done));
    else
        say(comm, fmt::format("{} samples fitted; not converged, and left out of every average: {}", fits.done,
                              fmt::join(failed, ", ")));
}

}  // namespace

void run_lattice_fit(Config const& config, CommandOptions const& options, Communicator const& comm) {
    KernelFitConfig c = read_kernel_fit_config(config.root());
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    KernelFitInput const input = read_kernel_fit_input(comm, c);
    FittedKernel kernel{input.units, KernelNetwork(c.network), {}, {}, {}};
    constexpr Eigen::Index most_parameters = 10000;  // normal equations of 0.8 GB
    if (kernel.network.parameter_count() > most_parameters)
        config.root().section("network").fail(
            "widths_f", fmt::format("and the other widths make {} parameters; a fit takes at most {}",
                                    kernel.network.parameter_count(), most_parameters));
    say(comm, fmt::format("lattice-fit: {} {} of {} at {} radii, {} parameters, {} rank{}", input.wave_values.size(),
                          input.correlator ? "time slices" : "waves", c.data_file, input.mean.r.size(),
                          kernel.network.parameter_count(), comm.size(), comm.size() == 1 ? "" : "s"));
    std::string const checkpoint = c.potential + ".checkpoint";
    auto const identity = identity_of(config, {"output"}, comm);
    KernelFitProgress done;
    if (options.resume) {
        if (file_exists(comm, checkpoint))
            done = read_fit_checkpoint(comm, checkpoint, identity, kernel.network.parameter_count());
        else
            say(comm, "no checkpoint yet: the fit starts from the beginning");
    }
    fit_all(comm, c, input, identity, kernel.network, done);

    auto const best = static_cast<std::size_t>(done.starts.best());
    double const residual = done.starts.residual[best];
    kernel.starts = done.starts;
    KernelFitReport report;
    report.wave_axis = input.wave_axis;
    report.wave_unit = input.wave_unit;
    report.wave_values = input.wave_values;
    report.how_it_ended = residual <= c.fit.goal             ? "the goal was reached"
                          : done.starts.converged[best] != 0 ? "converged"
                                                             : "not converged: fit.most_steps was reached";
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
    write_atomically(comm, c.potential, [&](std::string const& temporary) {
        write_fitted_kernel(comm, temporary, kernel, input.mean, report, config.resolved());
    });
    if (!c.learning_curve.empty()) write_text(comm, c.learning_curve, curve_text(done.starts.best_curve));
    agree_on_root(comm, [&] { std::remove(checkpoint.c_str()); });
    say(comm, fmt::format("{} after {} steps, {:.1f} s: relative residual {:.2e}", report.how_it_ended,
                          done.starts.steps[best], done.starts.best_curve.back().seconds, residual));
    if (report.chi2_per_point) say(comm, fmt::format("chi2 per point: {:.4g}", *report.chi2_per_point));
    if (report.offsets.size() > 0)
        say(comm, fmt::format("offsets of the slices: {:.3g} MeV", fmt::join(report.offsets, ", ")));
    if (kernel.network.has_kernel())
        say(comm, fmt::format("part of the kernel that no {} has seen: {:.2g} of its norm",
                              input.correlator ? "time slice" : "wave",
                              unseen_kernel(kernel.network, input.mean, residual).fraction));
    if (kernel.samples) say_samples(comm, done.samples);
    say(comm, "potential: " + c.potential);
    if (!c.learning_curve.empty()) say(comm, "learning curve: " + c.learning_curve);
}

}  // namespace hadronforce
