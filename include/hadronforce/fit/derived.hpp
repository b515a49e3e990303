#pragma once

#include "hadronforce/fit/least_squares.hpp"

#include <Eigen/Core>

#include <functional>
#include <vector>

namespace hadronforce {

/// Standard errors of what follows from parameters of this covariance, to first order: half the difference of
/// `function` one standard deviation up and down along the covariance's axes. NaN where it throws InputError or
/// ConvergenceError there.
Eigen::VectorXd propagated_errors(std::function<Eigen::VectorXd(Eigen::VectorXd const&)> const& function,
                                  Eigen::VectorXd const& values, Eigen::MatrixXd const& covariance);

/// What follows from the parameters of a fit.
struct Derived {
    Eigen::VectorXd values;
    Eigen::VectorXd errors;        ///< propagated_errors
    std::vector<bool> determined;  ///< not so where it changes along a direction that the data leave open
};

/// Throws what `function` throws at the fit's values.
Derived derived(std::function<Eigen::VectorXd(Eigen::VectorXd const&)> const& function, LeastSquaresFit const& fit);

}  // namespace hadronforce
