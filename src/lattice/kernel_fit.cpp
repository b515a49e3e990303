#include "hadronforce/lattice/kernel_fit.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/random/random.hpp"
#include "lattice/kernel_loss.hpp"

#include <fmt/format.h>
#include <Eigen/Cholesky>

#include <chrono>
#include <cmath>
#include <optional>
#include <stdexcept>

namespace hadronforce {
namespace {

std::vector<Eigen::Index> from(Eigen::Index first, Eigen::Index end) {
    std::vector<Eigen::Index> places;
    for (Eigen::Index p = first; p < end; ++p) places.push_back(p);
    return places;
}

FitDirections all_parameters(KernelNetwork const& network) {
    return {from(0, network.local_offset()), from(0, network.parameter_count() - network.local_offset()), {}, {}};
}

FitDirections local_parameters(KernelNetwork const& network) {
    FitDirections directions = all_parameters(network);
    directions.of_kernel.clear();
    return directions;
}

/// The outputs of the hidden units, and the tail. Hidden units stay as they began, which makes the loss a parabola with
/// one minimum.
FitDirections outputs(KernelNetwork const& network) {
    auto const kernel = network.output_of_kernel(), local = network.output_of_local();
    Eigen::Index const split = network.local_offset(), of_tail = network.settings().tail.parameter_count();
    FitDirections directions{from(kernel.begin, kernel.begin + kernel.size),
                             from(local.begin - split, local.begin - split + local.size),
                             {},
                             {}};
    for (auto const place : from(network.parameter_count() - split - of_tail, network.parameter_count() - split))
        directions.of_local.push_back(place);
    return directions;
}

/// Gauss-Newton equations of the free parameters, in units in which the matrix has a diagonal of one.
class FreeEquations {
  public:
    explicit FreeEquations(NormalEquations const& equations) {
        auto const& matrix = equations.matrix;
        mean_ = matrix.diagonal().mean();
        unit_ = matrix.diagonal().array().max(1e-30 * mean_).sqrt().inverse();
        matrix_ = (matrix.array().colwise() * unit_).rowwise() * unit_.transpose();
        gradient_ = (equations.gradient.array() * unit_).matrix();
    }
    /// What a whole step would take from the loss if it were quadratic.
    double gain() const { return gradient_.dot(solved(matrix_)); }
    Eigen::VectorXd damped_step(double damping) const {
        // Marquardt's scaling by the diagonal, with a part of its mean: parameters that the data hardly see must not
        // run away.
        constexpr double mean_part = 1e-2;
        Eigen::MatrixXd damped = matrix_;
        damped.diagonal().array() += damping * (1.0 + mean_part * mean_ * unit_.square());
        return -(solved(damped).array() * unit_).matrix();
    }

  private:
    Eigen::VectorXd solved(Eigen::MatrixXd matrix) const {
        constexpr double rounding = 1e-16;
        matrix.diagonal().array() += rounding * static_cast<double>(matrix.rows());
        return matrix.ldlt().solve(gradient_);
    }

    double mean_ = 0.0;
    Eigen::ArrayXd unit_;
    Eigen::MatrixXd matrix_;
    Eigen::VectorXd gradient_;
};

constexpr double least_damping = 1e-14;

/// One descent.
class Descent {
  public:
    Descent(KernelNetwork& network, KernelFitData const& data, KernelFitSettings const& settings,
            std::function<bool()> const& should_stop)
        : network_(network),
          loss_(network, data, settings),
          settings_(settings),
          should_stop_(should_stop),
          is_chi2_(data.is_chi2) {}

    /// Levenberg and Marquardt's steps until the minimum, or another end, is reached.
    FitEnd run(bool local_only, FitDirections directions, KernelFitResult& result) {
        auto const begin = result.curve.size();
        double damping = is_chi2_ ? least_damping : 1e-2;
        if (is_chi2_) directions = directions.turned(loss_.normal_equations(local_only, directions).matrix);
        for (;;) {
            auto const equations = record(result, local_only, directions, damping);
            if (auto const end = ended(result, begin)) return *end;
            FreeEquations const free(equations);
            double const gain = free.gain();
            // With errors at least one step is taken, so that a sample leaves the minimum of the mean for its own.
            bool const has_moved = !is_chi2_ || result.curve.size() > begin + 1;
            if (has_moved && std::abs(gain) <= settings_.tolerance * (is_chi2_ ? 1.0 : equations.loss))
                return FitEnd::minimum;
            bool better = false;
            while (!better && damping < 1e12) {
                Eigen::VectorXd moved = result.parameters;
                moved += directions.step(free.damped_step(damping), moved.size(), network_.local_offset());
                network_.set_parameters(std::move(moved));
                better = loss_.loss(local_only) < result.loss;
                damping *= better ? 1.0 / 3.0 : is_chi2_ && damping < 1e-4 ? 100.0 : 4.0;
            }
            if (!better) {
                network_.set_parameters(result.parameters);
                // Rounding of a large chi^2 hides the rest.
                bool const is_rounding = std::abs(gain) <= std::max(1e-2, 1e-9 * result.loss);
                return is_chi2_ && is_rounding ? FitEnd::minimum : FitEnd::no_more_progress;
            }
            damping = std::max(damping, least_damping);
        }
    }

