#include "hadronforce/inference/exact_fit.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/fit/whitening.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace hadronforce {
namespace {

constexpr double smallest_tolerance = 1e-7;  ///< that every pair can be solved to

/// Inverse variances of the priors' intervals, which bound what data may leave undetermined.
Eigen::VectorXd prior_precision(std::vector<Parameter> const& parameters, Eigen::VectorXd const& values) {
    Eigen::VectorXd result(values.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        auto const at = static_cast<Eigen::Index>(i);
        double const width = prior_width(parameters[i], values[at]);
        result[at] = 12.0 / (width * width);
    }
    return result;
}

/// (curvature + diagonal)^-1 of numbers of very different sizes.
Eigen::MatrixXd inverse_of(Eigen::MatrixXd curvature, Eigen::VectorXd const& diagonal) {
    curvature.diagonal() += diagonal;
    Eigen::VectorXd const scale = curvature.diagonal().cwiseSqrt().cwiseInverse();
    Eigen::MatrixXd const unit = scale.asDiagonal() * curvature * scale.asDiagonal();
    return scale.asDiagonal() * unit.ldlt().solve(Eigen::MatrixXd::Identity(unit.rows(), unit.cols())) *
           scale.asDiagonal();
}

}  // namespace

std::vector<Parameter> fit_parameters(SampleFamily const& family, Eigen::VectorXd start, Eigen::VectorXd const& lowest,
                                      Eigen::VectorXd const& highest) {
    std::vector<Parameter> result;
    for (std::size_t i = 0; i < family.free.size(); ++i) {
        auto const at = static_cast<Eigen::Index>(i);
        auto const& prior = family.free[i].prior;
        Parameter parameter{family.free[i].name, start[at]};
        if (prior.kind == Prior::Kind::from_file) {
            parameter.low = lowest[at];
            parameter.high = highest[at];
        } else if (prior.kind != Prior::Kind::normal) {
            parameter.low = prior.first;
            parameter.high = prior.second;
            if (prior.kind == Prior::Kind::log_uniform) parameter.prior = prior;
        }
        parameter.start = moved_inside(parameter, parameter.start);
        result.push_back(parameter);
    }
    return result;
}

double prior_width(Parameter const& parameter, double value) {
    double const width = parameter.high - parameter.low;
    return moves_in_logarithm(parameter) ? std::min(width, value * std::log(parameter.high / parameter.low)) : width;
}

double chi2_of(ExactFitData const& data, Eigen::ArrayXd const& correlation) {
    Eigen::VectorXd const deviations = (correlation - data.correlation).matrix();
    return data.covariance.size() > 0 ? Whitening(data.covariance).whiten(deviations).squaredNorm()
                                      : deviations.squaredNorm();
}

ExactFit exact_fit(Communicator const& comm, SampleFamily family, ExactFitData const& data,
                   std::vector<Parameter> const& parameters, Starts const& starts,
                   std::function<bool(ExactFit const&)> const& is_enough) {
    auto const n = data.correlation.size();
    bool const has_errors = data.covariance.size() > 0;
    // Small against the errors, so that chi^2 is smooth where it is to be lowest.
    double const smallest_error = has_errors ? std::sqrt(data.covariance.diagonal().minCoeff()) : data.assumed_error;
    double const tolerance = std::min(family.pair().tolerance, std::max(1e-2 * smallest_error, smallest_tolerance));
    for (auto& [name, model, low, high, curve] : family.measurements) {
        model.pair.tolerance = tolerance;
        for (auto& contribution : model.contributions)
            if (contribution.pair) contribution.pair->tolerance = tolerance;
    }
    // Large against the tolerance, so that derivatives, differences over a tenth of it, are not the solver's rounding.
    double const unit = std::max(data.assumed_error, 100.0 * tolerance);
    std::unique_ptr<Whitening> whitening;
    agree(comm, [&] {
        whitening = std::make_unique<Whitening>(
            has_errors ? data.covariance : Eigen::MatrixXd(unit * unit * Eigen::MatrixXd::Identity(n, n)));
    });
    MakeResiduals const make_residuals = [&]() -> Residuals {
        auto const model = std::make_shared<FamilySolver>(family.make_solver(data.bins));
        return [&, model](Eigen::VectorXd const& values) {
            return whitening->whiten((model->in_bins(values) - data.correlation).matrix());
        };
    };
    auto const found_by = [&](LeastSquaresFit const& fit) {
        ExactFit found{fit.values, {}, fit.at_bound, fit.chi2, static_cast<double>(n - fit.values.size()), {}, {}};
        found.correlation = data.correlation + whitening->unwhiten(fit.residuals).col(0).array();
        if (!has_errors) found.chi2 *= unit * unit;
        return found;
    };
    auto with_more = starts;
    if (is_enough) with_more.goes_on = [&](LeastSquaresFit const& fit) { return !is_enough(found_by(fit)); };
    FinishedJobs jobs;
    auto const best = best_of_starts(comm, make_residuals, parameters, with_more, jobs);
    auto const& fit = best.lower ? *best.lower : best.fit;  // how far it stands from its minimum is among its errors
    ExactFit result = found_by(fit);
    // The solver may err by its tolerance in all bins alike, which moves parameters by sqrt(n) of what independent
    // errors of that size do.
    Eigen::ArrayXd const error =
        has_errors ? Eigen::ArrayXd(data.covariance.diagonal().array().sqrt()) : Eigen::ArrayXd::Constant(n, unit);
    double const solver = (tolerance * result.correlation.max(1.0) / error).maxCoeff();
    double const scatter = has_errors ? 1.0 : fit.chi2 / result.degrees_of_freedom;
    double const variance = scatter + static_cast<double>(n) * solver * solver + fit.distance_to_minimum;
    result.covariance =
        inverse_of(fit.jacobian.transpose() * fit.jacobian / variance, prior_precision(parameters, fit.values));
    result.others = other_minima(best.ends, fit.values, result.covariance.diagonal().cwiseSqrt(),
                                 fit.chi2 + 9.0 * variance, parameters);
    if (has_errors) return result;
    for (auto& other : result.others) other.chi2 *= unit * unit;
    return result;
}

}  // namespace hadronforce
