#include "hadronforce/measurement/momentum_variable.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <regex>
#include <set>
#include <vector>

namespace hadronforce {
namespace {

/// Small letters without blanks and LaTeX's dress: "$\mathrm{GeV}/c$" -> "gev/c", "k^{*}" -> "k^*".
std::string bare(std::string const& text) {
    static std::regex const dress(
        R"(\\(mathrm|mathit|mathsf|textit|textrm|textsf|text|rm|it|sf|ensuremath|mbox|hbox)\b)"
        R"(|\\[,;:! ]|[\s${}~\\])");
    std::string result = std::regex_replace(text, dress, "");
    for (auto& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

/// MeV/c of one unit; none for what is no unit of momentum, such as GeV^-1.
std::optional<double> unit_in_MeV(std::string const& text) {
    std::string unit = bare(text);
    if (unit.size() > 2 && (unit.front() == '(' || unit.front() == '[')) unit = unit.substr(1, unit.size() - 2);
    for (auto const& [name, size] : {std::pair{"mev", 1.0}, {"gev", 1000.0}})
        for (char const* over_c : {"", "/c", "c^-1", "*c^-1", "c**-1", "*c**-1", "c-1"})
            if (unit == std::string(name) + over_c) return size;
    for (char const* inverse_fm : {"1/fm", "fm^-1", "fm**-1", "fm-1", "/fm"})
        if (unit == inverse_fm) return units::hbar_c_MeV_fm;
    return std::nullopt;
}

/// "MeV/c" of "k* [MeV/c]", "k* (MeV/c)", "k* in MeV/c"; empty where a name has none.
std::string units_in_name(std::string const& name) {
    static std::regex const bracketed(R"(.*[\[(]([^\[\]]+)[\])]\s*\$?\s*$)"), worded(R"(.*(?:\bin\b|,)\s*(\S+)\s*$)");
    std::smatch match;
    for (auto const& pattern : {bracketed, worded})
        if (std::regex_match(name, match, pattern) && unit_in_MeV(match[1])) return match[1];
    // A unit that no momentum has is the name's all the same: what looks like one is said in the message.
    return std::regex_match(name, match, bracketed) && bare(match[1]).find("ev") != std::string::npos ? match[1].str()
                                                                                                      : "";
}

enum class Named { k_star, q_inv, other };

Named named(std::string const& name) {
    // Words of the name: "$k^{*}$ (GeV/c)" -> k*, gev, c; "Q_{inv}" -> q, inv; "q(inv)" -> q, inv.
    std::vector<std::string> words{""};
    std::string spaced = name;
    std::replace(spaced.begin(), spaced.end(), ' ', '|');
    std::string const text = std::regex_replace(bare(spaced), std::regex(R"(\^?(\*|ast|star)|_star)"), "*");
    for (char c : text)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '*')
            words.back() += c;
        else if (!words.back().empty())
            words.emplace_back();
    std::set<std::string> const all(words.begin(), words.end());
    auto const has = [&](auto const&... word) { return ((all.count(word) != 0) || ...); };
    // k_T and q_out are components, in other frames.
    bool const component = has("t", "x", "y", "z", "o", "s", "l", "out", "side", "long", "lcms", "osl");
    if (has("qinv", "2k*") || (has("q", "2k") && !component)) return Named::q_inv;
    return has("k*") || (words.front() == "k" && !component) ? Named::k_star : Named::other;
}

/// k* in terms of what the variable is.
double share_of_k_star(std::string const& name, MomentumReading const& reading, bool only_q, std::string const& where) {
    if (!reading.momentum.empty()) return reading.momentum == "q_inv" ? 0.5 : 1.0;
    Named const kind = named(name);
    if (kind == Named::q_inv)
        throw InputError(
            fmt::format("{}: the momentum is called {}, which is 2 k* where it is q_inv; say which it is "
                        "by data.momentum, q_inv or k_star",
                        where, name));
    if (kind == Named::other && !only_q)
        throw InputError(
            fmt::format("{}: the variable {} is not called k*; if it is k*, say data.momentum: k_star, if "
                        "2 k*, data.momentum: q_inv",
                        where, name));
    return 1.0;
}

double unit_of(std::string const& unit) { return unit_in_MeV(unit).value(); }

}  // namespace

double factor_to_k_star_MeV(std::string const& name, std::string const& units, MomentumReading const& reading,
                            std::string const& where) {
    std::string const written = units.empty() ? units_in_name(name) : units;
    auto const unit = reading.unit.empty() ? unit_in_MeV(written) : unit_of(reading.unit);
    if (!unit)
        throw InputError(
            fmt::format("{}: the units of {} are '{}'; they must be MeV/c or GeV/c (data.unit says what "
                        "they are where a table does not)",
                        where, name, written));
    return *unit * share_of_k_star(name, reading, false, where);
}

double factor_of_column(std::string const& column, MomentumReading const& reading, std::string const& where) {
    auto const ends_with = [&](std::string const& end) {
        return column.size() >= end.size() && column.compare(column.size() - end.size(), end.size(), end) == 0;
    };
    double const unit = !reading.unit.empty() ? unit_of(reading.unit) : ends_with("_GeV") ? 1000.0 : 1.0;
    return unit * share_of_k_star(column, reading, true, where);
}

}  // namespace hadronforce
