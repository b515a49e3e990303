#pragma once

#include "commands/pca_config.hpp"
#include "commands/pca_directions.hpp"
#include "hadronforce/dataset/dataset_components.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <optional>
#include <string>

namespace hadronforce {

/// What `pca` finds.
struct PcaResult {
    ComponentInput input;
    Moments moments;  ///< of the input
    ComponentSpectrum spectrum;
    std::optional<DirectionsOfPotential> directions;
};

/// Collective. The file of docs/dataset_format.md; scores and parameters of the samples are read and written in blocks.
void write_pca(Communicator const& comm, std::string const& path, std::string const& resolved_config,
               DatasetFile const& dataset, PcaConfig const& config, PcaResult const& result,
               std::optional<DirectionsConfig> const& directions);

/// CSV, a line a component of k* many.
std::string pca_table(PcaResult const& result);

/// Explained shares of the first components, how many reach 99 % and so on, and what the directions say.
std::string pca_report(PcaResult const& result, std::optional<DirectionsConfig> const& directions);

}  // namespace hadronforce
