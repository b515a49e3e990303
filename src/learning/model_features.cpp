#include "learning/model_parts.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

struct NamedPrior {
    char const* name;
    Prior ErrorFamily::*prior;
};
constexpr NamedPrior error_priors[] = {{"size", &ErrorFamily::size},
                                       {"momentum_power", &ErrorFamily::momentum_power},
                                       {"correlation_power", &ErrorFamily::correlation_power}};
std::vector<std::string> const& prior_kinds() {
    static std::vector<std::string> const names{"fixed", "uniform", "log_uniform", "normal"};
    return names;
}

void write_errors(File& file, FeatureTransform const& features) {
    for (auto const& [name, member] : error_priors) {
        Prior const& prior = (*features.errors).*member;
        std::string const key = std::string("errors_") + name;
        file.set_attribute("/features", key + "_prior", prior_kinds().at(static_cast<std::size_t>(prior.kind)));
        file.set_attribute("/features", key, std::vector<double>{prior.first, prior.second});
    }
    file.set_attribute("/features", "errors_normalisation", features.errors->normalisation);
    file.set_attribute("/features", "errors_size_range",
                       std::vector<double>{features.lowest_size, features.highest_size});
    file.write_vector("/features/lowest_error", to_vector(features.lowest_error),
                      {"1", "smallest ln(1 + s^2), or number that tells a point's error, of the training", {"error"}});
    file.write_vector("/features/highest_error", to_vector(features.highest_error),
                      {"1", "largest of the same", {"error"}});
    if (features.takes_points()) return;
    file.write_vector("/features/standardise_mean", to_vector(features.mean),
                      {"1", "of z / (1 + s^2) and ln(1 + s^2) over the training", {"feature"}});
    file.write_vector("/features/standardise_scale", to_vector(features.scale),
                      {"1", "standard deviation of the same", {"feature"}});
}

void read_errors(File const& file, FeatureTransform& features) {
    ErrorFamily errors;
    auto const pair = [&](std::string const& key) {
        auto const values = file.doubles_attribute("/features", key);
        require(file, values.size() == 2 && std::isfinite(values[0]) && std::isfinite(values[1]), "/features@" + key,
                "must be two finite numbers");
        return values;
    };
    for (auto const& [name, member] : error_priors) {
        std::string const key = std::string("errors_") + name;
        auto const kind = known(file, "/features", key + "_prior", prior_kinds());
        auto const numbers = pair(key);
        auto const found = std::find(prior_kinds().begin(), prior_kinds().end(), kind) - prior_kinds().begin();
        Prior const prior{static_cast<Prior::Kind>(found), numbers[0], numbers[1]};
        require(file, problem_of(prior).empty(), "/features@" + key, "is no prior: it " + problem_of(prior));
        errors.*member = prior;
    }
    errors.normalisation = file.double_attribute("/features", "errors_normalisation");
    require(file, std::isfinite(errors.normalisation) && errors.normalisation >= 0.0, "/features@errors_normalisation",
            "must be finite and not negative");
    auto const range = pair("errors_size_range");
    features.lowest_size = range[0];
    features.highest_size = range[1];
    features.errors = errors;
    if (file.has("/features/lowest_error")) {  // not in models of earlier versions
        auto const count = features.takes_points() ? 1 : features.components.projection.cols();
        features.lowest_error = row(file, "/features/lowest_error", count);
        features.highest_error = row(file, "/features/highest_error", count);
        require(file, (features.lowest_error.array() <= features.highest_error.array()).all(), "/features/lowest_error",
                "must not be above /features/highest_error");
    }
    if (features.takes_points()) return;
    features.mean = row(file, "/features/standardise_mean", features.inputs());
    features.scale = row(file, "/features/standardise_scale", features.inputs());
    require(file, (features.scale.array() > 0.0).all(), "/features/standardise_scale", "must be positive");
}

