#include "commands/fit_numbers.hpp"

#include <fmt/format.h>

namespace hadronforce {

ModelNumber FitNumbers::parameter(Section const& section, std::string const& key, Check<double> const& check) {
    Section const free = section.section(key);
    FitParameter parameter{section.path_of(key), free.required<double>("start", check)};
    if (free.has("min")) parameter.low = free.required<double>("min");
    if (free.has("max")) parameter.high = free.required<double>("max");
    if (!(parameter.low < parameter.high)) free.fail("max", "must be larger than min");
    if (parameter.start < parameter.low || parameter.start > parameter.high)
        free.fail("start", fmt::format("is {}; it must lie between min and max", parameter.start));
    parameters_.push_back(parameter);
    return add(parameter.start);
}

std::optional<std::pair<double, double>> FitNumbers::range_of_parameter(Eigen::Index parameter) const {
    auto const& one = parameters_[static_cast<std::size_t>(parameter)];
    return std::pair{one.low, one.high};
}

}  // namespace hadronforce
