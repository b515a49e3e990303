#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>

namespace hadronforce {

/// Turns deviations of a covariance into ones of unit covariance: with C = L L^T, L^-1 (model - data).
class Whitening {
  public:
    /// Throws InputError where the covariance is not positive definite.
    explicit Whitening(Eigen::MatrixXd const& covariance);

    Eigen::VectorXd whiten(Eigen::VectorXd const& deviations) const { return root_.matrixL().solve(deviations); }
    /// The inverse, on columns.
    Eigen::MatrixXd unwhiten(Eigen::MatrixXd const& whitened) const { return root_.matrixL() * whitened; }

  private:
    Eigen::LLT<Eigen::MatrixXd> root_;
};

}  // namespace hadronforce
