#include "commands/fit_output.hpp"

#include "commands/fit_report.hpp"
#include "commands/fit_spread.hpp"
#include "commands/minima_output.hpp"
#include "commands/potential_radii.hpp"
#include "hadronforce/report/hepdata_table.hpp"
#include "hadronforce/report/table.hpp"
#include "hadronforce/storage/file.hpp"
#include "hadronforce/storage/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr std::int64_t fit_format_version = 1;

void write_open_directions(File& file, LeastSquaresFit const& fit, std::string const& units) {
    file.write_all("/parameters/undetermined", fit.undetermined.transpose(), Precision::float64,
                   {units, "directions along which chi^2 does not change", {"direction", "parameter"}});
    auto const combinations = determined_combinations(fit);
    if (combinations.empty()) return;
    RowMatrixXd coefficients(static_cast<Eigen::Index>(combinations.size()), fit.values.size());
    std::vector<double> values, errors;
    for (std::size_t i = 0; i < combinations.size(); ++i) {
        coefficients.row(static_cast<Eigen::Index>(i)) = combinations[i].coefficients.transpose();
        values.push_back(combinations[i].value);
        errors.push_back(combinations[i].error);
    }
    file.write_all("/parameters/combinations/coefficients", coefficients, Precision::float64,
                   {"1", "sums of parameters that the data determine", {"combination", "parameter"}});
    file.write_vector("/parameters/combinations/values", values, {units, "best values", {"combination"}});
    file.write_vector("/parameters/combinations/errors", errors, {units, "standard errors", {"combination"}});
}

using Rows = Eigen::Map<RowMatrixXd const>;

/// Rows of equal length that stand one after the other.
Rows in_rows(Eigen::VectorXd const& all, std::size_t rows) {
    auto const count = static_cast<Eigen::Index>(rows);
    return {all.data(), count, all.size() / count};
}

/// What follows from the parameters for the genuine pair.
void write_derived(File& file, std::string const& group, MeasurementResult const& r) {
    if (!r.numbers.empty()) {
        auto const column = [&](char const* name, Eigen::VectorXd const& values, char const* description) {
            std::string const path = group + "/derived/" + name;
            file.write_vector(path, {values.begin(), values.end()}, {units_of(r.numbers), description, {"quantity"}});
            file.set_attribute(path, "names", names_of(r.numbers));
        };
        column("values", r.derived_numbers.values, "what is known of the fitted interaction");
        column("errors", r.derived_numbers.errors, "standard errors, propagated from the parameters' covariance");
        std::vector<double> determined;
        for (bool const one : r.derived_numbers.determined) determined.push_back(one ? 1.0 : 0.0);
        file.write_vector(group + "/derived/determined", determined,
                          {"1", "1 of what the data determine, else 0", {"quantity"}});
        file.set_attribute(group + "/derived", "descriptions", descriptions_of(r.numbers));
    }
    for (std::size_t i = 0; i < r.curves.size(); ++i) {
        auto const curve = [&](std::string const& name, Eigen::VectorXd const& all, std::string const& description) {
            Eigen::VectorXd const values = in_rows(all, r.curves.size()).row(static_cast<Eigen::Index>(i)).transpose();
            file.write_vector(group + "/derived/curves/" + name, {values.begin(), values.end()},
                              {r.curves[i].unit, description, {"bin"}});
        };
        curve(r.curves[i].name, r.derived_curves.values, r.curves[i].description + ", in the middle of the bin");
        curve(r.curves[i].name + "_error", r.derived_curves.errors, "its standard error");
    }
    if (r.potentials.empty()) return;
    Eigen::ArrayXd const radii = potential_radii_fm();
    file.write_vector(group + "/derived/potential/r_fm", {radii.begin(), radii.end()}, {"fm", "radii", {"r"}});
    auto const potentials = [&](char const* name, Eigen::VectorXd const& all, char const* description) {
        file.write_all(group + "/derived/potential/" + name, in_rows(all, r.potentials.size()), Precision::float64,
                       {"MeV", description, {"potential", "r"}});
    };
    potentials("V_MeV", r.derived_potentials.values, "fitted potentials");
    potentials("V_error_MeV", r.derived_potentials.errors, "their standard errors");
    file.set_attribute(group + "/derived/potential", "paths", r.potentials);
}

