#pragma once

#include "hadronforce/inference/feature_estimate.hpp"
#include "hadronforce/learning/model_file.hpp"

#include <string>
#include <vector>

namespace hadronforce {

/// A network's answer for one correlation function.
struct PointEstimate {
    Eigen::VectorXd value;  ///< in the units of the model's targets: the median over the data's features
    /// Half of the central 68 % over the data's features, and the network's root mean squared error on its test part,
    /// in quadrature.
    Eigen::VectorXd error;
};

/// Not collective. A function of its arguments alone.
PointEstimate estimate(Model const& model, FeatureEstimate const& features);

/// Why no sample of the training looks like the data, empty where one may. A sample of the training whose features are
/// z lies within chi^2 + |z|^2 of its own data; the largest |z| of the training is known, and a chi^2 is exceeded with
/// a probability of 1e-6. `bins`: those that the features were estimated from; `has_errors`: those of the data.
std::string unlike_training(Model const& model, FeatureEstimate const& features, Eigen::Index bins, bool has_errors);

}  // namespace hadronforce
