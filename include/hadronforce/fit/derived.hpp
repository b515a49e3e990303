#pragma once

#include "hadronforce/fit/least_squares.hpp"

#include <Eigen/Core>

#include <functional>
#include <vector>

namespace hadronforce {

/// An axis of the parameters' covariance, as long as a standard deviation.
struct ErrorAxis {
    Eigen::VectorXd step;
    /// The parameters move to values + z step + z^2 bend where a measurement moves by z; empty: not known.
    Eigen::VectorXd bend = {};
    /// In standard deviations, over which slopes and bends are differences: at a whole one what is beyond bends enters,
    /// and a0 of a potential whose depth and range are strongly correlated got 1.7 times its error.
    double reach = 0.3;

    Eigen::VectorXd at(Eigen::VectorXd const& values, double z) const;
};

/// Straight ones, those of the correlation matrix. Axes without length are left out.
std::vector<ErrorAxis> error_axes(Eigen::MatrixXd const& covariance);

/// Those of a fit, bent so that along each the residuals change as by their slopes ("geodesic acceleration": Transtrum,
/// Machta and Sethna, Phys. Rev. E 83 (2011) 036701). Where residuals cannot be computed beside the fit the bend is
/// not known. The reach is shortened, to 0.001 at most, where the residuals change otherwise within it.
std::vector<ErrorAxis> error_axes(LeastSquaresFit const& fit, Residuals const& residuals);

/// Standard errors of what follows from parameters, to first order, by differences of `function` along each axis. Along
/// bent axes, where it has slope b and bend c, sqrt(b^2 + 3 c^2), the root mean square of b z + c z^2 for a normal z: c
/// counts where b nearly vanishes. NaN where it throws InputError or ConvergenceError there; throws what it throws at
/// `values`.
Eigen::VectorXd propagated_errors(std::function<Eigen::VectorXd(Eigen::VectorXd const&)> const& function,
                                  Eigen::VectorXd const& values, std::vector<ErrorAxis> const& axes);

/// What follows from the parameters of a fit.
struct Derived {
    Eigen::VectorXd values;
    Eigen::VectorXd errors;        ///< propagated_errors
    std::vector<bool> determined;  ///< not so where it changes from the fit to an open point
};

/// Parameters beside a fit that meet the data as it does, one to each side of every direction that the data leave open
/// to first order, a tenth of a value away, or nearer where the data see those; at last 1e-4 of a value away, as it is.
std::vector<Eigen::VectorXd> open_points(LeastSquaresFit const& fit, Residuals const& residuals);

/// `axes` and `open`: of the fit. Throws what `function` throws at the fit's values.
Derived derived(std::function<Eigen::VectorXd(Eigen::VectorXd const&)> const& function, LeastSquaresFit const& fit,
                std::vector<ErrorAxis> const& axes, std::vector<Eigen::VectorXd> const& open);

}  // namespace hadronforce
