#include "hadronforce/learning/model_file.hpp"
#include "hadronforce/learning/network_forms.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace hadronforce {
namespace {

std::string joined_units(std::vector<std::string> const& units) { return fmt::format("{}", fmt::join(units, ", ")); }

std::vector<double> to_vector(Eigen::Ref<Eigen::RowVectorXd const> const& values) {
    return {values.begin(), values.end()};
}

/// Throws the InputError that every rank meets alike.
void require(File const& file, bool fits, std::string const& name, std::string const& what) {
    agree(file.comm(), [&] {
        if (!fits) throw InputError(fmt::format("{}:{}: {}; train the model again", file.path(), name, what));
    });
}

/// Finite numbers of a shape that is known before they are read.
RowMatrixXd finite(File const& file, std::string const& name, std::vector<std::int64_t> const& shape) {
    require(file, file.shape(name) == shape, name, fmt::format("must have the shape {}", fmt::join(shape, " x ")));
    auto const values = file.read_all(name);
    require(file, values.allFinite(), name, "holds numbers that are not finite");
    return values;
}

Eigen::RowVectorXd row(File const& file, std::string const& name, std::int64_t expected) {
    return finite(file, name, {expected}).col(0).transpose();
}

/// The rows and columns of a matrix of a size that a network may have.
std::vector<std::int64_t> shape_of_matrix(File const& file, std::string const& name) {
    auto const shape = file.shape(name);
    bool const fits = shape.size() == 2 && shape[0] >= 1 && shape[1] >= 1 && shape[0] <= largest_weights / shape[1];
    require(file, fits, name, fmt::format("must be a matrix of 1 to {} numbers", largest_weights));
    return shape;
}

std::string known(File const& file, std::string const& object, std::string const& name,
                  std::vector<std::string> const& values) {
    auto const value = file.string_attribute(object, name);
    require(file, std::find(values.begin(), values.end(), value) != values.end(), object + "@" + name,
            fmt::format("must be one of {}", fmt::join(values, ", ")));
    return value;
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
    auto const& k = features.k_star_MeV;
    require(file, k[0] >= 0.0 && (k.tail(k.size() - 1) > k.head(k.size() - 1)).all(), "/features/k_star_MeV",
            "must increase from zero or more");
    features.components.mean = row(file, "/features/mean", shape[0]);
    features.components.variance = row(file, "/features/variance", shape[1]).transpose();
    require(file, (features.components.variance.array() >= 0.0).all(), "/features/variance", "must not be negative");
    // Where nothing was dropped, and in models of earlier versions, there is none.
    features.components.dropped.resize(shape[0], 0);
    if (file.has("/features/dropped"))
        features.components.dropped =
            finite(file, "/features/dropped", {shape[0], shape_of_matrix(file, "/features/dropped")[1]});
    return features;
}

TargetTransform read_targets(File const& file) {
    TargetTransform targets;
    targets.names = file.strings_attribute("/targets", "names");
    targets.units = file.strings_attribute("/targets", "units");
    require(file, !targets.names.empty(), "/targets@names", "must not be empty");
    auto const count = static_cast<std::int64_t>(targets.names.size());
    targets.mean = row(file, "/targets/mean", count);
    targets.scale = row(file, "/targets/scale", count);
    require(file, (targets.scale.array() > 0.0).all(), "/targets/scale", "must be positive");
    targets.lowest = row(file, "/targets/lowest", count);
    targets.highest = row(file, "/targets/highest", count);
    require(file, (targets.lowest.array() <= targets.highest.array()).all(), "/targets/lowest",
            "must not exceed /targets/highest");
    require(file, targets.units.size() == targets.names.size(), "/targets@units", "must have one unit a name");
    return targets;
}

/// Models of format 1 have fully connected layers, whose widths are those of their weights.
std::vector<std::int64_t> widths_of_layers(File const& file) {
    auto const layers = file.integer_attribute("/network", "layers");
    require(file, layers >= 1 && layers <= largest_weights, "/network@layers", "must be at least 1");
    std::vector<std::int64_t> widths;
    for (std::int64_t i = 0; i + 1 < layers; ++i)
        widths.push_back(shape_of_matrix(file, fmt::format("/network/layer_{}/weight", i))[0]);
    return widths;
}

std::vector<std::int64_t> widths_of(File const& file, std::int64_t format_version) {
    if (format_version == 1) return widths_of_layers(file);
    std::vector<std::int64_t> widths;
    for (double const width : file.doubles_attribute("/network", "widths")) {
        require(file, width >= 1.0 && width <= static_cast<double>(largest_weights) && std::floor(width) == width,
                "/network@widths", "must be whole numbers of units");
        widths.push_back(static_cast<std::int64_t>(width));
    }
    return widths;
}

Network read_network(File const& file, std::int64_t format_version, std::int64_t inputs, std::int64_t outputs) {
    NetworkSettings settings;
    settings.form = known(file, "/network", "form", network_form_names());
    settings.activation = known(file, "/network", "activation", activation_names());
    bool const narrow = known(file, "/network", "precision", {"float32", "float64"}) == "float32";
    settings.precision = narrow ? Precision::float32 : Precision::float64;
    settings.widths = widths_of(file, format_version);
    std::vector<WeightShape> shapes;
    agree(file.comm(),
          [&] { naming(file.path() + ":/network", [&] { shapes = weights_of(settings, inputs, outputs); }); });
    auto const layers = std::count_if(shapes.begin(), shapes.end(), [](auto const& w) { return w.shape.size() == 2; });
    require(file, file.integer_attribute("/network", "layers") == layers, "/network@layers",
            fmt::format("must be {}, as widths say", layers));
    std::vector<double> weights;
    for (auto const& weight : shapes) {
        auto const values = finite(file, "/network/" + weight.name, weight.shape);
        weights.insert(weights.end(), values.data(), values.data() + values.size());
    }
    std::optional<Network> network;
    agree(file.comm(), [&] {
        network.emplace(settings, inputs, outputs, 0);
        network->set_parameters(weights);
    });
    return std::move(*network);
}

}  // namespace

