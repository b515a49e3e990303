#include "commands/fit_spread.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace hadronforce {
namespace {

constexpr double noise_of_solutions = 1e-5;  ///< relative; what moves less is fixed

/// Of the fit itself, in the order of the quantities.
Eigen::VectorXd central(FitConfig const& config, FitResult const& r, std::vector<Quantity> const& quantities) {
    Eigen::VectorXd values = Eigen::VectorXd::Constant(static_cast<Eigen::Index>(quantities.size()),
                                                       std::numeric_limits<double>::quiet_NaN());
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
    auto const values = spread.sorted(quantity);
    return !values.empty() && std::max(std::fabs(values.front() - center), std::fabs(values.back() - center)) >
                                  noise_of_solutions * std::max(std::fabs(center), 1e-9);
}

}  // namespace

std::vector<std::string> spread_lines(FitConfig const& config, FitResult const& r) {
    std::vector<std::string> lines;
    auto const quantities = quantities_of_spread(config.measurements, config.parameters);
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
            auto const values = spread.sorted(at);
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
        auto const values = spread.sorted(at);
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
    auto const quantities = quantities_of_spread(config.measurements, config.parameters);
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
