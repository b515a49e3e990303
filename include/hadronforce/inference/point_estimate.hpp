#pragma once

#include "hadronforce/inference/feature_estimate.hpp"
#include "hadronforce/learning/model_file.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// A network's answer for one correlation function.
struct PointEstimate {
    Eigen::VectorXd value;  ///< in the units of the model's targets: the median over the data's features
    /// Half of the central 68 % over the data's features, and in quadrature the network's own: what it learnt of it
    /// (network.estimator: gaussian), else its root mean squared error on its test part. A network that takes errors
    /// knows all of it, if it learnt any; else these are not numbers.
    Eigen::VectorXd error;
    RowMatrixXd of_members;   ///< members x targets: each network's own answer
    double error_size = 0.0;  ///< of the data's errors, for a network that takes them: FeatureTransform::error_size
};

/// Not collective. A function of its arguments alone.
PointEstimate estimate(Model const& model, FeatureEstimate const& features);

/// The same of a network of points: the data's own bins within the training's range, with the errors on the diagonal of
/// `covariance`, or `error_of_data` for data without.
PointEstimate estimate_from_points(Model const& model, MeasuredParts const& data, Eigen::MatrixXd const& covariance,
                                   double error_of_data);

/// The same by the training's own samples, for data whose errors, with this covariance, are larger than any that the
/// network knows (answer_of_references); none where too few of them meet the data.
std::optional<PointEstimate> estimate_by_references(Model const& model, MeasuredParts const& data,
                                                    Eigen::MatrixXd const& covariance);

/// Why no sample of the training looks like the data, empty where one may. A sample of the training whose features are
/// z lies within chi^2 + |z|^2 of its own data; the largest |z| of the training is known, and a chi^2 is exceeded with
/// a probability of 1e-6. `bins`: those that the features were estimated from; `has_errors`: those of the data.
std::string unlike_training(Model const& model, FeatureEstimate const& features, Eigen::Index bins, bool has_errors);

}  // namespace hadronforce
