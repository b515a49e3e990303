#include "hadronforce/config/section.hpp"

#include "config/record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

template <class T>
struct TypeName;
template <>
struct TypeName<double> {
    static constexpr char const* value = "a number";
};
template <>
struct TypeName<std::int64_t> {
    static constexpr char const* value = "a whole number";
};
template <>
struct TypeName<bool> {
    static constexpr char const* value = "true or false";
};
template <>
struct TypeName<std::string> {
    static constexpr char const* value = "a text";
};
template <>
struct TypeName<std::vector<double>> {
    static constexpr char const* value = "a list of numbers";
};
template <>
struct TypeName<std::vector<std::int64_t>> {
    static constexpr char const* value = "a list of whole numbers";
};
template <>
struct TypeName<std::vector<std::string>> {
    static constexpr char const* value = "a list of texts";
};

std::string shown(YAML::Node const& node) {
    if (node.IsScalar()) return "'" + node.Scalar() + "'";
    if (node.IsSequence()) {
        std::string entries;
        for (auto const& entry : node) entries += (entries.empty() ? "" : ", ") + shown(entry);
        return "[" + entries + "]";
    }
    if (node.IsMap()) return "a mapping";
    return "nothing";
}

/// The first entry that is an infinity or not a number; empty if there is none.
std::string not_finite(YAML::Node const& node) {
    if (node.IsSequence())
        for (auto const& entry : node)
            if (auto const bad = not_finite(entry); !bad.empty()) return bad;
    double number = 0.0;
    bool const is_number = node.IsScalar() && YAML::convert<double>::decode(node, number);
    return is_number && !std::isfinite(number) ? node.Scalar() : "";
}

template <class T>
bool convert(YAML::Node const& node, T& value) {
    if (!node.IsScalar()) return false;
    return YAML::convert<T>::decode(node, value);
}

bool convert(YAML::Node const& node, double& value) {
    return node.IsScalar() && YAML::convert<double>::decode(node, value) && std::isfinite(value);
}

/// 1e6 is a whole number too.
bool convert(YAML::Node const& node, std::int64_t& value) {
    if (!node.IsScalar()) return false;
    if (YAML::convert<std::int64_t>::decode(node, value)) return true;
    double number = 0.0;
    if (!convert(node, number) || number != std::floor(number) || std::fabs(number) > 9e15) return false;
    value = static_cast<std::int64_t>(number);
    return true;
}

template <class T>
bool convert(YAML::Node const& node, std::vector<T>& values) {
    if (!node.IsSequence()) return false;
    values.clear();
    for (auto const& entry : node)
        if (T value; convert(entry, value))
            values.push_back(value);
        else
            return false;
    return true;
}

Check<std::string> not_empty() {
    return [](std::string const& value) { return value.empty() ? "must be the name of a file" : ""; };
}

}  // namespace

Section::Section(std::shared_ptr<Record> record, YAML::Node node, std::string path)
    : record_(std::move(record)), node_(std::move(node)), path_(std::move(path)) {}

std::string Section::path_of(std::string const& key) const { return joined(path_, key); }

std::string Section::where(std::string const& key) const {
    if (node_.IsMap() && node_[key]) return record_->where(node_[key], path_of(key));
    return record_->where(node_, path_);
}

void Section::fail(std::string const& key, std::string const& message) const {
    throw InputError(where(key) + ": " + path_of(key) + " " + message);
}

bool Section::has(std::string const& key) const {
    record_->note(path_, key, false);
    return node_.IsMap() && node_[key];
}

bool Section::is_mapping(std::string const& key) const { return has(key) && node_[key].IsMap(); }

std::vector<std::string> Section::keys() const {
    std::vector<std::string> names;
    if (node_.IsMap())
        for (auto const& entry : node_) names.push_back(entry.first.Scalar());
    return names;
}

Section Section::section(std::string const& key) const {
    if (!has(key)) fail(key, "is missing; it must be a mapping of keys");
    return optional_section(key);
}

Section Section::optional_section(std::string const& key) const {
    if (!has(key)) return {record_, YAML::Node(YAML::NodeType::Map), path_of(key)};
    record_->note(path_, key, true);
    if (!node_[key].IsMap()) fail(key, "is " + shown(node_[key]) + "; it must be a mapping of keys");
    return {record_, node_[key], path_of(key)};
}

