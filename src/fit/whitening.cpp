#include "hadronforce/fit/whitening.hpp"

#include "hadronforce/error.hpp"

namespace hadronforce {

Whitening::Whitening(Eigen::MatrixXd const& covariance) : root_(covariance) {
    if (root_->info() != Eigen::Success)
        throw InputError("the covariance of the data is not positive definite; check it, or fit without it");
}

Eigen::MatrixXd Whitening::whiten(Eigen::MatrixXd const& deviations) const {
    return root_ ? Eigen::MatrixXd(root_->matrixL().solve(deviations))
                 : Eigen::MatrixXd(errors_.inverse().matrix().asDiagonal() * deviations);
}

Eigen::MatrixXd Whitening::unwhiten(Eigen::MatrixXd const& whitened) const {
    return root_ ? root_->matrixL() * whitened : Eigen::MatrixXd(errors_.matrix().asDiagonal() * whitened);
}

double Whitening::log_determinant() const {
    return 2.0 * (root_ ? Eigen::ArrayXd(root_->matrixLLT().diagonal().array()) : errors_).log().sum();
}

}  // namespace hadronforce
