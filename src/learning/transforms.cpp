#include "hadronforce/learning/transforms.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/learning/components_of_points.hpp"

#include <algorithm>

namespace hadronforce {
namespace {

/// What a network sees of C: its logarithm, of those measurements that have one.
RowMatrixXd seen(FeatureTransform const& transform, RowMatrixXd values) {
    for (std::size_t m = 0; m < transform.measurements.count(); ++m) {
        if (!transform.takes_logarithm(m)) continue;
        auto const part = transform.measurements.part(m);
        auto of_part = values.middleCols(part.begin, part.size()).array();
        if ((of_part <= 0.0).any())
            throw InputError(
                "C(k*) is not positive everywhere, so it has no logarithm; use features.input: correlation");
        of_part = of_part.log().eval();
    }
    return values;
}

}  // namespace

ErrorFamily FeatureTransform::errors_of(ErrorFamily of, std::size_t measurement) const {
    if (measurements.is_correlation(measurement)) return of;
    of.correlation_power = {Prior::Kind::fixed, 0.0, 0.0};
    of.normalisation = 0.0;
    return of;
}

std::vector<std::string> FeatureTransform::steps() const {
    std::vector<std::string> names;
    if (logarithm) names.emplace_back("log");
    if (takes_points()) {
        if (points.front().near > 0.0 || points.back().near > 0.0) names = {"contrast"};
        names.emplace_back("standardise");
        return names;
    }
    names.emplace_back("centre");
    names.emplace_back(takes_any_momenta() ? "posterior" : "whiten");
    if (errors && !takes_any_momenta()) names.emplace_back("shrink");
    if (contrast) names.emplace_back("contrast");
    if (errors) names.emplace_back("standardise");
    return names;
}

std::int64_t FeatureTransform::inputs() const {
    if (takes_points()) return numbers_a_point * static_cast<std::int64_t>(measurements.count());
    auto const n = components.projection.cols();
    return (contrast ? contrast->features() : n) + (errors ? n : 0);
}

InputCurve FeatureTransform::input_curve() const {
    InputCurve curve{components, Eigen::RowVectorXd::Zero(k_star_MeV.size()),
                     Eigen::Array<bool, 1, Eigen::Dynamic>::Constant(k_star_MeV.size(), false)};
    for (std::size_t m = 0; m < measurements.count(); ++m) {
        auto const part = measurements.part(m);
        curve.of_one.segment(part.begin, part.size())
            .setConstant(measurements.is_correlation(m) && !takes_logarithm(m) ? 1.0 : 0.0);
        curve.is_logarithm.segment(part.begin, part.size()).setConstant(takes_logarithm(m));
    }
    return curve;
}

Eigen::ArrayXd FeatureTransform::momenta_of(std::size_t measurement) const {
    auto const part = measurements.part(measurement);
    return k_star_MeV.segment(part.begin, part.size());
}

RowMatrixXd FeatureTransform::features(RowMatrixXd const& correlation) const {
    return features_of_components(components_of(correlation));
}

RowMatrixXd FeatureTransform::components_of(RowMatrixXd const& correlation) const {
    return components.whitened(seen(*this, correlation));
}

FeatureTransform make_feature_transform(Eigen::ArrayXd const& k_star_MeV, RowMatrixXd const& correlation,
                                        bool logarithm, double smallest_variance, std::int64_t most_components,
                                        double contrast, MeasurementParts const& measurements) {
    FeatureTransform transform;
    transform.logarithm = logarithm;
    transform.k_star_MeV = k_star_MeV;
    transform.measurements = measurements.count() > 0 ? measurements : single_measurement(k_star_MeV.size());
    RowMatrixXd const points = seen(transform, correlation);
    transform.components = principal_components(points, smallest_variance, most_components);
    RowMatrixXd const z = transform.components.whitened(points);
    transform.largest_norm = z.rowwise().norm().maxCoeff();
    if (contrast > 0.0) transform.contrast = make_contrast(contrast, transform.input_curve(), z, most_components);
    return transform;
}

FeatureTransform with_points(FeatureTransform transform, ViewFamily const& views, RowMatrixXd const& correlation) {
    transform.views = views;
    double const near = transform.contrast ? transform.contrast->near : 0.0;
    transform.contrast.reset();
    for (std::size_t m = 0; m < transform.measurements.count(); ++m) {
        auto const part = transform.measurements.part(m);
        transform.points.push_back(
            make_point_scales(transform.momenta_of(m), correlation.middleCols(part.begin, part.size()),
                              transform.takes_logarithm(m), transform.measurements.is_correlation(m) ? near : 0.0));
    }
    return transform;
}

namespace {

/// A number of its own for each measurement of a sight.
std::int64_t sight_of(MeasurementParts const& measurements, std::size_t measurement, std::int64_t sight) {
    return sight * static_cast<std::int64_t>(measurements.count()) + static_cast<std::int64_t>(measurement);
}

}  // namespace

Eigen::RowVectorXd FeatureTransform::row_of_points(std::vector<SeenPoints> const& seen, Eigen::Index places) const {
    Eigen::RowVectorXd all(inputs() * places);
    for (std::size_t m = 0; m < measurements.count(); ++m)
        all.segment(numbers_a_point * static_cast<Eigen::Index>(m) * places, numbers_a_point * places) =
            points.at(m).row(seen.at(m).k_star_MeV, seen[m].correlation, seen[m].error, places);
    return all;
}

std::vector<SeenPoints> FeatureTransform::seen_at(std::vector<Eigen::ArrayXd> const& momenta,
                                                  std::vector<Eigen::ArrayXd> const& correlation,
                                                  std::optional<ErrorFamily> const& with, std::int64_t seed,
                                                  std::int64_t sight) const {
    std::vector<SeenPoints> all;
    for (std::size_t m = 0; m < measurements.count(); ++m) {
        all.push_back({momenta.at(m), correlation.at(m), {}});
        if (!with) continue;
        auto const noisy = seen_with_errors(errors_of(*with, m), momenta[m], correlation[m].matrix().transpose(), seed,
                                            sight_of(measurements, m, sight));
        all.back().correlation = noisy.correlation.transpose().array();
        all.back().error = noisy.error.transpose().array();
    }
    return all;
}

RowMatrixXd FeatureTransform::correlation_at(std::vector<Eigen::ArrayXd> const& at,
                                             RowMatrixXd const& correlation) const {
    Eigen::Index values = 0, begin = 0;
    for (auto const& k : at) values += k.size();
    RowMatrixXd all(correlation.rows(), values);
    for (std::size_t m = 0; m < measurements.count(); begin += at[m++].size()) {
        auto const part = measurements.part(m);
        auto const nodes = momenta_of(m);
        for (Eigen::Index i = 0; i < correlation.rows(); ++i)
            all.row(i).segment(begin, at[m].size()) =
                interpolated(nodes, correlation.row(i).segment(part.begin, part.size()), takes_logarithm(m), at[m])
                    .matrix()
                    .transpose();
    }
    return all;
}

NoisyCorrelation FeatureTransform::seen_with(ErrorFamily const& with, Eigen::RowVectorXd const& correlation,
                                             std::int64_t seed, std::int64_t sight) const {
    std::vector<Eigen::ArrayXd> momenta, values;
    for (std::size_t m = 0; m < measurements.count(); ++m) {
        auto const part = measurements.part(m);
        momenta.push_back(momenta_of(m));
        values.emplace_back(correlation.segment(part.begin, part.size()).transpose().array());
    }
    auto const all = seen_at(momenta, values, with, seed, sight);
    NoisyCorrelation noisy{correlation, correlation};
    for (std::size_t m = 0; m < measurements.count(); ++m) {
        auto const part = measurements.part(m);
        noisy.correlation.segment(part.begin, part.size()) = all[m].correlation.matrix().transpose();
        noisy.error.segment(part.begin, part.size()) = all[m].error.matrix().transpose();
    }
    return noisy;
}

namespace {

/// Each sample as its sight sees it, at momenta of its own.
std::vector<std::vector<SeenPoints>> views_at_sights(FeatureTransform const& transform, RowMatrixXd const& correlation,
                                                     std::int64_t seed, std::vector<std::int64_t> const& sights) {
    auto const& measurements = transform.measurements;
    auto views = *transform.views;
    views.sights_alike *= static_cast<std::int64_t>(measurements.count());
    views.sights_an_epoch *= static_cast<std::int64_t>(measurements.count());
    std::vector<std::vector<SeenPoints>> seen;
    for (Eigen::Index i = 0; i < correlation.rows(); ++i) {
        auto const sight = sights[static_cast<std::size_t>(i)];
        std::vector<Eigen::ArrayXd> momenta, values;
        for (std::size_t m = 0; m < measurements.count(); ++m) {
            auto const part = measurements.part(m);
            auto const nodes = transform.momenta_of(m);
            momenta.push_back(momenta_of_view(views, nodes, seed, sight_of(measurements, m, sight)));
            values.push_back(interpolated(nodes, correlation.row(i).segment(part.begin, part.size()),
                                          transform.takes_logarithm(m), momenta.back()));
        }
        seen.push_back(transform.seen_at(momenta, values, transform.errors, seed, sight));
    }
    return seen;
}

}  // namespace

RowMatrixXd FeatureTransform::features_of_views(std::vector<std::vector<SeenPoints>> const& seen) const {
    auto const rows = static_cast<Eigen::Index>(seen.size());
    if (!takes_points()) {
        ComponentsOfPoints const of_points(*this);
        auto const n = components.projection.cols();
        ShrunkComponents all{RowMatrixXd(rows, n), RowMatrixXd(rows, n)};
        for (Eigen::Index i = 0; i < rows; ++i) {
            auto const one = of_points.of(seen[static_cast<std::size_t>(i)]);
            all.value.row(i) = one.value;
            all.error.row(i) = one.error;
        }
        return joined(all);
    }
    Eigen::Index places = 0;
    for (auto const& one : seen)
        for (auto const& of_measurement : one) places = std::max(places, of_measurement.k_star_MeV.size());
    RowMatrixXd all(rows, inputs() * places);
    for (Eigen::Index i = 0; i < rows; ++i) all.row(i) = row_of_points(seen[static_cast<std::size_t>(i)], places);
    return all;
}

RowMatrixXd features_at_sights(FeatureTransform const& transform, RowMatrixXd const& correlation, std::int64_t seed,
                               std::vector<std::int64_t> const& sights) {
    if (transform.takes_any_momenta())
        return transform.features_of_views(views_at_sights(transform, correlation, seed, sights));
    RowMatrixXd measured(correlation.rows(), correlation.cols()), error(correlation.rows(), correlation.cols());
    for (Eigen::Index i = 0; i < correlation.rows(); ++i) {
        auto const seen =
            transform.seen_with(*transform.errors, correlation.row(i), seed, sights[static_cast<std::size_t>(i)]);
        measured.row(i) = seen.correlation;
        error.row(i) = seen.error;
    }
    return transform.features(measured, error);
}

}  // namespace hadronforce
