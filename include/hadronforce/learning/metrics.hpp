#pragma once

#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/storage/file.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// How well predictions meet the truth, one entry a parameter, in its units.
struct Metrics {
    Eigen::RowVectorXd r_squared;  ///< 1 - sum (p - y)^2 / sum (y - mean y)^2
    Eigen::RowVectorXd rmse;
    Eigen::RowVectorXd bias;  ///< mean of p - y
};

/// Collective. Over all ranks' rows, samples x parameters each.
Metrics compare(Communicator const& comm, RowMatrixXd const& truth, RowMatrixXd const& prediction);

}  // namespace hadronforce
