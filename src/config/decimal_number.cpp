#include "hadronforce/config/decimal_number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace hadronforce {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// nan or infinite for the words that mean it; 0 for all others.
double not_finite(std::string_view text) {
    if (text.size() > 8) return 0.0;
    std::string word(text);
    for (auto& c : word) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    if (word == "nan") return std::numeric_limits<double>::quiet_NaN();
    return word == "inf" || word == "infinity" ? infinity : 0.0;
}

/// Of unsigned digits that are out of range: whether they are below it. Their first digit that counts says.
bool is_tiny(std::string_view digits) {
    auto const letter = digits.find_first_of("eE");
    std::string_view const mantissa = digits.substr(0, letter);
    long exponent = 0;
    if (letter != std::string_view::npos) {
        std::string_view power = digits.substr(letter + 1);
        bool const minus = power.front() == '-';
        if (minus || power.front() == '+') power.remove_prefix(1);
        bool const is_huge = std::from_chars(power.data(), power.data() + power.size(), exponent).ec != std::errc{};
        if (is_huge) return minus;
        if (minus) exponent = -exponent;
    }
    auto const point = static_cast<long>(std::min(mantissa.find('.'), mantissa.size()));
    auto const first = static_cast<long>(mantissa.find_first_not_of("0."));
    return exponent + (point - first) < 0;
}

}  // namespace

std::optional<double> decimal_number(std::string_view text) {
    bool const minus = !text.empty() && text.front() == '-';
    if (minus || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    double const sign = minus ? -1.0 : 1.0;
    bool const begins_a_number = (text.front() >= '0' && text.front() <= '9') || text.front() == '.';
    if (!begins_a_number) {
        double const word = not_finite(text);
        return word == 0.0 ? std::nullopt : std::optional(sign * word);
    }
    std::string copy;
    if (auto const letter = text.find_first_of("dD"); letter != std::string_view::npos) {
        copy = text;
        copy[letter] = 'e';
        text = copy;
    }
    double value = 0.0;
    char const* const end = text.data() + text.size();
    auto const result = std::from_chars(text.data(), end, value);
    if (result.ptr != end || result.ec == std::errc::invalid_argument) return std::nullopt;
    if (result.ec == std::errc::result_out_of_range) value = is_tiny(text) ? 0.0 : infinity;
    return sign * value;
}

}  // namespace hadronforce
