#include "measurement/hepdata_table.hpp"

#include "hadronforce/config/section.hpp"
#include "hadronforce/config/yaml.hpp"
#include "hadronforce/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace hadronforce::hepdata {

Table::Table(std::string const& path) : path_(path), root_(load_yaml(read_text(path), path)) {
    if (!root_.IsMap()) fail(root_, "is no HEPData table; it must have independent_variables and dependent_variables");
    for (auto const& [key, variables] :
         {std::pair<char const*, std::vector<YAML::Node>*>{"independent_variables", &independent_},
          {"dependent_variables", &dependent_}}) {
        YAML::Node const list = root_[key];
        if (!list) fail(root_, fmt::format("has no {}; give a table in HEPData's format", key));
        if (!list.IsSequence() || list.size() == 0) fail(list, fmt::format("{} must be a list of variables", key));
        for (auto const& variable : list) {
            if (!variable.IsMap()) fail(variable, fmt::format("an entry of {} must have header and values", key));
            variables->push_back(variable);
        }
    }
}

void Table::fail(YAML::Node const& node, std::string const& message) const {
    // What was written as nothing has no line of its own.
    std::string const where =
        node.IsDefined() && !node.Mark().is_null() ? fmt::format("{}:{}", path_, line(node)) : path_;
    throw InputError(where + ": " + message);
}

std::string Table::name(YAML::Node const& variable) const {
    YAML::Node const header = variable["header"];
    if (!header || !header.IsMap() || !header["name"] || !header["name"].IsScalar())
        fail(variable, "the variable has no header with a name");
    return header["name"].Scalar();
}

std::string Table::units(YAML::Node const& variable) const {
    name(variable);
    YAML::Node const units = variable["header"]["units"];
    return units && units.IsScalar() ? units.Scalar() : "";
}

double Table::factor_to_MeV(YAML::Node const& variable) const {
    std::string letters;
    for (unsigned char c : units(variable))
        if (std::isalpha(c) != 0) letters += static_cast<char>(std::tolower(c));
    // MeV/c, MeV/$c$, MEV/C, GeV/\textit{c}: the unit comes first whatever the dress.
    if (letters.rfind("mev", 0) == 0) return 1.0;
    if (letters.rfind("gev", 0) == 0) return 1000.0;
    fail(variable["header"],
         fmt::format("the units of {} are '{}'; they must be MeV/c or GeV/c", name(variable), units(variable)));
}

YAML::Node Table::dependent(std::string const& wanted) const {
    if (wanted.empty() && dependent_.size() == 1) return dependent_.front();
    std::vector<std::string> names;
    std::vector<YAML::Node> found;
    for (auto const& variable : dependent_) {
        names.push_back(name(variable));
        if (names.back() == wanted) found.push_back(variable);
    }
    if (found.size() == 1) return found.front();
    throw InputError(fmt::format("{}: {}; name one of its dependent variables: {}", path_,
                                 wanted.empty()  ? fmt::format("has {} dependent variables", names.size())
                                 : found.empty() ? "has no dependent variable " + wanted
                                                 : "has several dependent variables " + wanted,
                                 fmt::join(names, ", ")));
}

YAML::Node Table::values(YAML::Node const& variable, std::size_t expected) const {
    YAML::Node const values = variable["values"];
    if (!values || !values.IsSequence() || values.size() == 0)
        fail(variable, fmt::format("{} has no list of values", name(variable)));
    if (expected != 0 && values.size() != expected)
        fail(values, fmt::format("{} has {} values, the first variable has {}; give one for each bin", name(variable),
                                 values.size(), expected));
    return values;
}

double Table::number(YAML::Node const& node, std::string const& what) const {
    auto const value = node.IsScalar() ? yaml_number(node.Scalar()) : std::nullopt;
    if (!value)
        fail(node, fmt::format("{} is '{}'; it must be a number", what, node.IsScalar() ? node.Scalar() : "a list"));
    if (!std::isfinite(*value)) fail(node, fmt::format("{} is {}; it must be finite", what, node.Scalar()));
    return *value;
}

double Table::number(YAML::Node const& entry, char const* key) const {
    if (!entry[key]) fail(entry, fmt::format("{} is missing", key));
    return number(entry[key], std::string(key));
}

Bin read_bin(Table const& table, YAML::Node const& entry, double factor) {
    if (!entry.IsMap()) table.fail(entry, "a bin must be {low, high} or {value}");
    bool const has_edges = entry["low"] || entry["high"], has_value = static_cast<bool>(entry["value"]);
    if (!has_edges && !has_value) table.fail(entry, "a bin must have low and high, or a value");
    Bin bin{};
    if (has_edges) {
        bin.low_MeV = factor * table.number(entry, "low");
        bin.high_MeV = factor * table.number(entry, "high");
        bin.centre_MeV = 0.5 * (bin.low_MeV + bin.high_MeV);
    }
    if (has_value) bin.centre_MeV = factor * table.number(entry, "value");
    if (!has_edges) bin.low_MeV = bin.high_MeV = bin.centre_MeV;
    return bin;
}

}  // namespace hadronforce::hepdata
