#include "hadronforce/storage/csv_table.hpp"

#include "hadronforce/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

namespace hadronforce {
namespace {

std::string trimmed(std::string const& text) {
    auto const first = text.find_first_not_of(" \t\r\"");
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(" \t\r\"") - first + 1);
}

std::vector<std::string> cells_of(std::string const& line) {
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(trimmed(cell));
    if (!line.empty() && line.back() == ',') cells.emplace_back();
    return cells;
}

double number(std::string const& cell, std::string const& where, std::string const& column) {
    if (cell.empty()) throw InputError(fmt::format("{}: {} is empty; fill the hole or remove the row", where, column));
    char* end = nullptr;
    double const value = std::strtod(cell.c_str(), &end);
    if (*end != '\0') throw InputError(fmt::format("{}: {} is '{}'; it must be a number", where, column, cell));
    if (!std::isfinite(value))
        throw InputError(
            fmt::format("{}: {} is {}; it must be finite, remove the row or mend it", where, column, cell));
    return value;
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

CsvTable read_csv(std::string const& path) {
    errno = 0;
    std::ifstream file(path);
    if (!file) throw InputError(fmt::format("{}: cannot be read ({}); check the name", path, std::strerror(errno)));
    CsvTable table;
    table.path = path;
    std::vector<double> values;
    int line_number = 0;
    for (std::string line; std::getline(file, line);) {
        ++line_number;
        std::string const content = trimmed(line);
        if (content.empty() || content.front() == '#') continue;
        std::string const where = fmt::format("{}:{}", path, line_number);
        auto const cells = cells_of(line);
        if (table.names.empty()) {
            for (auto const& name : cells) {
                if (name.empty()) throw InputError(where + ": a column has no name");
                if (table.has(name)) throw InputError(fmt::format("{}: column {} is named twice", where, name));
                if (char* end = nullptr; std::strtod(name.c_str(), &end), *end == '\0')
                    throw InputError(where + ": the first line must name the columns, not be numbers");
                table.names.push_back(name);
            }
            continue;
        }
        if (cells.size() != table.names.size())
            throw InputError(fmt::format("{}: has {} entries, the header names {} columns", where, cells.size(),
                                         table.names.size()));
        for (std::size_t i = 0; i < cells.size(); ++i) values.push_back(number(cells[i], where, table.names[i]));
        table.lines.push_back(line_number);
    }
    if (table.lines.empty()) throw InputError(path + ": has no rows of numbers under a header line");
    table.values = Eigen::Map<RowMatrixXd const>(values.data(), static_cast<Eigen::Index>(table.lines.size()),
                                                 static_cast<Eigen::Index>(table.names.size()));
    return table;
}

}  // namespace hadronforce
