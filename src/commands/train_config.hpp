#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/learning/error_family.hpp"
#include "hadronforce/learning/point_features.hpp"
#include "hadronforce/learning/trainer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// The config of `train`.
struct TrainConfig {
    std::vector<std::string> datasets;
    std::string training_from;  ///< memory, stream or solve
    StreamSettings stream;
    std::int64_t solver_threads = 0;
    std::int64_t training_samples = 0;
    std::int64_t validation_samples = 0;
    std::vector<std::string> targets;
    bool logarithm = true;
    double smallest_variance = 0.0;
    double contrast = 0.0;  ///< Contrast::near; 0: none
    std::int64_t most_components = 0;
    std::optional<ErrorFamily> errors;
    std::optional<ViewFamily> views;  ///< of networks that take any momenta
    NetworkSettings network;
    std::int64_t members = 1;  ///< of an ensemble
    TrainingSettings training;
    std::int64_t threads = 1;
    std::string device;  ///< once the run has begun, the one that device_of says
    std::string model;
    std::string learning_curve;
    std::string predictions;
    std::string script;
};

/// The key `file` of a section: a dataset, or a list of several of one family. Throws InputError with file and line, as
/// all of these.
std::vector<std::string> read_dataset_files(Section const& dataset);

/// The section `errors`; none where there is none.
std::optional<ErrorFamily> read_error_family(Section const& root);

TrainConfig read_train_config(Section const& root);

}  // namespace hadronforce
