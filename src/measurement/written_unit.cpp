#include "hadronforce/measurement/written_unit.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <regex>
#include <vector>

namespace hadronforce {
namespace {

/// A product of powers of MeV, fm and c.
struct Unit {
    double size = 1.0;
    int energy = 0, length = 0, c = 0;
};

void multiply(Unit& unit, std::string const& base, int power) {
    struct Base {
        char const* name;
        Unit unit;
    };
    static Base const bases[] = {
        {"tev", {1e6, 1, 0, 0}}, {"gev", {1e3, 1, 0, 0}}, {"mev", {1.0, 1, 0, 0}}, {"kev", {1e-3, 1, 0, 0}},
        {"ev", {1e-6, 1, 0, 0}}, {"fm", {1.0, 0, 1, 0}},  {"pm", {1e3, 0, 1, 0}},  {"nm", {1e6, 0, 1, 0}},
        {"mm", {1e12, 0, 1, 0}}, {"cm", {1e13, 0, 1, 0}}, {"m", {1e15, 0, 1, 0}},  {"c", {1.0, 0, 0, 1}},
    };
    auto const* const found =
        std::find_if(std::begin(bases), std::end(bases), [&](Base const& one) { return base == one.name; });
    unit.size *= std::pow(found->unit.size, power);
    unit.energy += power * found->unit.energy;
    unit.length += power * found->unit.length;
    unit.c += power * found->unit.c;
}

/// "gev/c", "fm^-1", "1/fm", "mev_fm2", "per_fm3"; none for anything else, and for what has no dimension.
std::optional<Unit> parsed(std::string const& text) {
    static std::regex const factor(
        R"(^([*_]*)((?:1?/|per_?)?)[*_]*(tev|gev|mev|kev|ev|fm|pm|nm|mm|cm|m|c)((?:(?:\^|\*\*)?([+-]?[1-9]))?))");
    if (text.size() > longest_name) return std::nullopt;
    std::string rest = undressed(text);
    while (rest.size() > 2 &&
           ((rest.front() == '(' && rest.back() == ')') || (rest.front() == '[' && rest.back() == ']')))
        rest = rest.substr(1, rest.size() - 2);
    Unit unit;
    while (!rest.empty()) {
        std::smatch match;
        if (!std::regex_search(rest, match, factor)) return std::nullopt;
        int const power = match[5].matched ? std::stoi(match[5]) : 1;
        multiply(unit, match[3], match[2].length() > 0 ? -power : power);
        rest = match.suffix();
    }
    if (unit.energy == 0 && unit.length == 0) return std::nullopt;
    return unit;
}

char const* what_is_needed(Dimension dimension) {
    switch (dimension) {
        case Dimension::momentum:
            return "a momentum in MeV/c";
        case Dimension::length:
            return "a length in fm";
        case Dimension::energy:
            return "an energy in MeV";
        case Dimension::inverse_volume:
            return "a density in 1/fm^3";
        case Dimension::energy_density:
            return "a kernel in MeV/fm^3";
    }
    return "";
}

std::vector<std::string> words_of(std::string const& name) {
    std::vector<std::string> words{""};
    for (char c : name)
        if (c == '_' || std::isspace(static_cast<unsigned char>(c)) != 0)
            words.emplace_back();
        else
            words.back() += c;
    words.erase(std::remove(words.begin(), words.end(), ""), words.end());
    return words;
}

/// The longest run of words that is a unit, at the end of a name or else before; the first word is a name.
std::string unit_in_words(std::vector<std::string> const& words) {
    for (std::size_t end = words.size(); end > 1; --end)
        for (std::size_t begin = 1; begin < end; ++begin) {
            std::string run = words[begin];
            for (std::size_t i = begin + 1; i < end; ++i) run += "_" + words[i];
            bool const divides = run.front() == '/';                                 // "k* / MeV"
            bool const is_index = run == "M" || (run == "m" && end < words.size());  // not metres
            if (!divides && !is_index && parsed(run)) return run;
        }
    return "";
}

}  // namespace

std::string undressed(std::string const& text) {
    static std::regex const dress(
        R"(\\(mathrm|mathit|mathsf|textit|textrm|textsf|text|rm|it|sf|ensuremath|mbox|hbox)\b)"
        R"(|\\[,;:! ]|[\s${}~\\])");
    std::string result = std::regex_replace(text, dress, "");
    for (auto const& [sign, plain] : {std::pair{"\u2212", "-"},
                                      {"\u207b", "^-"},
                                      {"\u00b9", "^1"},
                                      {"\u00b2", "^2"},
                                      {"\u00b3", "^3"},
                                      {"\u2074", "^4"},
                                      {"^-^", "^-"},
                                      {"\u00b7", "*"},
                                      {"\u00d7", "x"}})
        for (auto at = result.find(sign); at != std::string::npos; at = result.find(sign))
            result.replace(at, std::string(sign).size(), plain);
    for (auto& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

std::optional<double> unit_size(std::string const& text, Dimension dimension) {
    auto const unit = parsed(text);
    if (!unit) return std::nullopt;
    auto const is = [&](int energy, int length) { return unit->energy == energy && unit->length == length; };
    switch (dimension) {
        case Dimension::momentum:
            if (is(1, 0) && std::abs(unit->c) <= 1) return unit->size;
            if (is(0, -1) && unit->c == 0) return unit->size * units::hbar_c_MeV_fm;
            return std::nullopt;
        case Dimension::length:
            return is(0, 1) && unit->c == 0 ? std::optional(unit->size) : std::nullopt;
        case Dimension::energy:
            return is(1, 0) && unit->c == 0 ? std::optional(unit->size) : std::nullopt;
        case Dimension::inverse_volume:
            return is(0, -3) && unit->c == 0 ? std::optional(unit->size) : std::nullopt;
        case Dimension::energy_density:
            return is(1, -3) && unit->c == 0 ? std::optional(unit->size) : std::nullopt;
    }
    return std::nullopt;
}

std::string unit_in_name(std::string const& name) {
    static std::regex const brackets(R"([\[(]([^\[\]()]+|[^\[\]()]*\([^()]*\)[^\[\]()]*)[\])])"),
        worded(R"(.*(?:\bin\b|,)\s*(\S+)\s*)"), divided(R"([^/]*[^/\s]\s*/\s*([^\s].*))"),
        attached(R"(.*[A-Za-z0-9*]((?:k|M|G|T)eV(?:/?c)?))");
    if (name.size() > longest_name) return "";
    std::string found;
    for (std::sregex_iterator match(name.begin(), name.end(), brackets), end; match != end; ++match)
        if (parsed((*match)[1])) found = (*match)[1];
    if (!found.empty()) return found;
    std::smatch match;
    if (std::regex_match(name, match, worded) && parsed(match[1])) return match[1];
    if (auto const unit = unit_in_words(words_of(name)); !unit.empty()) return unit;
    for (auto const& pattern : {divided, attached})
        if (std::regex_match(name, match, pattern) && parsed(match[1])) return match[1];
    // A unit that nothing has is the name's all the same: what looks like one is said in messages.
    static std::regex const in_brackets(R"(.*[\[(]([^\[\]]+)[\])]\s*\$?\s*)");
    bool const looks_like_one =
        std::regex_match(name, match, in_brackets) && undressed(match[1]).find("ev") != std::string::npos;
    return looks_like_one ? match[1].str() : "";
}

double factor_of_unit(std::string const& name, std::string const& unit, Dimension dimension, bool unchecked,
                      std::string const& where) {
    bool const is_shape = dimension == Dimension::inverse_volume && !parsed(unit);
    if (unit.empty() || unchecked || is_shape) return 1.0;
    if (auto const size = unit_size(unit, dimension)) return *size;
    throw InputError(
        fmt::format("{}: {} is in {}, where {} is needed; convert and rename it (where the name means "
                    "something else, write allow: [units])",
                    where, name, unit, what_is_needed(dimension)));
}

}  // namespace hadronforce
