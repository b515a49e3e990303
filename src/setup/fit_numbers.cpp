#include "hadronforce/setup/fit_numbers.hpp"

#include "hadronforce/setup/prior_numbers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hadronforce {

Parameter FitNumbers::parameter(Place const& place, Check<double> const& check) {
    Section const free = place.section.section(place.key);
    Parameter parameter;
    if (auto const prior = read_prior(free, true)) {
        parameter = drawn(place.name(), *prior);
        if (free.has("start")) parameter.start = free.required<double>("start", check);
    } else {
        parameter.start = free.required<double>("start", check);
    }
    for (char const* bound : {"min", "max"})
        if (free.has(bound) && parameter.prior.kind != Prior::Kind::fixed &&
            parameter.prior.kind != Prior::Kind::normal)
            free.fail(bound, "stands beside a prior that has bounds already; remove it");
    if (free.has("unit")) parameter.unit = free.required<std::string>("unit");
    if (free.has("min")) parameter.low = free.required<double>("min");
    if (free.has("max")) parameter.high = free.required<double>("max");
    if (!(parameter.low < parameter.high)) free.fail("max", "must be larger than min");
    if (!free.has("start")) parameter.start = std::clamp(parameter.start, parameter.low, parameter.high);
    if (parameter.start < parameter.low || parameter.start > parameter.high)
        free.fail("start", fmt::format("is {}; it must lie between min and max", parameter.start));
    return parameter;
}

ModelNumber FitNumbers::shift(Section const& section, std::string const& name) {
    if (auto const known = shifts_.find(name); known != shifts_.end()) return known->second;
    return shifts_[name] = add({section, name}, drawn("shift of " + name, {Prior::Kind::normal, 0.0, 1.0}), 0.0);
}

std::pair<double, double> FitNumbers::range_of(Parameter const& parameter) const {
    return {parameter.low, parameter.high};
}

}  // namespace hadronforce
