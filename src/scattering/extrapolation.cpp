#include "hadronforce/scattering/extrapolation.hpp"

#include "hadronforce/error.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace hadronforce {
namespace {

bool is_last(int level, int finest_level, double error) {
    // What leaves the range of a double here, behind barriers, does so on finer levels too.
    constexpr int out_of_range_level = 4;
    return level == finest_level || (level >= out_of_range_level && std::isnan(error));
}

double largest_change(Eigen::ArrayXd const& coarse, Eigen::ArrayXd const& fine, Eigen::Index judged) {
    return ((fine - coarse).head(judged).abs() / fine.head(judged).abs().max(1.0)).maxCoeff<Eigen::PropagateNaN>();
}

}  // namespace

ExtrapolatedValues extrapolate_eighth_order(std::function<Eigen::ArrayXd(int level)> const& values_at_level,
                                            Eigen::Index judged, double tolerance, int least_order, int finest_level) {
    Eigen::ArrayXd coarse = values_at_level(0);
    for (int level = 1;; ++level) {
        Eigen::ArrayXd fine = values_at_level(level);
        double const error = largest_change(coarse, fine, judged) / (std::exp2(least_order) - 1.0);
        if (error <= tolerance || is_last(level, finest_level, error))
            return {{fine + (fine - coarse) / 255.0, error}, level};
        coarse = std::move(fine);
    }
}

ExtrapolatedValues refine_irregular(std::function<Eigen::ArrayXd(int level)> const& values_at_level,
                                    Eigen::Index judged, double tolerance, int finest_level) {
    double before = std::numeric_limits<double>::infinity();
    Eigen::ArrayXd coarse = values_at_level(0);
    for (int level = 1;; ++level) {
        Eigen::ArrayXd fine = values_at_level(level);
        double const change = largest_change(coarse, fine, judged);
        double const error = std::max(change, before / 16.0);
        if (error <= tolerance || is_last(level, finest_level, error)) return {{std::move(fine), error}, level};
        before = change;
        coarse = std::move(fine);
    }
}

ExtrapolatedValues extrapolate_as_far_as_needed(std::function<Eigen::ArrayXd(int level)> const& values_at_level,
                                                Eigen::Index judged, double tolerance, int finest_level) {
    // Over 3,000 draws of a five-parameter prior the true error never exceeded 5 times the last correction where that
    // was above rounding; over all that is accepted tests/accuracy draws hold the tolerance with it.
    constexpr double safety = 8.0;
    Eigen::ArrayXd coarse = values_at_level(0);
    Eigen::ArrayXd middle = values_at_level(1);
    Eigen::ArrayXd once = middle + (middle - coarse) / 15.0;
    for (int level = 2;; ++level) {
        Eigen::ArrayXd fine = values_at_level(level);
        Eigen::ArrayXd const once_finer = fine + (fine - middle) / 15.0;
        Eigen::ArrayXd values = once_finer + (once_finer - once) / 63.0;
        double const error = safety * ((values - once_finer).head(judged).abs() / values.head(judged).abs().max(1.0))
                                          .maxCoeff<Eigen::PropagateNaN>();
        if (error <= tolerance || is_last(level, finest_level, error)) return {{std::move(values), error}, level};
        middle = std::move(fine);
        once = once_finer;
    }
}

ExtrapolatedValues extrapolate_to_zero_step(std::function<Eigen::ArrayXd(int level)> const& values_at_level,
                                            Eigen::Index judged, double tolerance, int finest_level, bool has_knots) {
    auto result =
        (has_knots ? refine_irregular : extrapolate_as_far_as_needed)(values_at_level, judged, tolerance, finest_level);
    if (result.error_estimate <= tolerance) return result;
    char message[240];
    std::snprintf(
        message, sizeof message,
        "the radial solution reached only %.1e on the finest grid, %.1e was asked for; take a larger tolerance, a "
        "potential that is shallower or smoother, or, of a table, more rows",
        result.error_estimate, tolerance);
    throw ConvergenceError(message);
}

}  // namespace hadronforce
