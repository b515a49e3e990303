#include "hadronforce/report/hepdata_table.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hadronforce {
namespace {

/// In quotes, as names hold what YAML has a meaning for.
std::string quoted(std::string const& text) {
    std::string result = "'";
    for (char const c : text) result += c == '\'' ? "''" : std::string(1, c);
    return result + "'";
}

std::string number(double value) { return std::isfinite(value) ? fmt::format("{:.10g}", value) : "'-'"; }

}  // namespace

std::string hepdata_text(HepdataTable const& table) {
    std::string text = "independent_variables:\n- header: {name: 'k*', units: 'MeV/c'}\n  values:\n";
    for (Eigen::Index i = 0; i < table.k_low_MeV.size(); ++i)
        text +=
            table.k_low_MeV[i] == table.k_high_MeV[i]
                ? fmt::format("  - {{value: {}}}\n", number(table.k_low_MeV[i]))
                : fmt::format("  - {{low: {}, high: {}}}\n", number(table.k_low_MeV[i]), number(table.k_high_MeV[i]));
    text += "dependent_variables:\n";
    for (auto const& column : table.columns) {
        text += fmt::format("- header: {{name: {}}}\n", quoted(column.name));
        if (!table.qualifiers.empty()) text += "  qualifiers:\n";
        for (auto const& [name, value] : table.qualifiers)
            text += fmt::format("  - {{name: {}, value: {}}}\n", quoted(name), quoted(value));
        text += "  values:\n";
        for (Eigen::Index i = 0; i < column.values.size(); ++i) {
            std::string errors;
            for (auto const& [label, error] : column.errors)
                errors += fmt::format("{}{{label: {}, symerror: {}}}", errors.empty() ? "" : ", ", quoted(label),
                                      number(error[i]));
            text += fmt::format("  - {{value: {}{}}}\n", number(column.values[i]),
                                errors.empty() ? "" : ", errors: [" + errors + "]");
        }
    }
    return text;
}

}  // namespace hadronforce
