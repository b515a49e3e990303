#include "commands/command.hpp"
#include "commands/kernel_fit_run.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/report/output.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>

namespace hadronforce {
namespace {

std::string curve_text(std::vector<KernelFitStep> const& curve) {
    std::string text = "step,residual,loss,damping,seconds\n";
    for (auto const& s : curve)
        text += fmt::format("{},{:.15g},{:.15g},{:.6g},{:.3f}\n", s.step, s.residual, s.loss, s.damping, s.seconds);
    return text;
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
    auto const parameters = check_size(config.root(), c.network);
    say(comm, fmt::format("lattice-fit: {} {} of {} at {} radii, {} parameters, {} rank{}", input.wave_values.size(),
                          input.correlator ? "time slices" : "waves", c.data_file, input.mean.r.size(), parameters,
                          comm.size(), comm.size() == 1 ? "" : "s"));
    std::string const checkpoint = c.potential + ".checkpoint";
    auto const identity = identity_of(config, {"output"}, comm);
    KernelFitProgress done;
    if (options.resume) {
        if (file_exists(comm, checkpoint))
            done = read_fit_checkpoint(comm, checkpoint, identity, parameters);
        else
            say(comm, "no checkpoint yet: the fit starts from the beginning");
    }
    StopRequest const stop;
    KernelFitWatch watch;
    watch.shows_progress = true;
    watch.should_stop = [&] { return stop.on_this_rank(); };
    watch.save = [&] {
        write_atomically(comm, checkpoint,
                         [&](std::string const& temporary) { write_fit_checkpoint(comm, temporary, done, identity); });
    };
    auto const outcome = fit_mean_and_samples(comm, c, input, watch, done);
    auto const& kernel = outcome.kernel;
    auto const& report = outcome.report;

    auto const best = static_cast<std::size_t>(done.starts.best());
    double const residual = done.starts.residual[best];
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
        say(comm, fmt::format("part of the kernel that no {} has seen: {:.2g} of its norm (phase-shifts says what "
                              "it does to each prediction)",
                              input.correlator ? "time slice" : "wave",
                              unseen_kernel(kernel.network, input.mean, residual).fraction));
    if (kernel.samples) say_samples(comm, done.samples);
    say(comm, "potential: " + c.potential);
    if (!c.learning_curve.empty()) say(comm, "learning curve: " + c.learning_curve);
}

}  // namespace hadronforce
