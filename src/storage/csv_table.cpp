#include "hadronforce/storage/csv_table.hpp"

#include "hadronforce/config/decimal_number.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/storage/csv_lines.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace hadronforce {
namespace {

/// What a number with a decimal comma leaves of itself, said where it may be that.
std::string decimal_comma_hint(std::string const& cell) {
    return cell.find(',') == std::string::npos ? "" : "; write the decimal comma as a point";
}

double number(std::string const& cell, std::string const& where, std::string const& column) {
    if (cell.empty()) throw InputError(fmt::format("{}: {} is empty; fill the hole or remove the row", where, column));
    auto const value = decimal_number(cell);
    if (!value)
        throw InputError(
            fmt::format("{}: {} is '{}'; it must be a number{}", where, column, cell, decimal_comma_hint(cell)));
    if (!std::isfinite(*value))
        throw InputError(
            fmt::format("{}: {} is {}; it must be finite, remove the row or mend it", where, column, cell));
    return *value;
}

std::vector<std::string> names_of_columns(std::vector<std::string> const& cells, std::string const& where) {
    std::set<std::string> seen;
    for (auto const& name : cells) {
        if (name.empty()) throw InputError(where + ": a column has no name");
        constexpr std::size_t longest_name = 1000;
        if (name.size() > longest_name)
            throw InputError(
                fmt::format("{}: a column's name has {} letters; at most {}", where, name.size(), longest_name));
        if (!seen.insert(name).second) throw InputError(fmt::format("{}: column {} is named twice", where, name));
        if (auto const value = decimal_number(name); value && std::isfinite(*value))
            throw InputError(where + ": the first line must name the columns, not be numbers");
    }
    if (cells.size() == 1 && cells[0].find(' ') != std::string::npos)
        throw InputError(
            fmt::format("{}: names one column, '{}'; separate columns by commas, not blanks", where, cells[0]));
    return cells;
}

}  // namespace

bool CsvTable::has(std::string const& name) const { return std::find(names.begin(), names.end(), name) != names.end(); }

Eigen::Index CsvTable::column(std::string const& name) const {
    auto const found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        throw InputError(fmt::format("{}: has no column {}; its columns are {}", path, name, fmt::join(names, ", ")));
    return found - names.begin();
}

std::string CsvTable::where(Eigen::Index row) const {
    return fmt::format("{}:{}", path, lines[static_cast<std::size_t>(row)]);
}

std::string CsvTable::where_names() const { return fmt::format("{}:{}", path, names_line); }

CsvTable read_csv(std::string const& path) {
    CsvTable table;
    table.path = path;
    std::vector<double> values;
    char separator = ',';
    int line_number = 0;
    for (auto const& line : read_lines(path)) {
        ++line_number;
        auto const first = line.find_first_not_of(" \t\"");
        if (first == std::string::npos || line[first] == '#') continue;
        std::string const where = fmt::format("{}:{}", path, line_number);
        if (table.names.empty()) {
            separator = separator_of(line);
            table.names_line = line_number;
            table.names = names_of_columns(cells_of(line, separator), where);
            continue;
        }
        auto const cells = cells_of(line, separator);
        if (cells.size() != table.names.size())
            throw InputError(fmt::format(
                "{}: has {} entries, the header names {} columns{}", where, cells.size(), table.names.size(),
                separator == ',' && cells.size() == 2 * table.names.size() ? "; write decimal commas as points" : ""));
        for (std::size_t i = 0; i < cells.size(); ++i) values.push_back(number(cells[i], where, table.names[i]));
        table.lines.push_back(line_number);
    }
    if (table.lines.empty()) throw InputError(path + ": has no rows of numbers under a header line");
    table.values = Eigen::Map<RowMatrixXd const>(values.data(), static_cast<Eigen::Index>(table.lines.size()),
                                                 static_cast<Eigen::Index>(table.names.size()));
    return table;
}

}  // namespace hadronforce
