#include "hadronforce/fit/whitening.hpp"

#include "hadronforce/error.hpp"

namespace hadronforce {

Whitening::Whitening(Eigen::MatrixXd const& covariance) : root_(covariance) {
    if (root_.info() != Eigen::Success)
        throw InputError("the covariance of the data is not positive definite; check it, or fit without it");
}

}  // namespace hadronforce
