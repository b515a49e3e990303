#include "hadronforce/learning/model_file.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

#include <optional>

namespace hadronforce {
namespace {

std::string joined_units(std::vector<std::string> const& units) { return fmt::format("{}", fmt::join(units, ", ")); }

std::vector<double> to_vector(Eigen::Ref<Eigen::RowVectorXd const> const& values) {
    return {values.begin(), values.end()};
}

Eigen::RowVectorXd row(File const& file, std::string const& name, std::int64_t expected) {
    auto const values = file.read_all(name);
    agree(file.comm(), [&] {
        if (values.size() != expected || values.cols() != 1 || !values.allFinite())
            throw InputError(
                fmt::format("{}:{}: must be {} finite numbers; train the model again", file.path(), name, expected));
    });
    return values.col(0).transpose();
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

    auto const& features = model.features;
    file.write_vector("/features/k_star_MeV", {features.k_star_MeV.begin(), features.k_star_MeV.end()},
                      {"MeV/c", "momenta of C(k*)", {"k_star"}});
    file.write_vector("/features/mean", to_vector(features.components.mean),
                      {"1", "subtracted from the input", {"k_star"}});
    file.write_all("/features/projection", features.components.projection, Precision::float64,
                   {"1", "whitened features = (input - mean) projection", {"k_star", "component"}});
    file.write_vector("/features/variance", to_vector(features.components.variance.transpose()),
                      {"1", "variance of each principal component before whitening", {"component"}});
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

    auto const& sizes = model.network.sizes();
    auto const parameters = model.network.parameters();
    std::size_t position = 0;
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
        std::string const layer = fmt::format("/network/layer_{}", i);
        file.write_all(layer + "/weight",
                       Eigen::Map<RowMatrixXd const>(parameters.data() + position, sizes[i + 1], sizes[i]),
                       Precision::float64, {"1", "weights of the layer", {"output", "input"}});
        position += static_cast<std::size_t>(sizes[i] * sizes[i + 1]);
        auto const* const bias = parameters.data() + position;
        file.write_vector(layer + "/bias", {bias, bias + sizes[i + 1]}, {"1", "bias of the layer", {"output"}});
        position += static_cast<std::size_t>(sizes[i + 1]);
    }
    auto const& settings = model.network.settings();
    file.set_attribute("/network", "form", settings.form);
    file.set_attribute("/network", "activation", settings.activation);
    file.set_attribute("/network", "layers", static_cast<std::int64_t>(sizes.size()) - 1);
    file.set_attribute("/network", "precision", settings.precision == Precision::float32 ? "float32" : "float64");
    file.close();
}

Model read_model(Communicator const& comm, std::string const& path) {
    File const file(comm, path, File::Mode::read);
    read_provenance(file, "model", model_format_version);

    FeatureTransform features;
    features.logarithm = file.string_attribute("/features", "input") == "log_correlation";
    features.largest_norm = file.double_attribute("/features", "largest_norm");
    features.components.explained = file.double_attribute("/features", "explained_variance");
    features.components.projection = file.read_all("/features/projection");
    auto const momenta = features.components.projection.rows();
    features.k_star_MeV = row(file, "/features/k_star_MeV", momenta).transpose().array();
    features.components.mean = row(file, "/features/mean", momenta);
    features.components.variance = row(file, "/features/variance", features.components.projection.cols()).transpose();

    TargetTransform targets;
    targets.names = file.strings_attribute("/targets", "names");
    targets.units = file.strings_attribute("/targets", "units");
    auto const parameters = static_cast<std::int64_t>(targets.names.size());
    targets.mean = row(file, "/targets/mean", parameters);
    targets.scale = row(file, "/targets/scale", parameters);
    targets.lowest = row(file, "/targets/lowest", parameters);
    targets.highest = row(file, "/targets/highest", parameters);
    Metrics const test{row(file, "/targets/test_r_squared", parameters), row(file, "/targets/test_rmse", parameters),
                       row(file, "/targets/test_bias", parameters)};

    NetworkSettings settings;
    settings.form = file.string_attribute("/network", "form");
    settings.activation = file.string_attribute("/network", "activation");
    settings.precision =
        file.string_attribute("/network", "precision") == "float32" ? Precision::float32 : Precision::float64;
    settings.widths.clear();
    auto const layers = file.integer_attribute("/network", "layers");
    std::vector<double> weights;
    std::int64_t inputs = features.components.projection.cols();
    for (std::int64_t i = 0; i < layers; ++i) {
        std::string const layer = fmt::format("/network/layer_{}", i);
        auto const weight = file.read_all(layer + "/weight");
        auto const bias = file.read_all(layer + "/bias");
        agree(comm, [&] {
            bool const fits = weight.cols() == inputs && bias.size() == weight.rows() && weight.allFinite() &&
                              bias.allFinite() && (i + 1 < layers || weight.rows() == parameters);
            if (!fits)
                throw InputError(
                    fmt::format("{}:{}: does not fit the layer before it; train the model again", path, layer));
        });
        weights.insert(weights.end(), weight.data(), weight.data() + weight.size());
        weights.insert(weights.end(), bias.data(), bias.data() + bias.size());
        inputs = weight.rows();
        if (i + 1 < layers) settings.widths.push_back(inputs);
    }
    std::string const dataset_config = file.string_attribute("/", "dataset_config");
    std::optional<Network> network;
    agree(comm, [&] {
        network.emplace(settings, features.components.projection.cols(), parameters, 0);
        network->set_parameters(weights);
    });
    return {std::move(*network), std::move(features), std::move(targets), test, dataset_config};
}

}  // namespace hadronforce
