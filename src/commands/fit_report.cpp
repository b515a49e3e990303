#include "commands/fit_report.hpp"

#include "commands/fit_spread.hpp"
#include "commands/minima_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

namespace hadronforce {
namespace {

std::string side(std::optional<double> const& distance, bool failed, char sign) {
    return distance ? fmt::format("{}{:.2g}", sign, *distance)
                    : fmt::format("{}({})", sign, failed ? "not found" : "bound");
}

std::string chi2_text(FitResult const& r) {
    return fmt::format("chi2/ndf = {:.6g}/{:.0f} = {:.5g}, p = {:.3g}", r.fit.chi2, r.degrees_of_freedom,
                       r.degrees_of_freedom > 0.0 ? r.fit.chi2 / r.degrees_of_freedom : 0.0, r.p_value);
}

std::string parameter_text(FitConfig const& config, FitResult const& r, std::size_t i) {
    auto const at = static_cast<Eigen::Index>(i);
    auto text = fmt::format("{} = {:.6g}", config.parameters[i].name, r.fit.values[at]);
    if (!r.fit.is_determined(at)) return text + " (not determined by the data)";
    text += r.fit.at_bound[i] ? " (at its bound)" : fmt::format(" +- {:.2g}", r.fit.errors()[at]);
    if (r.profile.empty()) return text;
    auto const& profile = r.profile[i];
    text += fmt::format(", profile {} {}", side(profile.down, profile.down_failed, '-'),
                        side(profile.up, profile.up_failed, '+'));
    double const error = r.fit.errors()[at];
    auto const other = [&](std::optional<double> const& distance) {
        return distance && !r.fit.at_bound[i] && (*distance > 1.5 * error || error > 1.5 * *distance);
    };
    return text + (other(profile.down) || other(profile.up) ? " (not a parabola: quote the profile)" : "");
}

/// "lambda + 0.5 normalisation"
std::string sum_text(FitConfig const& config, Eigen::VectorXd const& coefficients) {
    std::string text;
    for (Eigen::Index i = 0; i < coefficients.size(); ++i) {
        double const c = coefficients[i];
        if (c == 0.0) continue;
        text += text.empty() ? (c < 0.0 ? "-" : "") : (c < 0.0 ? " - " : " + ");
        if (std::fabs(std::fabs(c) - 1.0) > 5e-4) text += fmt::format("{:.4g} ", std::fabs(c));
        text += config.parameters[static_cast<std::size_t>(i)].name;
    }
    return text;
}

/// What the data leave open, and what they determine of it all the same.
std::vector<std::string> open_directions(FitConfig const& config, LeastSquaresFit const& fit) {
    std::vector<std::string> lines;
    for (Eigen::Index i = 0; i < fit.undetermined.cols(); ++i) {
        Eigen::VectorXd const direction = fit.undetermined.col(i);
        lines.push_back((direction.array() != 0.0).count() == 1
                            ? sum_text(config, direction) + " changes nothing in the data; give it a value"
                            : "the data do not determine a change of the parameters along " +
                                  sum_text(config, direction) + "; give one of them a value");
    }
    for (auto const& combination : determined_combinations(fit))
        lines.push_back(fmt::format("determined to first order: {} = {:.6g} +- {:.2g}",
                                    sum_text(config, combination.coefficients), combination.value, combination.error));
    return lines;
}

struct Bin {
    FittedMeasurement const* measured;
    Eigen::Index at;
    double residual;
    std::string text() const {
        auto const& bins = measured->data.bins;
        return fmt::format("{:.4g} MeV/c ({}) by {:+.3g} errors", bins.k_star_MeV[at], bins.where(at), residual);
    }
};

/// Bins beyond so many errors from the model, the farthest first.
std::vector<Bin> bins_beyond(FitConfig const& config, FitResult const& r, double errors) {
    std::vector<Bin> far;
    for (std::size_t m = 0; m < config.measurements.size(); ++m) {
        auto const& residuals = r.measurements[m].residuals;
        for (Eigen::Index i = 0; i < residuals.size(); ++i)
            if (std::fabs(residuals[i]) > errors) far.push_back({&config.measurements[m], i, residuals[i]});
    }
    std::stable_sort(far.begin(), far.end(),
                     [](auto const& a, auto const& b) { return std::fabs(a.residual) > std::fabs(b.residual); });
    return far;
}

/// Up to three bins that lie more than five errors from the model.
std::string farthest_bins(FitConfig const& config, FitResult const& r) {
    auto const far = bins_beyond(config, r, 5.0);
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(far.size(), 3); ++i)
        text += (i == 0 ? "; farthest from it lies the bin at " : ", at ") + far[i].text();
    return text;
}

/// A bin that has more than half of chi^2.
std::string heaviest_bin(FitConfig const& config, FitResult const& r) {
    auto const far = bins_beyond(config, r, 3.0);
    if (far.empty() || far.front().measured->data.covariance) return "";
    double const part = far.front().residual * far.front().residual / r.fit.chi2;
    if (part < 0.5) return "";
    return fmt::format("\n{:.0f} % of chi2 are one bin's, at {}; check it", 100.0 * part, far.front().text());
}

/// "0.64(5)" and the like are the reader's: value, error and unit.
std::string derived_text(std::string const& name, Quantity const& quantity, Derived const& derived, std::size_t i) {
    auto const at = static_cast<Eigen::Index>(i);
    std::string const unit = quantity.unit == "1" ? "" : " " + quantity.unit;
    if (!derived.determined[i]) return fmt::format("{} (not determined by the data)", name);
    if (std::isnan(derived.errors[at]))
        return fmt::format("{} = {:.6g}{} (its error is not known)", name, derived.values[at], unit);
    return fmt::format("{} = {:.6g} +- {:.2g}{}", name, derived.values[at], derived.errors[at], unit);
}

/// Of each measurement what its genuine pair has and the fit moves; pairs that several share once.
std::vector<std::string> derived_lines(FitConfig const& config, FitResult const& r) {
    std::vector<std::string> lines;
    std::set<std::string> told;
    for (std::size_t m = 0; m < config.measurements.size(); ++m) {
        auto const& one = r.measurements[m];
        for (std::size_t i = 0; i < one.numbers.size(); ++i) {
            auto const at = static_cast<Eigen::Index>(i);
            // What moves by no more than solutions are known to is fixed.
            double const noise =
                10.0 * config.measurements[m].model.pair.tolerance * std::fabs(one.derived_numbers.values[at]);
            if (one.derived_numbers.errors[at] <= noise && one.derived_numbers.determined[i]) continue;
            if (one.numbers[i].is_count && one.derived_numbers.errors[at] == 0.0) continue;
            auto const text = derived_text(one.numbers[i].name, one.numbers[i], one.derived_numbers, i);
            if (told.insert(config.measurements[m].model.pair.name + text).second)
                lines.push_back((config.measurements[m].name.empty() ? "" : config.measurements[m].name + ": ") + text);
        }
    }
    return lines;
}

double sum_of_lambdas(MeasurementModel const& model, Eigen::VectorXd const& values) {
    Eigen::VectorXd const numbers = model.numbers_of(values);
    double sum = model.lambda.at(numbers);
    for (auto const& contribution : model.contributions) sum += contribution.lambda.at(numbers);
    return sum;
}

/// Where the scan's chi^2 exceeds its least by no more than one standard deviation of all axes at once, by axis.
std::string scan_text(FitConfig const& config, FitResult const& r) {
    auto const& chi2 = r.scan->chi2;
    auto const count = static_cast<int>(config.scan.size());
    auto const failed = chi2.array().isNaN().count();
    double least = r.fit.chi2;
    for (double const value : chi2)
        if (value < least) least = value;
    std::string text = fmt::format("scan over {}", config.scan[0].axis.name);
    if (count == 2) text += fmt::format(" and {}", config.scan[1].axis.name);
    text += fmt::format(": {} cells, chi2 from {:.6g}", chi2.size(), least);
    if (failed > 0) text += fmt::format(", {} without a fit", failed);
    auto const columns = config.scan.back().axis.values.size();
    for (int axis = 0; axis < count; ++axis) {
        auto const& values = config.scan[static_cast<std::size_t>(axis)].axis.values;
        double low = std::numeric_limits<double>::infinity(), high = -low;
        for (Eigen::Index cell = 0; cell < chi2.size(); ++cell) {
            if (!(chi2[cell] - least <= chi2_rise(1.0, count))) continue;
            double const value = values[count == 2 && axis == 0 ? cell / columns : cell % columns];
            low = std::min(low, value);
            high = std::max(high, value);
        }
        if (low <= high)
            text += fmt::format("; {} from {:.6g} to {:.6g} within one standard deviation",
                                config.scan[static_cast<std::size_t>(axis)].axis.name, low, high);
    }
    if (least < r.fit.chi2 - 0.01)
        text += fmt::format("\nwarning: the scan met chi2 {:.6g}, lower than the fit's {:.6g}: start the fit there",
                            least, r.fit.chi2);
    return text;
}

}  // namespace

