#pragma once

#include "hadronforce/inference/measured_parts.hpp"
#include "hadronforce/learning/transforms.hpp"

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// C in the bins of some data as a function of z, the features of a training and after them the components that its
/// features leave out, all of unit variance: mean and principal components, interpolated from the model's momenta.
class TrainingCurve {
  public:
    /// In the bins within the model's momenta, over those that have edges with weight k^2, by three points; else at the
    /// bins' k*.
    TrainingCurve(FeatureTransform const& transform, MeasuredParts const& data);

    Eigen::VectorXd at(Eigen::VectorXd const& z) const;
    /// Of C of samples at the model's momenta, samples x momenta: samples x bins.
    RowMatrixXd in_bins(RowMatrixXd const& correlation) const;
    /// bins x components
    Eigen::MatrixXd slopes(Eigen::VectorXd const& z) const;
    Eigen::Index components() const { return components_.cols(); }
    /// Over the training, what polynomials of fifth and third order differ by, squared; one a bin.
    Eigen::VectorXd const& interpolation_variance() const { return interpolation_variance_; }

  private:
    Eigen::VectorXd at_points(Eigen::VectorXd const& z) const;

    /// Whether a momentum's, and a point's, input is log C.
    Eigen::Array<bool, Eigen::Dynamic, 1> takes_logarithm_, logarithm_;
    Eigen::MatrixXd to_points_;   ///< points x momenta: interpolates the input
    Eigen::VectorXd mean_;        ///< of the input, points
    Eigen::MatrixXd components_;  ///< points x components
    Eigen::MatrixXd average_;     ///< bins x points
    Eigen::VectorXd interpolation_variance_;
};

}  // namespace hadronforce
