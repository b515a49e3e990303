#include "measurement/value_unit.hpp"

#include "hadronforce/config/decimal_number.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/measurement/written_unit.hpp"

#include <fmt/format.h>

#include <regex>
#include <set>

namespace hadronforce {
namespace {

/// Without dress, and without the brackets around all of it.
std::string plain(std::string const& units) {
    std::string text = undressed(units);
    while (text.size() > 1 &&
           ((text.front() == '(' && text.back() == ')') || (text.front() == '[' && text.back() == ']')))
        text = text.substr(1, text.size() - 2);
    return text;
}

bool is_one(std::string const& text) {
    static std::set<std::string> const words{
        "",         "1",      "1.",      "1.0",      "-",   "--",           "---",    "none",    "dimensionless",
        "unitless", "nounit", "nounits", "no_units", "n/a", "adimensional", "number", "dimless", "nodimension"};
    return words.count(text) != 0;
}

bool is_per_cent(std::string const& text) {
    static std::set<std::string> const words{"%", "percent", "percents", "percentage", "pct"};
    return words.count(text) != 0;
}

/// "10^-2", "10**(-2)", "1e-2", "0.01".
std::optional<double> power_of_ten(std::string const& text) {
    static std::regex const power(R"(10(?:\^|\*\*)\(?([+-]?\d{1,2})\)?)"),
        number(R"(1(?:\.0*)?e[+-]?\d{1,2}|0\.0*1|10+)");
    std::smatch match;
    if (std::regex_match(text, match, power)) return decimal_number("1e" + match[1].str());
    if (std::regex_match(text, number)) return decimal_number(text);
    return std::nullopt;
}

}  // namespace

bool is_no_unit(std::string const& units) { return plain(units).empty(); }

std::optional<double> size_of_value_unit(std::string const& units) {
    if (units.size() > longest_name) return std::nullopt;
    std::string const text = plain(units);
    if (is_one(text)) return 1.0;
    if (is_per_cent(text)) return 0.01;
    return power_of_ten(text);
}

std::optional<double> size_of_covariance_unit(std::string const& units) {
    static std::regex const square(R"((.*?)(?:\^|\*\*)?2)");
    if (units.size() > longest_name) return std::nullopt;
    std::string const text = plain(units);
    if (is_one(text)) return 1.0;
    if (auto const size = power_of_ten(text)) return size;
    std::smatch match;
    if (std::regex_match(text, match, square) && is_per_cent(plain(match[1]))) return 1e-4;
    return std::nullopt;
}

std::string value_unit_in_name(std::string const& name) {
    static std::regex const per_cent(
        R"(.*(?:[\[(]\s*(\\?%|per ?cent)\s*[\])]|[_ ](\\?%|percent|pct)|\bin (\\?%|per ?cent))\s*\$?\s*)",
        std::regex::icase);
    if (name.size() > longest_name) return "";
    if (std::regex_match(name, per_cent)) return "%";
    std::string const text = undressed(name);
    std::smatch match;
    static std::regex const factor(R"(.*?((?:x|\*|times|cdot)10(?:\^|\*\*)\(?[+-]?\d+\)?).*)"),
        unit(R"(.*[\[(](10(?:\^|\*\*)\(?[+-]?\d+\)?)[\])])");
    for (auto const& pattern : {factor, unit})
        if (std::regex_match(text, match, pattern)) return match[1];
    return "";
}

double factor_of_values(std::string const& name, std::string const& units, MomentumReading const& reading,
                        std::string const& where) {
    if (reading.unchecked) return 1.0;
    std::string const in_name = value_unit_in_name(name);
    for (auto const& stated : {units, in_name})
        if (!size_of_value_unit(stated))
            throw InputError(
                fmt::format("{}: {} has the unit '{}'; a correlation function has none, or %, or a power of ten such "
                            "as 10^-2; convert the table (where its numbers are right as they are, write allow: "
                            "[units])",
                            where, name, stated));
    if (is_no_unit(units) || in_name.empty()) return *size_of_value_unit(is_no_unit(units) ? in_name : units);
    if (*size_of_value_unit(units) != *size_of_value_unit(in_name))
        throw InputError(
            fmt::format("{}: {} has the unit '{}' in its header and '{}' in its name; correct the table "
                        "(where its numbers are right as they are, write allow: [units])",
                        where, name, units, in_name));
    return *size_of_value_unit(units);
}

void check_values(Eigen::ArrayXd const& correlation, double factor, std::string const& where) {
    if (factor == 1.0) return;
    double const mean = correlation.mean();
    if (mean < 0.1 || mean > 10.0)
        throw InputError(fmt::format(
            "{}: by the unit of the table its values must be multiplied by {}, and would then be {:.3g} in the mean; "
            "correct the unit (where the numbers are right as they are, write allow: [units])",
            where, factor, mean));
}

double factor_of_covariance(std::string const& name, std::string const& units, double value_unit,
                            MomentumReading const& reading, std::string const& where) {
    if (reading.unchecked) return 1.0;
    std::string const stated = is_no_unit(units) ? value_unit_in_name(name) : units;
    auto const size = size_of_covariance_unit(stated);
    if (!size)
        throw InputError(
            fmt::format("{}: {} has the unit '{}'; a covariance of a correlation function has none, or %^2, or a power "
                        "of ten such as 10^-4; convert the table (where its numbers are right as they are, write "
                        "allow: [units])",
                        where, name, stated));
    if (value_unit != 1.0 && is_no_unit(stated))
        throw InputError(
            fmt::format("{}: {} states no unit, and the values of the data have one; state it, 1 or that squared, such "
                        "as %^2",
                        where, name));
    return *size;
}

}  // namespace hadronforce