std::string fit_title(FitConfig const& config) {
    auto const of = [](FittedMeasurement const& measured) {
        auto const& bins = measured.data.bins;
        return fmt::format("{} bins of {} from {:.4g} to {:.4g} MeV/c", bins.size(), bins.path, bins.k_low_MeV[0],
                           bins.k_high_MeV[bins.size() - 1]);
    };
    if (config.measurements.size() == 1)
        return fmt::format("fit: {}, {} parameters to {}", config.measurements[0].model.pair.name,
                           config.parameters.size(), of(config.measurements[0]));
    std::string text =
        fmt::format("fit: {} parameters to {} measurements", config.parameters.size(), config.measurements.size());
    for (auto const& measured : config.measurements)
        text += fmt::format("\n  {}: {}, {}", measured.name, measured.model.pair.name, of(measured));
    return text;
}

std::vector<std::string> result_lines(FitConfig const& config, FitResult const& r) {
    std::vector<std::string> lines{chi2_text(r)};
    for (std::size_t i = 0; i < config.parameters.size(); ++i) lines.push_back(parameter_text(config, r, i));
    for (auto const& line : open_directions(config, r.fit)) lines.push_back(line);
    for (auto const& line : derived_lines(config, r)) lines.push_back(line);
    for (auto const& line : spread_lines(config, r)) lines.push_back(line);
    return lines;
}

