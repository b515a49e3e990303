#pragma once

#include "commands/train_config.hpp"
#include "hadronforce/dataset/dataset_files.hpp"
#include "hadronforce/learning/references.hpp"
#include "hadronforce/learning/transforms.hpp"

namespace hadronforce {

/// Samples in their three parts, as a network sees them; each rank has its share.
struct TrainingData {
    FeatureTransform features;
    References references;  ///< of a training with errors
    TargetTransform targets;
    BatchesOfSeed batches;  ///< of the training part
    Shard seen;             ///< samples of the training part on which the network is measured
    Shard validation, test;
};

/// Collective. Reads and solves what training begins with. `comm`, `config` and `files` must outlive the result. Throws
/// InputError, with file and line for a dataset that the config does not fit.
TrainingData read_training_data(Communicator const& comm, Section const& root, TrainConfig const& config,
                                DatasetFiles& files);

}  // namespace hadronforce