/// The bins of one measurement, the same for tables and files. `group`: of its datasets.
Table table_of(FittedMeasurement const& measured, MeasurementResult const& r, std::string const& group) {
    auto const& bins = measured.data.bins;
    Table table("bin");
    auto const column = [&](char const* name, Eigen::ArrayXd const& values, char const* unit, char const* description,
                            char const* dataset, int digits = 10) {
        table.add({name, values, unit, description, group + dataset, digits});
    };
    column("k_low_MeV", bins.k_low_MeV, "MeV/c", "lower edge of the bin", "/k_low_MeV");
    column("k_high_MeV", bins.k_high_MeV, "MeV/c", "upper edge of the bin", "/k_high_MeV");
    column("k_star_MeV", bins.k_star_MeV, "MeV/c", "relative momentum k* that stands for the bin", "/k_star_MeV");
    column("C", bins.correlation, "1", "measured C", "/data/correlation");
    column("C_err", measured.data.variance.sqrt(), "1", "its standard error in the chi^2", "/data/error");
    column("model", r.model, "1", "fitted C in the bin, moved by the shifts of correlated errors",
           "/model/correlation");
    column("model_err", r.band, "1", "its standard error from the covariance of the parameters", "/model/error", 4);
    table.add({"", r.parts.baseline, "1", "C without any correlation: normalisation, polynomial, template",
               group + "/model/baseline"});
    column("genuine", r.genuine, "1", "C of the genuine pairs, averaged over the bin", "/model/genuine");
    column("residual", r.residuals, "1", "(measured C - fitted C)/error", "/residuals", 6);
    return table;
}

/// What genuine pairs, each contribution and the shifts of correlated errors add to the baseline.
void write_parts(File& file, std::string const& group, FittedMeasurement const& measured, MeasurementResult const& r) {
    std::vector<std::string> names{"genuine"};
    std::vector<Eigen::ArrayXd> parts{r.parts.genuine};
    for (std::size_t i = 0; i < r.parts.contributions.size(); ++i) {
        names.push_back(measured.model.contributions[i].name);
        parts.push_back(r.parts.contributions[i]);
    }
    for (std::size_t i = 0; i < r.shifts.size(); ++i) {
        names.push_back("shift of " + measured.data.correlated[i].name);
        parts.push_back(r.shifts[i]);
    }
    RowMatrixXd rows(static_cast<Eigen::Index>(parts.size()), r.parts.genuine.size());
    for (std::size_t i = 0; i < parts.size(); ++i)
        rows.row(static_cast<Eigen::Index>(i)) = parts[i].matrix().transpose();
    std::string const path = group + "/model/parts";
    file.write_all(path, rows, Precision::float64,
                   {"1", "what pairs of each kind, and correlated errors, add to the baseline", {"part", "bin"}});
    file.set_attribute(path, "names", names);
}

void write_measurement(File& file, std::string const& group, FittedMeasurement const& measured,
                       MeasurementResult const& r) {
    auto const& bins = measured.data.bins;
    table_of(measured, r, group).write(file);
    if (measured.data.covariance)
        file.write_all(group + "/data/covariance", *measured.data.covariance, Precision::float64,
                       {"1", "covariance in the chi^2", {"bin", "bin"}});
    write_parts(file, group, measured, r);
    std::string const place = group.empty() ? "/" : group;
    file.set_attribute(place, "pair", measured.model.pair.name);
    file.set_attribute(place, "data", bins.path);
    file.set_attribute(place, group.empty() ? "chi2_of_data" : "chi2", r.chi2);
    for (auto const& qualifier : bins.qualifiers)
        file.set_attribute(group + "/data", "qualifier " + qualifier.name, qualifier.value);
    write_derived(file, group, r);
}

