#include "hadronforce/lattice/kernel_fit.hpp"

#include "hadronforce/dataset/random.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "lattice/kernel_loss.hpp"

#include <fmt/format.h>
#include <Eigen/Cholesky>

#include <chrono>
#include <cmath>

namespace hadronforce {
namespace {

using Clock = std::chrono::steady_clock;

/// The damped step of the parameters from `first` on, worked out by rank 0 so that all take the same one.
Eigen::VectorXd damped_step(Communicator const& comm, NormalEquations const& equations, double damping,
                            Eigen::Index first) {
    // Marquardt's scaling by the diagonal, with a part of its mean: parameters that the data hardly see must not run
    // away.
    constexpr double mean_part = 1e-2;
    Eigen::VectorXd step = Eigen::VectorXd::Zero(equations.gradient.size());
    if (comm.is_root()) {
        Eigen::Index const free = step.size() - first;
        Eigen::MatrixXd damped = equations.matrix.bottomRightCorner(free, free);
        Eigen::ArrayXd const diagonal = damped.diagonal();
        damped.diagonal().array() += damping * (diagonal + mean_part * diagonal.mean());
        step.tail(free) = damped.ldlt().solve(-equations.gradient.tail(free));
    }
    comm.broadcast(step.data(), static_cast<std::size_t>(step.size()));
    return step;
}

/// Throws on all ranks what the lowest rank with a loss that is not finite has to say.
[[noreturn]] void refuse_loss(Communicator const& comm, NormalEquations const& equations, KernelFitState const& state,
                              std::string const& checkpoint) {
    auto const guilty = comm.min(std::int64_t{std::isfinite(equations.own_loss) ? comm.size() : comm.rank()});
    throw std::runtime_error(fmt::format(
        "the loss of the fit is not finite in step {}, on rank {} of {}; {}change the network or fit.seed", state.step,
        guilty, comm.size(),
        checkpoint.empty() ? "" : fmt::format("go on from {} with --resume where it exists, or ", checkpoint)));
}

}  // namespace

void initialise(KernelNetwork& network, std::int64_t seed) {
    Eigen::VectorXd numbers(network.parameter_count());
    for (Eigen::Index i = 0; i < numbers.size(); ++i)
        numbers[i] = normal_draw(static_cast<std::uint64_t>(seed), static_cast<std::uint64_t>(i), 0);
    network.set_initial_parameters(numbers);
}

bool has_converged(FitEnd end) { return end != FitEnd::most_steps; }

FitEnd fit_kernel(Communicator const& comm, KernelNetwork& network, KernelFitData const& data,
                  KernelFitSettings const& settings, std::optional<KernelFitState> const& start_from,
                  KernelFitCallbacks const& callbacks, KernelFitState& state) {
    check(data);
    if (start_from) {
        state = *start_from;
        network.set_parameters(state.parameters);
    } else {
        state = KernelFitState{};
        initialise(network, settings.seed);
    }
    KernelLoss const fit(comm, network, data, settings);
    auto const begin =
        Clock::now() - std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(state.seconds));
    auto const seconds = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
    auto last_save = seconds();
    for (;;) {
        // The local part comes first, so that the kernel is left with what no local potential explains.
        bool const local_only = network.has_local() && state.step < settings.local_steps;
        auto const equations = fit.normal_equations(local_only);
        state.loss = equations.loss;
        state.parameters = network.parameters();
        state.seconds = seconds();
        if (!std::isfinite(state.loss)) refuse_loss(comm, equations, state, callbacks.checkpoint);
        double const residual = std::sqrt(equations.data_loss);
        if (state.curve.empty() || state.curve.back().step != state.step)
            state.curve.push_back({state.step, residual, state.loss, state.damping, state.seconds});
        if (callbacks.step_done) callbacks.step_done(state);
        if (residual <= settings.goal) return FitEnd::goal_reached;
        if (auto const steps = static_cast<std::int64_t>(state.curve.size());
            steps > settings.patience &&
            !(network.has_local() && state.step < settings.local_steps + settings.patience)) {
            double const before = state.curve[static_cast<std::size_t>(steps - 1 - settings.patience)].loss;
            if (state.loss > (1.0 - settings.least_progress) * before) return FitEnd::no_more_progress;
        }
        if (state.step >= settings.most_steps) return FitEnd::most_steps;
        bool const stops = comm.max(std::int64_t{callbacks.should_stop && callbacks.should_stop()}) != 0;
        if (callbacks.save && (stops || comm.max(seconds() - last_save) > settings.checkpoint_every_s)) {
            callbacks.save(state);
            last_save = seconds();
        }
        if (stops) throw Stopped{"run the same command with --resume"};

        Eigen::Index const first = local_only ? network.local_offset() : 0;
        bool better = false;
        while (!better && state.damping < 1e12) {
            network.set_parameters(state.parameters + damped_step(comm, equations, state.damping, first));
            better = fit.loss(local_only) < state.loss;
            state.damping *= better ? 1.0 / 3.0 : 4.0;
        }
        if (!better) {
            network.set_parameters(state.parameters);
            if (!local_only) return FitEnd::no_more_progress;
            state.damping = KernelFitState{}.damping;
            state.step = settings.local_steps;
            continue;
        }
        state.damping = std::max(state.damping, 1e-14);
        ++state.step;
    }
}

Eigen::MatrixXd norm_weights(Eigen::ArrayXd const& measure, Eigen::MatrixXd const& targets) {
    if (measure.size() != targets.rows()) throw InputError("the targets and radii of the fit do not fit together");
    Eigen::ArrayXd const norm = (targets.array().square().colwise() * measure).colwise().sum().transpose();
    return measure.matrix() * (static_cast<double>(targets.cols()) * norm).inverse().matrix().transpose();
}

Eigen::MatrixXd relative_residuals(KernelNetwork const& network, KernelFitData const& data) {
    Eigen::MatrixXd const u = KernelNetwork::OnGrid(network, data.r, data.measure).matrix();
    Eigen::MatrixXd const sources = (data.waves.array().colwise() * data.measure).matrix();
    return ((u * sources - data.targets).array() *
            (static_cast<double>(data.waves.cols()) * data.weights.array()).sqrt())
        .matrix();
}

void check(KernelFitData const& data) {
    Eigen::Index const n = data.r.size();
    if (n < 2 || data.waves.cols() < 1 || data.measure.size() != n || data.waves.rows() != n ||
        data.targets.rows() != n || data.targets.cols() != data.waves.cols() || data.weights.rows() != n ||
        data.weights.cols() != data.waves.cols())
        throw InputError("the waves, targets and radii of the fit do not fit together");
    if (!data.r.isFinite().all() || !data.measure.isFinite().all() || !data.waves.allFinite() ||
        !data.targets.allFinite())
        throw InputError("the data of the fit are not finite");
    if ((data.r.tail(n - 1) <= data.r.head(n - 1)).any() || data.r[0] < 0.0)
        throw InputError("the radii of the fit must increase");
    if ((data.measure <= 0.0).any()) throw InputError("the measure of the fit must be positive");
    for (Eigen::Index s = 0; s < data.targets.cols(); ++s) {
        if (data.targets.col(s).isZero(0.0))
            throw InputError(fmt::format("wave {} of the fit has a target that is zero everywhere", s));
        if (data.waves.col(s).isZero(0.0)) throw InputError(fmt::format("wave {} of the fit is zero everywhere", s));
    }
    if (!data.weights.allFinite() || (data.weights.array() < 0.0).any())
        throw InputError("the weights of the fit must be finite and not negative");
}

}  // namespace hadronforce
