#include "hadronforce/fit/starts.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/random/random.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace hadronforce {
namespace {

constexpr std::uint64_t draws_a_start = 100;

/// After which a fit from a drawn start has found its minimum, or seldom finds one that counts.
int evaluations_of_drawn(std::size_t parameters) { return 100 + 100 * static_cast<int>(parameters); }

/// Infinite where the model refuses the parameters.
double chi2_at(Residuals const& residuals, Eigen::VectorXd const& parameters) {
    double chi2 = std::numeric_limits<double>::infinity();
    try {
        chi2 = residuals(parameters).squaredNorm();
    } catch (InputError const&) {
    } catch (ConvergenceError const&) {
    }
    return chi2;
}

/// A given start, a little inside the bounds, at which nothing would move.
std::vector<Parameter> begun_at(std::vector<Parameter> parameters, Eigen::VectorXd const& start) {
    for (std::size_t i = 0; i < parameters.size(); ++i)
        parameters[i].start = moved_inside(parameters[i], start[static_cast<Eigen::Index>(i)]);
    return parameters;
}

/// Draw `number` of starts: of the prior where there is one, else between the bounds, else about the start.
Eigen::VectorXd drawn_values(std::vector<Parameter> const& parameters, std::uint64_t number, std::uint64_t seed) {
    Eigen::VectorXd values(static_cast<Eigen::Index>(parameters.size()));
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        auto const& p = parameters[i];
        double const uniform = uniform_draw(seed, number, static_cast<std::uint32_t>(i));
        double const reach = 0.5 * std::max(std::fabs(p.start), 1e-3);
        double const low = std::isfinite(p.low) ? p.low : p.start - reach;
        double const high = std::isfinite(p.high) ? p.high : p.start + reach;
        values[static_cast<Eigen::Index>(i)] = moves_in_logarithm(p)
                                                   ? std::clamp(low * std::pow(high / low, uniform), low, high)
                                                   : low + uniform * (high - low);
    }
    return values;
}

/// The best of `draws_a_start` draws, of which each start has its own.
std::vector<Parameter> drawn(std::vector<Parameter> parameters, std::uint64_t number, std::uint64_t seed,
                             Residuals const& residuals) {
    Eigen::VectorXd best;
    double lowest = std::numeric_limits<double>::infinity();
    for (std::uint64_t draw = (number - 1) * draws_a_start; draw < number * draws_a_start; ++draw) {
        auto const values = drawn_values(parameters, draw, seed);
        auto const chi2 = chi2_at(residuals, values);
        if (best.size() > 0 && !(chi2 < lowest)) continue;
        best = values;
        lowest = chi2;
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i].start = best[static_cast<Eigen::Index>(i)];
    return parameters;
}

std::vector<Parameter> start_number(std::vector<Parameter> const& parameters, Starts const& starts, std::size_t number,
                                    Residuals const& residuals) {
    if (number == 0) return parameters;
    if (number <= starts.given.size()) return begun_at(parameters, starts.given[number - 1]);
    return drawn(parameters, number - starts.given.size(), starts.seed, residuals);
}

/// What is known of the fit from a start, as a row of numbers.
enum Column { outcome, chi2, first_value };
constexpr double converged = 1.0, stopped = 2.0;  ///< outcomes; 0: there is no end

Eigen::VectorXd row_of(double ended, LeastSquaresFit const& fit) {
    Eigen::VectorXd row(first_value + fit.values.size());
    row << ended, fit.chi2, fit.values;
    return row;
}

/// Collective: a row for each start.
Eigen::MatrixXd ends_of_fits(Communicator const& comm, std::function<LeastSquaresFit(Eigen::Index)> const& fit_from,
                             Eigen::Index starts, Eigen::Index parameters, FinishedJobs& jobs) {
    auto& known = jobs.tables["fits from starts"];
    if (known.results().cols() == first_value + parameters && known.results().rows() < starts) known.grow_to(starts);
    auto& table = table_of(jobs, "fits from starts", starts, first_value + parameters);
    table.work(
        comm,
        [&](Eigen::Index number) -> Eigen::VectorXd {
            try {
                return row_of(converged, fit_from(number));
            } catch (NotConverged const& end) {
                if (end.fit.chi2 < 1e29) return row_of(stopped, end.fit);
            } catch (InputError const&) {
            } catch (ConvergenceError const&) {
            }
            return Eigen::VectorXd::Zero(first_value + parameters);
        },
        jobs.save);
    return table.results();
}

/// The lowest of those that ended so; 0 where none did. A later one counts only where it is better than what two ways
/// to one minimum differ by; one that converged before one that did not.
Eigen::Index best_of(Eigen::MatrixXd const& ends, std::vector<double> const& counted) {
    std::optional<Eigen::Index> best;
    for (double const wanted : counted)
        for (Eigen::Index i = 0; i < ends.rows(); ++i)
            if (ends(i, outcome) == wanted && (!best || ends(i, chi2) < ends(*best, chi2) - 1e-3)) best = i;
    return best.value_or(0);
}

/// A fit that did not converge, begun again where it ended, as long as that leads down.
struct Further {
    LeastSquaresFit fit;
    bool converged;
    std::optional<NotConverged> failure;
};

