#include "hadronforce/config/yaml.hpp"

#include "hadronforce/config/decimal_number.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

namespace hadronforce {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bool begins_with(std::string_view text, std::string_view begin) { return text.substr(0, begin.size()) == begin; }

/// Takes the sign off; true if it was a minus.
bool take_sign(std::string_view& text) {
    bool const minus = begins_with(text, "-");
    if (minus || begins_with(text, "+")) text.remove_prefix(1);
    return minus;
}

/// Digits of one base and nothing else; `error` as std::from_chars has it.
template <class Integer>
bool take_digits(std::string_view text, int base, Integer& value, std::errc& error) {
    char const* const end = text.data() + text.size();
    auto const result = std::from_chars(text.data(), end, value, base);
    error = result.ec;
    return !text.empty() && text.front() != '-' && result.ptr == end;
}

/// 0o17 and 0xff, which YAML 1.2 has without sign.
std::optional<std::uint64_t> with_base(std::string_view text) {
    int const base = begins_with(text, "0o") ? 8 : begins_with(text, "0x") ? 16 : 0;
    std::uint64_t value = 0;
    std::errc error{};
    if (base == 0 || !take_digits(text.substr(2), base, value, error) || error != std::errc{}) return std::nullopt;
    return value;
}

}  // namespace

std::optional<double> yaml_number(std::string const& text) {
    if (auto const number = with_base(text)) return static_cast<double>(*number);
    if (text == ".nan" || text == ".NaN" || text == ".NAN") return std::numeric_limits<double>::quiet_NaN();
    std::string_view digits = text;
    double const sign = take_sign(digits) ? -1.0 : 1.0;
    if (digits == ".inf" || digits == ".Inf" || digits == ".INF") return sign * infinity;
    // What data files may have beyond this are words, a second sign and Fortran's exponents.
    if (digits.find_first_not_of("0123456789.eE+-") != std::string_view::npos || begins_with(digits, "-") ||
        begins_with(digits, "+"))
        return std::nullopt;
    auto const value = decimal_number(digits);
    return value ? std::optional(sign * *value) : std::nullopt;
}

std::optional<std::int64_t> yaml_whole_number(std::string const& text) {
    if (auto const number = with_base(text)) {
        if (*number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
        return static_cast<std::int64_t>(*number);
    }
    std::string_view digits = text;
    bool const minus = take_sign(digits);
    std::int64_t value = 0;
    std::errc error{};
    if (take_digits(digits, 10, value, error)) {
        if (error != std::errc{}) return std::nullopt;
        return minus ? -value : value;
    }
    auto const number = yaml_number(text);
    if (!number || !(std::fabs(*number) <= 9e15) || *number != std::floor(*number)) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

}  // namespace hadronforce