void write_scan(File& file, FitConfig const& config, ScanResult const& scan) {
    std::vector<std::string> names, axes;
    for (std::size_t i = 0; i < config.scan.size(); ++i) {
        auto const& axis = config.scan[i].axis;
        names.push_back(axis.name);
        axes.push_back("axis_" + std::to_string(i));
        file.write_vector("/scan/" + axes.back(), {axis.values.begin(), axis.values.end()},
                          {axis.unit, "values of " + axis.name, {axes.back()}});
    }
    auto const columns = config.scan.back().axis.values.size();
    if (axes.size() == 1)
        file.write_vector(
            "/scan/chi2", {scan.chi2.begin(), scan.chi2.end()},
            {"1", "chi^2 minimised over all other parameters; not a number where no fit converged", axes});
    else
        file.write_all("/scan/chi2", Rows(scan.chi2.data(), scan.chi2.size() / columns, columns), Precision::float64,
                       {"1", "chi^2 minimised over all other parameters; not a number where no fit converged", axes});
    file.write_all("/scan/parameters", scan.parameters, Precision::float64,
                   {units_of(config.parameters),
                    "parameters there, cells by the first axis, then the second",
                    {"cell", "parameter"}});
    file.set_attribute("/scan", "names", names);
}

}  // namespace

std::string fit_hepdata(FitConfig const& config, FitResult const& r) {
    auto const& measured = config.measurements.front();
    auto const& one = r.measurements.front();
    HepdataTable table{measured.data.bins.k_low_MeV, measured.data.bins.k_high_MeV, {}, {}};
    auto const& data = measured.data;
    HepdataTable::Column measured_c{"C(k*) measured", data.bins.correlation, {{"uncorrelated", data.variance.sqrt()}}};
    for (auto const& error : data.correlated)
        measured_c.errors.push_back({"correlated: " + error.name, error.of_bins.size() > 0
                                                                      ? error.of_bins
                                                                      : error.relative * data.bins.correlation});
    table.columns = {
        measured_c, {"C(k*) fitted", one.model, {{"fit", one.band}}}, {"C(k*) of genuine pairs", one.genuine}};
    table.qualifiers.emplace_back("pair", measured.model.pair.name);
    for (auto const& line : result_lines(config, r)) table.qualifiers.emplace_back("fit", line);
    return hepdata_text(table);
}

std::string scan_table(FitConfig const& config, FitResult const& r) {
    auto const& scan = *r.scan;
    auto const inner = config.scan.back().axis.values.size();
    Table table("cell");
    for (std::size_t i = 0; i < config.scan.size(); ++i) {
        auto const& axis = config.scan[i].axis;
        bool const outer = i + 1 < config.scan.size();
        Eigen::ArrayXd values(scan.chi2.size());
        for (Eigen::Index cell = 0; cell < values.size(); ++cell)
            values[cell] = axis.values[outer ? cell / inner : cell % inner];
        table.add({axis.name, values, axis.unit, "", "", 10});
    }
    table.add({"chi2", scan.chi2.array(), "1", "", "", 10});
    table.add({"chi2_rise", scan.chi2.array() - r.fit.chi2, "1", "", "", 6});
    auto const is_axis = [&](std::string const& name) {
        return std::any_of(config.scan.begin(), config.scan.end(), [&](auto const& a) { return a.axis.name == name; });
    };
    for (std::size_t i = 0; i < config.parameters.size(); ++i)
        if (!is_axis(config.parameters[i].name))
            table.add({config.parameters[i].name, scan.parameters.col(static_cast<Eigen::Index>(i)).array(),
                       config.parameters[i].unit, "", "", 10});
    table.comment(fit_title(config).substr(5, fit_title(config).find('\n') - 5));
    return table.csv();
}

