#include "hadronforce/inference/feature_estimate.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/random/random.hpp"
#include "inference/feature_posterior.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace hadronforce {
namespace {

constexpr Eigen::Index draws = 2000;

/// Data without errors, and how far from the training's mean their curve may lie.
struct Problem {
    TrainingCurve const& curve;
    Eigen::VectorXd const& correlation;
    Eigen::Index features;
    double scale;
};

double largest_log_evidence(std::vector<FeaturePosterior> const& posteriors) {
    double result = -std::numeric_limits<double>::infinity();
    for (auto const& p : posteriors) result = std::max(result, p.log_evidence);
    return result;
}

/// Of all that is left out here the probability is under a thousandth.
constexpr double negligible_log_evidence = -10.0;

/// Errors that the data may have, at equal steps of their logarithm: first from the data's deviations from the
/// training's mean down to what moves no feature, then more closely where they are probable.
std::vector<FeaturePosterior> posteriors_of_scale(Problem const& problem) {
    constexpr std::ptrdiff_t count = 20;
    Eigen::ArrayXd const interpolation_variance = problem.curve.interpolation_variance().array();
    Eigen::VectorXd z = Eigen::VectorXd::Zero(problem.curve.components());
    double const deviation =
        (problem.correlation - problem.curve.at(z)).norm() / std::sqrt(static_cast<double>(problem.correlation.size()));
    double const rounding =
        std::numeric_limits<double>::epsilon() * std::max(1.0, problem.correlation.cwiseAbs().maxCoeff());
    double const smallest =
        std::max(1e-3 * problem.curve.slopes(z).leftCols(problem.features).colwise().norm().minCoeff(), rounding);
    double low = std::log(smallest), high = std::log(10.0 * std::max(deviation, smallest));
    std::vector<FeaturePosterior> result;
    for (int round = 0; round < 20; ++round) {
        double const step = (high - low) / static_cast<double>(count - 1);
        result.clear();
        for (std::ptrdiff_t i = 0; i < count; ++i) {
            double const error = std::exp(high - static_cast<double>(i) * step);
            Whitening const errors(
                Eigen::ArrayXd(error * error + problem.scale * problem.scale * interpolation_variance));
            result.push_back(
                feature_posterior(problem.curve, problem.correlation, errors, problem.scale, problem.features, z));
            result.back().error = error;
            result.back().log_evidence += std::log(step);
            z = result.back().z;
        }
        double const limit = largest_log_evidence(result) + negligible_log_evidence;
        auto const is_probable = [&](FeaturePosterior const& p) { return p.log_evidence >= limit; };
        auto const first = std::find_if(result.begin(), result.end(), is_probable) - result.begin();
        auto const last = count - 1 - (std::find_if(result.rbegin(), result.rend(), is_probable) - result.rbegin());
        if (2 * (last - first + 1) >= count) break;
        z = result[static_cast<std::size_t>(first)].z;
        double const top = high;
        high = top - static_cast<double>(std::max<std::ptrdiff_t>(first - 1, 0)) * step;
        low = top - static_cast<double>(std::min(last + 1, count - 1)) * step;
    }
    return result;
}

std::vector<FeaturePosterior> posteriors_without_errors(TrainingCurve const& curve, Eigen::VectorXd const& correlation,
                                                        Eigen::Index features) {
    std::vector<FeaturePosterior> result;
    // In trainings of uniform priors 5 % lie beyond twice the root mean square of |z|, 0.2 to 0.6 % beyond four times.
    for (double scale : {1.0, 2.0, 4.0, 8.0}) {
        auto more = posteriors_of_scale({curve, correlation, features, scale});
        for (auto& p : more) p.log_evidence -= 4.0 * std::log(scale);
        if (largest_log_evidence(more) < largest_log_evidence(result) + negligible_log_evidence) break;
        result.insert(result.end(), more.begin(), more.end());
    }
    return result;
}

/// Draws of all posteriors, as many of each as its evidence gives it.
FeatureEstimate mixture_of(std::vector<FeaturePosterior> const& posteriors) {
    auto const features = posteriors.front().root.rows();
    FeatureEstimate result{Eigen::VectorXd::Zero(features), Eigen::MatrixXd::Zero(features, features),
                           RowMatrixXd(draws, features), posteriors.front().distance, 0.0};
    double const largest = largest_log_evidence(posteriors);
    double sum = 0.0, log_error = 0.0, until = 0.0;
    for (auto const& p : posteriors) sum += std::exp(p.log_evidence - largest);
    Eigen::Index draw = 0;
    for (auto const& p : posteriors) {
        double const probability = std::exp(p.log_evidence - largest) / sum;
        result.value += probability * p.z.head(features);
        if (probability > 0.0) log_error += probability * std::log(p.error);
        until += probability * static_cast<double>(draws);
        auto const end = &p == &posteriors.back() ? draws : std::min(draws, static_cast<Eigen::Index>(until + 0.5));
        for (; draw < end; ++draw) {
            Eigen::VectorXd normal(features);
            for (Eigen::Index c = 0; c < features; ++c)
                normal[c] = normal_draw(0, static_cast<std::uint64_t>(draw), static_cast<std::uint32_t>(c));
            result.draws.row(draw) = (p.z.head(features) + p.root * normal).transpose();
        }
    }
    for (auto const& p : posteriors) {
        Eigen::VectorXd const apart = p.z.head(features) - result.value;
        result.covariance +=
            std::exp(p.log_evidence - largest) / sum * (p.root * p.root.transpose() + apart * apart.transpose());
    }
    result.error = std::exp(log_error);
    return result;
}

}  // namespace

FeatureEstimate estimate_features(FeatureTransform const& transform, MeasuredParts const& data,
                                  Eigen::MatrixXd const& covariance) {
    for (std::size_t m = 0; m < data.all().size(); ++m)
        if (bins_within(transform, data, m).empty()) {
            auto const k = transform.momenta_of(m);
            throw InputError(
                fmt::format("{}: has no k* within the {:.6g} to {:.6g} MeV/c that the model was trained on",
                            data.all()[m].path, k[0], k[k.size() - 1]));
        }
    auto const bins = bins_within(transform, data);
    TrainingCurve const curve(transform, data);
    Eigen::VectorXd const correlation = data.correlation()(bins).matrix();
    auto const features = transform.components.projection.cols();
    try {
        if (covariance.size() == 0) return mixture_of(posteriors_without_errors(curve, correlation, features));
        Eigen::MatrixXd errors = covariance(bins, bins);
        errors.diagonal() += curve.interpolation_variance();
        return mixture_of({feature_posterior(curve, correlation, Whitening(errors), 1.0, features,
                                             Eigen::VectorXd::Zero(curve.components()))});
    } catch (InputError const& error) {
        throw InputError(data.path() + ": " + error.what());
    }
}

}  // namespace hadronforce
