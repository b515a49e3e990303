#pragma once

#include "hadronforce/learning/batches.hpp"
#include "hadronforce/learning/metrics.hpp"
#include "hadronforce/learning/network_ensemble.hpp"
#include "hadronforce/learning/references.hpp"
#include "hadronforce/learning/transforms.hpp"

#include <string>
#include <vector>

namespace hadronforce {

inline constexpr std::int64_t model_format_version = 4;

/// Trained networks with all that is needed to use it; docs/model_format.md.
struct Model {
    NetworkEnsemble network;
    FeatureTransform features;
    TargetTransform targets;
    Metrics test;                                 ///< on samples that training never saw, measure()
    std::string dataset_config;                   ///< of the dataset it was trained on: the physics and the prior
    std::vector<std::string> dataset_parameters;  ///< all that varied there; the targets are some of them
    References references = {};                   ///< of a training with errors

    /// samples x momenta -> samples x parameters, in their units.
    RowMatrixXd predict(RowMatrixXd const& correlation) const;
    /// The same of a model that was trained with errors.
    RowMatrixXd predict(RowMatrixXd const& correlation, RowMatrixXd const& error) const;
};

/// Collective. How well an ensemble meets samples: root mean square and mean of its errors in the targets' units, and
/// R^2 of the coordinates that it learnt, which is that of the targets where they are linear.
Metrics measure(Communicator const& comm, NetworkEnsemble const& network, TargetTransform const& targets,
                Shard const& samples);

/// Collective.
void write_model(Communicator const& comm, std::string const& path, Model const& model, std::string const& config,
                 std::int64_t seed);

/// Collective. Throws InputError for a file that is foreign, truncated or whose parts do not fit together.
Model read_model(Communicator const& comm, std::string const& path);

}  // namespace hadronforce
