#pragma once

#include "hadronforce/fit/least_squares.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {

/// MINUIT's change of variable: any real x is a parameter between its bounds. What has a log-uniform prior moves in its
/// logarithm.
class BoundedVariable {
  public:
    explicit BoundedVariable(Parameter const& parameter)
        : takes_logarithm_(moves_in_logarithm(parameter)),
          low_(coordinate(parameter.low)),
          high_(coordinate(parameter.high)),
          has_low_(std::isfinite(parameter.low)),
          has_high_(std::isfinite(parameter.high)),
          scale_(has_low_ == has_high_ ? 1.0
                                       : std::max(std::fabs(coordinate(parameter.start) - (has_low_ ? low_ : high_)),
                                                  1e-3 * std::max(1.0, std::fabs(coordinate(parameter.start))))) {}

    /// Whether it is an angle: between two bounds.
    bool is_angle() const { return has_low_ && has_high_; }

    double parameter(double x) const {
        double const c = inside(x);
        return takes_logarithm_ ? std::exp(c) : c;
    }

    /// d parameter/dx
    double slope(double x) const {
        double slope = 1.0;
        if (is_angle())
            slope = 0.5 * (high_ - low_) * std::cos(x);
        else if (has_low_)
            slope = scale_ * x / std::hypot(x, 1.0);
        else if (has_high_)
            slope = -scale_ * x / std::hypot(x, 1.0);
        return takes_logarithm_ ? slope * parameter(x) : slope;
    }

    /// The x of a parameter, moved off the bounds a little: there the slope is zero and nothing would move.
    double variable(double parameter) const {
        double const c = coordinate(parameter);
        if (is_angle()) return std::asin(2.0 * std::clamp((c - low_) / (high_ - low_), 1e-3, 1.0 - 1e-3) - 1.0);
        if (!has_low_ && !has_high_) return c;
        double const distance = std::max((has_low_ ? c - low_ : high_ - c) / scale_, 1e-3);
        return std::sqrt(distance * (distance + 2.0));
    }

  private:
    double coordinate(double parameter) const { return takes_logarithm_ ? std::log(parameter) : parameter; }

    double inside(double x) const {
        if (is_angle()) return low_ + 0.5 * (high_ - low_) * (std::sin(x) + 1.0);
        if (has_low_) return low_ + scale_ * (std::hypot(x, 1.0) - 1.0);
        if (has_high_) return high_ - scale_ * (std::hypot(x, 1.0) - 1.0);
        return x;
    }

    bool takes_logarithm_;
    double low_, high_;
    bool has_low_, has_high_;
    double scale_;
};

}  // namespace hadronforce
