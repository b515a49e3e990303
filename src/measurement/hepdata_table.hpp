#pragma once

#include "hadronforce/femtoscopy/measured_correlation.hpp"
#include "hadronforce/measurement/hepdata.hpp"

#include <string>
#include <utility>
#include <vector>

namespace hadronforce::hepdata {

/// An error as a table writes it: numbers, percentages, or "" for a side that is missing.
struct ErrorEntry {
    std::string label;
    std::string plus, minus;
    bool symmetric;  ///< `plus` is both
};

/// An entry of a variable as a table writes it; "" is what it does not have.
struct Entry {
    std::string value, low, high;
    std::vector<ErrorEntry> errors;
    int line;
};

struct Variable {
    std::string name, units;
    std::vector<Qualifier> qualifiers;
    std::vector<Entry> entries;
    int line;
    int values_line;
};

/// One table: independent variables, and dependent ones with an entry for each of theirs.
struct Table {
    std::string path;
    std::vector<Variable> independent, dependent;
    int line = 0;

    /// Throws InputError "path:line: message", without the line where it is 0.
    [[noreturn]] void fail(int line, std::string const& message) const;
    std::string where(int line) const;
};

/// A file in HEPData's YAML, one table. Throws InputError for what is not one.
Table read_yaml_table(std::string const& path);

/// Whether the lines are of HEPData's own CSV: "#: name: Table 1", or columns "k* LOW" and "stat +".
bool is_csv_export(std::vector<std::string> const& lines);
/// Its tables, one for each dependent variable; the first `axes` columns are independent, with their LOW and HIGH.
std::vector<Table> read_csv_export(std::string const& path, std::vector<std::string> const& lines, std::size_t axes);

/// Tables in either format, by the file's name. `axes`: how many independent variables those of a CSV have.
std::vector<Table> read_tables(std::string const& path, std::size_t axes);

/// The variable that a choice leaves, with its table. Throws InputError where that is none or several, with what there
/// is.
std::pair<Table const*, Variable const*> chosen(std::vector<Table> const& tables, VariableChoice const& choice);

/// A number that must be finite. `what` is it for messages.
double number(Table const& table, std::string const& text, int line, std::string const& what);

/// Whether a text is what tables write for nothing: "", "-".
bool is_missing(std::string const& text);

/// A bin of momentum as {low, high}, {value} or both, times a factor.
struct Bin {
    double low_MeV, high_MeV, centre_MeV;
};
Bin read_bin(Table const& table, Entry const& entry, double factor_to_MeV);

}  // namespace hadronforce::hepdata
