#include "commands/fit_spread.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/fit/replica.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace hadronforce {
namespace {

constexpr double noise_of_solutions = 1e-5;  ///< relative; what moves less is fixed
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
enum Column { converged, chi2, degrees_of_freedom, first_value };

std::string prefix_of(FittedMeasurement const& measured) { return measured.name.empty() ? "" : measured.name + "."; }

/// The row of one fit: what it has of the quantities by name, all else unknown.
Eigen::VectorXd row_of(std::vector<FittedMeasurement> const& measurements, std::vector<Parameter> const& parameters,
                       std::vector<Quantity> const& quantities, StopRequest const& stop) {
    Eigen::VectorXd row =
        Eigen::VectorXd::Constant(first_value + static_cast<Eigen::Index>(quantities.size()), unknown);
    row[converged] = 0.0;
    JointResiduals residuals(measurements, parameters);
    auto const put = [&](std::string const& name, double value) {
        if (auto const place = find(quantities, name)) row[first_value + static_cast<Eigen::Index>(*place)] = value;
    };
    try {
        auto const fit = least_squares(
            [&](Eigen::VectorXd const& p) {
                if (stop.on_this_rank()) throw Interrupted("stopped by a signal");
                return residuals(p);
            },
            parameters);
        for (std::size_t i = 0; i < parameters.size(); ++i)
            put(parameters[i].name, fit.values[static_cast<Eigen::Index>(i)]);
        for (std::size_t m = 0; m < measurements.size(); ++m) {
            auto const numbers = measurements[m].model.pair.kind->quantities().numbers;
            auto const values = residuals.model(m).genuine_in_middle(fit.values).numbers;
            for (std::size_t i = 0; i < numbers.size(); ++i)
                put(prefix_of(measurements[m]) + numbers[i].name, values[static_cast<Eigen::Index>(i)]);
        }
        row[chi2] = fit.chi2;
        row[degrees_of_freedom] =
            static_cast<double>(fit.residuals.size() - fit.values.size() + fit.undetermined.cols());
        row[converged] = 1.0;
    } catch (InputError const&) {
    } catch (ConvergenceError const&) {
    }
    return row;
}

FitSpread spread_of(Communicator const& comm, std::string const& name, Eigen::Index count,
                    std::vector<Quantity> const& quantities, std::function<Eigen::VectorXd(Eigen::Index)> const& job,
                    FinishedJobs& jobs) {
    Eigen::Index const numbers = first_value + static_cast<Eigen::Index>(quantities.size());
    auto& table = table_of(jobs, name, count, numbers);
    table.work(comm, job);
    return {table.results().col(converged), table.results().col(chi2), table.results().col(degrees_of_freedom),
            table.results().rightCols(numbers - first_value)};
}

/// Sorted values of one quantity, of fits that converged.
std::vector<double> sorted(FitSpread const& spread, Eigen::Index quantity) {
    std::vector<double> values;
    for (Eigen::Index i = 0; i < spread.converged.size(); ++i)
        if (spread.converged[i] != 0.0 && std::isfinite(spread.values(i, quantity)))
            values.push_back(spread.values(i, quantity));
    std::sort(values.begin(), values.end());
    return values;
}

double quantile(std::vector<double> const& values, double part) {
    double const at = part * static_cast<double>(values.size() - 1);
    auto const low = static_cast<std::size_t>(at);
    auto const high = std::min(low + 1, values.size() - 1);
    return values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
}

/// Of the fit itself, in the order of the quantities.
Eigen::VectorXd central(FitConfig const& config, FitResult const& r, std::vector<Quantity> const& quantities) {
    Eigen::VectorXd values = Eigen::VectorXd::Constant(static_cast<Eigen::Index>(quantities.size()), unknown);
    values.head(r.fit.values.size()) = r.fit.values;
    for (std::size_t m = 0; m < config.measurements.size(); ++m) {
        auto const& one = r.measurements[m];
        for (std::size_t i = 0; i < one.numbers.size(); ++i)
            if (auto const place = find(quantities, prefix_of(config.measurements[m]) + one.numbers[i].name))
                values[static_cast<Eigen::Index>(*place)] = one.derived_numbers.values[static_cast<Eigen::Index>(i)];
    }
    return values;
}

/// Of a parameter or quantity that the fit itself does not determine nothing is told.
bool is_determined(FitConfig const& config, FitResult const& r, std::vector<Quantity> const& quantities,
                   std::size_t quantity) {
    if (quantity < config.parameters.size()) return r.fit.is_determined(static_cast<Eigen::Index>(quantity));
    for (std::size_t m = 0; m < config.measurements.size(); ++m) {
        auto const& one = r.measurements[m];
        for (std::size_t i = 0; i < one.numbers.size(); ++i)
            if (prefix_of(config.measurements[m]) + one.numbers[i].name == quantities[quantity].name)
                return one.derived_numbers.determined[i];
    }
    return true;
}

bool moves(FitSpread const& spread, Eigen::Index quantity, double center) {
    auto const values = sorted(spread, quantity);
    return !values.empty() && std::max(std::fabs(values.front() - center), std::fabs(values.back() - center)) >
                                  noise_of_solutions * std::max(std::fabs(center), 1e-9);
}

}  // namespace

std::vector<Quantity> quantities_of_spread(FitConfig const& config) {
    std::vector<Quantity> quantities;
    for (auto const& parameter : config.parameters) quantities.push_back({parameter.name, parameter.unit, ""});
    for (auto const& measured : config.measurements)
        for (auto quantity : measured.model.pair.kind->quantities().numbers) {
            quantity.name = prefix_of(measured) + quantity.name;
            quantities.push_back(quantity);
        }
    return quantities;
}

