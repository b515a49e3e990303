#pragma once

#include <Eigen/Core>

#include <functional>
#include <vector>

namespace hadronforce {

/// A sum of squares over variables that may be any real numbers. Where it has no value its residuals are `no_value`.
struct SquaresProblem {
    static constexpr double no_value = 1e30;

    std::function<Eigen::VectorXd(Eigen::VectorXd const& variables)> residuals;
    std::function<Eigen::MatrixXd(Eigen::VectorXd const& variables)> jacobian;
    std::function<bool()> may_go_on;
    /// Variables that are angles of the same kind, so that a step of one is as large as the same step of another; those
    /// of others are compared by what they do to the residuals.
    std::vector<bool> is_angle;
};

/// The variables where the sum of squares has ceased to fall, from a start where it has a value. Levenberg and
/// Marquardt's method with geodesic acceleration: a step bends as the residuals do along it, so that it follows narrow,
/// curved valleys (Transtrum, Machta and Sethna, Phys. Rev. E 83 (2011) 036701). Throws what the functions throw.
Eigen::VectorXd levenberg_marquardt(SquaresProblem const& problem, Eigen::VectorXd start);

}  // namespace hadronforce
