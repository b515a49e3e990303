#include "commands/model_numbers.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hadronforce {

ModelNumber ModelNumberReader::add(Section const& section, FitParameter const& parameter) {
    if (!(parameter.low < parameter.high)) section.fail("max", "must be larger than min");
    if (parameter.start < parameter.low || parameter.start > parameter.high)
        section.fail("start", fmt::format("is {}; it must lie between min and max", parameter.start));
    parameters_->push_back(parameter);
    return {parameter.start, static_cast<Eigen::Index>(parameters_->size()) - 1};
}

ModelNumber ModelNumberReader::number(Section const& section, std::string const& key,
                                      std::optional<double> const& default_value, Check<double> const& check) {
    if (section.is_mapping(key)) {
        Section const free = section.section(key);
        FitParameter parameter{section.path_of(key), free.required<double>("start", check)};
        if (free.has("min")) parameter.low = free.required<double>("min");
        if (free.has("max")) parameter.high = free.required<double>("max");
        return add(free, parameter);
    }
    if (default_value) return {section.optional<double>(key, *default_value, check), {}};
    return {section.required<double>(key, check), {}};
}

std::vector<ModelNumber> ModelNumberReader::list(Section const& section, std::string const& key) {
    std::vector<ModelNumber> result;
    if (!section.is_mapping(key)) {
        for (double value : section.required<std::vector<double>>(key)) result.push_back({value, {}});
        return result;
    }
    Section const free = section.section(key);
    auto const start = free.required<std::vector<double>>("start");
    auto const bounds = [&](char const* name) {
        if (!free.has(name)) return std::vector<double>{};
        auto const values = free.required<std::vector<double>>(name);
        if (values.size() != start.size())
            free.fail(name, fmt::format("has {} numbers, start has {}", values.size(), start.size()));
        return values;
    };
    auto const low = bounds("min"), high = bounds("max");
    for (std::size_t i = 0; i < start.size(); ++i) {
        FitParameter parameter{fmt::format("{}[{}]", section.path_of(key), i), start[i]};
        if (!low.empty()) parameter.low = low[i];
        if (!high.empty()) parameter.high = high[i];
        result.push_back(add(free, parameter));
    }
    return result;
}

}  // namespace hadronforce
