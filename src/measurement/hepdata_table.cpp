#include "measurement/hepdata_table.hpp"

#include "hadronforce/config/decimal_number.hpp"
#include "hadronforce/config/yaml.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/storage/csv_lines.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace hadronforce::hepdata {
namespace {

bool has_qualifier(Variable const& variable, Qualifier const& wanted) {
    return std::any_of(variable.qualifiers.begin(), variable.qualifiers.end(), [&](Qualifier const& given) {
        // "13000" is "13000 GeV" too.
        return given.name == wanted.name &&
               (given.value == wanted.value || given.value.rfind(wanted.value + " ", 0) == 0);
    });
}

std::string description(Variable const& variable, std::size_t number) {
    std::vector<std::string> qualifiers;
    for (auto const& qualifier : variable.qualifiers)
        qualifiers.push_back(fmt::format("{}: {}", qualifier.name, qualifier.value));
    return fmt::format("{} {}{}", number, variable.name,
                       qualifiers.empty() ? "" : fmt::format(" ({})", fmt::join(qualifiers, ", ")));
}

/// What there is to choose from: names, with numbers and qualifiers where names do not tell them apart.
std::string list_of(std::vector<Variable const*> const& variables) {
    std::vector<std::string> names, described;
    for (auto const* variable : variables) {
        names.push_back(variable->name);
        described.push_back(description(*variable, described.size() + 1));
    }
    if (std::set<std::string>(names.begin(), names.end()).size() == names.size())
        return fmt::format("name one of its dependent variables: {}", fmt::join(names, ", "));
    return fmt::format("choose one by data.dependent_number or data.qualifiers: {}", fmt::join(described, "; "));
}

}  // namespace

std::string Table::where(int line_number) const {
    return line_number > 0 ? fmt::format("{}:{}", path, line_number) : path;
}

void Table::fail(int line_number, std::string const& message) const {
    throw InputError(where(line_number) + ": " + message);
}

std::vector<Table> read_tables(std::string const& path, std::size_t axes) {
    auto const dot = path.rfind('.');
    auto const ending = dot == std::string::npos ? "" : path.substr(dot);
    if (ending == ".yaml" || ending == ".yml") return {read_yaml_table(path)};
    return read_csv_export(path, read_lines(path), axes);
}

std::pair<Table const*, Variable const*> chosen(std::vector<Table> const& tables, VariableChoice const& choice) {
    std::vector<Variable const*> all;
    std::vector<std::pair<Table const*, Variable const*>> found;
    for (auto const& table : tables)
        for (auto const& variable : table.dependent) {
            all.push_back(&variable);
            bool const fits =
                (choice.name.empty() || choice.name == variable.name) &&
                (choice.number == 0 || choice.number == static_cast<int>(all.size())) &&
                std::all_of(choice.qualifiers.begin(), choice.qualifiers.end(),
                            [&](Qualifier const& qualifier) { return has_qualifier(variable, qualifier); });
            if (fits) found.emplace_back(&table, &variable);
        }
    if (found.size() == 1) return found.front();
    std::vector<std::string> wanted;
    if (!choice.name.empty()) wanted.push_back(choice.name);
    if (choice.number != 0) wanted.push_back(fmt::format("of number {}", choice.number));
    for (auto const& qualifier : choice.qualifiers)
        wanted.push_back(fmt::format("with {}: {}", qualifier.name, qualifier.value));
    std::string const what = wanted.empty() ? fmt::format("has {} dependent variables", all.size())
                             : found.empty()
                                 ? fmt::format("has no dependent variable {}", fmt::join(wanted, " "))
                                 : fmt::format("has several dependent variables {}", fmt::join(wanted, " "));
    throw InputError(fmt::format("{}: {}; {}", tables.front().path, what, list_of(all)));
}

double number(Table const& table, std::string const& text, int line, std::string const& what) {
    auto const begin = std::min(text.find_first_not_of(' '), text.size());
    std::string const digits = text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
    auto value = decimal_number(digits);
    // .nan and .inf are YAML's.
    if (auto const word = yaml_number(digits); !value && word && !std::isfinite(*word)) value = word;
    if (!value) table.fail(line, fmt::format("{} is '{}'; it must be a number", what, text));
    if (!std::isfinite(*value)) table.fail(line, fmt::format("{} is {}; it must be finite", what, text));
    return *value;
}

bool is_missing(std::string const& text) { return text.empty() || text == "-"; }

Bin read_bin(Table const& table, Entry const& entry, double factor) {
    bool const has_edges = !entry.low.empty() || !entry.high.empty();
    if (!has_edges && entry.value.empty()) table.fail(entry.line, "a bin must have low and high, or a value");
    Bin bin{};
    auto const read = [&](std::string const& text, char const* what) {
        if (text.empty()) table.fail(entry.line, fmt::format("{} is missing", what));
        return factor * number(table, text, entry.line, what);
    };
    if (has_edges) {
        bin.low_MeV = read(entry.low, "low");
        bin.high_MeV = read(entry.high, "high");
        bin.centre_MeV = 0.5 * (bin.low_MeV + bin.high_MeV);
    }
    if (!entry.value.empty()) bin.centre_MeV = read(entry.value, "value");
    if (!has_edges) bin.low_MeV = bin.high_MeV = bin.centre_MeV;
    return bin;
}

}  // namespace hadronforce::hepdata
