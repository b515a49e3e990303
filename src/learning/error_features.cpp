#include "hadronforce/learning/transforms.hpp"
#include "hadronforce/random/random.hpp"

#include <cmath>
#include <limits>
#include <numeric>

namespace hadronforce {
namespace {

/// What takes a point's error of the input over PointScales::scale, as networks see it, to that of the input itself,
/// which has one range at all momenta.
double width_channel(PointScales const& scales, double momentum_channel) {
    return std::log10(scales.scale_at(momentum_channel)) / 3.0;
}

}  // namespace

RowMatrixXd FeatureTransform::features(RowMatrixXd const& correlation, RowMatrixXd const& error) const {
    RowMatrixXd known = correlation, of_input = error;
    for (std::size_t m = 0; m < measurements.count(); ++m) {
        if (!takes_logarithm(m)) continue;
        auto const part = measurements.part(m);
        auto c = known.middleCols(part.begin, part.size()), e = of_input.middleCols(part.begin, part.size());
        c = c.cwiseMax(e).eval();
        e = e.cwiseQuotient(c).eval();
    }
    RowMatrixXd const z = components_of(known);
    RowMatrixXd variance = of_input.cwiseAbs2() * components.projection.cwiseAbs2();
    for (std::size_t m = 0; errors && errors->normalisation > 0.0 && m < measurements.count(); ++m) {
        if (!measurements.is_correlation(m)) continue;
        // What a common factor does to each component.
        auto const part = measurements.part(m);
        auto const projection = components.projection.middleRows(part.begin, part.size());
        RowMatrixXd const common = logarithm ? RowMatrixXd(RowMatrixXd::Ones(1, part.size()))
                                             : RowMatrixXd(correlation.middleCols(part.begin, part.size()));
        RowMatrixXd const slope = errors->normalisation * (common * projection);
        if (slope.rows() == 1)
            variance.rowwise() += slope.row(0).cwiseAbs2();
        else
            variance += slope.cwiseAbs2();
    }
    return features_of_components(z, variance.cwiseSqrt());
}

RowMatrixXd FeatureTransform::features_of_components(RowMatrixXd const& z, RowMatrixXd const& error) const {
    auto const variance = error.array().square();
    return joined({(z.array() / (1.0 + variance)).matrix(), variance.log1p().matrix()});
}

RowMatrixXd FeatureTransform::joined(ShrunkComponents const& shrunk) const {
    auto const n = shrunk.value.cols();
    RowMatrixXd const seen = features_of_components(shrunk.value);
    RowMatrixXd all(seen.rows(), n + seen.cols());
    all << seen.leftCols(n), shrunk.error, seen.rightCols(seen.cols() - n);
    return (all.rowwise() - mean).array().rowwise() / scale.array();
}

ShrunkComponents FeatureTransform::shrunk(RowMatrixXd const& features) const {
    auto const n = components.projection.cols();
    RowMatrixXd const raw = (features.array().rowwise() * scale.array()).matrix().rowwise() + mean;
    return {contrast ? contrast->seen_as(raw.leftCols(n)) : RowMatrixXd(raw.leftCols(n)), raw.middleCols(n, n)};
}

Eigen::VectorXd FeatureTransform::error_size(RowMatrixXd const& features) const {
    if (takes_points()) {
        auto const places = features.cols() / inputs();
        Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(features.rows()), count = sum;
        for (std::size_t m = 0; m < measurements.count(); ++m) {
            auto const begin = numbers_a_point * static_cast<Eigen::Index>(m) * places;
            sum += features.middleCols(begin + 2 * places, places).rowwise().sum().array();
            count += features.middleCols(begin + 4 * places, places).rowwise().sum().array();
        }
        return sum / count;
    }
    return shrunk(features).error.rowwise().mean();
}

RowMatrixXd FeatureTransform::as_trained(RowMatrixXd features) const {
    if (lowest_error.size() == 0) return features;
    if (takes_points()) {
        auto const places = features.cols() / inputs();
        for (std::size_t m = 0; m < measurements.count(); ++m) {
            auto const begin = numbers_a_point * static_cast<Eigen::Index>(m) * places;
            for (Eigen::Index i = 0; i < features.rows(); ++i)
                for (Eigen::Index p = begin; p < begin + places; ++p) {
                    double const width = width_channel(points[m], features(i, p));
                    double& error = features(i, p + 2 * places);
                    if (features(i, p + 4 * places) > 0.0)
                        error = std::clamp(error, lowest_error[0] - width, highest_error[0] - width);
                }
        }
        return features;
    }
    auto seen = shrunk(features);
    auto error = seen.error.array();
    auto const lowest = lowest_error.replicate(features.rows(), 1).array();
    seen.value.array() *= (error - error.max(lowest)).exp();
    error = error.max(lowest).min(highest_error.replicate(features.rows(), 1).array()).eval();
    return joined(seen);
}

RowMatrixXd FeatureTransform::with_largest_errors(RowMatrixXd const& features, Eigen::Index draws) const {
    if (!errors || takes_points() || highest_error.size() == 0) return RowMatrixXd(0, features.cols());
    Eigen::ArrayXXd const variance = shrunk(features).error.array().expm1(), largest = highest_error.array().expm1();
    Eigen::ArrayXXd const lost = (variance - largest).max(0.0) / ((1.0 + largest) * (1.0 + variance));
    if (!(lost > 0.0).any()) return RowMatrixXd(0, features.cols());
    auto const known = shrunk(as_trained(features));
    ShrunkComponents all{known.value.replicate(draws, 1), known.error.replicate(draws, 1)};
    for (Eigen::Index i = 0; i < draws; ++i)
        for (Eigen::Index c = 0; c < lost.cols(); ++c)
            all.value(i, c) +=
                std::sqrt(lost(0, c)) * normal_draw(0, static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(c));
    return joined(all);
}

RowMatrixXd FeatureTransform::with_smallest_errors(RowMatrixXd const& features, Eigen::Index draws) const {
    auto const drawn = [](Eigen::Index draw, Eigen::Index place) {
        return normal_draw(0, static_cast<std::uint64_t>(draw), static_cast<std::uint32_t>(place));
    };
    if (!errors || lowest_error.size() == 0) return RowMatrixXd(0, features.cols());
    if (!takes_points()) {
        auto const known = shrunk(features);
        Eigen::ArrayXd const variance = known.error.row(0).transpose().array().expm1();
        Eigen::ArrayXd const least = lowest_error.transpose().array().expm1(), missing = (least - variance).max(0.0);
        ShrunkComponents all{known.value.replicate(draws, 1),
                             known.error.cwiseMax(lowest_error).cwiseMin(highest_error).replicate(draws, 1)};
        for (Eigen::Index c = 0; c < missing.size(); ++c) {
            if (!(missing[c] > 0.0)) continue;
            for (Eigen::Index i = 0; i < draws; ++i)
                all.value(i, c) =
                    (all.value(i, c) * (1.0 + variance[c]) + std::sqrt(missing[c]) * drawn(i, c)) / (1.0 + least[c]);
        }
        return joined(all);
    }
    RowMatrixXd all = features.replicate(draws, 1);
    auto const places = features.cols() / inputs();
    for (std::size_t m = 0; m < measurements.count(); ++m)
        for (Eigen::Index p = 0; p < places; ++p) {
            auto const value = numbers_a_point * static_cast<Eigen::Index>(m) * places + places + p;
            auto const error = value + places, is_one = value + 3 * places;
            double const lowest = lowest_error[0] - width_channel(points[m], features(0, value - places));
            if (features(0, is_one) == 0.0 || features(0, error) >= lowest) continue;
            auto const size_of = [](double channel) { return std::pow(10.0, 3.0 * (channel - 1.0)); };
            double const size = size_of(features(0, error)), least = size_of(lowest);
            for (Eigen::Index i = 0; i < draws; ++i)
                all(i, value) += std::sqrt(least * least - size * size) * drawn(i, value);
            all.col(error).setConstant(lowest);
        }
    return all;
}

int FeatureTransform::beyond_training(double error_size) const {
    // Others of the same family lie a little beyond those that were seen.
    double const margin = 0.05 * (highest_size - lowest_size) + 0.01;
    return error_size < lowest_size - margin ? -1 : error_size > highest_size + margin ? 1 : 0;
}

FeatureTransform with_errors(FeatureTransform transform, ErrorFamily const& errors, RowMatrixXd const& correlation,
                             std::int64_t seed) {
    transform.errors = errors;
    std::vector<std::int64_t> sights(static_cast<std::size_t>(correlation.rows()));
    std::iota(sights.begin(), sights.end(), std::int64_t{0});
    if (!transform.takes_points()) {
        auto const inputs = transform.inputs();
        transform.mean = Eigen::RowVectorXd::Zero(inputs);
        transform.scale = Eigen::RowVectorXd::Ones(inputs);
    }
    auto const raw = features_at_sights(transform, correlation, seed, sights);
    auto const sizes = transform.error_size(raw);
    transform.lowest_size = sizes.minCoeff();
    transform.highest_size = sizes.maxCoeff();
    if (transform.takes_points()) {
        double const infinite = std::numeric_limits<double>::infinity();
        double lowest = infinite, highest = -infinite;
        auto const places = raw.cols() / transform.inputs();
        for (std::size_t m = 0; m < transform.measurements.count(); ++m) {
            auto const begin = numbers_a_point * static_cast<Eigen::Index>(m) * places;
            for (Eigen::Index i = 0; i < raw.rows(); ++i)
                for (Eigen::Index p = begin; p < begin + places; ++p) {
                    if (raw(i, p + 4 * places) == 0.0) continue;
                    double const error = raw(i, p + 2 * places) + width_channel(transform.points[m], raw(i, p));
                    lowest = std::min(lowest, error);
                    highest = std::max(highest, error);
                }
        }
        transform.lowest_error = Eigen::RowVectorXd::Constant(1, lowest);
        transform.highest_error = Eigen::RowVectorXd::Constant(1, highest);
        return transform;
    }
    auto const n = transform.components.projection.cols();
    transform.lowest_error = raw.middleCols(n, n).colwise().minCoeff();
    transform.highest_error = raw.middleCols(n, n).colwise().maxCoeff();
    transform.mean = raw.colwise().mean();
    Eigen::RowVectorXd const spread =
        (raw.rowwise() - transform.mean).array().square().colwise().mean().sqrt().matrix();
    // Errors of one size tell nothing.
    transform.scale = (spread.array() > 1e-12).select(spread, 1.0);
    return transform;
}

}  // namespace hadronforce
