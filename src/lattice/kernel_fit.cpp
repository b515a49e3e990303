#include "hadronforce/lattice/kernel_fit.hpp"

#include "hadronforce/dataset/random.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/parallel/work_split.hpp"

#include <fmt/format.h>
#include <Eigen/Cholesky>
#include <boost/math/distributions/normal.hpp>

#include <chrono>
#include <cmath>

namespace hadronforce {
namespace {

using Clock = std::chrono::steady_clock;

/// The data with every wave divided by the norm of its target, and the measure drawn in.
struct Scaled {
    Eigen::MatrixXd sources;  ///< measure times wave
    Eigen::MatrixXd targets;
    Eigen::MatrixXd row_weight;
};

Scaled scaled(KernelFitData const& data) {
    Eigen::ArrayXd const norm =
        (data.targets.array().square().colwise() * data.measure).colwise().sum().sqrt().transpose();
    double const waves = static_cast<double>(data.waves.cols());
    return {(data.waves.array().colwise() * data.measure).matrix(), data.targets,
            data.measure.sqrt().matrix() * (1.0 / (norm * std::sqrt(waves))).matrix().transpose()};
}

/// Upper triangle of the normal matrix, right-hand side and loss in one buffer: one reduction a step.
struct NormalEquations {
    Eigen::MatrixXd matrix;
    Eigen::VectorXd gradient;
    double loss = 0.0;

    void sum(Communicator const& comm) {
        auto const n = matrix.rows();
        std::vector<double> buffer;
        buffer.reserve(static_cast<std::size_t>(n * (n + 1) / 2 + n + 1));
        for (Eigen::Index j = 0; j < n; ++j)
            for (Eigen::Index i = 0; i <= j; ++i) buffer.push_back(matrix(i, j));
        buffer.insert(buffer.end(), gradient.begin(), gradient.end());
        buffer.push_back(loss);
        comm.sum(buffer.data(), buffer.size());
        auto value = buffer.begin();
        for (Eigen::Index j = 0; j < n; ++j)
            for (Eigen::Index i = 0; i <= j; ++i) matrix(i, j) = matrix(j, i) = *value++;
        for (double& entry : gradient) entry = *value++;
        loss = *value;
    }
};

class Fit {
  public:
    Fit(Communicator const& comm, KernelNetwork& network, KernelFitData const& data, double l2)
        : comm_(comm), network_(network), r_(data.r), data_(scaled(data)), l2_(l2) {}

    NormalEquations normal_equations() const {
        KernelNetwork::OnGrid const grid(network_, r_);
        Eigen::Index const parameters = network_.parameter_count(), waves = data_.sources.cols();
        NormalEquations equations{Eigen::MatrixXd::Zero(parameters, parameters), Eigen::VectorXd::Zero(parameters),
                                  0.0};
        // Derivatives of some rows at a time, so that memory stays bounded and the products are large.
        constexpr Eigen::Index tile_rows = 16;
        Eigen::MatrixXd tile(tile_rows * waves, parameters), row;
        Eigen::VectorXd residual(tile_rows * waves);
        auto const rows = share_of(r_.size(), comm_.rank(), comm_.size());
        for (std::int64_t first = rows.begin; first < rows.end; first += tile_rows) {
            Eigen::Index const count = std::min<std::int64_t>(tile_rows, rows.end - first);
            for (Eigen::Index i = 0; i < count; ++i) {
                Eigen::VectorXd const u = grid.row_with_derivatives(first + i, data_.sources, row);
                Eigen::ArrayXd const weight = data_.row_weight.row(first + i).transpose().array();
                tile.middleRows(i * waves, waves) = row.array().colwise() * weight;
                residual.segment(i * waves, waves) = residual_of(u, first + i);
            }
            auto const used = tile.topRows(count * waves);
            equations.matrix.selfadjointView<Eigen::Upper>().rankUpdate(used.transpose());
            equations.gradient.noalias() += used.transpose() * residual.head(count * waves);
            equations.loss += residual.head(count * waves).squaredNorm();
        }
        equations.sum(comm_);
        equations.matrix.diagonal().array() += l2_;
        equations.gradient += l2_ * network_.parameters();
        equations.loss += l2_ * network_.parameters().squaredNorm();
        return equations;
    }

    double loss() const {
        KernelNetwork::OnGrid const grid(network_, r_);
        double sum = 0.0;
        auto const rows = share_of(r_.size(), comm_.rank(), comm_.size());
        for (std::int64_t i = rows.begin; i < rows.end; ++i) sum += residual_of(grid.row(i), i).squaredNorm();
        comm_.sum(&sum, 1);
        return sum + l2_ * network_.parameters().squaredNorm();
    }

    double l2_term() const { return l2_ * network_.parameters().squaredNorm(); }

  private:
    Eigen::VectorXd residual_of(Eigen::VectorXd const& u, Eigen::Index i) const {
        return ((data_.sources.transpose() * u - data_.targets.row(i).transpose()).array() *
                data_.row_weight.row(i).transpose().array())
            .matrix();
    }

