#include "hadronforce/measurement/correlation_csv.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/storage/csv_table.hpp"
#include "measurement/value_unit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace hadronforce {
namespace {

bool ends_with(std::string const& text, std::string const& end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// The column of that name, or the first there is of the usual ones; empty if there is none.
std::string find_column(CsvTable const& table, std::string const& given, std::vector<std::string> const& stems) {
    if (!given.empty()) return table.names[static_cast<std::size_t>(table.column(given))];
    for (auto const& stem : stems)
        for (char const* unit : {"_MeV", "_GeV", ""})
            if (table.has(stem + unit)) return stem + unit;
    return "";
}

Eigen::ArrayXd momenta_MeV(CsvTable const& table, std::string const& column, MomentumReading const& reading) {
    return factor_of_column(column, reading, table.where_names()) * table.values.col(table.column(column)).array();
}

/// NAME_err is symmetric, NAME_err_down and NAME_err_up are the two sides; `error` alone is called so.
std::vector<ErrorColumns> usual_errors(CsvTable const& table) {
    std::vector<ErrorColumns> errors;
    for (auto const& column : table.names) {
        if (column == "err" || column == "error")
            errors.push_back({"error", column, column});
        else if (ends_with(column, "_err"))
            errors.push_back({column.substr(0, column.size() - 4), column, column});
        else if (ends_with(column, "_err_down")) {
            auto const stem = column.substr(0, column.size() - 5);
            if (!table.has(stem + "_up"))
                throw InputError(fmt::format("{}: has the column {} but not {}_up; give both sides of an error",
                                             table.path, column, stem));
            errors.push_back({stem.substr(0, stem.size() - 4), column, stem + "_up"});
        } else if (ends_with(column, "_err_up") && !table.has(column.substr(0, column.size() - 3) + "_down")) {
            throw InputError(fmt::format("{}: has the column {} but not {}_down; give both sides of an error",
                                         table.path, column, column.substr(0, column.size() - 3)));
        }
    }
    return errors;
}

/// Lower sides that all have a negative sign are sizes with a sign.
Eigen::ArrayXd without_sign(Eigen::ArrayXd const& down, ErrorColumns const& error) {
    return error.down != error.up && (down <= 0.0).all() ? Eigen::ArrayXd(-down) : down;
}

void read_momenta_of_bins(CsvTable const& table, CorrelationColumns const& columns, MomentumReading const& reading,
                          MeasuredCorrelation& data) {
    bool const is_q = reading.momentum == "q_inv";
    using Names = std::vector<std::string>;
    auto const low =
        find_column(table, columns.k_low, is_q ? Names{"q_low", "q_inv_low"} : Names{"k_low", "k_star_low"});
    auto const high =
        find_column(table, columns.k_high, is_q ? Names{"q_high", "q_inv_high"} : Names{"k_high", "k_star_high"});
    auto const centre = find_column(table, columns.k_star, is_q ? Names{"q_inv", "q", "Q"} : Names{"k_star", "k"});
    if (low.empty() != high.empty())
        throw InputError(fmt::format("{}: has the column {} alone; give both edges of the bins", table.path,
                                     low.empty() ? high : low));
    if (low.empty() && centre.empty())
        throw InputError(
            fmt::format("{}: has no column {}; its columns are {}; data.columns and data.momentum say what "
                        "they are",
                        table.path, is_q ? "q_inv_MeV, nor q_low and q_high" : "k_star_MeV, nor k_low and k_high",
                        fmt::join(table.names, ", ")));
    if (!low.empty()) {
        data.k_low_MeV = momenta_MeV(table, low, reading);
        data.k_high_MeV = momenta_MeV(table, high, reading);
        data.k_star_MeV = 0.5 * (data.k_low_MeV + data.k_high_MeV);
    }
    if (!centre.empty()) data.k_star_MeV = momenta_MeV(table, centre, reading);
    if (low.empty()) data.k_low_MeV = data.k_high_MeV = data.k_star_MeV;
}

}  // namespace

MeasuredCorrelation read_correlation_csv(std::string const& path, CorrelationColumns const& columns,
                                         MomentumReading const& reading) {
    CsvTable const table = read_csv(path);
    MeasuredCorrelation data;
    data.path = path;
    data.lines = table.lines;
    for (std::size_t i = 0; i < table.lines.size(); ++i) data.table_rows.push_back(static_cast<int>(i));
    read_momenta_of_bins(table, columns, reading, data);
    auto const column = [&](std::string const& name) -> Eigen::ArrayXd {
        return table.values.col(table.column(name)).array();
    };
    std::string const value = columns.value.empty() ? "C" : columns.value;
    data.value_unit = factor_of_values(value, "", reading, table.where_names());
    data.correlation = data.value_unit * column(value);
    check_values(data.correlation, data.value_unit, table.where_names());
    for (auto const& error : columns.errors ? *columns.errors : usual_errors(table)) {
        for (auto const& side : {error.down, error.up})
            if (value_unit_in_name(side) == "%" && !reading.unchecked)
                throw InputError(
                    fmt::format("{}: the error {} is called a percentage; give errors in the unit of the "
                                "values (where it is, write allow: [units])",
                                table.where_names(), side));
        data.errors.push_back({error.name, data.value_unit * without_sign(column(error.down), error),
                               data.value_unit * column(error.up)});
    }
    check_measured_correlation(data);
    return data;
}

}  // namespace hadronforce
