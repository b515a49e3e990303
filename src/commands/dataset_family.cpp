#include "commands/dataset_family.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/setup/dataset_config.hpp"
#include "hadronforce/setup/physics_config.hpp"

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
    if (!are_same_parameters(family.names(), dataset.names()) || family.k_low_MeV.size() != dataset.k_star_MeV().size())
        throw InputError(dataset.path() + ": does not belong to its own config; generate it again");
    return family;
}

}  // namespace hadronforce
