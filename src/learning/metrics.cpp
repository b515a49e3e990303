#include "hadronforce/learning/metrics.hpp"

namespace hadronforce {

Metrics compare(Communicator const& comm, RowMatrixXd const& truth, RowMatrixXd const& prediction) {
    auto const columns = truth.cols();
    auto const summed = [&](Eigen::RowVectorXd values) {
        comm.sum(values.data(), static_cast<std::size_t>(values.size()));
        return values;
    };
    double samples = static_cast<double>(truth.rows());
    comm.sum(&samples, 1);
    Eigen::RowVectorXd const mean = summed(truth.colwise().sum()) / samples;
    RowMatrixXd const residual = prediction - truth;
    Eigen::RowVectorXd const spread = summed((truth.rowwise() - mean).colwise().squaredNorm());
    Eigen::RowVectorXd const squares = summed(residual.colwise().squaredNorm());
    Metrics metrics;
    metrics.bias = summed(residual.colwise().sum()) / samples;
    metrics.rmse = (squares / samples).cwiseSqrt();
    metrics.r_squared = Eigen::RowVectorXd::Ones(columns) - squares.cwiseQuotient(spread);
    return metrics;
}

}  // namespace hadronforce
