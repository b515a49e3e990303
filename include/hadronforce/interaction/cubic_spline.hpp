#pragma once

#include <Eigen/Core>

namespace hadronforce {

/// The cubic spline through points (x_i, y_i) whose third derivative is continuous at the second and the last but one
/// point too ("not a knot"): exact for cubics, of error h^4 where y is smooth.
class CubicSpline {
  public:
    /// At least four points; x increases. Throws InputError otherwise, and for numbers that are not finite.
    CubicSpline(Eigen::ArrayXd x, Eigen::ArrayXd y);

    double front() const { return x_[0]; }
    double back() const { return x_[x_.size() - 1]; }
    Eigen::ArrayXd const& points() const noexcept { return x_; }
    Eigen::ArrayXd const& values() const noexcept { return y_; }

    /// For x from front() to back().
    double operator()(double x) const;
    double slope_at_front() const;

  private:
    Eigen::ArrayXd x_, y_, second_;
};

}  // namespace hadronforce
