#include "hadronforce/learning/transforms.hpp"

#include "hadronforce/error.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace hadronforce {
namespace {

RowMatrixXd seen(RowMatrixXd const& correlation, bool logarithm) {
    if (!logarithm) return correlation;
    if ((correlation.array() <= 0.0).any())
        throw InputError("C(k*) is not positive everywhere, so it has no logarithm; use features.input: correlation");
    return correlation.array().log();
}

}  // namespace

std::vector<std::string> FeatureTransform::steps() const {
    std::vector<std::string> names;
    if (logarithm) names.emplace_back("log");
    if (points) {
        names.emplace_back("standardise");
        return names;
    }
    names.emplace_back("centre");
    names.emplace_back("whiten");
    if (errors) {
        names.emplace_back("shrink");
        names.emplace_back("standardise");
    }
    return names;
}

std::int64_t FeatureTransform::inputs() const {
    if (points) return numbers_a_point;
    return components.projection.cols() * (errors ? 2 : 1);
}

RowMatrixXd FeatureTransform::features(RowMatrixXd const& correlation) const {
    return components.whitened(seen(correlation, logarithm));
}

RowMatrixXd FeatureTransform::features(RowMatrixXd const& correlation, RowMatrixXd const& error) const {
    RowMatrixXd const known = logarithm ? RowMatrixXd(correlation.cwiseMax(error)) : correlation;
    RowMatrixXd variance = logarithm ? RowMatrixXd(error.cwiseQuotient(known).cwiseAbs2()) : error.cwiseAbs2();
    RowMatrixXd const z = components.whitened(seen(known, logarithm));
    variance = variance * components.projection.cwiseAbs2();
    if (errors && errors->normalisation > 0.0) {
        // What a common factor does to each component.
        RowMatrixXd const common = logarithm ? RowMatrixXd(RowMatrixXd::Ones(1, correlation.cols())) : correlation;
        RowMatrixXd const slope = errors->normalisation * (common * components.projection);
        if (slope.rows() == 1)
            variance.rowwise() += slope.row(0).cwiseAbs2();
        else
            variance += slope.cwiseAbs2();
    }
    return features_of_components(z, variance.cwiseSqrt());
}

RowMatrixXd FeatureTransform::features_of_components(RowMatrixXd const& z, RowMatrixXd const& error) const {
    RowMatrixXd all(z.rows(), 2 * z.cols());
    all.leftCols(z.cols()) = z.array() / (1.0 + error.array().square());
    all.rightCols(z.cols()) = error.array().square().log1p();
    return (all.rowwise() - mean).array().rowwise() / scale.array();
}

Eigen::VectorXd FeatureTransform::error_size(RowMatrixXd const& features) const {
    if (points) {
        auto const places = features.cols() / numbers_a_point;
        auto const present = features.rightCols(places).rowwise().sum().array();
        return features.middleCols(2 * places, places).rowwise().sum().array() / present;
    }
    auto const n = components.projection.cols();
    RowMatrixXd const raw = (features.array().rowwise() * scale.array()).matrix().rowwise() + mean;
    return raw.rightCols(n).rowwise().mean();
}

RowMatrixXd FeatureTransform::as_trained(RowMatrixXd features) const {
    if (lowest_error.size() == 0) return features;
    if (points) {
        auto const places = features.cols() / numbers_a_point;
        auto error = features.middleCols(2 * places, places).array();
        error = (features.rightCols(places).array() > 0.0)
                    .select(error.max(lowest_error[0]).min(highest_error[0]), error)
                    .eval();
        return features;
    }
    auto const n = components.projection.cols();
    features = (features.array().rowwise() * scale.array()).matrix().rowwise() + mean;
    auto value = features.leftCols(n).array(), error = features.rightCols(n).array();
    auto const lowest = lowest_error.replicate(features.rows(), 1).array();
    value *= (error - error.max(lowest)).exp();
    error = error.max(lowest).min(highest_error.replicate(features.rows(), 1).array()).eval();
    return (features.rowwise() - mean).array().rowwise() / scale.array();
}

int FeatureTransform::beyond_training(double error_size) const {
    // Others of the same family lie a little beyond those that were seen.
    double const margin = 0.25 * (highest_size - lowest_size) + 0.01;
    return error_size < lowest_size - margin ? -1 : error_size > highest_size + margin ? 1 : 0;
}

