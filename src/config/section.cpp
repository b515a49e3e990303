#include "hadronforce/config/section.hpp"

#include "config/conversion.hpp"
#include "config/record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace hadronforce {
namespace {

Check<std::string> not_empty() {
    return [](std::string const& value) { return value.empty() ? "must be the name of a file" : ""; };
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

void in_flow_style(YAML::Node node) {
    if (node.IsMap() || node.IsSequence()) node.SetStyle(YAML::EmitterStyle::Flow);
    if (node.IsSequence())
        for (auto entry : node) in_flow_style(entry);
    if (node.IsMap())
        for (auto entry : node) in_flow_style(entry.second);
}

template <class T>
std::string magnitude_problem(std::string const& /*path*/, T const& /*value*/) {
    return "";
}

}  // namespace

struct Section::Below {
    Section section;
    std::vector<std::string> hidden;
};

Section::Section(std::shared_ptr<Record> record, YAML::Node node, std::string path)
    : record_(std::move(record)), node_(std::move(node)), path_(std::move(path)) {}

Section Section::over(Section const& below, std::vector<std::string> hidden) const {
    Section both = *this;
    both.below_ = std::make_shared<Below const>(Below{below, std::move(hidden)});
    return both;
}

Section const& Section::owner(std::string const& key) const {
    if (!below_ || (node_.IsMap() && node_[key])) return *this;
    auto const& hidden = below_->hidden;
    bool const is_hidden = std::find(hidden.begin(), hidden.end(), key) != hidden.end();
    return !is_hidden && below_->section.has(key) ? below_->section : *this;
}

std::string Section::path_of(std::string const& key) const { return joined(owner(key).path_, key); }

std::string Section::where(std::string const& key) const {
    if (auto const& other = owner(key); &other != this) return other.where(key);
    if (node_.IsMap() && node_[key]) return record_->where(node_[key], path_of(key));
    return record_->where(node_, path_);
}

void Section::fail(std::string const& key, std::string const& message) const {
    std::string text = where(key) + ": " + path_of(key) + " " + message;
    // One line, whatever the value has.
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }, ' ');
    throw InputError(text);
}

bool Section::has(std::string const& key) const {
    record_->note(path_, key, false);
    return (node_.IsMap() && node_[key]) || &owner(key) != this;
}

bool Section::is_mapping(std::string const& key) const { return has(key) && owner(key).node_[key].IsMap(); }

std::vector<std::string> Section::keys() const {
    std::vector<std::string> names;
    if (node_.IsMap())
        for (auto const& entry : node_) names.push_back(entry.first.Scalar());
    return names;
}

void Section::read_all() const {
    for (auto const& key : keys()) {
        record_->note(path_, key, true);
        record_->resolve(path_, key, node_[key]);
        if (node_[key].IsMap()) section(key).read_all();
    }
}

std::string Section::text() const {
    YAML::Emitter out;
    out.SetMapFormat(YAML::Flow);
    out.SetSeqFormat(YAML::Flow);
    YAML::Node plain = YAML::Clone(node_);
    in_flow_style(plain);
    out << plain;
    return out.c_str();
}

Section Section::root() const { return {record_, record_->root, ""}; }

Section Section::section(std::string const& key) const {
    if (!has(key)) fail(key, "is missing; it must be a mapping of keys");
    return optional_section(key);
}

Section Section::optional_section(std::string const& key) const {
    if (auto const& other = owner(key); &other != this) return other.optional_section(key);
    if (!has(key)) return {record_, YAML::Node(YAML::NodeType::Map), path_of(key)};
    record_->note(path_, key, true);
    if (!node_[key].IsMap()) fail(key, "is " + shown(node_[key]) + "; it must be a mapping of keys");
    return {record_, node_[key], path_of(key)};
}

std::vector<Section> Section::list(std::string const& key) const {
    if (auto const& other = owner(key); &other != this) return other.list(key);
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

bool Section::is_list(std::string const& key) const { return has(key) && owner(key).node_[key].IsSequence(); }

bool Section::is_list_with_mapping(std::string const& key) const {
    if (auto const& other = owner(key); &other != this) return other.is_list_with_mapping(key);
    if (!has(key) || !node_[key].IsSequence()) return false;
    return std::any_of(node_[key].begin(), node_[key].end(), [](YAML::Node const& entry) { return entry.IsMap(); });
}

Section Section::entries(std::string const& key) const {
    if (auto const& other = owner(key); &other != this) return other.entries(key);
    record_->note(path_, key, true);
    YAML::Node const node = node_[key];
    if (!node.IsSequence()) fail(key, "is " + shown(node) + "; it must be a list");
    YAML::Node numbered(YAML::NodeType::Map);
    for (std::size_t i = 0; i < node.size(); ++i) numbered[fmt::format("[{}]", i)] = node[i];
    return {record_, numbered, path_of(key)};
}

template <class T>
T Section::converted(std::string const& key, Check<T> const& check, T const* default_value) const {
    if (auto const& other = owner(key); &other != this) return other.converted(key, check, default_value);
    record_->note(path_, key, true);
    YAML::Node const node = node_[key];
    T value{};
    if (!convert(node, value)) {
        if (auto const bad = not_finite(node); !bad.empty()) fail(key, fmt::format("is '{}'; it must be finite", bad));
        fail(key, fmt::format("is {}; it must be {}{}", shown(node), TypeName<T>::value,
                              is_numeric<T> ? hint_for(node) : ""));
    }
    std::string problem;
    if (default_value == nullptr || value != *default_value) {
        if (check) problem = check(value);
        if (problem.empty()) problem = magnitude_problem(path_of(key), value);
    }
    if (!problem.empty()) fail(key, fmt::format("is {}; it {}", shown(node), problem));
    record_->resolve(path_, key, is_numeric<T> ? in_plain_digits(node) : node);
    return value;
}

template <class T>
T Section::required(std::string const& key, Check<T> const& check) const {
    if (!has(key)) fail(key, fmt::format("is missing; it must be {}", TypeName<T>::value));
    return converted<T>(key, check, nullptr);
}

std::string Section::input(std::string const& key) const {
    auto const path = required<std::string>(key, not_empty());
    reads(path);
    record_->files.input_of_key[path_of(key)] = path;
    return path;
}

void Section::reads(std::string const& path, std::string const& key) const {
    record_->files.inputs.push_back(path);
    if (!key.empty()) record_->files.input_of_key[key] = path;
}

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
    if (auto const& other = owner(key); &other != this) return other.optional(key, default_value, check);
    T const value = has(key) ? converted<T>(key, check, &default_value) : default_value;
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

}  // namespace hadronforce
