#include "hadronforce/lattice/kernel_fit.hpp"

#include "hadronforce/dataset/random.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/parallel/work_split.hpp"

#include <fmt/format.h>
#include <Eigen/Cholesky>

#include <chrono>
#include <cmath>

namespace hadronforce {
namespace {

using Clock = std::chrono::steady_clock;

/// Upper triangle of the normal matrix, right-hand side and losses in one buffer: one reduction a step.
struct NormalEquations {
    Eigen::MatrixXd matrix;
    Eigen::VectorXd gradient;
    double loss = 0.0;
    double data_loss = 0.0;
    double own_loss = 0.0;  ///< of this rank's rows

    void sum(Communicator const& comm) {
        own_loss = loss;
        auto const n = matrix.rows();
        std::vector<double> buffer;
        buffer.reserve(static_cast<std::size_t>(n * (n + 1) / 2 + n + 2));
        for (Eigen::Index j = 0; j < n; ++j)
            for (Eigen::Index i = 0; i <= j; ++i) buffer.push_back(matrix(i, j));
        buffer.insert(buffer.end(), gradient.begin(), gradient.end());
        buffer.push_back(loss);
        buffer.push_back(data_loss);
        comm.sum(buffer.data(), buffer.size());
        auto value = buffer.begin();
        for (Eigen::Index j = 0; j < n; ++j)
            for (Eigen::Index i = 0; i <= j; ++i) matrix(i, j) = matrix(j, i) = *value++;
        for (double& entry : gradient) entry = *value++;
        loss = *value++;
        data_loss = *value;
    }
};

/// Rows of the residual that belong to one radius: sum_j U_ij sources(j, s) - targets(i, s), times root_weights(i, s).
struct Rows {
    std::vector<Eigen::Index> radii;
    Eigen::MatrixXd sources;       ///< all radii x s
    Eigen::MatrixXd targets;       ///< all radii x s
    Eigen::MatrixXd root_weights;  ///< all radii x s

    Eigen::VectorXd residual(Eigen::VectorXd const& u, Eigen::Index i) const {
        return (root_weights.row(i).transpose().array() *
                (sources.transpose() * u - targets.row(i).transpose()).array())
            .matrix();
    }
};

Rows data_rows(KernelFitData const& data) {
    Rows rows{{}, (data.waves.array().colwise() * data.measure).matrix(), data.targets, data.weights.cwiseSqrt()};
    for (Eigen::Index i = 0; i < data.r.size(); ++i) rows.radii.push_back(i);
    return rows;
}

/// U itself between some radii from penalty_from on and some of all radii.
Rows penalty_rows(KernelFitData const& data, KernelFitSettings const& settings) {
    constexpr Eigen::Index most_radii = 48, most_partners = 16;
    Rows rows;
    if (settings.penalty == 0.0) return rows;
    Eigen::Index const n = data.r.size();
    Eigen::Index const begin = (data.r < settings.penalty_from).count();
    if (begin == n) throw InputError("no radius lies where the penalty begins; lower penalty_from");
    Eigen::Index const stride = (n - begin + most_radii - 1) / most_radii;
    Eigen::Index const partner_stride = (n + most_partners - 1) / most_partners;
    Eigen::Index const partners = (n + partner_stride - 1) / partner_stride;
    double const norm_of_waves = (data.waves.array().square().colwise() * data.measure).sum();
    double const norm_of_targets = (data.targets.array().square().colwise() * data.measure).sum();
    rows.sources = rows.targets = rows.root_weights = Eigen::MatrixXd::Zero(n, partners);
    for (Eigen::Index p = 0; p < partners; ++p) rows.sources(p * partner_stride, p) = 1.0;
    for (Eigen::Index i = begin; i < n; i += stride) {
        rows.radii.push_back(i);
        for (Eigen::Index p = 0; p < partners; ++p)
            rows.root_weights(i, p) =
                std::sqrt(settings.penalty * norm_of_waves / norm_of_targets * static_cast<double>(stride) *
                          data.measure[i] * static_cast<double>(partner_stride) * data.measure[p * partner_stride]);
    }
    return rows;
}

class Fit {
  public:
    Fit(Communicator const& comm, KernelNetwork& network, KernelFitData const& data, KernelFitSettings const& settings)
        : comm_(comm),
          network_(network),
          r_(data.r),
          measure_(data.measure),
          data_(data_rows(data)),
          penalty_(penalty_rows(data, settings)),
          l2_(settings.l2) {}

