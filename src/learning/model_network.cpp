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

/// The first network is /network, as in models of one; the others are /network_1, ...
std::string group_of(std::size_t member) { return member == 0 ? "/network" : fmt::format("/network_{}", member); }

void write_weights(File& file, std::string const& group, Network const& network) {
    auto const parameters = network.parameters();
    double const* values = parameters.data();
    for (auto const& weight : network.weights()) {
        std::string const name = group + "/" + weight.name;
        auto const rows = weight.shape[0];
        file.create_dataset(name, weight.shape, Precision::float64, {"1", weight.description, weight.axes});
        auto const mine = share_of(rows, file.comm().rank(), file.comm().size());
        file.write_rows(
            name, mine,
            Eigen::Map<RowMatrixXd const>(values, rows, weight.size() / rows).middleRows(mine.begin, mine.size()));
        values += weight.size();
    }
}

Network read_weights(File const& file, std::string const& group, std::vector<WeightShape> const& shapes,
                     NetworkSettings const& settings, std::int64_t inputs, std::int64_t targets) {
    std::vector<double> weights;
    for (auto const& weight : shapes) {
        auto const values = finite(file, group + "/" + weight.name, weight.shape);
        weights.insert(weights.end(), values.data(), values.data() + values.size());
    }
    std::optional<Network> network;
    agree(file.comm(), [&] {
        network.emplace(settings, inputs, targets, 0);
        network->set_parameters(weights);
    });
    return std::move(*network);
}

std::int64_t layers_of(std::vector<WeightShape> const& shapes) {
    return std::count_if(shapes.begin(), shapes.end(), [](auto const& w) { return w.shape.size() == 2; });
}

}  // namespace

void write_networks(File& file, NetworkEnsemble const& networks) {
    auto const& members = networks.members();
    for (std::size_t m = 0; m < members.size(); ++m) write_weights(file, group_of(m), members[m]);
    auto const& settings = networks.settings();
    file.set_attribute("/network", "form", settings.form);
    file.set_attribute("/network", "activation", settings.activation);
    file.set_attribute("/network", "estimator", settings.estimator);
    file.set_attribute("/network", "widths", std::vector<double>(settings.widths.begin(), settings.widths.end()));
    file.set_attribute("/network", "layers", layers_of(members.front().weights()));
    file.set_attribute("/network", "precision", settings.precision == Precision::float32 ? "float32" : "float64");
    file.set_attribute("/network", "members", static_cast<std::int64_t>(members.size()));
}

NetworkEnsemble read_networks(File const& file, std::int64_t format_version, std::int64_t inputs,
                              std::int64_t targets) {
    NetworkSettings settings;
    settings.form = known(file, "/network", "form", network_form_names());
    settings.activation = known(file, "/network", "activation", activation_names());
    if (format_version >= 3) settings.estimator = known(file, "/network", "estimator", estimator_names());
    bool const narrow = known(file, "/network", "precision", {"float32", "float64"}) == "float32";
    settings.precision = narrow ? Precision::float32 : Precision::float64;
    settings.widths = widths_of(file, format_version);
    settings.normalises_last = file.has("/network/norm");
    std::vector<WeightShape> shapes;
    agree(file.comm(),
          [&] { naming(file.path() + ":/network", [&] { shapes = weights_of(settings, inputs, targets); }); });
    require(file, file.integer_attribute("/network", "layers") == layers_of(shapes), "/network@layers",
            fmt::format("must be {}, as widths say", layers_of(shapes)));
    auto const count = format_version >= 4 ? file.integer_attribute("/network", "members") : 1;
    require(file, count >= 1 && count <= most_members, "/network@members",
            fmt::format("must lie between 1 and {}", most_members));
    std::vector<Network> members;
    for (std::size_t m = 0; m < static_cast<std::size_t>(count); ++m)
        members.push_back(read_weights(file, group_of(m), shapes, settings, inputs, targets));
    return NetworkEnsemble(std::move(members));
}

}  // namespace hadronforce
