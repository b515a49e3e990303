#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace hadronforce {

/// What messages call a type.
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

template <class T>
constexpr bool is_numeric = std::is_same_v<T, double> || std::is_same_v<T, std::int64_t> ||
                            std::is_same_v<T, std::vector<double>> || std::is_same_v<T, std::vector<std::int64_t>>;

/// A node as messages show it, cut where it is long.
std::string shown(YAML::Node const& node);

/// The first entry that is an infinity or not a number; empty if there is none.
std::string not_finite(YAML::Node const& node);

/// How to write what looks like a number and is none: 1_000, 1,5, 1d3, and whole numbers that 64 bits do not hold.
std::string hint_for(YAML::Node const& node);

/// The same number in digits that every reader of YAML, also of version 1.1, takes for it: 60 for 060 and for 0x3c.
YAML::Node in_plain_digits(YAML::Node const& node);

/// Writes the value of a node; false where it is none of its type.
bool convert(YAML::Node const& node, double& value);
bool convert(YAML::Node const& node, std::int64_t& value);
bool convert(YAML::Node const& node, bool& value);
bool convert(YAML::Node const& node, std::string& value);

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

}  // namespace hadronforce
