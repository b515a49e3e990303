#include "hadronforce/parameters/parameter.hpp"

#include <algorithm>
#include <utility>

namespace hadronforce {
namespace {

std::string without_mapping(std::string const& name) {
    for (std::string const mapping : {"potential.", "source."})
        if (name.rfind(mapping, 0) == 0) return name.substr(mapping.size());
    return name;
}

}  // namespace

bool moves_in_logarithm(Parameter const& parameter) {
    return parameter.prior.kind == Prior::Kind::log_uniform && parameter.low > 0.0;
}

Parameter drawn(std::string name, Prior const& prior) {
    Parameter parameter;
    parameter.name = std::move(name);
    parameter.prior = prior;
    parameter.start = prior.quantile(0.5);
    if (prior.kind == Prior::Kind::uniform || prior.kind == Prior::Kind::log_uniform) {
        parameter.low = prior.first;
        parameter.high = prior.second;
    }
    return parameter;
}

std::vector<std::string> names_of(std::vector<Parameter> const& parameters) {
    std::vector<std::string> names;
    for (auto const& parameter : parameters) names.push_back(parameter.name);
    return names;
}

std::string units_of(std::vector<Parameter> const& parameters) {
    std::string units;
    for (auto const& parameter : parameters) units += (units.empty() ? "" : ", ") + parameter.unit;
    return units;
}

bool same_parameter(std::string const& a, std::string const& b) {
    return a == b || without_mapping(a) == b || a == without_mapping(b);
}

bool are_same_parameters(std::vector<std::string> const& a, std::vector<std::string> const& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_parameter);
}

}  // namespace hadronforce
