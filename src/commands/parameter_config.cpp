#include "commands/parameter_config.hpp"

#include <algorithm>

namespace hadronforce {
namespace {

Prior read_prior(Section const& section, std::string const& key) {
    Section const prior = section.section(key);
    auto const kinds = prior.keys();
    if (kinds.size() != 1)
        section.fail(
            key,
            "must be a number or one of {uniform: [low, high]}, {log_uniform: [low, high]}, {normal: [mean, sigma]}");
    auto const& kind = kinds.front();
    Prior result;
    if (kind == "uniform")
        result.kind = Prior::Kind::uniform;
    else if (kind == "log_uniform")
        result.kind = Prior::Kind::log_uniform;
    else if (kind == "normal")
        result.kind = Prior::Kind::normal;
    else
        prior.fail(kind, "is not a prior; use uniform, log_uniform or normal");
    auto const numbers = prior.required<std::vector<double>>(kind);
    if (numbers.size() != 2) prior.fail(kind, "needs two numbers");
    result.first = numbers[0];
    result.second = numbers[1];
    if (auto const problem = problem_of(result); !problem.empty()) prior.fail(kind, problem);
    return result;
}

/// Adds the free parameter of a key where it is one; else returns false.
bool read_free(Section const& section, std::string const& key, ParameterOwner const& owner,
               std::vector<std::string> const& design_columns, std::vector<FreeParameter>& free) {
    std::string const name = owner.prefix + key;
    if (std::find(design_columns.begin(), design_columns.end(), name) != design_columns.end()) {
        if (section.has(key)) section.fail(key, "is a column of dataset.parameters_from too; remove it here or there");
        free.push_back({name, key, 0, owner.place, {Prior::Kind::from_file, 0.0, 0.0}});
        return true;
    }
    if (!section.is_mapping(key)) return false;
    free.push_back({name, key, 0, owner.place, read_prior(section, key)});
    return true;
}

bool is_length(std::string const& key) { return key.size() > 3 && key.compare(key.size() - 3, 3, "_fm") == 0; }

}  // namespace

void read_parameters(Section const& section, std::vector<PotentialParameter> const& asked, ParameterOwner const& owner,
                     std::vector<std::string> const& design_columns, PotentialParameters& parameters,
                     std::vector<FreeParameter>& free) {
    for (auto const& parameter : asked) {
        auto const& key = parameter.key;
        if (parameters.count(key) != 0) continue;  // a table gave it
        bool const of_source = !owner.place;
        Check<double> const check = of_source && is_length(key) ? positive() : Check<double>{};
        if (parameter.is_list) {
            parameters[key] = section.required<std::vector<double>>(key);
        } else if (read_free(section, key, owner, design_columns, free)) {
            parameters[key] = {0.0};
        } else if (parameter.default_value) {
            parameters[key] = {section.optional<double>(key, *parameter.default_value, check)};
        } else {
            parameters[key] = {section.required<double>(key, check)};
        }
    }
}

}  // namespace hadronforce
