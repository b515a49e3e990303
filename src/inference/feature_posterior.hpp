#pragma once

#include "hadronforce/fit/whitening.hpp"
#include "inference/training_curve.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// What data of known errors say of the training's components z, whose prior is normal with standard deviation `scale`:
/// a normal distribution about the most probable z (Laplace's approximation).
struct FeaturePosterior {
    double error;  ///< of every C, where the data have none
    Eigen::VectorXd z;
    Eigen::MatrixXd root;  ///< covariance of the features, the first of z, is root root^T
    double distance;       ///< chi^2 + |features|^2
    double log_evidence;   ///< but for a constant
};

/// `start`: where the most probable z is looked for. Throws InputError where numbers overflow.
FeaturePosterior feature_posterior(TrainingCurve const& curve, Eigen::VectorXd const& correlation,
                                   Whitening const& errors, double scale, Eigen::Index features,
                                   Eigen::VectorXd const& start);

}  // namespace hadronforce
