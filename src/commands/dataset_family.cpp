#include "commands/dataset_family.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/setup/dataset_config.hpp"
#include "hadronforce/setup/physics_config.hpp"

#include <string>
#include <vector>

namespace hadronforce {

SampleFamily family_of_dataset(Section const& root, DatasetFile const& dataset, Communicator const& comm) {
    Config const config = Config::from_text(dataset.provenance().config, dataset.path() + "@config");
    if (config.root().optional_section("dataset").has("parameters_from"))
        throw InputError(dataset.path() +
                         ": has points from a file, so that no others can be drawn; use "
                         "dataset.training_from: memory or stream");
    auto family = read_sample_family(config.root(), comm);
    agree(comm, [&] { read_kept_values(config.root().section("dataset"), family); });
    for (auto const& input : config.files().inputs) root.reads(input);
    if (!are_same_parameters(family.names(), dataset.names()) || family.parts() != dataset.measurements())
        throw InputError(dataset.path() + ": does not belong to its own config; generate it again");
    return family;
}

Precision precision_of(DatasetFile const& dataset) {
    Config const config = Config::from_text(dataset.provenance().config, dataset.path() + "@config");
    return config.root().section("dataset").optional<std::string>("precision", "float64") == "float32"
               ? Precision::float32
               : Precision::float64;
}

bool answers_all(Model const& model) { return model.dataset_parameters == model.targets.names(); }

SampleFamily family_of_model(Section const& root, Model const& model, std::string const& path,
                             Communicator const& comm) {
    auto const& names = model.dataset_parameters;
    Config const config = Config::from_text(model.dataset_config, path + "@dataset_config");
    bool const has_design = config.root().optional_section("dataset").has("parameters_from");
    auto const family = read_sample_family(config.root(), comm, has_design ? names : std::vector<std::string>());
    for (auto const& input : config.files().inputs) root.reads(input);
    if (!are_same_parameters(family.names(), names) || family.parts() != model.features.measurements)
        throw InputError(path + ": does not belong to the config of its dataset; train the model again");
    return family;
}

}  // namespace hadronforce
