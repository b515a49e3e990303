#include "hadronforce/measurement/hepdata.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/storage/csv_lines.hpp"
#include "measurement/hepdata_table.hpp"
#include "measurement/value_unit.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

namespace hadronforce {
namespace {

using hepdata::ErrorEntry;
using hepdata::Table;

bool is_percentage(ErrorEntry const& error) {
    return error.plus.find('%') != std::string::npos || error.minus.find('%') != std::string::npos;
}

/// A number, or "5%" of the value; 0 where there is none.
double error_size(Table const& table, std::string text, int line, double value, std::string const& what) {
    if (hepdata::is_missing(text)) return 0.0;
    bool const percentage = text.back() == '%';
    if (percentage) text.pop_back();
    try {
        double const size = hepdata::number(table, text, line, what);
        return percentage ? 0.01 * size * std::fabs(value) : size;
    } catch (InputError const&) {
        table.fail(
            line, fmt::format("{} is '{}'; it must be a number or a percentage", what, text + (percentage ? "%" : "")));
    }
}

struct Sides {
    double down = 0.0, up = 0.0;
    std::string problem;  ///< what is wrong with it
};

/// Signs that differ tell the sides: the positive one lifts the value. Those that agree tell nothing; then plus is up.
Sides read_error(Table const& table, ErrorEntry const& error, int line, double value) {
    if (error.symmetric) {
        double const size = error_size(table, error.plus, line, value, "symerror");
        if (size < 0.0) table.fail(line, fmt::format("symerror is {}; it must not be negative", size));
        return {size, size, ""};
    }
    double const plus = error_size(table, error.plus, line, value, "asymerror.plus");
    double const minus = error_size(table, error.minus, line, value, "asymerror.minus");
    bool const turned_round = plus < 0.0 && minus >= 0.0;
    return turned_round ? Sides{-plus, minus, ""} : Sides{std::fabs(minus), std::fabs(plus), ""};
}

/// The errors of one bin by name.
std::map<std::string, Sides> read_errors(Table const& table, hepdata::Entry const& entry, double value) {
    std::map<std::string, Sides> errors;
    for (auto const& error : entry.errors) {
        Sides sides;
        try {
            if (value_unit_in_name(error.label) == "%" && !is_percentage(error))
                table.fail(entry.line, fmt::format("the error '{}' is called a percentage but written as a number; "
                                                   "write 5% for a percentage of the value",
                                                   error.label));
            sides = read_error(table, error, entry.line, value);
        } catch (InputError const& problem) {
            sides.problem = problem.what();
        }
        if (!errors.emplace(error.label, sides).second)
            table.fail(entry.line,
                       fmt::format("the error {} is given twice for one bin; give each a label", error.label));
    }
    return errors;
}

Eigen::ArrayXd array_of(std::vector<double> const& values) {
    return Eigen::Map<Eigen::ArrayXd const>(values.data(), static_cast<Eigen::Index>(values.size()));
}

}  // namespace

bool is_hepdata(std::string const& path) {
    auto const dot = path.rfind('.');
    auto const ending = dot == std::string::npos ? "" : path.substr(dot);
    return ending == ".yaml" || ending == ".yml" || hepdata::is_csv_export(read_lines(path));
}

MeasuredCorrelation read_hepdata(std::string const& path, VariableChoice const& choice,
                                 MomentumReading const& reading) {
    auto const tables = hepdata::read_tables(path, 1);
    auto const [table, variable] = hepdata::chosen(tables, choice);
    if (table->independent.size() != 1)
        table->fail(table->independent[1].line,
                    fmt::format("the table has {} independent variables; a correlation function has one, k*",
                                table->independent.size()));
    auto const& momentum = table->independent.front();
    MeasuredCorrelation data;
    double const factor = factor_to_k_star_MeV(momentum.name, momentum.units, reading, table->where(momentum.line));
    data.value_unit = factor_of_values(variable->name, variable->units, reading, table->where(variable->line));
    if (variable->entries.size() != momentum.entries.size())
        table->fail(variable->values_line,
                    fmt::format("{} has {} values, the first variable has {}; give one for each bin", variable->name,
                                variable->entries.size(), momentum.entries.size()));

    data.path = path;
    data.qualifiers = variable->qualifiers;
    std::vector<double> low, high, centre, value;
    std::vector<std::map<std::string, Sides>> errors;
    for (std::size_t i = 0; i < momentum.entries.size(); ++i) {
        auto const& entry = variable->entries[i];
        auto const bin = hepdata::read_bin(*table, momentum.entries[i], factor);
        if (hepdata::is_missing(entry.value)) continue;
        value.push_back(hepdata::number(*table, entry.value, entry.line, "value"));
        errors.push_back(read_errors(*table, entry, value.back()));
        low.push_back(bin.low_MeV);
        high.push_back(bin.high_MeV);
        centre.push_back(bin.centre_MeV);
        data.lines.push_back(entry.line);
        data.table_rows.push_back(static_cast<int>(i));
    }
    data.k_low_MeV = array_of(low);
    data.k_high_MeV = array_of(high);
    data.k_star_MeV = array_of(centre);
    data.correlation = data.value_unit * array_of(value);
    check_values(data.correlation, data.value_unit, table->where(variable->line));
    std::map<std::string, NamedError> by_name;
    for (std::size_t i = 0; i < errors.size(); ++i)
        for (auto const& [name, sides] : errors[i]) {
            auto const zero = Eigen::ArrayXd::Zero(data.size());
            auto& error = by_name.try_emplace(name, NamedError{name, zero, zero, {}}).first->second;
            error.down[static_cast<Eigen::Index>(i)] = data.value_unit * sides.down;
            error.up[static_cast<Eigen::Index>(i)] = data.value_unit * sides.up;
            if (sides.problem.empty()) continue;
            error.problems.resize(errors.size());
            error.problems[i] = sides.problem;
        }
    for (auto const& [name, error] : by_name) data.errors.push_back(error);
    check_measured_correlation(data);
    return data;
}

}  // namespace hadronforce
