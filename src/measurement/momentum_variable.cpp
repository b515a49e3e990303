#include "hadronforce/measurement/momentum_variable.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/measurement/written_unit.hpp"
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

/// MeV/c of one unit, where that is one in which momenta are given.
std::optional<double> usual_unit(std::string const& text) {
    auto const size = unit_size(text, Dimension::momentum);
    bool const is_usual = size && (*size == 1.0 || *size == 1000.0 || *size == units::hbar_c_MeV_fm);
    return is_usual ? size : std::nullopt;
}

enum class Named { k_star, q_inv, twice_k_star, other };

Named named(std::string const& name) {
    // Words of the name: "$k^{*}$ (GeV/c)" -> k*, gev, c; "Q_{inv}" -> q, inv; "q(inv)" -> q, inv.
    std::vector<std::string> words{""};
    std::string spaced = name;
    std::replace(spaced.begin(), spaced.end(), ' ', '|');
    std::string const text = std::regex_replace(undressed(spaced), std::regex(R"(\^?(\*|ast|star)|_star)"), "*");
    for (char c : text)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '*')
            words.back() += c;
        else if (!words.back().empty())
            words.emplace_back();
    std::set<std::string> const all(words.begin(), words.end());
    auto const has = [&](auto const&... word) { return ((all.count(word) != 0) || ...); };
    // k_T and q_out are components, in other frames.
    bool const component = has("t", "x", "y", "z", "o", "s", "l", "out", "side", "long", "lcms", "osl");
    if (has("2k*", "2k")) return Named::twice_k_star;
    if (has("qinv") || (has("q") && !component)) return Named::q_inv;
    return has("k*") || (words.front() == "k" && !component) ? Named::k_star : Named::other;
}

/// k* in terms of what the variable is.
double share_of_k_star(std::string const& name, MomentumReading const& reading, bool only_q, std::string const& where) {
    Named const kind = named(name);
    if (reading.momentum.empty()) {
        if (kind == Named::q_inv || kind == Named::twice_k_star)
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
    bool const is_q = reading.momentum == "q_inv";
    if (kind == (is_q ? Named::k_star : Named::twice_k_star) && !reading.unchecked)
        throw InputError(
            fmt::format("{}: the momentum is called {}, which is {}, and data.momentum says {}, which is {}; remove "
                        "or correct that (where the table is wrong, write allow: [units])",
                        where, name, is_q ? "k*" : "2 k*", reading.momentum, is_q ? "2 k*" : "k*"));
    return is_q ? 0.5 : 1.0;
}

/// Throws InputError where a table states another unit of momentum than the config.
void check_stated(std::string const& name, std::string const& stated, MomentumReading const& reading,
                  std::string const& where) {
    auto const size = unit_size(stated, Dimension::momentum);
    if (reading.unchecked || reading.unit.empty() || !size || *size == unit_size(reading.unit, Dimension::momentum))
        return;
    throw InputError(
        fmt::format("{}: {} is in {}, and data.unit says {}; remove or correct that (where the table is wrong, write "
                    "allow: [units])",
                    where, name, stated, reading.unit));
}

}  // namespace

double factor_to_k_star_MeV(std::string const& name, std::string const& units, MomentumReading const& reading,
                            std::string const& where) {
    double const share = share_of_k_star(name, reading, false, where);
    std::string const in_name = unit_in_name(name);
    std::string const written = units.empty() ? in_name : units;
    check_stated(name, units, reading, where);
    check_stated(name, in_name, reading, where);
    if (!reading.unit.empty()) return share * unit_size(reading.unit, Dimension::momentum).value();
    auto const unit = usual_unit(written);
    if (!unit)
        throw InputError(
            fmt::format("{}: the units of {} are '{}'; they must be MeV/c or GeV/c (data.unit says what "
                        "they are where a table does not)",
                        where, name, written));
    auto const size_in_name = unit_size(in_name, Dimension::momentum);
    if (size_in_name && *size_in_name != *unit)
        throw InputError(
            fmt::format("{}: {} has the units '{}' in its header and '{}' in its name; correct the table "
                        "(or say data.unit and allow: [units])",
                        where, name, units, in_name));
    return share * *unit;
}

double factor_of_column(std::string const& column, MomentumReading const& reading, std::string const& where) {
    double const share = share_of_k_star(column, reading, true, where);
    std::string const in_name = unit_in_name(column);
    bool const is_frame = in_name == "cm" || in_name == "m";
    std::string const stated = is_frame ? "" : in_name;
    check_stated(column, stated, reading, where);
    if (!reading.unit.empty()) return share * unit_size(reading.unit, Dimension::momentum).value();
    if (stated.empty()) return share;
    auto const unit = usual_unit(stated);
    if (!unit)
        throw InputError(
            fmt::format("{}: the column {} is in {}; momenta must be in MeV/c, GeV/c or 1/fm (data.unit "
                        "says what they are where a table does not)",
                        where, column, stated));
    return share * *unit;
}

}  // namespace hadronforce