FitSpread bootstrap(Communicator const& comm, FitConfig const& config, FitResult const& result, StopRequest const& stop,
                    FinishedJobs& jobs) {
    auto const quantities = quantities_of_spread(config);
    return spread_of(
        comm, "bootstrap", config.bootstrap_samples, quantities,
        [&](Eigen::Index sample) {
            auto const drawn =
                replica(config.measurements, config.parameters, result.fit.values, config.bootstrap_seed, sample);
            return row_of(drawn.measurements, drawn.parameters, quantities, stop);
        },
        jobs);
}

FitSpread variations(Communicator const& comm, FitConfig const& config, FitResult const& result,
                     StopRequest const& stop, FinishedJobs& jobs) {
    auto const quantities = quantities_of_spread(config);
    return spread_of(
        comm, "variations", static_cast<Eigen::Index>(config.variations.size()), quantities,
        [&](Eigen::Index number) {
            auto const& variation = config.variations[static_cast<std::size_t>(number)];
            auto parameters = variation.parameters;
            for (auto& parameter : parameters)
                for (std::size_t i = 0; i < config.parameters.size(); ++i)
                    if (config.parameters[i].name == parameter.name)
                        parameter.start =
                            std::clamp(result.fit.values[static_cast<Eigen::Index>(i)], parameter.low, parameter.high);
            return row_of(variation.measurements, parameters, quantities, stop);
        },
        jobs);
}

std::vector<std::string> spread_lines(FitConfig const& config, FitResult const& r) {
    std::vector<std::string> lines;
    auto const quantities = quantities_of_spread(config);
    Eigen::VectorXd const center = central(config, r, quantities);
    if (r.bootstrap) {
        auto const& spread = *r.bootstrap;
        auto const failed = (spread.converged.array() == 0.0).count();
        lines.push_back(fmt::format("bootstrap: {} samples{}; 16 % and 84 % of them lie at", spread.converged.size(),
                                    failed > 0 ? fmt::format(", {} without a fit", failed) : ""));
        for (std::size_t i = 0; i < quantities.size(); ++i) {
            auto const at = static_cast<Eigen::Index>(i);
            if (quantities[i].is_count || !is_determined(config, r, quantities, i) || !moves(spread, at, center[at]))
                continue;
            auto const values = sorted(spread, at);
            lines.push_back(fmt::format("  {} = {:.6g} {:+.2g} {:+.2g}", quantities[i].name, center[at],
                                        quantile(values, 0.158655) - center[at],
                                        quantile(values, 0.841345) - center[at]));
        }
    }
    if (!r.variations) return lines;
    auto const& spread = *r.variations;
    for (std::size_t v = 0; v < config.variations.size(); ++v) {
        auto const row = static_cast<Eigen::Index>(v);
        if (spread.converged[row] == 0.0) {
            lines.push_back(fmt::format("with {}: no fit", config.variations[v].label));
            continue;
        }
        std::string text = fmt::format("with {}: chi2/ndf = {:.6g}/{:.0f}", config.variations[v].label,
                                       spread.chi2[row], spread.degrees_of_freedom[row]);
        for (std::size_t i = 0; i < quantities.size(); ++i) {
            auto const at = static_cast<Eigen::Index>(i);
            double const value = spread.values(row, at);
            if (!quantities[i].is_count && std::isfinite(value) && is_determined(config, r, quantities, i) &&
                moves(spread, at, center[at]))
                text += fmt::format(", {} = {:.6g} ({:+.2g})", quantities[i].name, value, value - center[at]);
        }
        lines.push_back(text);
    }
    for (std::size_t i = 0; i < quantities.size(); ++i) {
        auto const at = static_cast<Eigen::Index>(i);
        auto const values = sorted(spread, at);
        if (quantities[i].is_count || values.empty() || !is_determined(config, r, quantities, i) ||
            !moves(spread, at, center[at]))
            continue;
        double squares = 0.0;
        for (double const value : values) squares += (value - center[at]) * (value - center[at]);
        lines.push_back(fmt::format("variations move {} by {:+.2g} to {:+.2g}, rms {:.2g}", quantities[i].name,
                                    values.front() - center[at], values.back() - center[at],
                                    std::sqrt(squares / static_cast<double>(values.size()))));
    }
    return lines;
}

void write_spreads(File& file, FitConfig const& config, FitResult const& r) {
    auto const quantities = quantities_of_spread(config);
    auto const write = [&](std::string const& group, FitSpread const& spread, char const* axis) {
        RowMatrixXd const values = spread.values;
        file.write_all(group + "/values", values, Precision::float64,
                       {units_of(quantities),
                        "parameters and quantities of each fit; not a number where it has none",
                        {axis, "quantity"}});
        file.set_attribute(group + "/values", "names", names_of(quantities));
        auto const column = [&](char const* name, Eigen::VectorXd const& numbers, char const* description) {
            file.write_vector(group + "/" + name, {numbers.begin(), numbers.end()}, {"1", description, {axis}});
        };
        column("chi2", spread.chi2, "chi^2");
        column("degrees_of_freedom", spread.degrees_of_freedom, "degrees of freedom");
        column("converged", spread.converged, "1 of fits that converged, else 0");
    };
    if (r.bootstrap) write("/bootstrap", *r.bootstrap, "sample");
    if (!r.variations) return;
    write("/variations", *r.variations, "variation");
    std::vector<std::string> labels;
    for (auto const& variation : config.variations) labels.push_back(variation.label);
    file.set_attribute("/variations", "labels", labels);
}

}  // namespace hadronforce