std::string fit_table(FitConfig const& config, FitResult const& r) {
    bool const several = config.measurements.size() > 1;
    std::string head, comments, lines;
    for (std::size_t m = 0; m < config.measurements.size(); ++m) {
        auto const& measured = config.measurements[m];
        Table table = table_of(measured, r.measurements[m], "");
        if (several) {
            auto const number = static_cast<double>(m);
            table.add_first({"measurement", Eigen::ArrayXd::Constant(measured.data.bins.size(), number), "1", ""});
        }
        head = table.head();
        lines += table.lines();
        comments += several ? fmt::format("# measurement {}, {}: {} to {}\n", m, measured.name,
                                          measured.model.pair.name, measured.data.bins.path)
                            : fmt::format("# fit of {} to {}\n", measured.model.pair.name, measured.data.bins.path);
    }
    for (auto const& line : result_lines(config, r)) comments += "# " + line + "\n";
    return head + comments + lines;
}

void write_fit(Communicator const& comm, std::string const& path, std::string const& config_text,
               FitConfig const& config, FitResult const& r) {
    File file(comm, path, File::Mode::create);
    write_provenance(file, {"fit", fit_format_version, config_text, static_cast<std::int64_t>(config.seed)});
    std::vector<std::string> measurements;
    for (std::size_t m = 0; m < config.measurements.size(); ++m) {
        auto const& name = config.measurements[m].name;
        write_measurement(file, name.empty() ? "" : "/measurements/" + name, config.measurements[m], r.measurements[m]);
        if (!name.empty()) measurements.push_back(name);
    }
    if (!measurements.empty()) file.set_attribute("/measurements", "names", measurements);
    auto const names = names_of(config.parameters);
    std::string const units = units_of(config.parameters);
    auto const parameters = [&](std::string const& name, Eigen::ArrayXd const& values, char const* description) {
        file.write_vector("/parameters/" + name, {values.begin(), values.end()}, {units, description, {"parameter"}});
    };
    parameters("values", r.fit.values.array(), "best values");
    parameters("errors", r.fit.errors().array(),
               "standard errors from the covariance; 0 at a bound, not a number where the data determine none");
    file.write_all("/parameters/covariance", r.fit.covariance, Precision::float64,
                   {"(" + units + ") x (" + units + ")",
                    "(J^T J)^-1 of the whitened residuals, along what the data determine",
                    {"parameter", "parameter"}});
    file.write_all("/parameters/correlations", r.fit.correlations(), Precision::float64,
                   {"1", "correlation coefficients", {"parameter", "parameter"}});
    if (!r.profile.empty()) {
        Eigen::ArrayXd down(r.fit.values.size()), up(r.fit.values.size());
        for (Eigen::Index i = 0; i < down.size(); ++i) {
            auto const& errors = r.profile[static_cast<std::size_t>(i)];
            down[i] = errors.down.value_or(std::nan(""));
            up[i] = errors.up.value_or(std::nan(""));
        }
        parameters("profile_down", down,
                   "distance down to chi^2 + 1; not a number where a bound comes first or it was not found");
        parameters("profile_up", up,
                   "distance up to chi^2 + 1; not a number where a bound comes first or it was not found");
    }
    if (r.fit.undetermined.cols() > 0) write_open_directions(file, r.fit, units);
    write_minima(file, r.others, units, "chi2");
    file.set_attribute("/parameters", "names", names);
    if (r.scan) write_scan(file, config, *r.scan);
    write_spreads(file, config, r);
    file.set_attribute("/", "chi2", r.fit.chi2);
    file.set_attribute("/", "degrees_of_freedom", r.degrees_of_freedom);
    file.set_attribute("/", "p_value", r.p_value);
    file.set_attribute("/", "evaluations", static_cast<std::int64_t>(r.fit.evaluations));
    file.close();
}

}  // namespace hadronforce