  private:
    NormalEquations record(KernelFitResult& result, bool local_only, FitDirections const& directions, double damping) {
        auto equations = loss_.normal_equations(local_only, directions);
        auto const step = static_cast<std::int64_t>(result.curve.size());
        if (!std::isfinite(equations.loss))
            throw std::runtime_error(
                fmt::format("the loss of the fit is not finite in step {}; change the network or fit.seed", step));
        result.parameters = network_.parameters();
        result.loss = equations.loss;
        result.data_loss = equations.data_loss;
        result.residual = std::sqrt(std::max(0.0, equations.data_loss / loss_.null_loss()));
        std::chrono::duration<double> const seconds = std::chrono::steady_clock::now() - start_;
        result.curve.push_back({step, result.residual, result.loss, damping, seconds.count()});
        return equations;
    }

    std::optional<FitEnd> ended(KernelFitResult const& result, std::size_t begin) const {
        auto const& curve = result.curve;
        auto const patience = static_cast<std::size_t>(settings_.patience);
        if (result.residual <= settings_.goal) return FitEnd::goal_reached;
        // With errors the distance from the minimum is known, and slow progress is no end.
        if (!is_chi2_ && curve.size() > begin + patience &&
            result.loss > (1.0 - settings_.least_progress) * curve[curve.size() - 1 - patience].loss)
            return FitEnd::no_more_progress;
        if (result.steps() >= settings_.most_steps) return FitEnd::most_steps;
        if (should_stop_ && should_stop_()) throw Stopped{"run the same command with --resume"};
        return std::nullopt;
    }

    KernelNetwork& network_;
    KernelLoss loss_;
    KernelFitSettings const& settings_;
    std::function<bool()> const& should_stop_;
    bool is_chi2_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

void initialise(KernelNetwork& network, std::int64_t seed) {
    Eigen::VectorXd numbers(network.parameter_count());
    for (Eigen::Index i = 0; i < numbers.size(); ++i)
        numbers[i] = normal_draw(static_cast<std::uint64_t>(seed), static_cast<std::uint64_t>(i), 0);
    network.set_initial_parameters(numbers);
}

KernelFitResult fit_kernel(KernelNetwork& network, KernelFitData const& data, KernelFitSettings const& settings,
                           std::function<bool()> const& should_stop) {
    check(data);
    KernelFitResult result;
    Descent descent(network, data, settings, should_stop);
    if (data.is_chi2) {
        result.end = descent.run(false, outputs(network), result);
    } else {
        // The local part comes first, so that the kernel is left with what no local potential explains.
        if (network.has_kernel() && network.has_local() && network.is_zero())
            descent.run(true, local_parameters(network), result);
        result.end = descent.run(false, all_parameters(network), result);
    }
    // Without errors of the data nothing says how far the minimum still is where progress ends.
    result.converged = result.end == FitEnd::goal_reached || result.end == FitEnd::minimum ||
                       (result.end == FitEnd::no_more_progress && !data.is_chi2);
    network.set_parameters(result.parameters);
    return result;
}

Eigen::MatrixXd norm_weights(Eigen::ArrayXd const& measure, Eigen::MatrixXd const& targets) {
    if (measure.size() != targets.rows()) throw InputError("the targets and radii of the fit do not fit together");
    Eigen::ArrayXd const norm = (targets.array().square().colwise() * measure).colwise().sum().transpose();
    return measure.matrix() * (static_cast<double>(targets.cols()) * norm).inverse().matrix().transpose();
}

Eigen::MatrixXd weighted_residuals(KernelNetwork const& network, KernelFitData const& data) {
    return ((acted_on_waves(network, data) - data.targets).array() * data.weights.array().sqrt()).matrix();
}

Eigen::VectorXd fitted_offsets(KernelNetwork const& network, KernelFitData const& data,
                               KernelFitSettings const& settings) {
    return KernelLoss(network, data, settings).offsets();
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
