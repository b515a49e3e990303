#include "hadronforce/measurement/hepdata.hpp"

#include "hadronforce/config/yaml.hpp"
#include "measurement/hepdata_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace hadronforce {
namespace {

using hepdata::Table;

/// A number, or "5%" of the value.
double error_size(Table const& table, YAML::Node const& node, double value, std::string const& what) {
    if (!node.IsScalar()) table.fail(node, what + " must be a number or a percentage");
    std::string text = node.Scalar();
    if (text.empty() || text.back() != '%') return table.number(node, what);
    text.pop_back();
    auto const number = yaml_number(text);
    if (!number || !std::isfinite(*number))
        table.fail(node, fmt::format("{} is '{}'; it must be a number or a percentage", what, node.Scalar()));
    return 0.01 * *number * std::fabs(value);
}

struct Sides {
    double down, up;
};

/// Signs as they come: whichever of plus and minus is positive lifts the value.
Sides read_error(Table const& table, YAML::Node const& error, double value) {
    if (!error.IsMap() || (error["symerror"] && error["asymerror"]) || (!error["symerror"] && !error["asymerror"]))
        table.fail(error, "an error must have either symerror or asymerror");
    if (error["symerror"]) {
        double const size = error_size(table, error["symerror"], value, "symerror");
        if (size < 0.0) table.fail(error, fmt::format("symerror is {}; it must not be negative", size));
        return {size, size};
    }
    YAML::Node const both = error["asymerror"];
    if (!both.IsMap() || !both["plus"] || !both["minus"]) table.fail(both, "asymerror must have plus and minus");
    double const plus = error_size(table, both["plus"], value, "asymerror.plus");
    double const minus = error_size(table, both["minus"], value, "asymerror.minus");
    return {std::max({-plus, -minus, 0.0}), std::max({plus, minus, 0.0})};
}

/// The errors of one bin by name.
std::map<std::string, Sides> read_errors(Table const& table, YAML::Node const& entry, double value) {
    std::map<std::string, Sides> errors;
    YAML::Node const list = entry["errors"];
    if (!list) return errors;
    if (!list.IsSequence()) table.fail(list, "errors must be a list");
    for (auto const& error : list) {
        auto const sides = read_error(table, error, value);
        std::string const name = error["label"] ? error["label"].Scalar() : "error";
        if (!errors.emplace(name, sides).second)
            table.fail(error, fmt::format("the error {} is given twice for one bin; give each a label", name));
    }
    return errors;
}

std::vector<Qualifier> read_qualifiers(Table const& table, YAML::Node const& variable) {
    std::vector<Qualifier> qualifiers;
    YAML::Node const list = variable["qualifiers"];
    if (!list) return qualifiers;
    if (!list.IsSequence()) table.fail(list, "qualifiers must be a list");
    for (auto const& entry : list) {
        if (!entry.IsMap() || !entry["name"] || !entry["value"] || !entry["value"].IsScalar())
            table.fail(entry, "a qualifier must have a name and a value");
        std::string const units = entry["units"] && entry["units"].IsScalar() ? entry["units"].Scalar() : "";
        qualifiers.push_back({entry["name"].Scalar(), entry["value"].Scalar() + (units.empty() ? "" : " " + units)});
    }
    return qualifiers;
}

Eigen::ArrayXd array_of(std::vector<double> const& values) {
    return Eigen::Map<Eigen::ArrayXd const>(values.data(), static_cast<Eigen::Index>(values.size()));
}

}  // namespace

MeasuredCorrelation read_hepdata(std::string const& path, std::string const& dependent) {
    Table const table(path);
    if (table.independent().size() != 1)
        table.fail(table.independent()[1],
                   fmt::format("the table has {} independent variables; a correlation function has one, k*",
                               table.independent().size()));
    YAML::Node const momentum = table.independent().front(), variable = table.dependent(dependent);
    double const factor = table.factor_to_MeV(momentum);
    YAML::Node const bins = table.values(momentum, 0);
    YAML::Node const entries = table.values(variable, bins.size());

    MeasuredCorrelation data;
    data.path = path;
    data.qualifiers = read_qualifiers(table, variable);
    std::vector<double> low, high, centre, value;
    std::vector<std::map<std::string, Sides>> errors;
    for (std::size_t i = 0; i < bins.size(); ++i) {
        YAML::Node const entry = entries[i];
        auto const bin = hepdata::read_bin(table, bins[i], factor);
        if (!entry.IsMap() || !entry["value"]) table.fail(entry, "an entry of the dependent variable has no value");
        if (entry["value"].IsScalar() && entry["value"].Scalar() == "-") continue;
        value.push_back(table.number(entry, "value"));
        errors.push_back(read_errors(table, entry, value.back()));
        low.push_back(bin.low_MeV);
        high.push_back(bin.high_MeV);
        centre.push_back(bin.centre_MeV);
        data.lines.push_back(table.line(entry));
        data.table_rows.push_back(static_cast<int>(i));
    }
    data.k_low_MeV = array_of(low);
    data.k_high_MeV = array_of(high);
    data.k_star_MeV = array_of(centre);
    data.correlation = array_of(value);
    std::map<std::string, NamedError> by_name;
    for (std::size_t i = 0; i < errors.size(); ++i)
        for (auto const& [name, sides] : errors[i]) {
            auto const zero = Eigen::ArrayXd::Zero(data.size());
            auto& error = by_name.try_emplace(name, NamedError{name, zero, zero}).first->second;
            error.down[static_cast<Eigen::Index>(i)] = sides.down;
            error.up[static_cast<Eigen::Index>(i)] = sides.up;
        }
    for (auto const& [name, error] : by_name) data.errors.push_back(error);
    check_measured_correlation(data);
    return data;
}

}  // namespace hadronforce