std::vector<Section> Section::list(std::string const& key) const {
    std::vector<Section> sections;
    if (!has(key)) return sections;
    record_->note(path_, key, true);
    YAML::Node const node = node_[key];
    if (!node.IsSequence()) fail(key, "is " + shown(node) + "; it must be a list of mappings");
    for (std::size_t i = 0; i < node.size(); ++i) {
        std::string const path = fmt::format("{}[{}]", path_of(key), i);
        if (!node[i].IsMap())
            throw InputError(fmt::format("{}: {} is {}; it must be a mapping of keys", record_->where(node[i], path),
                                         path, shown(node[i])));
        sections.push_back({record_, node[i], path});
    }
    return sections;
}

bool Section::is_list_with_mapping(std::string const& key) const {
    if (!has(key) || !node_[key].IsSequence()) return false;
    return std::any_of(node_[key].begin(), node_[key].end(), [](YAML::Node const& entry) { return entry.IsMap(); });
}

Section Section::entries(std::string const& key) const {
    record_->note(path_, key, true);
    YAML::Node const node = node_[key];
    if (!node.IsSequence()) fail(key, "is " + shown(node) + "; it must be a list");
    YAML::Node numbered(YAML::NodeType::Map);
    for (std::size_t i = 0; i < node.size(); ++i) numbered[fmt::format("[{}]", i)] = node[i];
    return {record_, numbered, path_of(key)};
}

template <class T>
T Section::converted(std::string const& key, Check<T> const& check) const {
    record_->note(path_, key, true);
    YAML::Node const node = node_[key];
    T value{};
    if (!convert(node, value)) {
        if (auto const bad = not_finite(node); !bad.empty()) fail(key, fmt::format("is '{}'; it must be finite", bad));
        fail(key, fmt::format("is {}; it must be {}", shown(node), TypeName<T>::value));
    }
    if (check)
        if (auto const problem = check(value); !problem.empty())
            fail(key, fmt::format("is {}; it {}", shown(node), problem));
    record_->resolve(path_, key, node);
    return value;
}

template <class T>
T Section::required(std::string const& key, Check<T> const& check) const {
    if (!has(key)) fail(key, fmt::format("is missing; it must be {}", TypeName<T>::value));
    return converted<T>(key, check);
}

std::string Section::input(std::string const& key) const {
    auto const path = required<std::string>(key, not_empty());
    reads(path);
    return path;
}

void Section::reads(std::string const& path) const { record_->files.inputs.push_back(path); }

std::string Section::output(std::string const& key, OutputKind kind) const {
    auto const path = required<std::string>(key, not_empty());
    record_->files.outputs.push_back({path, kind, where(key) + ": " + path_of(key)});
    return path;
}

std::string Section::optional_output(std::string const& key, OutputKind kind) const {
    if (has(key) && !required<std::string>(key).empty()) return output(key, kind);
    return optional<std::string>(key, "");
}

template <class T>
T Section::optional(std::string const& key, T const& default_value, Check<T> const& check) const {
    if (has(key)) return converted<T>(key, check);
    record_->resolve(path_, key, YAML::Node(default_value));
    return default_value;
}

#define HADRONFORCE_INSTANTIATE(T)                                              \
    template T Section::required<T>(std::string const&, Check<T> const&) const; \
    template T Section::optional<T>(std::string const&, T const&, Check<T> const&) const;
HADRONFORCE_INSTANTIATE(double)
HADRONFORCE_INSTANTIATE(std::int64_t)
HADRONFORCE_INSTANTIATE(bool)
HADRONFORCE_INSTANTIATE(std::string)
HADRONFORCE_INSTANTIATE(std::vector<double>)
HADRONFORCE_INSTANTIATE(std::vector<std::int64_t>)
HADRONFORCE_INSTANTIATE(std::vector<std::string>)
#undef HADRONFORCE_INSTANTIATE

Check<double> positive() {
    return [](double const& value) { return value > 0.0 ? "" : "must be positive"; };
}

Check<double> not_negative() {
    return [](double const& value) { return value >= 0.0 ? "" : "must not be negative"; };
}

Check<double> between(double low, double high) {
    return [=](double const& value) {
        return value >= low && value <= high ? std::string() : fmt::format("must lie between {} and {}", low, high);
    };
}

Check<std::int64_t> at_least(std::int64_t bound) {
    return [=](std::int64_t const& value) {
        return value >= bound ? std::string() : fmt::format("must be at least {}", bound);
    };
}

Check<std::string> one_of(std::vector<std::string> names) {
    return [names](std::string const& value) {
        if (std::find(names.begin(), names.end(), value) != names.end()) return std::string();
        return fmt::format("must be one of {}", fmt::join(names, ", "));
    };
}

}  // namespace hadronforce