RowMatrixXd Model::predict(RowMatrixXd const& correlation) const {
    return targets.physical(network.predict(features.features(correlation)));
}

void write_model(Communicator const& comm, std::string const& path, Model const& model, std::string const& config,
                 std::int64_t seed) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"model", model_format_version, config, seed});
    file.set_attribute("/", "dataset_config", model.dataset_config);
    file.set_attribute("/", "dataset_parameters", model.dataset_parameters);

    auto const& features = model.features;
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

    auto const& targets = model.targets;
    DatasetMeaning meaning{joined_units(targets.units), "", {"parameter"}};
    auto const target_row = [&](std::string const& name, Eigen::RowVectorXd const& values, char const* description) {
        meaning.description = description;
        file.write_vector("/targets/" + name, to_vector(values), meaning);
    };
    target_row("mean", targets.mean, "parameter = mean + scale * output");
    target_row("scale", targets.scale, "parameter = mean + scale * output");
    target_row("lowest", targets.lowest, "smallest value in the training part");
    target_row("highest", targets.highest, "largest value in the training part");
    target_row("test_rmse", model.test.rmse, "root mean squared error on the test part");
    target_row("test_bias", model.test.bias, "mean error on the test part");
    meaning.unit = "1";
    target_row("test_r_squared", model.test.r_squared, "coefficient of determination on the test part");
    file.set_attribute("/targets", "names", targets.names);
    file.set_attribute("/targets", "units", targets.units);

    auto const parameters = model.network.parameters();
    double const* values = parameters.data();
    std::int64_t layers = 0;
    for (auto const& weight : model.network.weights()) {
        std::string const name = "/network/" + weight.name;
        if (weight.shape.size() == 1)
            file.write_vector(name, {values, values + weight.size()}, {"1", weight.description, weight.axes});
        else
            file.write_all(name,
                           Eigen::Map<RowMatrixXd const>(values, weight.shape[0], weight.size() / weight.shape[0]),
                           Precision::float64, {"1", weight.description, weight.axes});
        if (weight.shape.size() == 2) ++layers;
        values += weight.size();
    }
    auto const& settings = model.network.settings();
    file.set_attribute("/network", "form", settings.form);
    file.set_attribute("/network", "activation", settings.activation);
    file.set_attribute("/network", "widths", std::vector<double>(settings.widths.begin(), settings.widths.end()));
    file.set_attribute("/network", "layers", layers);
    file.set_attribute("/network", "precision", settings.precision == Precision::float32 ? "float32" : "float64");
    file.close();
}

Model read_model(Communicator const& comm, std::string const& path) {
    File const file(comm, path, File::Mode::read);
    auto const format_version = read_provenance(file, "model", model_format_version).format_version;

    auto features = read_features(file);
    auto targets = read_targets(file);
    auto const count = static_cast<std::int64_t>(targets.names.size());
    Metrics const test{row(file, "/targets/test_r_squared", count), row(file, "/targets/test_rmse", count),
                       row(file, "/targets/test_bias", count)};
    require(file, (test.rmse.array() >= 0.0).all(), "/targets/test_rmse", "must not be negative");
    auto const dataset_config = file.string_attribute("/", "dataset_config");
    // Models of earlier versions do not say it.
    auto const dataset_parameters = file.has_attribute("/", "dataset_parameters")
                                        ? file.strings_attribute("/", "dataset_parameters")
                                        : targets.names;
    auto network = read_network(file, format_version, features.components.projection.cols(), count);
    return {std::move(network), std::move(features), std::move(targets), test, dataset_config, dataset_parameters};
}

}  // namespace hadronforce