std::string fit_report(FitConfig const& config, FitResult const& r) {
    std::string text;
    for (std::size_t i = 0; i < config.parameters.size(); ++i) text += parameter_text(config, r, i) + "\n";
    auto const correlations = r.fit.correlations();
    for (Eigen::Index i = 0; i < correlations.rows(); ++i)
        for (Eigen::Index j = 0; j < i; ++j)
            if (r.fit.is_determined(i) && r.fit.is_determined(j))
                text += fmt::format("correlation of {} and {}: {:.4g}\n",
                                    config.parameters[static_cast<std::size_t>(j)].name,
                                    config.parameters[static_cast<std::size_t>(i)].name, correlations(i, j));
    for (auto const& line : open_directions(config, r.fit)) text += line + "\n";
    for (auto const& line : lines_of(r.others, names_of(config.parameters), "chi2")) text += line + "\n";
    for (auto const& line : derived_lines(config, r)) text += line + "\n";
    for (auto const& line : spread_lines(config, r)) text += line + "\n";
    for (std::size_t i = 0; config.measurements.size() > 1 && i < config.measurements.size(); ++i)
        text += fmt::format("{}: chi2 {:.6g} of {} bins\n", config.measurements[i].name, r.measurements[i].chi2,
                            config.measurements[i].data.bins.size());
    text += chi2_text(r);
    // One in a thousand: then the errors above, which assume that the model is right, say little.
    if (r.degrees_of_freedom > 0.0 && r.p_value < 1e-3)
        text += "\nthe model does not describe the data: errors of its parameters are not to be trusted" +
                farthest_bins(config, r);
    text += heaviest_bin(config, r);
    if (r.scan) text += "\n" + scan_text(config, r);
    for (auto const& measured : config.measurements) {
        double const lambdas = sum_of_lambdas(measured.model, r.fit.values);
        if (lambdas > 1.005 && !config.any_lambdas)
            text += fmt::format("\nwarning: {}the lambdas add to {:.4g}, more than all pairs",
                                measured.name.empty() ? "" : measured.name + ": ", lambdas);
    }
    return text;
}

}  // namespace hadronforce
