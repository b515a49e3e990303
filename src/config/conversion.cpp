#include "config/conversion.hpp"

#include "hadronforce/config/yaml.hpp"

#include <cctype>
#include <cmath>

namespace hadronforce {
namespace {

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

/// A scalar's text, empty where it says itself (!!str) that it is no number.
std::string number_text(YAML::Node const& node) {
    return node.IsScalar() && node.Tag() != "tag:yaml.org,2002:str" ? node.Scalar() : "";
}

template <class T>
bool convert_scalar(YAML::Node const& node, T& value) {
    return node.IsScalar() && YAML::convert<T>::decode(node, value);
}

}  // namespace

std::string shown(YAML::Node const& node) {
    auto const text = shown_whole(node);
    return text.size() <= most_letters_shown ? text : text.substr(0, most_letters_shown) + " ...";
}

std::string not_finite(YAML::Node const& node) {
    if (node.IsSequence())
        for (auto const& entry : node)
            if (auto const bad = not_finite(entry); !bad.empty()) return bad;
    auto const number = yaml_number(number_text(node));
    return number && !std::isfinite(*number) ? node.Scalar() : "";
}

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

bool convert(YAML::Node const& node, bool& value) { return convert_scalar(node, value); }
bool convert(YAML::Node const& node, std::string& value) { return convert_scalar(node, value); }

}  // namespace hadronforce
