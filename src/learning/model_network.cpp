#include "learning/model_parts.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/learning/network_forms.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace hadronforce {
namespace {

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

}  // namespace

void write_network(File& file, Network const& network) {
    auto const parameters = network.parameters();
    double const* values = parameters.data();
    std::int64_t layers = 0;
    for (auto const& weight : network.weights()) {
        std::string const name = "/network/" + weight.name;
        auto const rows = weight.shape[0];
        file.create_dataset(name, weight.shape, Precision::float64, {"1", weight.description, weight.axes});
        auto const mine = share_of(rows, file.comm().rank(), file.comm().size());
        file.write_rows(
            name, mine,
            Eigen::Map<RowMatrixXd const>(values, rows, weight.size() / rows).middleRows(mine.begin, mine.size()));
        if (weight.shape.size() == 2) ++layers;
        values += weight.size();
    }
    auto const& settings = network.settings();
    file.set_attribute("/network", "form", settings.form);
    file.set_attribute("/network", "activation", settings.activation);
    file.set_attribute("/network", "estimator", settings.estimator);
    file.set_attribute("/network", "widths", std::vector<double>(settings.widths.begin(), settings.widths.end()));
    file.set_attribute("/network", "layers", layers);
    file.set_attribute("/network", "precision", settings.precision == Precision::float32 ? "float32" : "float64");
}

Network read_network(File const& file, std::int64_t format_version, std::int64_t inputs, std::int64_t targets) {
    NetworkSettings settings;
    settings.form = known(file, "/network", "form", network_form_names());
    settings.activation = known(file, "/network", "activation", activation_names());
    if (format_version >= 3) settings.estimator = known(file, "/network", "estimator", estimator_names());
    bool const narrow = known(file, "/network", "precision", {"float32", "float64"}) == "float32";
    settings.precision = narrow ? Precision::float32 : Precision::float64;
    settings.widths = widths_of(file, format_version);
    std::vector<WeightShape> shapes;
    agree(file.comm(),
          [&] { naming(file.path() + ":/network", [&] { shapes = weights_of(settings, inputs, targets); }); });
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
        network.emplace(settings, inputs, targets, 0);
        network->set_parameters(weights);
    });
    return std::move(*network);
}

}  // namespace hadronforce
