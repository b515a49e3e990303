#include "commands/command.hpp"
#include "commands/output.hpp"
#include "commands/progress.hpp"
#include "hadronforce/lattice/kernel_file.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <optional>

namespace hadronforce {
namespace {

struct FitConfig {
    std::string waves;
    KernelNetworkSettings network;
    KernelFitSettings fit;
    std::string potential;
    std::string learning_curve;
};

std::vector<Eigen::Index> to_widths(std::vector<std::int64_t> const& widths) { return {widths.begin(), widths.end()}; }

FitConfig read_fit_config(Section const& root) {
    FitConfig c;
    c.waves = root.section("data").required<std::string>("file");
    Section const network = root.optional_section("network");
    auto& n = c.network;
    std::vector<std::int64_t> const twelve{12, 12};
    n.latent = network.optional<std::int64_t>("latent", n.latent, at_least(1));
    n.widths_f = to_widths(network.optional<std::vector<std::int64_t>>("widths_f", twelve, each(at_least(1))));
    n.widths_g = to_widths(network.optional<std::vector<std::int64_t>>("widths_g", twelve, each(at_least(1))));
    n.activation = network.optional<std::string>("activation", n.activation, one_of({"silu", "tanh"}));
    Section const fit = root.optional_section("fit");
    auto& f = c.fit;
    f.l2 = fit.optional<double>("l2", f.l2, not_negative());
    f.goal = fit.optional<double>("goal", f.goal, positive());
    f.patience = fit.optional<std::int64_t>("patience", f.patience, at_least(1));
    f.least_progress = fit.optional<double>("least_progress", f.least_progress, between(0.0, 1.0));
    f.most_steps = fit.optional<std::int64_t>("most_steps", f.most_steps, at_least(1));
    f.checkpoint_every_s = fit.optional<double>("checkpoint_every_s", f.checkpoint_every_s, positive());
    f.seed = fit.optional<std::int64_t>("seed", f.seed, at_least(0));
    Section const output = root.section("output");
    c.potential = output.required<std::string>("potential");
    c.learning_curve = output.optional<std::string>("learning_curve", "");
    return c;
}

/// Lengths and strengths the networks see as numbers near one: the radius within which half of U psi lies, and the size
/// of U that a kernel of that range needs.
void set_scales(KernelNetworkSettings& network, KernelFitData const& data) {
    Eigen::ArrayXd const strength = data.targets.array().square().rowwise().mean() * data.measure;
    double const whole = strength.sum();
    double part = 0.0;
    Eigen::Index half = 0;
    while (half + 1 < data.r.size() && (part += strength[half]) < 0.5 * whole) ++half;
    Eigen::Index const last = data.r.size() - 1;
    network.r_scale = 2.0 * data.r[half];
    // The outermost radius itself must not be lost to the cut.
    network.cut = data.r[last] + (data.r[last] - data.r[last - 1]);
    double const sources =
        std::sqrt((data.waves.array().square().rowwise().mean() * data.measure).head(half + 1).sum() *
                  data.measure.head(half + 1).sum());
    network.u_scale = std::sqrt(data.targets.topRows(half + 1).array().square().mean()) / sources;
}

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

}  // namespace

void run_lattice_fit(Config const& config, CommandOptions const& options, Communicator const& comm) {
    FitConfig c = read_fit_config(config.root());
    if (!config_is_read(config, options, comm)) return;

    WavesFile const waves = read_waves(comm, c.waves);
    set_scales(c.network, waves.data);
    FittedKernel kernel{waves.units, KernelNetwork(c.network)};
    say(comm,
        fmt::format("lattice-fit: {} waves of {} at {} radii, {} parameters, {} rank{}", waves.momenta.size(), c.waves,
                    waves.data.r.size(), kernel.network.parameter_count(), comm.size(), comm.size() == 1 ? "" : "s"));
    std::string const checkpoint = c.potential + ".checkpoint";
    std::optional<KernelFitState> resume_from;
    if (options.resume) {
        if (file_exists(comm, checkpoint))
            resume_from = read_fit_checkpoint(comm, checkpoint, config.resolved(), kernel.network.parameter_count());
        else
            say(comm, "no checkpoint yet: the fit starts from the beginning");
    }
    std::int64_t const begun_at = resume_from ? resume_from->step : 0;
    if (!c.learning_curve.empty()) write_text(comm, c.learning_curve, curve_text({}));
    KernelFitState state;
    FitEnd end{};
    {
        Progress progress(comm, "steps", c.fit.most_steps);
        KernelFitCallbacks callbacks;
        callbacks.step_done = [&](KernelFitState const& s) {
            progress.update(s.step, begun_at, fmt::format("relative residual {:.2e}", s.curve.back().residual));
        };
        callbacks.save = [&](KernelFitState const& s) {
            write_atomically(comm, checkpoint, [&](std::string const& temporary) {
                write_fit_checkpoint(comm, temporary, s, config.resolved());
            });
        };
        end = fit_kernel(comm, kernel.network, waves.data, c.fit, resume_from, callbacks, state);
    }
    write_atomically(comm, c.potential, [&](std::string const& temporary) {
        write_fitted_kernel(comm, temporary, kernel, waves, state, text_of(end), config.resolved(), c.fit.seed);
    });
    if (!c.learning_curve.empty()) write_text(comm, c.learning_curve, curve_text(state.curve));
    agree_on_root(comm, [&] { std::remove(checkpoint.c_str()); });
    say(comm, fmt::format("{} after {} steps, {:.1f} s: relative residual {:.2e}", text_of(end), state.step,
                          state.seconds, state.curve.back().residual));
    say(comm, "potential: " + c.potential);
    if (!c.learning_curve.empty()) say(comm, "learning curve: " + c.learning_curve);
}

}  // namespace hadronforce