void write_contrast(File& file, Contrast const& contrast) {
    file.set_attribute("/features", "contrast", contrast.near);
    auto const write = [&](std::string const& name, Eigen::RowVectorXd const& values, char const* what) {
        file.write_vector("/features/contrast_" + name, to_vector(values), {"1", what, {"component"}});
    };
    write("centre", contrast.centre, "components of C = 1");
    write("width", contrast.width, "median distance of the training from there");
    write("mean", contrast.mean, "of asinh((z - centre) / width) over the training");
    write("scale", contrast.scale, "standard deviation of the same");
    file.write_vector("/features/near_mean", to_vector(contrast.components.mean),
                      {"1", "of asinh((C - 1) / contrast) over the training", {"k_star"}});
    file.write_all("/features/near_projection", contrast.components.projection, Precision::float64,
                   {"1",
                    "whitened features = (asinh((C - 1) / contrast) - near_mean) near_projection",
                    {"k_star", "near_component"}});
}

Contrast read_contrast(File const& file, FeatureTransform const& features) {
    Contrast contrast;
    contrast.near = file.double_attribute("/features", "contrast");
    require(file, std::isfinite(contrast.near) && contrast.near > 0.0, "/features@contrast", "must be positive");
    contrast.input = features.input_curve();
    auto const n = features.components.projection.cols();
    contrast.centre = row(file, "/features/contrast_centre", n);
    contrast.width = row(file, "/features/contrast_width", n);
    contrast.mean = row(file, "/features/contrast_mean", n);
    contrast.scale = row(file, "/features/contrast_scale", n);
    require(file, (contrast.width.array() > 0.0).all(), "/features/contrast_width", "must be positive");
    require(file, (contrast.scale.array() > 0.0).all(), "/features/contrast_scale", "must be positive");
    auto const momenta = features.k_star_MeV.size();
    contrast.components.mean = row(file, "/features/near_mean", momenta);
    contrast.components.projection =
        finite(file, "/features/near_projection", {momenta, shape_of_matrix(file, "/features/near_projection")[1]});
    return contrast;
}

/// Of all measurements, one after the other.
std::vector<double> joined(std::vector<PointScales> const& points, Eigen::ArrayXd PointScales::*member) {
    std::vector<double> all;
    for (auto const& scales : points) all.insert(all.end(), (scales.*member).begin(), (scales.*member).end());
    return all;
}

/// PointScales::near of those measurements that are of C; 0: none.
double near_of_points(FeatureTransform const& features) {
    double near = 0.0;
    for (auto const& scales : features.points) near = std::max(near, scales.near);
    return near;
}

void write_points(File& file, FeatureTransform const& features) {
    file.write_vector("/features/point_mean", joined(features.points, &PointScales::mean),
                      {"1", "of the input at k_star_MeV over the training", {"k_star"}});
    file.write_vector("/features/point_scale", joined(features.points, &PointScales::scale),
                      {"1", "standard deviation of the same", {"k_star"}});
    if (double const near = near_of_points(features); near > 0.0)
        file.set_attribute("/features", "point_contrast", near);
}

void read_points(File const& file, FeatureTransform& features) {
    auto const momenta = features.k_star_MeV.size();
    Eigen::ArrayXd const mean = row(file, "/features/point_mean", momenta).transpose().array();
    Eigen::ArrayXd const scale = row(file, "/features/point_scale", momenta).transpose().array();
    require(file, (scale > 0.0).all(), "/features/point_scale", "must be positive");
    double const near =
        file.has_attribute("/features", "point_contrast") ? file.double_attribute("/features", "point_contrast") : 0.0;
    require(file, std::isfinite(near) && near >= 0.0, "/features@point_contrast", "must be positive");
    features.views.emplace();
    for (std::size_t m = 0; m < features.measurements.count(); ++m) {
        auto const part = features.measurements.part(m);
        features.points.push_back({features.momenta_of(m), mean.segment(part.begin, part.size()),
                                   scale.segment(part.begin, part.size()), features.takes_logarithm(m),
                                   features.measurements.is_correlation(m) ? near : 0.0});
    }
}

void write_measurements(File& file, MeasurementParts const& measurements) {
    if (measurements == single_measurement(measurements.total())) return;
    file.set_attribute("/features", "measurements", measurements.names);
    file.set_attribute("/features", "measurement_curves", measurements.curves);
    file.set_attribute("/features", "measurement_sizes",
                       std::vector<double>(measurements.sizes.begin(), measurements.sizes.end()));
}

