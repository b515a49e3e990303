#include "commands/command.hpp"
#include "commands/lattice_fit_config.hpp"
#include "commands/output.hpp"
#include "commands/progress.hpp"
#include "hadronforce/lattice/kernel_file.hpp"
#include "hadronforce/lattice/kernel_fit_checkpoint.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/stop_request.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>

namespace hadronforce {
namespace {

std::string text_of(FitEnd end) {
    switch (end) {
        case FitEnd::goal_reached:
            return "the goal was reached";
        case FitEnd::no_more_progress:
            return "converged: no more progress";
        case FitEnd::most_steps:
            break;
    }
    return "not converged: fit.most_steps was reached";
}

std::string curve_text(std::vector<KernelFitStep> const& curve) {
    std::string text = "step,residual,loss,damping,seconds\n";
    for (auto const& s : curve)
        text += fmt::format("{},{:.15g},{:.15g},{:.6g},{:.3f}\n", s.step, s.residual, s.loss, s.damping, s.seconds);
    return text;
}

/// The fit to the mean and then, where the data have samples, to each of them. Leaves the network with the mean's
/// parameters.
void fit_all(Communicator const& comm, KernelFitConfig const& c, KernelFitInput const& input,
             RunIdentity const& identity, KernelNetwork& network, KernelFitProgress& done) {
    StopRequest const stop;
    std::string const checkpoint = c.potential + ".checkpoint";
    auto const should_stop = [&] { return stop.on_this_rank(); };
    auto const save = [&] {
        write_atomically(comm, checkpoint,
                         [&](std::string const& temporary) { write_fit_checkpoint(comm, temporary, done, identity); });
    };
    if (!done.mean_end) {
        bool const resumes = done.mean.parameters.size() > 0;
        std::int64_t const begun_at = done.mean.step;
        Progress progress(comm, "steps", c.fit.most_steps);
        KernelFitCallbacks callbacks;
        callbacks.should_stop = should_stop;
        callbacks.checkpoint = checkpoint;
        callbacks.step_done = [&](KernelFitState const& s) {
            progress.update(s.step, begun_at, fmt::format("relative residual {:.2e}", s.curve.back().residual));
        };
        callbacks.save = [&](KernelFitState const& state) {
            done.mean = state;
            save();
        };
        KernelFitState state;
        auto const start = resumes ? std::optional<KernelFitState>(done.mean) : std::nullopt;
        auto const end = fit_kernel(comm, network, input.mean, c.fit, start, callbacks, state);
        done.mean = std::move(state);
        done.mean_end = end;
        if (input.correlator && c.fits_samples) save();
    } else {
        network.set_parameters(done.mean.parameters);
    }
    if (!input.correlator || !c.fits_samples) return;
    auto const samples = input.correlator->samples();
    Progress progress(comm, "samples", samples);
    std::int64_t const before = done.samples.done;
    SampleFitCallbacks callbacks;
    callbacks.should_stop = should_stop;
    callbacks.round_done = [&](SampleFits const& fits) {
        done.samples = fits;
        save();
        progress.update(fits.done, before);
    };
    SampleFits fits = done.samples;
    fit_samples(
        comm, network, samples,
        [&](IndexRange which) { return input.correlator_data->sample(*input.correlator, which); }, c.fit, callbacks,
        fits);
    done.samples = std::move(fits);
}

/// U R/R of this rank's share of the samples, each with its own parameters.
void add_samples(Communicator const& comm, KernelFitInput const& input, KernelNetwork const& network,
                 SampleFits const& fits, KernelFitReport& report) {
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
    }
}

void say_samples(Communicator const& comm, SampleFits const& fits) {
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
    FittedKernel kernel{input.units, KernelNetwork(c.network), {}};
    constexpr Eigen::Index most_parameters = 10000;  // normal equations of 0.8 GB
    if (kernel.network.parameter_count() > most_parameters)
        config.root().section("network").fail(
            "widths_f", fmt::format("and the other widths make {} parameters; a fit takes at most {}",
                                    kernel.network.parameter_count(), most_parameters));
    say(comm, fmt::format("lattice-fit: {} {} of {} at {} radii, {} parameters, {} rank{}", input.wave_values.size(),
                          input.correlator ? "time slices" : "waves", c.data_file, input.mean.r.size(),
                          kernel.network.parameter_count(), comm.size(), comm.size() == 1 ? "" : "s"));
    std::string const checkpoint = c.potential + ".checkpoint";
    auto const identity = identity_of(config, {"output", "fit.checkpoint_every_s"}, comm);
    KernelFitProgress done;
    if (options.resume) {
        if (file_exists(comm, checkpoint))
            done = read_fit_checkpoint(comm, checkpoint, identity, kernel.network.parameter_count());
        else
            say(comm, "no checkpoint yet: the fit starts from the beginning");
    }
    fit_all(comm, c, input, identity, kernel.network, done);

    double const residual = done.mean.curve.back().residual;
    KernelFitReport report;
    report.wave_axis = input.wave_axis;
    report.wave_unit = input.wave_unit;
    report.wave_values = input.wave_values;
    report.state = done.mean;
    report.how_it_ended = text_of(*done.mean_end);
    report.seed = c.fit.seed;
    if (c.correlator && c.correlator->inverse_variance)
        report.chi2_per_point =
            input.correlator_data->chi2(residual * residual) / static_cast<double>(input.correlator_data->points());
    if (done.samples.done > 0) {
        kernel.samples = KernelSamples{input.correlator->ensemble().resampling.kind, done.samples};
        add_samples(comm, input, kernel.network, done.samples, report);
    }
    write_atomically(comm, c.potential, [&](std::string const& temporary) {
        write_fitted_kernel(comm, temporary, kernel, input.mean, report, config.resolved());
    });
    if (!c.learning_curve.empty()) write_text(comm, c.learning_curve, curve_text(done.mean.curve));
    agree_on_root(comm, [&] { std::remove(checkpoint.c_str()); });
    say(comm, fmt::format("{} after {} steps, {:.1f} s: relative residual {:.2e}", report.how_it_ended, done.mean.step,
                          done.mean.seconds, residual));
    if (report.chi2_per_point) say(comm, fmt::format("chi2 per point: {:.4g}", *report.chi2_per_point));
    say(comm, fmt::format("part of the kernel that no {} has seen: {:.2g} of its norm",
                          input.correlator ? "time slice" : "wave",
                          unseen_kernel(kernel.network, input.mean, residual).fraction));
    if (kernel.samples) say_samples(comm, done.samples);
    say(comm, "potential: " + c.potential);
    if (!c.learning_curve.empty()) say(comm, "learning curve: " + c.learning_curve);
}

}  // namespace hadronforce
