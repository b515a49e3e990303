#include "commands/number_reader.hpp"

namespace hadronforce {

ModelNumber NumberReader::number(Section const& section, std::string const& key,
                                 std::optional<double> const& default_value, Check<double> const& check) {
    if (section.is_mapping(key)) return parameter(section, key, check);
    if (default_value) return {section.optional<double>(key, *default_value, check), {}};
    return {section.required<double>(key, check), {}};
}

std::vector<ModelNumber> NumberReader::list(Section const& section, std::string const& key) {
    std::vector<ModelNumber> result;
    if (section.is_list_with_mapping(key)) {
        Section const entries = section.entries(key);
        for (auto const& entry : entries.keys()) result.push_back(number(entries, entry, std::nullopt));
        return result;
    }
    for (double value : section.required<std::vector<double>>(key)) result.push_back({value, {}});
    return result;
}

std::optional<std::pair<double, double>> NumberReader::range(ModelNumber const& number) const {
    if (number.parameter) return range_of_parameter(*number.parameter);
    return std::pair{number.value, number.value};
}

ModelNumber NumberReader::add(double trial) {
    trial_.conservativeResize(trial_.size() + 1);
    trial_[trial_.size() - 1] = trial;
    return {trial, trial_.size() - 1};
}

ModelNumber NumberReader::add_unknown() {
    trial_is_known_ = false;
    return add(0.0);
}

ModelNumber FixedNumbers::parameter(Section const& section, std::string const& key, Check<double> const& /*check*/) {
    section.fail(key, "is a prior or a parameter of a fit; this command needs one number");
}

std::optional<std::pair<double, double>> FixedNumbers::range_of_parameter(Eigen::Index /*parameter*/) const {
    return std::nullopt;
}

}  // namespace hadronforce
