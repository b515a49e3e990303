#pragma once

#include "hadronforce/learning/model_file.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// A network's answer for one correlation function.
struct PointEstimate {
    Eigen::RowVectorXd value;  ///< in the units of the model's targets
    /// Root mean squared error of the network on its test part: its own error, for data without noise.
    Eigen::RowVectorXd network_error;
    double feature_norm;  ///< of the whitened features; far above the training's largest means unfamiliar data
    std::vector<std::string> warnings;  ///< unfamiliar data, values outside the training's range
};

/// Not collective. `correlation`: at the model's momenta. Throws InputError for a C that is not positive where its
/// logarithm is taken.
PointEstimate estimate(Model const& model, Eigen::ArrayXd const& correlation);

}  // namespace hadronforce
