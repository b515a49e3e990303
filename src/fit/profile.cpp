#include "hadronforce/fit/profile.hpp"

#include "hadronforce/dataset/random.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <algorithm>
#include <cmath>

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
    std::optional<double> distance;
    std::optional<Eigen::VectorXd> lower;
};

class Side {
  public:
    Side(Residuals const& residuals, std::vector<FitParameter> const& parameters, LeastSquaresFit const& fit,
         Eigen::Index which, double sign)
        : residuals_(residuals), parameters_(parameters), fit_(fit), which_(which), sign_(sign) {}

    Scan scan() const {
        auto const& parameter = parameters_[static_cast<std::size_t>(which_)];
        double const farthest =
            sign_ > 0.0 ? parameter.high - fit_.values[which_] : fit_.values[which_] - parameter.low;
        double const sigma = std::sqrt(fit_.covariance(which_, which_));
        // Secants of the square root of chi^2's rise, which is a straight line for a parabola.
        double inner = 0.0, inner_root = 0.0;
        double distance = sigma > 0.0 ? sigma : 1.0 / fit_.jacobian.col(which_).norm();
        for (int step = 0; step < 30; ++step) {
            bool const at_bound = distance >= farthest;
            distance = std::min(distance, farthest);
            auto const [rise, values] = at(distance);
            if (rise < -rounding) return {std::nullopt, values};
            if (std::fabs(rise - 1.0) < 2e-3) return {distance, std::nullopt};
            if (at_bound && rise < 1.0) return {};
            double const root = std::sqrt(std::max(rise, 0.0));
            double const slope = (root - inner_root) / (distance - inner);
            double const next = slope > 0.0 ? distance + (1.0 - root) / slope : 2.0 * distance;
            if (rise < 1.0) {
                inner = distance;
                inner_root = root;
            }
            distance = std::clamp(next, inner + 0.05 * (distance - inner), inner + 4.0 * std::max(distance, sigma));
        }
        throw ConvergenceError("the profile of " + parameter.name + " does not reach chi2 + 1; bound the parameter");
    }

  private:
    struct Point {
        double rise;
        Eigen::VectorXd values;
    };

    /// chi^2 minimised over the others, from where the covariance expects them.
    Point at(double distance) const {
        double const value = fit_.values[which_] + sign_ * distance;
        double const variance = fit_.covariance(which_, which_);
        std::vector<FitParameter> others;
        for (Eigen::Index i = 0; i < fit_.values.size(); ++i) {
            if (i == which_) continue;
            auto other = parameters_[static_cast<std::size_t>(i)];
            double const slope = variance > 0.0 ? fit_.covariance(i, which_) / variance : 0.0;
            other.start = std::clamp(fit_.values[i] + slope * sign_ * distance, other.low, other.high);
            others.push_back(other);
        }
        auto const best = least_squares(with_fixed(residuals_, which_, value), others);
        Eigen::VectorXd all(fit_.values.size());
        all << best.values.head(which_), value, best.values.tail(best.values.size() - which_);
        return {best.chi2 - fit_.chi2, all};
    }

    Residuals const& residuals_;
    std::vector<FitParameter> const& parameters_;
    LeastSquaresFit const& fit_;
    Eigen::Index which_;
    double sign_;
};

/// What a scan found, as a row of numbers.
enum Column { found, distance, found_lower, first_value };

JobTable& table_of(FinishedJobs& jobs, std::string const& name, Eigen::Index count, Eigen::Index numbers) {
    auto& table = jobs[name];
    if (table.results().rows() != count || table.results().cols() != numbers) table = JobTable(count, numbers);
    return table;
}

}  // namespace

Profile profile(Communicator const& comm, MakeResiduals const& make_residuals,
                std::vector<FitParameter> const& parameters, LeastSquaresFit const& fit, FinishedJobs& jobs,
                std::string const& name) {
    Eigen::Index const n = fit.values.size();
    auto& table = table_of(jobs, name, 2 * n, first_value + n);
    table.work(comm, [&](Eigen::Index job) {
        Residuals const residuals = make_residuals();
        auto const scan = Side(residuals, parameters, fit, job / 2, job % 2 == 0 ? -1.0 : 1.0).scan();
        Eigen::VectorXd row = Eigen::VectorXd::Zero(first_value + n);
        row[found] = scan.distance ? 1.0 : 0.0;
        row[distance] = scan.distance.value_or(0.0);
        row[found_lower] = scan.lower ? 1.0 : 0.0;
        if (scan.lower) row.tail(n) = *scan.lower;
        return row;
    });
    Profile result;
    for (Eigen::Index job = 0; job < 2 * n; ++job) {
        auto const row = table.results().row(job);
        if (job % 2 == 0) result.errors.emplace_back();
        auto& side = job % 2 == 0 ? result.errors.back().down : result.errors.back().up;
        if (row[found] != 0.0) side = row[distance];
        if (row[found_lower] != 0.0 && !result.lower_minimum) result.lower_minimum = row.tail(n);
    }
    return result;
}

namespace {

std::vector<FitParameter> start_number(std::vector<FitParameter> const& parameters, int number, std::uint64_t seed) {
    auto result = parameters;
    if (number == 0) return result;
    for (std::size_t i = 0; i < result.size(); ++i) {
        auto& p = result[i];
        double const reach = 0.5 * std::max(std::fabs(p.start), 1e-3);
        double const low = std::isfinite(p.low) ? p.low : p.start - reach;
        double const high = std::isfinite(p.high) ? p.high : p.start + reach;
        double const u = uniform_draw(seed, static_cast<std::uint64_t>(number), static_cast<std::uint32_t>(i));
        p.start = low + u * (high - low);
    }
    return result;
}

}  // namespace

LeastSquaresFit best_of_starts(Communicator const& comm, MakeResiduals const& make_residuals,
                               std::vector<FitParameter> const& parameters, int more_starts, std::uint64_t seed,
                               FinishedJobs& jobs) {
    auto const fit_from = [&](Eigen::Index number) {
        return least_squares(make_residuals(), start_number(parameters, static_cast<int>(number), seed));
    };
    Eigen::Index best = 0;
    if (more_starts > 0) {
        enum { converged, chi2, numbers };
        auto& table = table_of(jobs, "starts", 1 + more_starts, numbers);
        table.work(comm, [&](Eigen::Index number) -> Eigen::VectorXd {
            try {
                return Eigen::Vector2d(1.0, fit_from(number).chi2);
            } catch (InputError const&) {
            } catch (ConvergenceError const&) {
            }
            return Eigen::Vector2d::Zero();
        });
        auto const& results = table.results();
        for (Eigen::Index number = 0; number <= more_starts; ++number) {
            if (results(number, converged) == 0.0) continue;
            // A later start counts only where it is better than what two ways to one minimum differ by.
            if (results(best, converged) == 0.0 || results(number, chi2) < results(best, chi2) - 1e-3) best = number;
        }
    }
    LeastSquaresFit fit;
    bool interrupted = false;
    agree(comm, [&] {
        try {
            fit = fit_from(best);
        } catch (Interrupted const&) {
            interrupted = true;
        }
    });
    if (comm.max(std::int64_t{interrupted}) != 0) throw Interrupted("stopped by a signal");
    return fit;
}

}  // namespace hadronforce
