#pragma once

#include "hadronforce/fit/least_squares.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {

/// MINUIT's change of variable: any real x is a parameter between its bounds.
class BoundedVariable {
  public:
    explicit BoundedVariable(Parameter const& parameter)
        : low_(parameter.low),
          high_(parameter.high),
          has_low_(std::isfinite(parameter.low)),
          has_high_(std::isfinite(parameter.high)),
          scale_(has_low_ == has_high_ ? 1.0
                                       : std::max(std::fabs(parameter.start - (has_low_ ? low_ : high_)),
                                                  1e-3 * std::max(1.0, std::fabs(parameter.start)))) {}

    double parameter(double x) const {
        if (has_low_ && has_high_) return low_ + 0.5 * (high_ - low_) * (std::sin(x) + 1.0);
        if (has_low_) return low_ + scale_ * (std::hypot(x, 1.0) - 1.0);
        if (has_high_) return high_ - scale_ * (std::hypot(x, 1.0) - 1.0);
        return x;
    }

    /// d parameter/dx
    double slope(double x) const {
        if (has_low_ && has_high_) return 0.5 * (high_ - low_) * std::cos(x);
        if (has_low_) return scale_ * x / std::hypot(x, 1.0);
        if (has_high_) return -scale_ * x / std::hypot(x, 1.0);
        return 1.0;
    }

    /// The x of a parameter, moved off the bounds a little: there the slope is zero and nothing would move.
    double variable(double parameter) const {
        if (has_low_ && has_high_)
            return std::asin(2.0 * std::clamp((parameter - low_) / (high_ - low_), 1e-3, 1.0 - 1e-3) - 1.0);
        if (!has_low_ && !has_high_) return parameter;
        double const distance = std::max((has_low_ ? parameter - low_ : high_ - parameter) / scale_, 1e-3);
        return std::sqrt(distance * (distance + 2.0));
    }

  private:
    double low_, high_;
    bool has_low_, has_high_;
    double scale_;
};

}  // namespace hadronforce
