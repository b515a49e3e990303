#pragma once

#include "hadronforce/inference/measured_parts.hpp"
#include "hadronforce/learning/transforms.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// What data say of the features that a network takes.
struct FeatureEstimate {
    Eigen::VectorXd value;  ///< the mean
    Eigen::MatrixXd covariance;
    RowMatrixXd draws;  ///< 2000 that are equally probable: errors and gaps of the data, and the interpolation
    double distance;    ///< chi^2 + |z|^2 of the features that are most probable
    double error;       ///< of every C, where the data have none: as the data tell
};

/// C of the training is known at the model's momenta, as mean and principal components, those that no feature holds
/// included; they are interpolated to the data, never the data to them, so that any bins will do. With components z of
/// zero mean and unit variance over the training the most probable ones make chi^2 + |z|^2 smallest: what noise hides
/// stays near the training's mean. By how much polynomials of different order disagree enters the errors.
/// `covariance`: of the data, bins x bins; empty for data without errors. These have one error in all bins, of any size
/// down to none (equally probable logarithms), of which they themselves say by its evidence how probable it is (MacKay,
/// Neural Comput. 4 (1992) 415), foremost along the components that are small in the training. As corners of a prior
/// lie farther out than a normal distribution has it, all z, and what interpolation errs, may then be 2, 4 or 8 times
/// as large where the evidence says so; stated errors forbid it, as what a model does not describe would pass for that.
/// C is averaged over bins that have edges; else it is taken at their k*. Momenta outside the model's are left out;
/// throws InputError where none is left of a measurement, or where the covariance is not positive definite. Not
/// collective.
FeatureEstimate estimate_features(FeatureTransform const& transform, MeasuredParts const& data,
                                  Eigen::MatrixXd const& covariance);

}  // namespace hadronforce
