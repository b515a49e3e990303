#include "hadronforce/parameters/formula.hpp"

#include "hadronforce/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <muParser.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>

namespace hadronforce {
namespace {

mu::Parser parser_with_constants() {
    mu::Parser parser;
    parser.ClearConst();
    parser.DefineConst("pi", 3.14159265358979323846);
    return parser;
}

/// muParser's formulas may give a name a value; those of a config may not.
bool assigns(std::string const& text) {
    for (auto at = text.find('='); at != std::string::npos; at = text.find('=', at + 1)) {
        bool const compares = at > 0 && std::string("=!<>").find(text[at - 1]) != std::string::npos;
        if (!compares && (at + 1 == text.size() || text[at + 1] != '=')) return true;
    }
    return false;
}

}  // namespace

struct Formula::Parsed {
    mu::Parser parser = parser_with_constants();
    std::vector<double> values;  ///< one a name; the parser knows their addresses
};

Formula::Formula(std::string text, std::vector<std::string> const& names)
    : parsed_(std::make_shared<Parsed>()), text_(std::move(text)) {
    auto& [parser, values] = *parsed_;
    values.assign(names.size(), 1.0);
    if (assigns(text_)) throw InputError("has a single =; to compare write ==");
    try {
        parser.SetExpr(text_);
        for (auto const& [name, value] : mu::varmap_type(parser.GetUsedVar())) {
            auto const found = std::find(names.begin(), names.end(), name);
            if (found == names.end())
                throw InputError(fmt::format("names {}, which is not one of the parameters before it{}{}", name,
                                             names.empty() ? "" : ": ", fmt::join(names, ", ")));
            parser.DefineVar(name, &values[static_cast<std::size_t>(std::distance(names.begin(), found))]);
        }
        int results = 0;
        parser.Eval(results);
        if (results != 1) throw InputError("has commas; it must give one number");
    } catch (mu::Parser::exception_type const& error) {
        throw InputError("is no formula: " + error.GetMsg());
    }
}

double Formula::at(Eigen::VectorXd const& values) const {
    std::copy(values.begin(), values.end(), parsed_->values.begin());
    double const result = parsed_->parser.Eval();
    if (!std::isfinite(result)) throw InputError(fmt::format("the formula {} is not a finite number", text_));
    return result;
}

std::vector<std::string> names_in_formula(std::string const& text) {
    std::vector<std::string> names;
    try {
        mu::Parser parser = parser_with_constants();
        parser.SetExpr(text);
        for (auto const& [name, value] : parser.GetUsedVar()) names.push_back(name);
    } catch (mu::Parser::exception_type const& error) {
        throw InputError("is no formula: " + error.GetMsg());
    }
    return names;
}

bool is_formula_name(std::string const& name) {
    if (name.empty() || std::isalpha(static_cast<unsigned char>(name.front())) == 0) return false;
    if (!std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; }))
        return false;
    mu::Parser const parser = parser_with_constants();
    return parser.GetFunDef().count(name) == 0 && parser.GetConst().count(name) == 0;
}

}  // namespace hadronforce
