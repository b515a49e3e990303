#include "hadronforce/setup/channels_config.hpp"

#include "hadronforce/scattering/partial_wave.hpp"
#include "hadronforce/setup/form_config.hpp"
#include "hadronforce/setup/plausibility.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

namespace hadronforce {
namespace {

class ChannelReader {
  public:
    ChannelReader(Communicator const& comm, NumberReader& numbers, Pair const& pair)
        : comm_(comm), numbers_(numbers), pair_(pair) {}

    WaveModel read_wave(int l, Section const& potential) {
        WaveModel wave{l, read_potential(potential, comm_, numbers_, pair_.reduced_mass_MeV()), {}};
        check_preset(potential, l, pair_.mass1_MeV, pair_.mass2_MeV, pair_.charge_product, comm_);
        return wave;
    }

    ChannelModel read(Section const& section, std::set<std::string>& names) {
        ChannelModel channel;
        channel.name = read_name(section, names);
        channel.exchange = read_symmetry(section);
        std::set<int> seen;
        for (auto const& wave : section.list("waves")) {
            int const l = read_orbital(wave, channel.exchange);
            if (!seen.insert(l).second) wave.fail("l", fmt::format("= {} is in this channel already; keep one", l));
            auto name = read_name(wave, names);
            channel.waves.push_back(read_wave(l, wave));
            channel.waves.back().name = std::move(name);
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
    Pair const& pair_;
};

/// Of opposite charge are a particle and its antiparticle.
bool look_identical(Pair const& pair) {
    return std::fabs(pair.mass1_MeV - pair.mass2_MeV) <= 1e-6 * pair.mass1_MeV && pair.charge_product >= 0;
}

/// Share of the spin states of two particles of one spin that are even in space: of bosons those that spin leaves
/// symmetric, (s + 1)/(2s + 1), of fermions the others.
bool is_share_of_even_states(double share) {
    for (int twice_spin = 0; twice_spin <= 12; ++twice_spin) {
        double const states = twice_spin + 1.0;
        double const even = (twice_spin % 2 == 0 ? 0.5 * twice_spin + 1.0 : 0.5 * twice_spin) / states;
        if (std::fabs(share - even) < 1e-3) return true;
    }
    return false;
}

}  // namespace

std::string read_name(Section const& section, std::set<std::string>& names) {
    if (!section.has("name")) return "";
    auto name = section.required<std::string>("name", [](std::string const& value) {
        bool const is_plain = std::all_of(value.begin(), value.end(), [](unsigned char c) {
            return std::isalnum(c) != 0 || std::string(" _+-*=()").find(static_cast<char>(c)) != std::string::npos;
        });
        return !value.empty() && value.size() <= 40 && is_plain
                   ? ""
                   : "must have 1 to 40 letters, digits, blanks or _+-*=()";
    });
    if (!names.insert(name).second)
        section.fail("name", fmt::format("= {} is that of another channel or wave; give each its own", name));
    return name;
}

ChannelModel read_state(Section const& section, Communicator const& comm, NumberReader& numbers, Pair const& pair,
                        std::set<std::string>& names) {
    return ChannelReader(comm, numbers, pair).read(section, names);
}

Exchange read_symmetry(Section const& section) {
    auto const name = section.optional<std::string>("symmetry", "none", one_of({"none", "even", "odd"}));
    return name == "even" ? Exchange::even : name == "odd" ? Exchange::odd : Exchange::none;
}

void warn_of_identical(Section const& section, std::string const& key, Pair const& pair, Communicator const& comm) {
    if (look_identical(pair))
        warn_unless_allowed(section, key, doubts::no_symmetry,
                            "takes two particles of equal mass for different ones; identical ones need channels with "
                            "symmetry: even or odd",
                            comm);
}

void check_symmetries(Section const& section, std::vector<ChannelModel> const& channels, Pair const& pair,
                      Communicator const& comm) {
    auto const entries = section.list("channels");
    double even = 0.0, symmetric = 0.0;
    for (std::size_t i = 0; i < channels.size(); ++i) {
        bool const warns_itself = entries[i].has("coupled") || entries[i].has("interaction");
        if (!entries[i].has("symmetry") && !warns_itself) warn_of_identical(entries[i], "weight", pair, comm);
        if (channels[i].exchange == Exchange::even) even += channels[i].weight;
        if (channels[i].exchange != Exchange::none) symmetric += channels[i].weight;
    }
    if (symmetric > 1.0 - 1e-9 && !is_share_of_even_states(even))
        warn_unless_allowed(section, "channels", doubts::spin_weights,
                            fmt::format("give even states a share of {:.6g}, which two identical particles of no spin "
                                        "have (spin 0: 1, 1/2: 0.25, 1: 0.667, 3/2: 0.375)",
                                        even),
                            comm);
    if (symmetric > 0.0 && symmetric < 1.0 - 1e-9)
        warn_unless_allowed(section, "channels", doubts::no_symmetry,
                            "have a symmetry in some channels and none in others; identical particles have one in all",
                            comm);
    if (symmetric > 0.0 && std::fabs(pair.mass1_MeV - pair.mass2_MeV) > 1e-5 * pair.mass1_MeV)
        warn_unless_allowed(section, "channels", doubts::other_pair,
                            "have a symmetry, but the particles have different masses and are not identical", comm);
}

std::vector<ChannelModel> read_channels(Section const& section, Communicator const& comm, NumberReader& numbers,
                                        Pair const& pair) {
    ChannelReader reader(comm, numbers, pair);
    if (!section.has("channels")) {
        if (!section.has("potential"))
            section.fail("potential", "is missing; give a potential for the s-wave, or channels with their waves");
        warn_of_identical(section, "potential", pair, comm);
        return {{1.0, Exchange::none, {reader.read_wave(0, section.section("potential"))}, {}}};
    }
    if (section.has("potential"))
        section.fail("channels", "stands beside potential; keep one of the two (a potential is a wave of a channel)");
    std::vector<ChannelModel> channels;
    std::set<std::string> names;
    double sum = 0.0;
    for (auto const& entry : section.list("channels")) {
        double const weight = entry.required<double>("weight", positive());
        channels.push_back(reader.read(entry, names));
        channels.back().weight = weight;
        sum += weight;
    }
    if (channels.empty()) section.fail("channels", "is an empty list; give one channel or more");
    if (std::fabs(sum - 1.0) > 1e-6)
        section.fail("channels", fmt::format("have weights that add to {}, not to 1", sum));
    for (auto& channel : channels) channel.weight /= sum;
    check_symmetries(section, channels, pair, comm);
    return channels;
}

}  // namespace hadronforce
