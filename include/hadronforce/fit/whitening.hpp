#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <optional>

namespace hadronforce {

/// Turns deviations of a covariance C into ones of unit covariance: with C = L L^T, L^-1 (model - data). Of independent
/// data L is the diagonal of their errors, and needs no matrix.
class Whitening {
  public:
    explicit Whitening(Eigen::ArrayXd const& variances) : errors_(variances.sqrt()) {}
    /// Throws InputError where the covariance is not positive definite.
    explicit Whitening(Eigen::MatrixXd const& covariance);

    /// Works on columns, as its inverse does.
    Eigen::MatrixXd whiten(Eigen::MatrixXd const& deviations) const;
    Eigen::MatrixXd unwhiten(Eigen::MatrixXd const& whitened) const;
    /// ln det C
    double log_determinant() const;

  private:
    Eigen::ArrayXd errors_;
    std::optional<Eigen::LLT<Eigen::MatrixXd>> root_;
};

}  // namespace hadronforce
