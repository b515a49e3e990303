#pragma once

#include "hadronforce/femtoscopy/measured_correlation.hpp"
#include "hadronforce/learning/transforms.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// What data say of the features that a network takes: a normal distribution.
struct FeatureEstimate {
    Eigen::VectorXd value;
    Eigen::MatrixXd root;  ///< covariance = root root^T: errors and gaps of the data, and the interpolation
    double distance;       ///< min over z of chi^2 + |z|^2
    double error;          ///< of every C, where the data have none: estimated from their scatter
};

/// C of the training is known at the model's momenta, as mean and principal components; they are interpolated to the
/// data, never the data to them, so that any bins will do. With features z of zero mean and unit variance over the
/// training the most probable ones make chi^2 + |z|^2 smallest: what noise hides stays near the training's mean. By how
/// much polynomials of different order disagree enters the covariance.
/// `covariance`: of the data, bins x bins; empty for data without errors, for which one error of all bins is found from
/// the data by its evidence (MacKay, Neural Comput. 4 (1992) 415), `smallest_error` (relative to max(1, C)) at least.
/// `averages`: whether C is averaged over the data's bins; else it is taken at their k*. Momenta outside the model's
/// are left out; throws InputError where none is left, or where the covariance is not positive definite. Not
/// collective.
FeatureEstimate estimate_features(FeatureTransform const& transform, MeasuredCorrelation const& data,
                                  Eigen::MatrixXd const& covariance, bool averages, double smallest_error);

/// The bins whose k* lies within the model's momenta (to 1e-6).
std::vector<Eigen::Index> bins_within(FeatureTransform const& transform, MeasuredCorrelation const& data);

}  // namespace hadronforce
