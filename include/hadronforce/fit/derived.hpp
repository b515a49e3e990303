#pragma once

#include "hadronforce/fit/least_squares.hpp"

#include <Eigen/Core>

#include <functional>
#include <vector>

namespace hadronforce {

/// Standard errors of what follows from parameters of this covariance: sqrt(b^2 + 3 c^2), the root mean square of
/// b z + c z^2 for a normal z, along each of the covariance's axes, as `function` has it at z = -1, 0, 1. The bend c
/// counts where the slope b nearly vanishes. NaN where it throws InputError or ConvergenceError one standard deviation
/// off; throws what it throws at `values`.
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
