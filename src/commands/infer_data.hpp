#pragma once

#include "hadronforce/config/section.hpp"
#include "hadronforce/inference/measured_parts.hpp"
#include "hadronforce/learning/model_file.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/setup/measured_config.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// Data of one measurement or several, for a model to answer.
struct DataToInfer {
    std::vector<std::string> names;      ///< of the only one empty
    std::vector<MeasuredData> measured;  ///< of each
    bool accepts_unlike = false;         ///< what is unlike the training
};

/// Collective. The section `data`, or that of each of `measurements`. Throws InputError with file and line.
DataToInfer read_data_to_infer(Section const& root, Communicator const& comm);

/// Has the data in the order of the model's measurements. Throws InputError where they are of others, or where some
/// have errors and others have none. `path`: of the model.
void match_measurements(Section const& root, Model const& model, std::string const& path, DataToInfer& data);

/// Of all measurements, whose errors do not know of each other; empty for data without errors.
Eigen::MatrixXd joint_covariance(DataToInfer const& data);
MeasuredParts bins_of(DataToInfer const& data);

}  // namespace hadronforce
