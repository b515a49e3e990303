#include "hadronforce/config/config_values.hpp"

#include "config/record.hpp"
#include "hadronforce/config/yaml.hpp"
#include "hadronforce/error.hpp"

#include <fmt/format.h>

namespace hadronforce {
namespace {

std::string one_spelling(std::string const& text) {
    if (auto const whole = yaml_whole_number(text)) return fmt::format("{}", *whole);
    if (auto const number = yaml_number(text)) return fmt::format("{}", *number);
    bool truth = false;
    if (YAML::convert<bool>::decode(YAML::Node(text), truth)) return truth ? "true" : "false";
    return text;
}

bool holds_mapping(YAML::Node const& list) {
    for (auto const& entry : list)
        if (entry.IsMap() || (entry.IsSequence() && holds_mapping(entry))) return true;
    return false;
}

std::string value_of(YAML::Node const& node) {
    if (!node.IsSequence()) return node.IsScalar() ? one_spelling(node.Scalar()) : "";
    std::string entries;
    for (auto const& entry : node) entries += (entries.empty() ? "" : ", ") + value_of(entry);
    return "[" + entries + "]";
}

void collect(YAML::Node const& node, std::string const& path, std::map<std::string, std::string>& values) {
    if (node.IsMap()) {
        for (auto const& entry : node) collect(entry.second, joined(path, entry.first.Scalar()), values);
    } else if (node.IsSequence() && holds_mapping(node)) {
        values[path + " entries"] = fmt::format("{}", node.size());
        for (std::size_t i = 0; i < node.size(); ++i) collect(node[i], fmt::format("{}[{}]", path, i), values);
    } else {
        values[path] = value_of(node);
    }
}

}  // namespace

std::map<std::string, std::string> config_values(std::string const& resolved, std::string const& name) {
    YAML::Node const root = load_yaml(resolved, name, false);
    if (!root.IsMap() && !root.IsNull()) throw InputError(name + ": is no mapping of keys");
    std::map<std::string, std::string> values;
    collect(root, "", values);
    return values;
}

}  // namespace hadronforce
