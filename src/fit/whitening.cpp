#include "hadronforce/fit/whitening.hpp"

#include "hadronforce/error.hpp"

namespace hadronforce {

Whitening::Whitening(Eigen::MatrixXd const& covariance) : root_(covariance) {
    if (root_->info() != Eigen::Success)
        throw InputError("the covariance of the data is not positive definite; check it, or fit without it");
}

Eigen::VectorXd Whitening::whiten(Eigen::VectorXd const& deviations) const {
    return root_ ? root_->matrixL().solve(deviations) : Eigen::VectorXd(deviations.array() / errors_);
}

Eigen::MatrixXd Whitening::unwhiten(Eigen::MatrixXd const& whitened) const {
    return root_ ? root_->matrixL() * whitened : Eigen::MatrixXd(errors_.matrix().asDiagonal() * whitened);
}

}  // namespace hadronforce
