#include "hadronforce/setup/stencil_config.hpp"

namespace hadronforce {

StencilOrder read_stencil_order(Section const& section, std::string const& key) {
    auto const order = section.optional<std::int64_t>(key, 2);
    if (order != 2 && order != 4) section.fail(key, "must be 2 or 4");
    return order == 2 ? StencilOrder::second : StencilOrder::fourth;
}

std::vector<std::int64_t> read_time_slices(Section const& section) {
    auto const times = section.required<std::vector<std::int64_t>>("times", each(at_least(0)));
    if (times.empty()) section.fail("times", "is empty; give the time slices");
    for (std::size_t i = 1; i < times.size(); ++i)
        if (times[i] <= times[i - 1]) section.fail("times", "must ascend");
    return times;
}

}  // namespace hadronforce
