#include "hadronforce/learning/model_file.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/digest.hpp"
#include "hadronforce/storage/provenance.hpp"
#include "learning/model_parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace hadronforce {

std::vector<double> to_vector(Eigen::Ref<Eigen::RowVectorXd const> const& values) {
    return {values.begin(), values.end()};
}

void require(File const& file, bool fits, std::string const& name, std::string const& what) {
    agree(file.comm(), [&] {
        if (!fits) throw InputError(fmt::format("{}:{}: {}; train the model again", file.path(), name, what));
    });
}

RowMatrixXd finite(File const& file, std::string const& name, std::vector<std::int64_t> const& shape) {
    require(file, file.shape(name) == shape, name, fmt::format("must have the shape {}", fmt::join(shape, " x ")));
    auto const values = file.read_all(name);
    require(file, values.allFinite(), name, "holds numbers that are not finite");
    return values;
}

Eigen::RowVectorXd row(File const& file, std::string const& name, std::int64_t expected) {
    return finite(file, name, {expected}).col(0).transpose();
}

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

RowMatrixXd Model::predict(RowMatrixXd const& correlation) const {
    return targets.physical(network.predict(features.features(correlation)));
}

RowMatrixXd Model::predict(RowMatrixXd const& correlation, RowMatrixXd const& error) const {
    return targets.physical(network.predict(features.features(correlation, error)));
}

Metrics measure(Communicator const& comm, NetworkEnsemble const& network, TargetTransform const& targets,
                Shard const& samples) {
    auto const outputs = network.predict(samples.inputs);
    auto metrics = compare(comm, targets.physical(samples.targets), targets.physical(outputs));
    metrics.r_squared = compare(comm, samples.targets, outputs).r_squared;
    return metrics;
}

void write_model(Communicator const& comm, std::string const& path, Model const& model, std::string const& config,
                 std::int64_t seed) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"model", model_format_version, config, seed});
    file.set_attribute("/", "dataset_config", model.dataset_config);
    file.set_attribute("/", "dataset_parameters", model.dataset_parameters);
    write_features(file, model.features);
    write_targets(file, model.targets, model.test);
    write_networks(file, model.network);
    write_references(file, model.references);
    write_digest_of_content(file);
    file.close();
}

Model read_model(Communicator const& comm, std::string const& path) {
    File const file(comm, path, File::Mode::read);
    auto const format_version = read_provenance(file, "model", model_format_version).format_version;

    check_digest_of_content(file, "train again");
    auto features = read_features(file);
    auto targets = read_targets(file, format_version);
    auto const count = static_cast<std::int64_t>(targets.targets.size());
    Metrics const test{row(file, "/targets/test_r_squared", count), row(file, "/targets/test_rmse", count),
                       row(file, "/targets/test_bias", count)};
    require(file, (test.rmse.array() >= 0.0).all(), "/targets/test_rmse", "must not be negative");
    auto const dataset_config = file.string_attribute("/", "dataset_config");
    // Models of earlier versions do not say it.
    auto const dataset_parameters = file.has_attribute("/", "dataset_parameters")
                                        ? file.strings_attribute("/", "dataset_parameters")
                                        : targets.names();
    auto network = read_networks(file, format_version, features.inputs(), count);
    auto references = read_references(file, features.k_star_MeV.size(), count);
    return {std::move(network), std::move(features), std::move(targets),   test,
            dataset_config,     dataset_parameters,  std::move(references)};
}

}  // namespace hadronforce
