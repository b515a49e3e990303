#include "commands/prior_numbers.hpp"

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

std::string name_of(std::string const& path) {
    for (std::string const mapping : {"potential.", "source."})
        if (path.rfind(mapping, 0) == 0) return path.substr(mapping.size());
    return path;
}

}  // namespace

bool PriorNumbers::is_given(Section const& section, std::string const& key) const {
    std::string const name = name_of(section.path_of(key));
    return section.has(key) || std::find(design_columns_.begin(), design_columns_.end(), name) != design_columns_.end();
}

ModelNumber PriorNumbers::number(Section const& section, std::string const& key,
                                 std::optional<double> const& default_value, Check<double> const& check) {
    std::string const name = name_of(section.path_of(key));
    if (std::find(design_columns_.begin(), design_columns_.end(), name) == design_columns_.end())
        return NumberReader::number(section, key, default_value, check);
    if (section.has(key)) section.fail(key, "is a column of dataset.parameters_from too; remove it here or there");
    free_.push_back({name, {Prior::Kind::from_file, 0.0, 0.0}});
    places_.push_back({section, key});
    return add_unknown();
}

ModelNumber PriorNumbers::parameter(Section const& section, std::string const& key, Check<double> const& /*check*/) {
    Prior const prior = read_prior(section, key);
    free_.push_back({name_of(section.path_of(key)), prior});
    places_.push_back({section, key});
    return add(prior.quantile(0.5));
}

std::optional<std::pair<double, double>> PriorNumbers::range_of_parameter(Eigen::Index parameter) const {
    Prior const& prior = free_[static_cast<std::size_t>(parameter)].prior;
    if (prior.kind == Prior::Kind::from_file) return std::nullopt;
    if (prior.kind == Prior::Kind::normal)
        return std::pair{prior.first - 6.0 * prior.second, prior.first + 6.0 * prior.second};
    return std::pair{prior.first, prior.second};
}

void PriorNumbers::try_ends(std::function<void(Eigen::VectorXd const&)> const& check) const {
    if (!trial_is_known()) return;
    for (std::size_t i = 0; i < free_.size(); ++i)
        for (double end : {1e-9, 1.0 - 1e-9}) {
            Eigen::VectorXd values = trial();
            values[static_cast<Eigen::Index>(i)] = free_[i].prior.quantile(end);
            try {
                check(values);
            } catch (InputError const& error) {
                places_[i].section.fail(places_[i].key,
                                        std::string("cannot be solved near an end of its prior: ") + error.what());
            }
        }
}

}  // namespace hadronforce