    Communicator const& comm_;
    KernelNetwork& network_;
    Eigen::ArrayXd r_;
    Scaled data_;
    double l2_;
};

/// The damped step, worked out by rank 0 so that all take the same one.
Eigen::VectorXd damped_step(Communicator const& comm, NormalEquations const& equations, double damping) {
    // Marquardt's scaling by the diagonal, with a part of its mean: parameters that the data hardly see must not run
    // away.
    constexpr double mean_part = 1e-2;
    Eigen::VectorXd step = Eigen::VectorXd::Zero(equations.gradient.size());
    if (comm.is_root()) {
        Eigen::MatrixXd damped = equations.matrix;
        Eigen::ArrayXd const diagonal = equations.matrix.diagonal();
        damped.diagonal().array() += damping * (diagonal + mean_part * diagonal.mean());
        step = damped.ldlt().solve(-equations.gradient);
    }
    comm.broadcast(step.data(), static_cast<std::size_t>(step.size()));
    return step;
}

}  // namespace

void initialise(KernelNetwork& network, std::int64_t seed) {
    Eigen::VectorXd numbers(network.parameter_count());
    boost::math::normal const standard(0.0, 1.0);
    for (Eigen::Index i = 0; i < numbers.size(); ++i)
        numbers[i] = boost::math::quantile(
            standard, uniform_draw(static_cast<std::uint64_t>(seed), static_cast<std::uint64_t>(i), 0));
    network.set_initial_parameters(numbers);
}

FitEnd fit_kernel(Communicator const& comm, KernelNetwork& network, KernelFitData const& data,
                  KernelFitSettings const& settings, std::optional<KernelFitState> const& resume_from,
                  KernelFitCallbacks const& callbacks, KernelFitState& state) {
    check(data);
    if (resume_from) {
        state = *resume_from;
        network.set_parameters(state.parameters);
    } else {
        state = KernelFitState{};
        initialise(network, settings.seed);
    }
    Fit const fit(comm, network, data, settings.l2);
    StopRequest const stop;
    auto const begin =
        Clock::now() - std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(state.seconds));
    auto const seconds = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
    auto last_save = seconds();
    for (;;) {
        auto const equations = fit.normal_equations();
        state.loss = equations.loss;
        state.parameters = network.parameters();
        state.seconds = seconds();
        if (!std::isfinite(state.loss))
            throw std::runtime_error(fmt::format(
                "the loss of the fit is not finite in step {}; go on from the last checkpoint with --resume, or "
                "change the network or fit.seed",
                state.step));
        double const residual = std::sqrt(std::max(0.0, state.loss - fit.l2_term()));
        if (state.curve.empty() || state.curve.back().step != state.step)
            state.curve.push_back({state.step, residual, state.loss, state.damping, state.seconds});
        callbacks.step_done(state);
        if (residual <= settings.goal) return FitEnd::goal_reached;
        if (auto const steps = static_cast<std::int64_t>(state.curve.size()); steps > settings.patience) {
            double const before = state.curve[static_cast<std::size_t>(steps - 1 - settings.patience)].loss;
            if (state.loss > (1.0 - settings.least_progress) * before) return FitEnd::no_more_progress;
        }
        if (state.step >= settings.most_steps) return FitEnd::most_steps;
        bool const stops = stop.on_any_rank(comm);
        if (stops || comm.max(seconds() - last_save) > settings.checkpoint_every_s) {
            callbacks.save(state);
            last_save = seconds();
        }
        if (stops) throw Stopped{"run the same command with --resume"};

        bool better = false;
        while (!better && state.damping < 1e12) {
            network.set_parameters(state.parameters + damped_step(comm, equations, state.damping));
            better = fit.loss() < state.loss;
            state.damping *= better ? 1.0 / 3.0 : 4.0;
        }
        if (!better) {
            network.set_parameters(state.parameters);
            return FitEnd::no_more_progress;
        }
        state.damping = std::max(state.damping, 1e-14);
        ++state.step;
    }
}

Eigen::MatrixXd relative_residuals(KernelNetwork const& network, KernelFitData const& data) {
    Scaled const scaled_data = scaled(data);
    Eigen::ArrayXXd u(data.r.size(), data.r.size());
    network.fill(data.r, data.r, u);
    Eigen::MatrixXd const difference = u.matrix() * scaled_data.sources - data.targets;
    return (difference.array() * scaled_data.row_weight.array() * std::sqrt(static_cast<double>(data.waves.cols())))
        .matrix();
}

void check(KernelFitData const& data) {
    Eigen::Index const n = data.r.size();
    if (n < 2 || data.waves.cols() < 1 || data.measure.size() != n || data.waves.rows() != n ||
        data.targets.rows() != n || data.targets.cols() != data.waves.cols())
        throw InputError("the waves, targets and radii of the fit do not fit together");
    if (!data.r.isFinite().all() || !data.measure.isFinite().all() || !data.waves.allFinite() ||
        !data.targets.allFinite())
        throw InputError("the data of the fit are not finite");
    if ((data.r.tail(n - 1) <= data.r.head(n - 1)).any() || data.r[0] < 0.0)
        throw InputError("the radii of the fit must increase");
    if ((data.measure <= 0.0).any()) throw InputError("the measure of the fit must be positive");
    for (Eigen::Index s = 0; s < data.targets.cols(); ++s)
        if (data.targets.col(s).isZero(0.0))
            throw InputError(fmt::format("wave {} of the fit has a target that is zero everywhere", s));
}

}  // namespace hadronforce
