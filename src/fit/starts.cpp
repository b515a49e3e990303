#include "hadronforce/fit/starts.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/random/random.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace hadronforce {
namespace {

/// A given start, a little inside the bounds, at which nothing would move.
std::vector<Parameter> begun_at(std::vector<Parameter> parameters, Eigen::VectorXd const& start) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        auto& p = parameters[i];
        double const margin = std::isfinite(p.high - p.low) ? 0.01 * (p.high - p.low) : 0.0;
        p.start = std::clamp(start[static_cast<Eigen::Index>(i)], p.low + margin, p.high - margin);
    }
    return parameters;
}

std::vector<Parameter> drawn(std::vector<Parameter> parameters, std::uint64_t number, std::uint64_t seed) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        auto& p = parameters[i];
        double const reach = 0.5 * std::max(std::fabs(p.start), 1e-3);
        double const low = std::isfinite(p.low) ? p.low : p.start - reach;
        double const high = std::isfinite(p.high) ? p.high : p.start + reach;
        p.start = low + uniform_draw(seed, number, static_cast<std::uint32_t>(i)) * (high - low);
    }
    return parameters;
}

std::vector<Parameter> start_number(std::vector<Parameter> const& parameters, Starts const& starts,
                                    std::size_t number) {
    if (number == 0) return parameters;
    if (number <= starts.given.size()) return begun_at(parameters, starts.given[number - 1]);
    return drawn(parameters, number - starts.given.size(), starts.seed);
}

}  // namespace

BestOfStarts best_of_starts(Communicator const& comm, MakeResiduals const& make_residuals,
                            std::vector<Parameter> const& parameters, Starts const& starts, FinishedJobs& jobs) {
    auto const fit_from = [&](Eigen::Index number) {
        return least_squares(make_residuals(), start_number(parameters, starts, static_cast<std::size_t>(number)));
    };
    auto const others = static_cast<Eigen::Index>(starts.given.size()) + starts.drawn;
    auto const n = static_cast<Eigen::Index>(parameters.size());
    BestOfStarts result;
    Eigen::Index best = 0;
    if (others > 0) {
        enum { converged, chi2, first_value };
        auto& table = table_of(jobs, "fits from starts", 1 + others, first_value + n);
        table.work(
            comm,
            [&](Eigen::Index number) {
                Eigen::VectorXd row = Eigen::VectorXd::Zero(first_value + n);
                try {
                    auto const fit = fit_from(number);
                    row << 1.0, fit.chi2, fit.values;
                } catch (InputError const&) {
                } catch (ConvergenceError const&) {
                }
                return row;
            },
            jobs.save);
        auto const& results = table.results();
        for (Eigen::Index number = 0; number <= others; ++number) {
            if (results(number, converged) == 0.0) continue;
            result.ends.push_back({results.row(number).tail(n).transpose(), results(number, chi2)});
            // A later start counts only where it is better than what two ways to one minimum differ by.
            if (results(best, converged) == 0.0 || results(number, chi2) < results(best, chi2) - 1e-3) best = number;
        }
    }
    bool interrupted = false;
    std::optional<NotConverged> end;  // of all ranks alike: each does the same
    agree(comm, [&] {
        try {
            result.fit = fit_from(best);
        } catch (Interrupted const&) {
            interrupted = true;
        } catch (NotConverged const& not_converged) {
            end = not_converged;
        }
    });
    if (comm.max(std::int64_t{interrupted}) != 0) throw Interrupted("stopped by a signal");
    if (end) throw *end;
    if (others == 0) result.ends.push_back({result.fit.values, result.fit.chi2});
    return result;
}

std::vector<Minimum> other_minima(std::vector<Minimum> ends, Eigen::VectorXd const& values,
                                  Eigen::VectorXd const& errors, double highest_chi2,
                                  std::vector<Parameter> const& parameters) {
    auto const covers = [&](Eigen::VectorXd const& one, Eigen::VectorXd const& other) {
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            auto const at = static_cast<Eigen::Index>(i);
            double const width = parameters[i].high - parameters[i].low;
            double const reach = std::max(3.0 * (std::isfinite(errors[at]) ? errors[at] : width),
                                          0.01 * (std::isfinite(width) ? width : std::fabs(one[at])));
            if (!(std::fabs(one[at] - other[at]) <= reach)) return false;
        }
        return true;
    };
    std::stable_sort(ends.begin(), ends.end(), [](auto const& a, auto const& b) { return a.chi2 < b.chi2; });
    std::vector<Minimum> result;
    for (auto const& end : ends) {
        bool known = end.chi2 > highest_chi2 || covers(values, end.values);
        for (auto const& other : result) known = known || covers(other.values, end.values);
        if (!known) result.push_back(end);
    }
    return result;
}

}  // namespace hadronforce