    NormalEquations normal_equations(bool local_only) const {
        KernelNetwork::OnGrid const grid(network_, r_, measure_, !local_only);
        Eigen::Index const parameters = network_.parameter_count();
        NormalEquations equations{Eigen::MatrixXd::Zero(parameters, parameters), Eigen::VectorXd::Zero(parameters)};
        equations.data_loss = add(data_, grid, equations);
        equations.loss = equations.data_loss;
        if (!penalty_.radii.empty()) equations.loss += add(penalty_, KernelNetwork::OnGrid(network_, r_), equations);
        equations.sum(comm_);
        equations.matrix.diagonal().array() += l2_;
        equations.gradient += l2_ * network_.parameters();
        equations.loss += l2_term();
        return equations;
    }

    double loss(bool local_only) const {
        KernelNetwork::OnGrid const grid(network_, r_, measure_, !local_only);
        double sum = 0.0;
        for_own(data_, [&](Eigen::Index i) { sum += data_.residual(grid.row(i), i).squaredNorm(); });
        if (!local_only && !penalty_.radii.empty()) {
            KernelNetwork::OnGrid const kernel(network_, r_);
            for_own(penalty_, [&](Eigen::Index i) { sum += penalty_.residual(kernel.row(i), i).squaredNorm(); });
        }
        comm_.sum(&sum, 1);
        return sum + l2_term();
    }

  private:
    double l2_term() const { return l2_ * network_.parameters().squaredNorm(); }

    template <class Work>
    void for_own(Rows const& rows, Work const& work) const {
        auto const own = share_of(static_cast<std::int64_t>(rows.radii.size()), comm_.rank(), comm_.size());
        for (std::int64_t n = own.begin; n < own.end; ++n) work(rows.radii[static_cast<std::size_t>(n)]);
    }

    /// Adds this rank's rows to matrix and gradient; returns their squares.
    double add(Rows const& rows, KernelNetwork::OnGrid const& grid, NormalEquations& equations) const {
        // Derivatives of some rows at a time, so that memory stays bounded and the products are large.
        constexpr std::size_t tile_rows = 16;
        Eigen::Index const waves = rows.sources.cols();
        Eigen::MatrixXd derivatives;
        std::vector<Eigen::Index> tile;
        double squares = 0.0;
        auto const flush = [&] {
            Eigen::MatrixXd const values = grid.rows_with_derivatives(tile, rows.sources, derivatives);
            Eigen::VectorXd residual(derivatives.rows());
            for (std::size_t n = 0; n < tile.size(); ++n) {
                Eigen::Index const first = static_cast<Eigen::Index>(n) * waves;
                derivatives.middleRows(first, waves).array().colwise() *=
                    rows.root_weights.row(tile[n]).transpose().array();
                residual.segment(first, waves) =
                    rows.residual(values.row(static_cast<Eigen::Index>(n)).transpose(), tile[n]);
            }
            equations.matrix.selfadjointView<Eigen::Upper>().rankUpdate(derivatives.transpose());
            equations.gradient.noalias() += derivatives.transpose() * residual;
            squares += residual.squaredNorm();
            tile.clear();
        };
        for_own(rows, [&](Eigen::Index i) {
            tile.push_back(i);
            if (tile.size() == tile_rows) flush();
        });
        if (!tile.empty()) flush();
        return squares;
    }

    Communicator const& comm_;
    KernelNetwork& network_;
    Eigen::ArrayXd r_, measure_;
    Rows data_;
    Rows penalty_;
    double l2_;
};

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
    Fit const fit(comm, network, data, settings);
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
