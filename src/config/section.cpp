#include "hadronforce/config/section.hpp"

#include "config/record.hpp"
#include "hadronforce/config/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <type_traits>

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

constexpr std::size_t most_letters_shown = 200;

std::string shown_whole(YAML::Node const& node) {
    if (node.IsScalar()) return "'" + node.Scalar().substr(0, most_letters_shown) + "'";
    if (node.IsMap()) return "a mapping";
    if (!node.IsSequence()) return "nothing";
    std::string entries;
    for (auto const& entry : node) {
        if (entries.size() > most_letters_shown) break;
        entries += (entries.empty() ? "" : ", ") + shown_whole(entry);
    }
    return "[" + entries + "]";
}

std::string shown(YAML::Node const& node) {
    auto const text = shown_whole(node);
    return text.size() <= most_letters_shown ? text : text.substr(0, most_letters_shown) + " ...";
}

/// A scalar's text, empty where it says itself (!!str) that it is no number.
std::string number_text(YAML::Node const& node) {
    return node.IsScalar() && node.Tag() != "tag:yaml.org,2002:str" ? node.Scalar() : "";
}

/// The first entry that is an infinity or not a number; empty if there is none.
std::string not_finite(YAML::Node const& node) {
    if (node.IsSequence())
        for (auto const& entry : node)
            if (auto const bad = not_finite(entry); !bad.empty()) return bad;
    auto const number = yaml_number(number_text(node));
    return number && !std::isfinite(*number) ? node.Scalar() : "";
}

template <class T>
bool convert(YAML::Node const& node, T& value) {
    if (!node.IsScalar()) return false;
    return YAML::convert<T>::decode(node, value);
}

bool convert(YAML::Node const& node, double& value) {
    auto const number = yaml_number(number_text(node));
    value = number.value_or(0.0);
    return number && std::isfinite(value);
}

bool convert(YAML::Node const& node, std::int64_t& value) {
    auto const number = yaml_whole_number(number_text(node));
    value = number.value_or(0);
    return number.has_value();
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

/// How to write what looks like a number and is none: 1_000, 1,5, 1d3, and whole numbers that 64 bits do not hold.
std::string hint_for(YAML::Node const& node) {
    if (node.IsSequence())
        for (auto const& entry : node)
            if (auto const hint = hint_for(entry); !hint.empty()) return hint;
    std::string text = number_text(node);
    if (text.empty() || std::isdigit(static_cast<unsigned char>(text.back())) == 0) return "";
    if (auto const number = yaml_number(text))
        return std::fabs(*number) > 9e15
                   ? "; it is too large: whole numbers end at 9e15, or 9223372036854775807 in digits"
                   : "";
    auto const is_number_with = [&](char found, std::string const& replacement) {
        std::string changed;
        for (char c : text) changed += c == found ? replacement : std::string(1, c);
        return changed != text && yaml_number(changed).has_value();
    };
    if (is_number_with('_', "")) return "; write its digits without _";
    if (is_number_with(',', ".")) return "; write a decimal point for the comma";
    if (is_number_with('d', "e") || is_number_with('D', "e")) return "; write e for the exponent's d";
    return "";
}

/// The same number in digits that every reader of YAML, also of version 1.1, takes for it: 60 for 060 and for 0x3c.
YAML::Node in_plain_digits(YAML::Node const& node) {
    if (node.IsSequence()) {
        YAML::Node list(YAML::NodeType::Sequence);
        for (auto const& entry : node) list.push_back(in_plain_digits(entry));
        return list;
    }
    std::string const text = number_text(node);
    auto const first = text.find_first_not_of("+-");
    auto const number = yaml_number(text);
    bool const is_padded = first + 1 < text.size() && text[first] == '0' && text[first + 1] != '.' && number;
    if (!is_padded) return node;
    if (auto const whole = yaml_whole_number(text)) return YAML::Node(*whole);
    return YAML::Node(*number);
}

bool ends_in(std::string const& word, std::string const& end) {
    return word.size() >= end.size() && word.compare(word.size() - end.size(), end.size(), end) == 0;
}

/// The largest magnitude of a number by the unit in its path: "r0_fm", "strengths_MeV[1]", "b1_MeV.uniform". Far beyond
/// hadrons, and such that what is made of it can still be computed with.
double largest_magnitude(std::string const& path) {
    auto const steps = steps_of(path);
    for (auto step = steps.rbegin(); step != steps.rend() && step - steps.rbegin() < 2; ++step) {
        std::string const& part = step->key;
        if (ends_in(part, "_fm") && !ends_in(part, "_MeV_fm") && !ends_in(part, "_per_fm")) return 1e5;
        if (ends_in(part, "_MeV")) return 1e12;
    }
    return 1e30;
}
constexpr double smallest_magnitude = 1e-30;

std::string magnitude_problem(std::string const& path, double value) {
    double const largest = largest_magnitude(path);
    if (std::fabs(value) > largest) return fmt::format("must be at most {:g} in magnitude", largest);
    if (value != 0.0 && std::fabs(value) < smallest_magnitude)
        return fmt::format("must be zero, or at least {:g} in magnitude", smallest_magnitude);
    return "";
}

std::string magnitude_problem(std::string const& path, std::vector<double> const& values) {
    for (double value : values)
        if (auto const problem = magnitude_problem(path, value); !problem.empty())
            return fmt::format("has the entry {:g}, which {}", value, problem);
    return "";
}

template <class T>
std::string magnitude_problem(std::string const& /*path*/, T const& /*value*/) {
    return "";
}

template <class T>
constexpr bool is_numeric = std::is_same_v<T, double> || std::is_same_v<T, std::int64_t> ||
                            std::is_same_v<T, std::vector<double>> || std::is_same_v<T, std::vector<std::int64_t>>;

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

Section Section::root() const { return {record_, record_->root, ""}; }

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
        fail(key, fmt::format("is {}; it must be {}{}", shown(node), TypeName<T>::value,
                              is_numeric<T> ? hint_for(node) : ""));
    }
    std::string problem = check ? check(value) : "";
    if (problem.empty()) problem = magnitude_problem(path_of(key), value);
    if (!problem.empty()) fail(key, fmt::format("is {}; it {}", shown(node), problem));
    record_->resolve(path_, key, is_numeric<T> ? in_plain_digits(node) : node);
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
    record_->files.input_of_key[path_of(key)] = path;
    return path;
}

void Section::reads(std::string const& path) const { record_->files.inputs.push_back(path); }

std::string Section::output(std::string const& key, OutputKind kind) const {
    auto const path = required<std::string>(key, not_empty());
    std::string const place = where(key), name = path_of(key);
    record_->files.outputs.push_back({path, kind, place == "--set " + name ? place : place + ": " + name});
    return path;
}

std::string Section::optional_output(std::string const& key, OutputKind kind) const {
    if (has(key) && !required<std::string>(key).empty()) return output(key, kind);
    return optional<std::string>(key, "");
}

template <class T>
T Section::optional(std::string const& key, T const& default_value, Check<T> const& check) const {
    T const value = has(key) ? converted<T>(key, check) : default_value;
    if (!has(key)) record_->resolve(path_, key, YAML::Node(default_value));
    if (value == default_value)
        record_->at_default.insert(path_of(key));
    else
        record_->at_default.erase(path_of(key));
    return value;
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
