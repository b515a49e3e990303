#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/learning/network.hpp"
#include "hadronforce/learning/trainer.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hadronforce {

/// The config of `train`.
struct TrainConfig {
    std::string dataset;
    std::int64_t training_samples = 0;
    std::int64_t validation_samples = 0;
    std::vector<std::string> targets;
    bool logarithm = true;
    double smallest_variance = 0.0;
    std::int64_t most_components = 0;
    NetworkSettings network;
    TrainingSettings training;
    std::int64_t threads = 1;
    std::string model;
    std::string learning_curve;
    std::string predictions;
};

/// Throws InputError with file and line.
TrainConfig read_train_config(Section const& root);

}  // namespace hadronforce
