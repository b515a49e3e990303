#include "hadronforce/inference/reference_answer.hpp"

#include <cmath>

namespace hadronforce {
namespace {

constexpr double fewest_effective = 10.0;

/// `error_at` of all references in one bin, by that of the data.
Eigen::ArrayXd error_ratio(Eigen::ArrayXd const& predicted, double measured, double quoted, double power) {
    double const at_one = error_at_one(measured, quoted, power), floor = std::min(at_one, 1.0);
    Eigen::ArrayXd const c = predicted.max(floor);
    if (power == 0.0) return Eigen::ArrayXd::Constant(c.size(), at_one / quoted);
    return (power == 1.0 ? c : Eigen::ArrayXd(c.pow(power))) * (at_one / quoted);
}

/// ln of the integral over a factor f of all C of `values` bins, normal about 1 with standard deviation `size`, of the
/// probability of f (C + noise): of g = 1/f a normal distribution, (g^2 aa - 2 g ab + bb)/2, times g^values, but for
/// the prior. By the trapezoidal rule, which is exact for all that ends smoothly.
double log_over_factors(double aa, double ab, double bb, double size, Eigen::Index values) {
    constexpr int nodes = 21;
    constexpr double reach = 5.0;
    double const precision = aa + 1.0 / (size * size), middle = (ab + 1.0 / (size * size)) / precision;
    double const deviation = 1.0 / std::sqrt(precision), step = 2.0 * reach * deviation / (nodes - 1);
    Eigen::Array<double, nodes, 1> const g =
        Eigen::Array<double, nodes, 1>::LinSpaced(middle - reach * deviation, middle + reach * deviation).max(1e-3);
    // g^values g^-2 df-prior: df = dg / g^2.
    Eigen::Array<double, nodes, 1> const log = -0.5 * (g * g * aa - 2.0 * g * ab + bb) +
                                               (static_cast<double>(values) - 2.0) * g.log() -
                                               0.5 * ((1.0 / g - 1.0) / size).square();
    double const largest = log.maxCoeff();
    return largest + std::log((log - largest).exp().sum() * step / size);
}

/// ln of the probability of the data if each reference were the truth, but for a constant.
Eigen::ArrayXd log_likelihoods(FeatureTransform const& transform, RowMatrixXd const& predicted,
                               std::vector<SeenPoints> const& data, Whitening const& errors, bool common_factor) {
    auto const count = predicted.rows();
    // By the ratio of the errors, which is thereby one of the references' own.
    Eigen::MatrixXd measured(predicted.cols(), count), expected(predicted.cols(), count);
    Eigen::ArrayXd log = Eigen::ArrayXd::Zero(count);
    Eigen::Index bin = 0;
    for (std::size_t m = 0; m < data.size(); ++m) {
        auto const& own = data[m];
        double const power = transform.errors_of(*transform.errors, m)
                                 .likely_correlation_power(own.k_star_MeV, own.correlation, own.error);
        for (Eigen::Index i = 0; i < own.error.size(); ++i, ++bin) {
            Eigen::ArrayXd const c = predicted.col(bin).array();
            Eigen::ArrayXd const ratio = error_ratio(c, own.correlation[i], own.error[i], power);
            measured.row(bin) = (own.correlation[i] / ratio).matrix().transpose();
            expected.row(bin) = (c / ratio).matrix().transpose();
            log -= ratio.log();
        }
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
    Eigen::ArrayXd const log = log_likelihoods(transform, predicted, data, errors, common_factor);
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
