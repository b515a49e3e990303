#pragma once

#include "hadronforce/femtoscopy/measured_correlation.hpp"
#include "hadronforce/learning/transforms.hpp"

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// C in the bins of some data as a function of the features z of a training: its mean and principal components,
/// interpolated from the model's momenta.
class TrainingCurve {
  public:
    /// `averages`: over the bins with weight k^2, by three points; else at the bins' k*.
    TrainingCurve(FeatureTransform const& transform, MeasuredCorrelation const& data,
                  std::vector<Eigen::Index> const& bins, bool averages);

    Eigen::VectorXd at(Eigen::VectorXd const& z) const;
    /// bins x features
    Eigen::MatrixXd slopes(Eigen::VectorXd const& z) const;
    Eigen::Index features() const { return components_.cols(); }
    /// Over the training, what polynomials of fifth and third order differ by, squared; one a bin.
    Eigen::VectorXd const& interpolation_variance() const { return interpolation_variance_; }

  private:
    Eigen::VectorXd at_points(Eigen::VectorXd const& z) const;

    bool logarithm_;
    Eigen::VectorXd mean_;        ///< of the input, points
    Eigen::MatrixXd components_;  ///< points x features
    Eigen::MatrixXd average_;     ///< bins x points
    Eigen::VectorXd interpolation_variance_;
};

}  // namespace hadronforce