FeatureTransform make_feature_transform(Eigen::ArrayXd const& k_star_MeV, RowMatrixXd const& correlation,
                                        bool logarithm, double smallest_variance, std::int64_t most_components) {
    FeatureTransform transform;
    transform.logarithm = logarithm;
    transform.k_star_MeV = k_star_MeV;
    RowMatrixXd const points = seen(correlation, logarithm);
    transform.components = principal_components(points, smallest_variance, most_components);
    transform.largest_norm = transform.components.whitened(points).rowwise().norm().maxCoeff();
    return transform;
}

FeatureTransform with_errors(FeatureTransform transform, ErrorFamily const& errors, RowMatrixXd const& correlation,
                             std::int64_t seed) {
    transform.errors = errors;
    std::vector<std::int64_t> sights(static_cast<std::size_t>(correlation.rows()));
    std::iota(sights.begin(), sights.end(), std::int64_t{0});
    if (!transform.points) {
        auto const inputs = transform.inputs();
        transform.mean = Eigen::RowVectorXd::Zero(inputs);
        transform.scale = Eigen::RowVectorXd::Ones(inputs);
    }
    auto const raw = features_at_sights(transform, correlation, seed, sights);
    auto const sizes = transform.error_size(raw);
    transform.lowest_size = sizes.minCoeff();
    transform.highest_size = sizes.maxCoeff();
    if (transform.points) {
        auto const places = raw.cols() / numbers_a_point;
        auto const error = raw.middleCols(2 * places, places).array();
        auto const present = raw.rightCols(places).array() > 0.0;
        double const infinite = std::numeric_limits<double>::infinity();
        transform.lowest_error = Eigen::RowVectorXd::Constant(1, present.select(error, infinite).minCoeff());
        transform.highest_error = Eigen::RowVectorXd::Constant(1, present.select(error, -infinite).maxCoeff());
        return transform;
    }
    transform.lowest_error = raw.rightCols(raw.cols() / 2).colwise().minCoeff();
    transform.highest_error = raw.rightCols(raw.cols() / 2).colwise().maxCoeff();
    transform.mean = raw.colwise().mean();
    Eigen::RowVectorXd const spread =
        (raw.rowwise() - transform.mean).array().square().colwise().mean().sqrt().matrix();
    // Errors of one size tell nothing.
    transform.scale = (spread.array() > 1e-12).select(spread, 1.0);
    return transform;
}

namespace {

RowMatrixXd points_at_sights(FeatureTransform const& transform, RowMatrixXd const& correlation, std::int64_t seed,
                             std::vector<std::int64_t> const& sights) {
    std::vector<Eigen::ArrayXd> momenta;
    Eigen::Index places = 0;
    for (auto const sight : sights) {
        momenta.push_back(momenta_of_view(transform.views, transform.k_star_MeV, seed, sight));
        places = std::max(places, momenta.back().size());
    }
    RowMatrixXd all(correlation.rows(), transform.inputs() * places);
    for (Eigen::Index i = 0; i < correlation.rows(); ++i) {
        auto const& k = momenta[static_cast<std::size_t>(i)];
        Eigen::ArrayXd c = interpolated(transform.k_star_MeV, correlation.row(i), transform.logarithm, k), error;
        if (transform.errors) {
            auto const seen = seen_with_errors(*transform.errors, k, c.matrix().transpose(), seed,
                                               sights[static_cast<std::size_t>(i)]);
            c = seen.correlation.transpose().array();
            error = seen.error.transpose().array();
        }
        all.row(i) = transform.points->row(k, c, error, places);
    }
    return all;
}

}  // namespace

RowMatrixXd features_at_sights(FeatureTransform const& transform, RowMatrixXd const& correlation, std::int64_t seed,
                               std::vector<std::int64_t> const& sights) {
    if (transform.points) return points_at_sights(transform, correlation, seed, sights);
    RowMatrixXd measured(correlation.rows(), correlation.cols()), error(correlation.rows(), correlation.cols());
    for (Eigen::Index i = 0; i < correlation.rows(); ++i) {
        auto const seen = seen_with_errors(*transform.errors, transform.k_star_MeV, correlation.row(i), seed,
                                           sights[static_cast<std::size_t>(i)]);
        measured.row(i) = seen.correlation;
        error.row(i) = seen.error;
    }
    return transform.features(measured, error);
}

}  // namespace hadronforce
