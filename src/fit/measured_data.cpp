#include "hadronforce/fit/measured_data.hpp"

namespace hadronforce {

Eigen::MatrixXd full_covariance(MeasuredData const& data) {
    Eigen::MatrixXd covariance =
        data.covariance ? *data.covariance : Eigen::MatrixXd(data.variance.matrix().asDiagonal());
    for (auto const& error : data.correlated) {
        Eigen::VectorXd one = error.of_bins.matrix();
        if (one.size() == 0) one = error.relative * data.bins.correlation.matrix();
        covariance += one * one.transpose();
    }
    return covariance;
}

}  // namespace hadronforce
