#include "commands/channels_config.hpp"

#include "commands/form_config.hpp"
#include "hadronforce/scattering/partial_wave.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>

namespace hadronforce {
namespace {

Exchange read_symmetry(Section const& section) {
    auto const name = section.optional<std::string>("symmetry", "none", one_of({"none", "even", "odd"}));
    return name == "even" ? Exchange::even : name == "odd" ? Exchange::odd : Exchange::none;
}

class ChannelReader {
  public:
    ChannelReader(Communicator const& comm, NumberReader& numbers, double reduced_mass_MeV)
        : comm_(comm), numbers_(numbers), reduced_mass_MeV_(reduced_mass_MeV) {}

    WaveModel read_wave(int l, Section const& potential) {
        return {l, read_potential(potential, comm_, numbers_, reduced_mass_MeV_)};
    }

    ChannelModel read(Section const& section) {
        ChannelModel channel;
        channel.weight = section.required<double>("weight", positive());
        channel.exchange = read_symmetry(section);
        std::set<int> seen;
        for (auto const& wave : section.list("waves")) {
            int const l = read_orbital(wave, channel.exchange);
            if (!seen.insert(l).second) wave.fail("l", fmt::format("= {} is in this channel already; keep one", l));
            channel.waves.push_back(read_wave(l, wave));
        }
        return channel;
    }

  private:
    static int read_orbital(Section const& section, Exchange exchange) {
        int const l = static_cast<int>(section.required<std::int64_t>("l", [](std::int64_t const& value) {
            return value >= 0 && value <= highest_l ? "" : fmt::format("must lie between 0 and {}", highest_l);
        }));
        if (exchange != Exchange::none && (l % 2 == 0) != (exchange == Exchange::even))
            section.fail("l", fmt::format("= {} does not exist where the symmetry is {}; there l is {}", l,
                                          exchange == Exchange::even ? "even" : "odd",
                                          exchange == Exchange::even ? "0, 2, 4, ..." : "1, 3, 5, ..."));
        return l;
    }

    Communicator const& comm_;
    NumberReader& numbers_;
    double reduced_mass_MeV_;
};

}  // namespace

std::vector<ChannelModel> read_channels(Section const& section, Communicator const& comm, NumberReader& numbers,
                                        double reduced_mass_MeV) {
    ChannelReader reader(comm, numbers, reduced_mass_MeV);
    if (!section.has("channels")) {
        if (!section.has("potential"))
            section.fail("potential", "is missing; give a potential for the s-wave, or channels with their waves");
        return {{1.0, Exchange::none, {reader.read_wave(0, section.section("potential"))}}};
    }
    if (section.has("potential"))
        section.fail("channels", "stands beside potential; keep one of the two (a potential is a wave of a channel)");
    std::vector<ChannelModel> channels;
    double sum = 0.0;
    for (auto const& entry : section.list("channels")) {
        channels.push_back(reader.read(entry));
        sum += channels.back().weight;
    }
    if (channels.empty()) section.fail("channels", "is an empty list; give one channel or more");
    if (std::fabs(sum - 1.0) > 1e-6)
        section.fail("channels", fmt::format("have weights that add to {}, not to 1", sum));
    for (auto& channel : channels) channel.weight /= sum;
    return channels;
}

}  // namespace hadronforce
