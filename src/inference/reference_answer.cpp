#include "hadronforce/inference/reference_answer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hadronforce {
namespace {

constexpr double fewest_effective = 10.0;

/// ln of the integral over a factor f of all C of `values` bins, normal about 1 with standard deviation `size`, of the
/// probability of f (C + noise), but for a constant: with u = -ln f of exp(-(e^2u aa - 2 e^u ab + bb)/2 + (values - 1)
/// u
/// - (e^-u - 1)^2/(2 size^2)), by Laplace's method about its largest value.
double log_over_factors(double aa, double ab, double bb, double size, Eigen::Index values) {
    double const power = static_cast<double>(values) - 1.0, prior = 1.0 / (size * size);
    double u = 0.0, curvature = 1.0;
    constexpr int most_steps = 30;
    constexpr double longest_step = 0.3;
    for (int i = 0; i < most_steps; ++i) {
        double const g = std::exp(u), f = 1.0 / g;
        double const slope = -g * g * aa + g * ab + power + prior * f * (f - 1.0);
        curvature = std::max(2.0 * g * g * aa - g * ab + prior * f * (2.0 * f - 1.0), 0.1 * (power + prior));
        double const step = std::clamp(slope / curvature, -longest_step, longest_step);
        u += step;
        if (std::fabs(step) < 1e-6) break;
    }
    double const g = std::exp(u);
    return -0.5 * (g * g * aa - 2.0 * g * ab + bb) + power * u - 0.5 * prior * std::pow(1.0 / g - 1.0, 2) -
           0.5 * std::log(curvature);
}

/// ln of the probability of the data if each reference were the truth, but for a constant.
Eigen::ArrayXd log_likelihoods(FeatureTransform const& transform, RowMatrixXd const& predicted,
                               std::vector<SeenPoints> const& data, Whitening const& errors, bool common_factor) {
    auto const count = predicted.rows(), values = predicted.cols();
    // Of each value: the data, and the errors that they would have at C = 1, by those that they have.
    Eigen::ArrayXd known(values), floor(values), scale(values), power(values);
    Eigen::Index bin = 0;
    for (std::size_t m = 0; m < data.size(); ++m) {
        auto const& own = data[m];
        double const of_measurement = transform.errors_of(*transform.errors, m)
                                          .likely_correlation_power(own.k_star_MeV, own.correlation, own.error);
        for (Eigen::Index i = 0; i < own.error.size(); ++i, ++bin) {
            double const at_one = error_at_one(own.correlation[i], own.error[i], of_measurement);
            known[bin] = own.correlation[i];
            floor[bin] = std::min(at_one, 1.0);
            scale[bin] = at_one / own.error[i];
            power[bin] = of_measurement;
        }
    }
    bool const is_linear = (power == 1.0).all();
    // By the ratio of the errors, which are thereby each reference's own.
    Eigen::MatrixXd measured(values, count), expected(values, count);
    Eigen::ArrayXd log(count);
    for (Eigen::Index j = 0; j < count; ++j) {
        Eigen::ArrayXd const c = predicted.row(j).transpose().array(), at_least = c.max(floor);
        Eigen::ArrayXd const ratio = scale * (is_linear ? at_least : Eigen::ArrayXd(at_least.pow(power)));
        measured.col(j) = known / ratio;
        expected.col(j) = c / ratio;
        log[j] = -ratio.log().sum();
    }
    measured = errors.whiten(measured);
    expected = errors.whiten(expected);
    bin = 0;
    for (std::size_t m = 0; m < data.size(); ++m) {
        auto const bins = data[m].error.size();
        double const size = common_factor ? transform.errors_of(*transform.errors, m).normalisation : 0.0;
        auto const a = measured.middleRows(bin, bins), b = expected.middleRows(bin, bins);
        for (Eigen::Index j = 0; j < count; ++j)
            log[j] += size > 0.0 ? log_over_factors(a.col(j).squaredNorm(), a.col(j).dot(b.col(j)),
                                                    b.col(j).squaredNorm(), size, bins)
                                 : -0.5 * (a.col(j) - b.col(j)).squaredNorm();
        bin += bins;
    }
    return log;
}

}  // namespace

std::optional<ReferenceAnswer> answer_of_references(FeatureTransform const& transform, References const& references,
                                                    RowMatrixXd const& predicted, std::vector<SeenPoints> const& data,
                                                    Whitening const& errors, bool common_factor) {
    if (references.empty()) return std::nullopt;
    Eigen::ArrayXd log = log_likelihoods(transform, predicted, data, errors, common_factor);
    log = log.isFinite().select(log, -std::numeric_limits<double>::infinity());
    if (!std::isfinite(log.maxCoeff())) return std::nullopt;
    Eigen::ArrayXd weights = (log - log.maxCoeff()).exp();
    weights /= weights.sum();
    double const effective = 1.0 / weights.square().sum();
    if (!(effective >= fewest_effective)) return std::nullopt;
    auto const& known = references.coordinates;
    ReferenceAnswer answer{weights.matrix().transpose() * known, {}, effective};
    RowMatrixXd const apart = known.rowwise() - answer.mean;
    // So few draws leave their mean uncertain too.
    answer.covariance =
        (1.0 + 1.0 / effective) * (apart.transpose() * weights.matrix().asDiagonal() * apart) / (1.0 - 1.0 / effective);
    return answer;
}

}  // namespace hadronforce
