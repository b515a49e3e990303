#include "hadronforce/fit/profile.hpp"

#include "hadronforce/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hadronforce {
namespace {

/// How far chi^2 may fall below the fit's before that is another minimum.
constexpr double rounding = 0.01;

Residuals with_fixed(Residuals const& residuals, Eigen::Index which, double value) {
    return [&residuals, which, value](Eigen::VectorXd const& others) {
        Eigen::VectorXd all(others.size() + 1);
        all << others.head(which), value, others.tail(others.size() - which);
        return residuals(all);
    };
}

/// One side of one parameter.
struct Scan {
    enum Outcome { found, bound_first, lower_minimum, not_found } outcome;
    double distance = 0.0;
    Eigen::VectorXd lower{};
};

class Side {
  public:
    Side(Residuals const& residuals, std::vector<Parameter> const& parameters, LeastSquaresFit const& fit,
         Eigen::Index which, double sign)
        : residuals_(residuals), parameters_(parameters), fit_(fit), which_(which), sign_(sign) {}

    /// Secants of the square root of chi^2's rise, which is a straight line for a parabola; halves where chi^2 jumps.
    Scan scan() const {
        auto const& parameter = parameters_[static_cast<std::size_t>(which_)];
        double const farthest =
            sign_ > 0.0 ? parameter.high - fit_.values[which_] : fit_.values[which_] - parameter.low;
        double const sigma = std::sqrt(fit_.covariance(which_, which_));
        Point inner{0.0, fit_.values};
        double inner_distance = 0.0, outer_distance = std::numeric_limits<double>::infinity();
        double distance = sigma > 0.0 ? sigma : 1.0 / fit_.jacobian.col(which_).norm();
        for (int step = 0; step < 30; ++step) {
            bool const at_bound = distance >= farthest;
            distance = std::min(distance, farthest);
            Point const point = at(distance, inner.values, inner_distance);
            if (point.rise < -rounding) return {Scan::lower_minimum, 0.0, point.values};
            if (std::fabs(point.rise - 1.0) < 2e-3) return {Scan::found, distance};
            if (at_bound && point.rise < 1.0) return {Scan::bound_first};
            double const inner_root = std::sqrt(std::max(inner.rise, 0.0));
            double const root = std::sqrt(std::max(point.rise, 0.0));
            double const slope = (root - inner_root) / (distance - inner_distance);
            double const next = slope > 0.0 ? distance + (1.0 - root) / slope : 2.0 * distance;
            if (point.rise < 1.0) {
                inner_distance = distance;
                inner = point;
            } else {
                outer_distance = distance;
            }
            double const gap = outer_distance - inner_distance;
            if (gap < 1e-3 * outer_distance) return {Scan::found, inner_distance + 0.5 * gap};
            distance = std::isfinite(gap) ? std::clamp(next, inner_distance + 0.1 * gap, outer_distance - 0.1 * gap)
                                          : std::clamp(next, 1.05 * inner_distance,
                                                       inner_distance + 4.0 * std::max(inner_distance, sigma));
        }
        return {Scan::not_found};
    }

  private:
    struct Point {
        double rise;
        Eigen::VectorXd values;
    };

    /// chi^2 minimised over the others, from where the covariance or a point on the way expects them.
    Point at(double distance, Eigen::VectorXd const& on_the_way, double distance_on_the_way) const {
        double const value = fit_.values[which_] + sign_ * distance;
        double const variance = fit_.covariance(which_, which_);
        std::vector<Parameter> others;
        for (Eigen::Index i = 0; i < fit_.values.size(); ++i) {
            if (i == which_) continue;
            auto other = parameters_[static_cast<std::size_t>(i)];
            double const by_covariance = variance > 0.0 ? fit_.covariance(i, which_) / variance * sign_ : 0.0;
            double const slope =
                distance_on_the_way > 0.0 ? (on_the_way[i] - fit_.values[i]) / distance_on_the_way : by_covariance;
            other.start = std::clamp(fit_.values[i] + slope * distance, other.low, other.high);
            others.push_back(other);
        }
        auto const best = least_squares_to(rounding, with_fixed(residuals_, which_, value), others);
        Eigen::VectorXd all(fit_.values.size());
        all << best.values.head(which_), value, best.values.tail(best.values.size() - which_);
        return {best.chi2 - fit_.chi2, all};
    }

    Residuals const& residuals_;
    std::vector<Parameter> const& parameters_;
    LeastSquaresFit const& fit_;
    Eigen::Index which_;
    double sign_;
};

/// What a scan found, as a row of numbers.
enum Column { outcome, distance, first_value };

}  // namespace

Profile profile(Communicator const& comm, MakeResiduals const& make_residuals, std::vector<Parameter> const& parameters,
                LeastSquaresFit const& fit, FinishedJobs& jobs, std::string const& name) {
    Eigen::Index const n = fit.values.size();
    auto& table = table_of(jobs, name, 2 * n, first_value + n);
    table.work(
        comm,
        [&](Eigen::Index job) {
            Eigen::VectorXd row = Eigen::VectorXd::Zero(first_value + n);
            row[outcome] = Scan::not_found;
            if (!fit.is_determined(job / 2)) return row;
            Residuals const residuals = make_residuals();
            try {
                auto const scan = Side(residuals, parameters, fit, job / 2, job % 2 == 0 ? -1.0 : 1.0).scan();
                row[outcome] = scan.outcome;
                row[distance] = scan.distance;
                if (scan.outcome == Scan::lower_minimum) row.tail(n) = scan.lower;
            } catch (InputError const&) {
            } catch (ConvergenceError const&) {
            }
            return row;
        },
        jobs.save);
    Profile result;
    for (Eigen::Index job = 0; job < 2 * n; ++job) {
        auto const row = table.results().row(job);
        if (job % 2 == 0) result.errors.emplace_back();
        auto& errors = result.errors.back();
        errors.undetermined = !fit.is_determined(job / 2);
        auto const ended = static_cast<Scan::Outcome>(static_cast<int>(row[outcome]));
        if (ended == Scan::found) (job % 2 == 0 ? errors.down : errors.up) = row[distance];
        if (ended == Scan::not_found) (job % 2 == 0 ? errors.down_failed : errors.up_failed) = true;
        if (ended == Scan::lower_minimum && !result.lower_minimum) result.lower_minimum = row.tail(n);
    }
    return result;
}

}  // namespace hadronforce
