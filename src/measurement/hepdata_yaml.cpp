#include "measurement/hepdata_table.hpp"

#include "hadronforce/config/section.hpp"
#include "hadronforce/config/yaml.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/measurement/written_unit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

namespace hadronforce::hepdata {
namespace {

int line_of(YAML::Node const& node) {
    // What was written as nothing has no line of its own.
    return node.IsDefined() && !node.Mark().is_null() ? node.Mark().line + 1 : 0;
}

/// Tables that a submission lists; none where the text is a table itself.
std::vector<std::string> tables_of_submission(std::string const& text) {
    static std::string const key = "data_file:";
    std::vector<std::string> tables;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (line.rfind(key, 0) == 0) {
            auto const begin = std::min(line.find_first_not_of(" \t", key.size()), line.size());
            auto const name = line.substr(begin, line.find_first_of(" \t\r#", begin) - begin);
            if (!name.empty()) tables.push_back(name.substr(0, longest_name));
        }
    return tables;
}

YAML::Node parsed(std::string const& path) {
    std::string const text = read_text(path);
    if (auto const tables = tables_of_submission(text); !tables.empty())
        throw InputError(fmt::format("{}: is a submission, which lists its tables; give one of them: {}", path,
                                     fmt::join(tables, ", ")));
    return load_yaml(text, path);
}

class Reader {
  public:
    explicit Reader(Table& table) : table_(table) {}

    void read(YAML::Node const& root) {
        if (!root.IsMap())
            fail(root, "is no HEPData table; it must have independent_variables and dependent_variables");
        auto const independent = list_of(root, "independent_variables"),
                   dependent = list_of(root, "dependent_variables");
        for (auto const& node : independent) table_.independent.push_back(variable(node, false));
        for (auto const& node : dependent) table_.dependent.push_back(variable(node, true));
    }

  private:
    YAML::Node list_of(YAML::Node const& root, char const* key) const {
        YAML::Node const list = root[key];
        if (!list) fail(root, fmt::format("has no {}; give a table in HEPData's format", key));
        if (!list.IsSequence() || list.size() == 0) fail(list, fmt::format("{} must be a list of variables", key));
        for (auto const& node : list)
            if (!node.IsMap()) fail(node, fmt::format("an entry of {} must have header and values", key));
        return list;
    }

    [[noreturn]] void fail(YAML::Node const& node, std::string const& message) const {
        table_.fail(line_of(node), message);
    }

    Variable variable(YAML::Node const& node, bool dependent) {
        YAML::Node const header = node["header"];
        if (!header || !header.IsMap() || !header["name"] || !header["name"].IsScalar())
            fail(node, "the variable has no header with a name");
        Variable result{text(header, "name"), text(header, "units"), qualifiers(node), {}, line_of(header), 0};
        YAML::Node const values = node["values"];
        result.values_line = line_of(values);
        if (!values || !values.IsSequence() || values.size() == 0)
            fail(node, fmt::format("{} has no list of values", result.name));
        for (auto const& value : values) result.entries.push_back(dependent ? measured(value) : bin(value));
        return result;
    }

    Entry measured(YAML::Node const& node) {
        if (!node.IsMap() || !node["value"]) fail(node, "an entry of the dependent variable has no value");
        Entry entry{text(node, "value"), "", "", {}, line_of(node)};
        YAML::Node const errors = node["errors"];
        if (!errors || errors.IsNull()) return entry;
        if (!errors.IsSequence()) fail(errors, "errors must be a list");
        for (auto const& error : errors) entry.errors.push_back(error_entry(error));
        return entry;
    }

    Entry bin(YAML::Node const& node) {
        if (!node.IsMap()) fail(node, "a bin must be {low, high} or {value}");
        return {text(node, "value"), text(node, "low"), text(node, "high"), {}, line_of(node)};
    }

    ErrorEntry error_entry(YAML::Node const& node) {
        if (!node.IsMap() || static_cast<bool>(node["symerror"]) == static_cast<bool>(node["asymerror"]))
            fail(node, "an error must have either symerror or asymerror");
        std::string const label = node["label"] && node["label"].IsScalar() ? text(node, "label") : "error";
        if (node["symerror"]) return {label, text(node, "symerror"), "", true};
        YAML::Node const both = node["asymerror"];
        if (!both.IsMap() || !both["plus"] || !both["minus"]) fail(both, "asymerror must have plus and minus");
        return {label, text(both, "plus"), text(both, "minus"), false};
    }

    std::vector<Qualifier> qualifiers(YAML::Node const& node) {
        std::vector<Qualifier> result;
        YAML::Node const list = node["qualifiers"];
        if (!list || list.IsNull()) return result;
        if (!list.IsSequence()) fail(list, "qualifiers must be a list");
        for (auto const& entry : list) {
            if (!entry.IsMap() || !entry["name"] || !entry["value"] || !entry["value"].IsScalar())
                fail(entry, "a qualifier must have a name and a value");
            std::string const units = text(entry, "units");
            result.push_back({text(entry, "name"), entry["value"].Scalar() + (units.empty() ? "" : " " + units)});
        }
        return result;
    }

    /// "" where the key is missing or has nothing.
    std::string text(YAML::Node const& node, char const* key) {
        YAML::Node const value = node[key];
        if (!value || value.IsNull()) return "";
        if (!value.IsScalar()) fail(value, fmt::format("{} must be a number or a text", key));
        if (value.Scalar().size() > longest_name)
            fail(value, fmt::format("{} has {} letters; at most {}", key, value.Scalar().size(), longest_name));
        return value.Scalar();
    }

    Table& table_;
};

}  // namespace

Table read_yaml_table(std::string const& path) {
    YAML::Node const root = parsed(path);
    Table table;
    table.path = path;
    Reader(table).read(root);
    return table;
}

}  // namespace hadronforce::hepdata
