#pragma once

#include <Eigen/Core>

#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace hadronforce {

/// What a fit may move, between bounds.
struct FitParameter {
    std::string name;
    double start;
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
};

/// Deviations of a model from data, turned so that chi^2 is the sum of their squares. InputError and ConvergenceError
/// stand for parameters that the model refuses; a fit does not step there.
using Residuals = std::function<Eigen::VectorXd(Eigen::VectorXd const& parameters)>;

struct LeastSquaresFit {
    Eigen::VectorXd values;
    double chi2;
    Eigen::VectorXd residuals;
    Eigen::MatrixXd jacobian;    ///< of the residuals, residuals x parameters, by central differences
    Eigen::MatrixXd covariance;  ///< (J^T J)^-1 of the parameters that are not at a bound; zero for those that are
    std::vector<bool> at_bound;
    double distance_to_minimum;  ///< g^T (J^T J)^-1 g with g = J^T residuals: how much chi^2 is expected to fall still
    int evaluations;

    /// Square roots of the covariance's diagonal.
    Eigen::VectorXd errors() const { return covariance.diagonal().cwiseSqrt(); }
    /// Correlation coefficients; 0 beside parameters at a bound.
    Eigen::MatrixXd correlations() const;
};

/// Levenberg and Marquardt's method (MINPACK's, in Eigen) from the parameters' starts. A bound is kept by MINUIT's
/// change of variable. Derivatives are differences over a tenth of a standard deviation, large against what an exact
/// solver's tolerance leaves. Throws InputError for bounds that exclude the start, for what the model says of the
/// start, for fewer residuals than parameters, and for parameters that the data do not determine, naming them;
/// ConvergenceError where chi^2 may fall by more than 1e-3 still.
LeastSquaresFit least_squares(Residuals const& residuals, std::vector<FitParameter> const& parameters,
                              int largest_evaluations = 2000);

/// Probability of a chi^2 at least as large, for so many degrees of freedom; 1 for none.
double chi2_probability(double chi2, double degrees_of_freedom);

}  // namespace hadronforce
