#pragma once

#include "hadronforce/error.hpp"
#include "hadronforce/parameters/parameter.hpp"

#include <Eigen/Core>

#include <functional>
#include <string>
#include <vector>

namespace hadronforce {

/// Deviations of a model from data, turned so that chi^2 is the sum of their squares. InputError and ConvergenceError
/// stand for parameters that the model refuses; a fit does not step there.
using Residuals = std::function<Eigen::VectorXd(Eigen::VectorXd const& parameters)>;

struct LeastSquaresFit {
    Eigen::VectorXd values;
    double chi2;
    Eigen::VectorXd residuals;
    Eigen::MatrixXd jacobian;  ///< of the residuals, residuals x parameters, by central differences
    /// (J^T J)^-1 of the parameters that are not at a bound, its pseudo-inverse where directions are undetermined; zero
    /// for those at a bound.
    Eigen::MatrixXd covariance;
    std::vector<bool> at_bound;
    /// Directions along which the parameters may move and chi^2 does not see it, parameters x directions, the largest
    /// entry of each 1. No columns where the data determine everything.
    Eigen::MatrixXd undetermined;
    double distance_to_minimum;  ///< g^T (J^T J)^-1 g with g = J^T residuals: how much chi^2 is expected to fall still
    int evaluations;

    bool is_determined(Eigen::Index parameter) const;
    /// Square roots of the covariance's diagonal; not a number for what is undetermined.
    Eigen::VectorXd errors() const;
    /// Correlation coefficients; 0 beside parameters at a bound or undetermined.
    Eigen::MatrixXd correlations() const;
};

/// A sum of parameters that data determine although they do not determine each.
struct Combination {
    Eigen::VectorXd coefficients;  ///< one a parameter, the largest 1; 0 for what is determined by itself
    double value, error;
};

/// As many as the data determine of the parameters that are undetermined.
std::vector<Combination> determined_combinations(LeastSquaresFit const& fit);

/// A fit that ended where chi^2 may still fall.
struct NotConverged : ConvergenceError {
    NotConverged(std::string const& message, LeastSquaresFit where)
        : ConvergenceError(message), fit(std::move(where)) {}
    LeastSquaresFit fit;
};

/// Levenberg and Marquardt's method with geodesic acceleration from the parameters' starts. A bound is kept by MINUIT's
/// change of variable; what has a log-uniform prior moves in its logarithm. Derivatives are differences over a tenth of
/// a standard deviation, large against what an exact solver's tolerance leaves. It has converged when chi^2 is not
/// expected to fall by more than 1e-3, or 1e-2 where it has ceased to fall (times chi^2 for each degree of freedom,
/// where that is more than 1); a direction so flat that chi^2 does not fall along it although derivatives say so counts
/// as undetermined. Throws InputError for bounds that exclude the start, for what the model says of the start, and for
/// fewer residuals than parameters; NotConverged, at the latest after about `largest_evaluations` (0: 1000 + 500 for
/// each parameter).
LeastSquaresFit least_squares(Residuals const& residuals, std::vector<Parameter> const& parameters,
                              int largest_evaluations = 0);

/// The same, content with an end from which chi^2 is expected to fall by less than `expected_fall`.
LeastSquaresFit least_squares_to(double expected_fall, Residuals const& residuals,
                                 std::vector<Parameter> const& parameters);

/// Probability of a chi^2 at least as large, for so many degrees of freedom; 1 for none.
double chi2_probability(double chi2, double degrees_of_freedom);

}  // namespace hadronforce
