#pragma once

#include "hadronforce/learning/transforms.hpp"

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// What points of C(k*) at any momenta say of a training's components z, whose prior is of zero mean and unit variance:
/// mean m and covariance V of their posterior, where log C (or C) and its errors are linear in z. At the training's own
/// momenta, with errors that leave the components independent, m is z / (1 + s^2) and -ln(1 - V) is ln(1 + s^2).
class ComponentsOfPoints {
  public:
    /// `transform` must outlive it, and take errors.
    explicit ComponentsOfPoints(FeatureTransform const& transform);

    /// One row. `seen`: of each measurement. Momenta lie within the training's. A normalisation's error, where the
    /// training had one, is one more unknown.
    ShrunkComponents of(std::vector<SeenPoints> const& seen) const;

  private:
    FeatureTransform const& transform_;
    RowMatrixXd curves_;   ///< momenta x components: of the input, for a component of 1
    RowMatrixXd dropped_;  ///< momenta x components that no feature holds
};

/// -ln(1 - V) of variances of a posterior, of which what is not known at all has 1.
Eigen::RowVectorXd errors_of_variances(Eigen::RowVectorXd const& variances);

}  // namespace hadronforce
