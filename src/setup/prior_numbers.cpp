#include "hadronforce/setup/prior_numbers.hpp"

#include <algorithm>

namespace hadronforce {
namespace {

std::vector<std::pair<std::string, Prior::Kind>> const kinds{
    {"uniform", Prior::Kind::uniform}, {"log_uniform", Prior::Kind::log_uniform}, {"normal", Prior::Kind::normal}};

}  // namespace

std::optional<Prior> read_prior(Section const& mapping, bool may_have_more) {
    std::optional<Prior> result;
    for (auto const& [name, kind] : kinds) {
        if (!mapping.has(name)) continue;
        if (result) mapping.fail(name, "stands beside another prior; remove one of them");
        auto const numbers = mapping.required<std::vector<double>>(name);
        if (numbers.size() != 2) mapping.fail(name, "needs two numbers");
        result = Prior{kind, numbers[0], numbers[1]};
        if (auto const problem = problem_of(*result); !problem.empty()) mapping.fail(name, problem);
    }
    if (!may_have_more)
        for (auto const& key : mapping.keys())
            if (key != "unit" &&
                std::none_of(kinds.begin(), kinds.end(), [&key = key](auto const& kind) { return kind.first == key; }))
                mapping.fail(key, "is not a prior; use uniform, log_uniform or normal");
    return result;
}

bool PriorNumbers::is_column(Place const& place) const {
    return std::any_of(design_columns_.begin(), design_columns_.end(),
                       [name = place.name()](auto const& column) { return same_parameter(column, name); });
}

bool PriorNumbers::is_given(Section const& section, std::string const& key) const {
    return section.has(key) || is_column({section, key});
}

ModelNumber PriorNumbers::number(Section const& section, std::string const& key, std::string const& unit,
                                 std::optional<double> const& default_value, Check<double> const& check) {
    Place const place{section, key};
    if (!is_column(place)) return NumberReader::number(section, key, unit, default_value, check);
    if (section.has(key)) section.fail(key, "is a column of dataset.parameters_from too; remove it here or there");
    Parameter parameter;
    parameter.unit = unit;
    parameter.prior.kind = Prior::Kind::from_file;
    return add_unknown(place, std::move(parameter));
}

Parameter PriorNumbers::parameter(Place const& place, Check<double> const& /*check*/) {
    Section const mapping = place.section.section(place.key);
    auto const prior = read_prior(mapping, false);
    if (!prior)
        place.section.fail(
            place.key,
            "must be a number or one of {uniform: [low, high]}, {log_uniform: [low, high]}, {normal: [mean, sigma]}");
    Parameter parameter = drawn(place.name(), *prior);
    if (mapping.has("unit")) parameter.unit = mapping.required<std::string>("unit");
    return parameter;
}

bool PriorNumbers::is_known_elsewhere(std::string const& name) const {
    return std::find(design_columns_.begin(), design_columns_.end(), name) != design_columns_.end();
}

std::pair<double, double> PriorNumbers::range_of(Parameter const& parameter) const {
    Prior const& prior = parameter.prior;
    if (prior.kind == Prior::Kind::normal) return {prior.first - 6.0 * prior.second, prior.first + 6.0 * prior.second};
    return {prior.first, prior.second};
}

void PriorNumbers::try_ends(std::function<void(Eigen::VectorXd const&)> const& check) const {
    if (!trial_is_known()) return;
    for (std::size_t i = 0; i < space().free().size(); ++i)
        for (double end : {1e-9, 1.0 - 1e-9}) {
            Eigen::VectorXd values = space().starts();
            values[static_cast<Eigen::Index>(i)] = space().free()[i].prior.quantile(end);
            try {
                check(values);
            } catch (InputError const& error) {
                place_of(i).section.fail(place_of(i).key,
                                         std::string("cannot be solved near an end of its prior: ") + error.what());
            }
        }
}

}  // namespace hadronforce
