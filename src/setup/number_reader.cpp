#include "hadronforce/setup/number_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hadronforce {
namespace {

std::string const named_section = "parameters";

}  // namespace

std::string NumberReader::Place::name() const {
    std::string const path = section.path_of(key), mapping = named_section + ".";
    return path.rfind(mapping, 0) == 0 ? path.substr(mapping.size()) : path;
}

ModelNumber NumberReader::number(Section const& section, std::string const& key, std::string const& unit,
                                 std::optional<double> const& default_value, Check<double> const& check) {
    Place const place{section, key};
    if (!section.is_mapping(key)) {
        if (default_value) return {section.optional<double>(key, *default_value, check), {}};
        return {section.required<double>(key, check), {}};
    }
    if (auto const known = of_path_.find(place.path()); known != of_path_.end()) return known->second;
    if (section.section(key).has("formula")) return formula(place, check);
    Parameter free = parameter(place, check);
    free.name = place.name();
    if (free.unit == "1") free.unit = unit;
    double const start = free.start;
    return add(place, std::move(free), start);
}

std::vector<ModelNumber> NumberReader::list(Section const& section, std::string const& key, std::string const& unit) {
    std::vector<ModelNumber> result;
    if (section.is_list_with_mapping(key)) {
        Section const entries = section.entries(key);
        for (auto const& entry : entries.keys()) result.push_back(number(entries, entry, unit, std::nullopt));
        return result;
    }
    for (double value : section.required<std::vector<double>>(key)) result.push_back({value, {}});
    return result;
}

std::optional<std::pair<double, double>> NumberReader::range(ModelNumber const& number) const {
    if (!number.parameter) return std::pair{number.value, number.value};
    auto const free = space_.free_at(*number.parameter);
    if (!free || space_.free()[*free].prior.kind == Prior::Kind::from_file) return std::nullopt;
    return range_of(space_.free()[*free]);
}

ModelNumber NumberReader::add_unknown(Place const& place, Parameter parameter) {
    trial_is_known_ = false;
    parameter.name = place.name();
    return add(place, std::move(parameter), 0.0);
}

ModelNumber NumberReader::add(Place const& place, Parameter parameter, double trial) {
    check_name(place);
    places_.push_back(place);
    return remember(place, space_.add(std::move(parameter)), trial);
}

ModelNumber NumberReader::remember(Place const& place, Eigen::Index number, double trial) {
    trial_.conservativeResize(number + 1);
    trial_[number] = trial;
    return of_path_[place.path()] = {trial, number};
}

void NumberReader::check_name(Place const& place) const {
    auto const names = space_.names();
    if (std::find(names.begin(), names.end(), place.name()) != names.end())
        place.section.fail(place.key, "has the name of another parameter; call it otherwise");
}

ModelNumber NumberReader::formula(Place const& place, Check<double> const& check) {
    read_named(place.section.root());
    return tie(place, place.section.section(place.key).required<std::string>("formula"), check);
}

ModelNumber NumberReader::tie(Place const& place, std::string const& text, Check<double> const& check) {
    try {
        for (auto const& name : names_in_formula(text)) {
            if (!is_known_elsewhere(name) || std::find(named_.begin(), named_.end(), name) != named_.end()) continue;
            Parameter parameter;
            parameter.prior.kind = Prior::Kind::from_file;
            Place const there{place.section.root().optional_section(named_section), name};
            named_places_.push_back(*add_unknown(there, std::move(parameter)).parameter);
            named_.push_back(name);
        }
        Formula const formula(text, named_);
        Eigen::Index const number = space_.add_tied(place.path(), formula, named_places_);
        double const value = trial_is_known_ ? formula.at(trial_(named_places_)) : 0.0;
        if (auto const problem = check && trial_is_known_ ? check(value) : ""; !problem.empty())
            place.section.fail(place.key, fmt::format("comes to {:.6g}; it {}", value, problem));
        return remember(place, number, value);
    } catch (InputError const& error) {
        std::string const message = error.what();
        if (message.rfind(place.section.where(place.key), 0) == 0) throw;
        place.section.fail(place.key, fmt::format("= {} {}", text, message));
    }
}

void NumberReader::note_named(Section const& root) { root.optional_section(named_section).read_all(); }

void NumberReader::read_named(Section const& root) {
    if (named_are_read_) return;
    named_are_read_ = true;
    Section const section = root.optional_section(named_section);
    for (auto const& key : section.keys()) {
        if (!is_formula_name(key))
            section.fail(key, "cannot stand in a formula; names have letters, digits and _, and are no functions");
        ModelNumber const number = this->number(section, key, "1", std::nullopt);
        named_places_.push_back(number.parameter
                                    ? *number.parameter
                                    : *tie({section, key}, fmt::format("{:.17g}", number.value), {}).parameter);
        named_.push_back(key);
    }
}

Parameter FixedNumbers::parameter(Place const& place, Check<double> const& /*check*/) {
    place.section.fail(place.key, "is a prior or a parameter of a fit; this command needs one number");
}

std::pair<double, double> FixedNumbers::range_of(Parameter const& parameter) const {
    return {parameter.start, parameter.start};
}

}  // namespace hadronforce
