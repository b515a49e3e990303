#pragma once

#include "commands/train_config.hpp"
#include "hadronforce/dataset/dataset_file.hpp"
#include "hadronforce/learning/transforms.hpp"

namespace hadronforce {

/// A dataset in its three parts, as a network sees it; each rank has its share.
struct TrainingData {
    FeatureTransform features;
    TargetTransform targets;
    Shard training, validation, test;
};

/// Collective. Throws InputError, with file and line for a dataset that the config does not fit.
TrainingData read_training_data(Communicator const& comm, Section const& root, TrainConfig const& config,
                                DatasetFile const& dataset);

}  // namespace hadronforce
