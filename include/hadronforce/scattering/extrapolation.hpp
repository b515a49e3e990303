#pragma once

#include <Eigen/Core>

#include <functional>

namespace hadronforce {

/// Values, and how far they can be trusted.
struct EstimatedValues {
    Eigen::ArrayXd values;
    double error_estimate;  ///< largest, relative to max(1, |value|), over the values that were judged
};

/// Values at zero step.
struct ExtrapolatedValues : EstimatedValues {
    int level;  ///< finest level that was computed
};

/// Richardson extrapolation of a method of order step^8 from levels L - 1 and L. The error is estimated as if it fell
/// no faster than by step^`least_order`, so that it is not thought too small where a function is not that smooth: the
/// last difference over 2^least_order - 1. Levels 2, 3, ... are added until it is at most `tolerance`. What the finest
/// level does not bring there is returned, with an estimate above it or NaN.
ExtrapolatedValues extrapolate_eighth_order(std::function<Eigen::ArrayXd(int level)> const& values_at_level,
                                            Eigen::Index judged, double tolerance, int least_order, int finest_level);

/// Values of levels 0, 1, 2, ... whose errors fall irregularly, as where a potential has knots: nothing is
/// eliminated, and as two levels may agree by chance, the error is the last change or a sixteenth of the one before,
/// whichever is larger. Else as extrapolate_eighth_order.
ExtrapolatedValues refine_irregular(std::function<Eigen::ArrayXd(int level)> const& values_at_level,
                                    Eigen::Index judged, double tolerance, int finest_level);

/// Richardson extrapolation of a method of order step^4 with only even powers: from levels L-2, L-1, L (steps halved
/// each time) the powers 4 and 6 are eliminated. The error is the last correction times a safety factor of 8, taken
/// over the first `judged` values; levels 3, 4, ... are added until it is at most `tolerance`. Throws ConvergenceError
/// after `finest_level`. `has_knots`: by refine_irregular instead.
ExtrapolatedValues extrapolate_to_zero_step(std::function<Eigen::ArrayXd(int level)> const& values_at_level,
                                            Eigen::Index judged, double tolerance, int finest_level,
                                            bool has_knots = false);

/// The same, but what the finest level does not bring to the tolerance is returned, with an estimate above it or NaN;
/// what is NaN on level 4 already then.
ExtrapolatedValues extrapolate_as_far_as_needed(std::function<Eigen::ArrayXd(int level)> const& values_at_level,
                                                Eigen::Index judged, double tolerance, int finest_level);

}  // namespace hadronforce