Further gone_on(MakeResiduals const& make_residuals, std::vector<Parameter> const& parameters,
                std::function<LeastSquaresFit(Eigen::Index)> const& fit_from, Eigen::Index number) {
    Further further{};
    double before = std::numeric_limits<double>::infinity();
    for (int round = 0; round <= 5; ++round) {
        try {
            if (round == 0) return {fit_from(number), true, {}};
            auto again = parameters;
            for (std::size_t i = 0; i < again.size(); ++i)
                again[i].start =
                    std::clamp(further.fit.values[static_cast<Eigen::Index>(i)], again[i].low, again[i].high);
            return {least_squares(make_residuals(), again), true, {}};
        } catch (NotConverged const& end) {
            if (round == 0 || end.fit.chi2 < further.fit.chi2) further = {end.fit, false, end};
        }
        if (!(further.fit.chi2 < before - 1e-3 * std::max(1.0, further.fit.chi2))) break;
        before = further.fit.chi2;
    }
    return further;
}

BestOfStarts best_of_these(Communicator const& comm, MakeResiduals const& make_residuals,
                           std::vector<Parameter> const& parameters, Starts const& starts, FinishedJobs& jobs) {
    auto const fit_from = [&](Eigen::Index number) {
        auto const residuals = make_residuals();
        auto const start = static_cast<std::size_t>(number);
        bool const is_drawn = start > starts.given.size();
        return least_squares(residuals, start_number(parameters, starts, start, residuals),
                             is_drawn ? evaluations_of_drawn(parameters.size()) : 0);
    };
    auto const others = static_cast<Eigen::Index>(starts.given.size()) + starts.drawn;
    BestOfStarts result;
    Eigen::Index best = 0, lowest = 0;
    if (others > 0) {
        auto const ends = ends_of_fits(comm, fit_from, 1 + others, static_cast<Eigen::Index>(parameters.size()), jobs);
        best = best_of(ends, {converged});
        lowest = best_of(ends, {converged, stopped});
        for (Eigen::Index i = 0; i < ends.rows(); ++i)
            if (ends(i, outcome) == converged)
                result.ends.push_back({ends.row(i).tail(ends.cols() - first_value).transpose(), ends(i, chi2)});
        if (result.ends.empty()) best = lowest;
    }
    bool interrupted = false;
    std::optional<NotConverged> end;  // of all ranks alike: each does the same
    agree(comm, [&] {
        try {
            if (lowest != best || (others > 0 && result.ends.empty())) {
                auto const further = gone_on(make_residuals, parameters, fit_from, lowest);
                if (further.converged || result.ends.empty()) result.fit = further.fit;
                if (further.converged) {
                    result.ends.push_back({further.fit.values, further.fit.chi2});
                    return;
                }
                if (result.ends.empty()) throw *further.failure;
                result.lower = further.fit;
            }
            result.fit = fit_from(best);
        } catch (Interrupted const&) {
            interrupted = true;
        } catch (NotConverged const& not_converged) {
            end = not_converged;
        }
    });
    if (comm.max(std::int64_t{interrupted}) != 0) throw Interrupted("stopped by a signal");
    if (end) throw *end;
    if (result.lower && result.lower->chi2 > result.fit.chi2 - 1.0) result.lower.reset();
    if (others == 0) result.ends.push_back({result.fit.values, result.fit.chi2});
    return result;
}

}  // namespace

BestOfStarts best_of_starts(Communicator const& comm, MakeResiduals const& make_residuals,
                            std::vector<Parameter> const& parameters, Starts const& starts, FinishedJobs& jobs) {
    auto these = starts;
    while (true) {
        bool const may_go_on = starts.goes_on && these.drawn < starts.at_most;
        try {
            auto result = best_of_these(comm, make_residuals, parameters, these, jobs);
            if (!may_go_on || !starts.goes_on(result.fit)) return result;
        } catch (NotConverged const&) {
            if (!may_go_on) throw;
        }
        these.drawn = std::min(std::max(1, 4 * these.drawn), starts.at_most);
    }
}

double moved_inside(Parameter const& parameter, double value) {
    if (!std::isfinite(parameter.high - parameter.low)) return std::clamp(value, parameter.low, parameter.high);
    bool const in_logarithm = moves_in_logarithm(parameter);
    auto const at = [&](double part) {
        return in_logarithm ? parameter.low * std::pow(parameter.high / parameter.low, part)
                            : parameter.low + part * (parameter.high - parameter.low);
    };
    return std::clamp(value, at(0.01), at(0.99));
}

std::vector<Minimum> other_minima(std::vector<Minimum> ends, Eigen::VectorXd const& values,
                                  Eigen::VectorXd const& errors, double highest_chi2,
                                  std::vector<Parameter> const& parameters) {
    auto const covers = [&](Eigen::VectorXd const& one, Eigen::VectorXd const& other) {
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            auto const at = static_cast<Eigen::Index>(i);
            bool const in_logarithm = moves_in_logarithm(parameters[i]);
            auto const coordinate = [&](double value) { return in_logarithm ? std::log(value) : value; };
            double const width = coordinate(parameters[i].high) - coordinate(parameters[i].low);
            double const error = in_logarithm ? errors[at] / one[at] : errors[at];
            double const reach = std::max(3.0 * (std::isfinite(error) ? error : width),
                                          0.01 * (std::isfinite(width) ? width : std::fabs(one[at])));
            if (!(std::fabs(coordinate(one[at]) - coordinate(other[at])) <= reach)) return false;
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
