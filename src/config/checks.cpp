#include "hadronforce/config/section.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace hadronforce {

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

Check<std::string> one_line() {
    return [](std::string const& value) {
        bool const is_plain =
            std::none_of(value.begin(), value.end(), [](unsigned char c) { return std::iscntrl(c) != 0; });
        return is_plain && value.find_first_not_of(' ') != std::string::npos ? "" : "must be a text in one line";
    };
}

Check<std::string> one_of(std::vector<std::string> names) {
    return [names](std::string const& value) {
        if (std::find(names.begin(), names.end(), value) != names.end()) return std::string();
        return fmt::format("must be one of {}", fmt::join(names, ", "));
    };
}

}  // namespace hadronforce
