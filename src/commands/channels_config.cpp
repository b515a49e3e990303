#include "commands/channels_config.hpp"

#include "hadronforce/scattering/partial_wave.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>
#include <string>

namespace hadronforce {
namespace {

Exchange read_symmetry(Section const& section) {
    auto const name = section.optional<std::string>("symmetry", "none", one_of({"none", "even", "odd"}));
    return name == "even" ? Exchange::even : name == "odd" ? Exchange::odd : Exchange::none;
}

std::vector<WaveSection> read_waves(Section const& channel, Exchange exchange) {
    std::vector<WaveSection> waves;
    std::set<int> seen;
    for (auto const& section : channel.list("waves")) {
        int const l = static_cast<int>(section.required<std::int64_t>("l", [](std::int64_t const& value) {
            return value >= 0 && value <= highest_l ? "" : fmt::format("must lie between 0 and {}", highest_l);
        }));
        if (!seen.insert(l).second) section.fail("l", fmt::format("= {} is in this channel already; keep one", l));
        if (exchange != Exchange::none && (l % 2 == 0) != (exchange == Exchange::even))
            section.fail("l", fmt::format("= {} does not exist where the symmetry is {}; there l is {}", l,
                                          exchange == Exchange::even ? "even" : "odd",
                                          exchange == Exchange::even ? "0, 2, 4, ..." : "1, 3, 5, ..."));
        waves.push_back({l, section});
    }
    return waves;
}

}  // namespace

std::vector<ChannelSection> read_channels(Section const& root) {
    if (!root.has("channels")) {
        if (!root.has("potential"))
            root.fail("potential", "is missing; give a potential for the s-wave, or channels with their waves");
        return {{1.0, Exchange::none, {{0, root.section("potential")}}}};
    }
    if (root.has("potential"))
        root.fail("channels", "stands beside potential; keep one of the two (a potential is a wave of a channel)");
    std::vector<ChannelSection> channels;
    double sum = 0.0;
    for (auto const& section : root.list("channels")) {
        double const weight = section.required<double>("weight", positive());
        Exchange const exchange = read_symmetry(section);
        channels.push_back({weight, exchange, read_waves(section, exchange)});
        sum += weight;
    }
    if (channels.empty()) root.fail("channels", "is an empty list; give one channel or more");
    if (std::fabs(sum - 1.0) > 1e-6) root.fail("channels", fmt::format("have weights that add to {}, not to 1", sum));
    for (auto& channel : channels) channel.weight /= sum;
    return channels;
}

}  // namespace hadronforce