MeasurementParts read_measurements(File const& file, std::int64_t momenta) {
    if (!file.has_attribute("/features", "measurements")) return single_measurement(momenta);
    MeasurementParts parts{file.strings_attribute("/features", "measurements"),
                           {},
                           file.strings_attribute("/features", "measurement_curves")};
    for (double const size : file.doubles_attribute("/features", "measurement_sizes")) {
        require(file, size >= 1.0 && size <= static_cast<double>(momenta), "/features@measurement_sizes",
                "must be numbers of momenta");
        parts.sizes.push_back(std::llround(size));
    }
    require(file,
            parts.count() > 0 && parts.total() == momenta && parts.names.size() == parts.count() &&
                parts.curves.size() == parts.count(),
            "/features@measurement_sizes", "does not fit the momenta and names of measurements");
    return parts;
}

}  // namespace

void write_features(File& file, FeatureTransform const& features) {
    file.write_vector("/features/k_star_MeV", {features.k_star_MeV.begin(), features.k_star_MeV.end()},
                      {"MeV/c", "momenta of C(k*)", {"k_star"}});
    file.write_vector("/features/mean", to_vector(features.components.mean),
                      {"1", "subtracted from the input", {"k_star"}});
    file.write_all("/features/projection", features.components.projection, Precision::float64,
                   {"1", "whitened features = (input - mean) projection", {"k_star", "component"}});
    file.write_vector("/features/variance", to_vector(features.components.variance.transpose()),
                      {"1", "variance of each principal component before whitening", {"component"}});
    if (features.components.dropped.cols() > 0)
        file.write_all("/features/dropped", features.components.dropped, Precision::float64,
                       {"1",
                        "components that no feature holds, times their standard deviations",
                        {"k_star", "dropped_component"}});
    file.set_attribute("/features", "input", features.logarithm ? "log_correlation" : "correlation");
    file.set_attribute("/features", "explained_variance", features.components.explained);
    file.set_attribute("/features", "largest_norm", features.largest_norm);
    file.set_attribute("/features", "steps", features.steps());
    if (features.contrast) write_contrast(file, *features.contrast);
    if (features.errors) write_errors(file, features);
    if (features.takes_points()) write_points(file, features);
    if (features.takes_any_momenta() && !features.takes_points())
        file.set_attribute("/features", "views",
                           std::vector<double>{static_cast<double>(features.views->fewest_points),
                                               static_cast<double>(features.views->most_points)});
    write_measurements(file, features.measurements);
}

FeatureTransform read_features(File const& file) {
    FeatureTransform features;
    features.logarithm = known(file, "/features", "input", {"log_correlation", "correlation"}) == "log_correlation";
    features.largest_norm = file.double_attribute("/features", "largest_norm");
    require(file, std::isfinite(features.largest_norm) && features.largest_norm >= 0.0, "/features@largest_norm",
            "must be finite and not negative");
    features.components.explained = file.double_attribute("/features", "explained_variance");
    auto const shape = shape_of_matrix(file, "/features/projection");
    features.components.projection = finite(file, "/features/projection", shape);
    features.k_star_MeV = row(file, "/features/k_star_MeV", shape[0]).transpose().array();
    features.measurements = read_measurements(file, shape[0]);
    for (std::size_t m = 0; m < features.measurements.count(); ++m) {
        auto const k = features.momenta_of(m);
        require(file, k[0] >= 0.0 && (k.tail(k.size() - 1) > k.head(k.size() - 1)).all(), "/features/k_star_MeV",
                "must increase from zero or more");
    }
    features.components.mean = row(file, "/features/mean", shape[0]);
    features.components.variance = row(file, "/features/variance", shape[1]).transpose();
    require(file, (features.components.variance.array() >= 0.0).all(), "/features/variance", "must not be negative");
    // Where nothing was dropped, and in models of earlier versions, there is none.
    features.components.dropped.resize(shape[0], 0);
    if (file.has("/features/dropped"))
        features.components.dropped =
            finite(file, "/features/dropped", {shape[0], shape_of_matrix(file, "/features/dropped")[1]});
    if (file.has_attribute("/features", "contrast")) features.contrast = read_contrast(file, features);
    if (file.has("/features/point_mean")) read_points(file, features);
    if (file.has_attribute("/features", "views")) features.views.emplace();
    if (file.has_attribute("/features", "errors_size")) read_errors(file, features);
    return features;
}

}  // namespace hadronforce
