#include "hadronforce/setup/coupled_config.hpp"

#include "hadronforce/config/yaml.hpp"
#include "hadronforce/scattering/partial_wave.hpp"
#include "hadronforce/setup/form_config.hpp"
#include "hadronforce/setup/plausibility.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace hadronforce {
namespace {

/// What the channels' particles are.
struct Particles {
    double mass1_MeV, mass2_MeV, charge_product;
    double threshold_MeV() const { return mass1_MeV + mass2_MeV; }
};

Particles read_particles(Section const& section, Communicator const& comm) {
    return {read_mass(section, "mass1_MeV", comm), read_mass(section, "mass2_MeV", comm),
            section.optional<double>("charge_product", 0.0, between(-100.0, 100.0))};
}

/// Those of the pair, which the section may repeat.
Particles read_particles_of(Pair const& pair, Section const& section, Communicator const& comm) {
    auto const check = [&](char const* key, double given, double of_pair) {
        if (std::fabs(given - of_pair) > 1e-9 * std::fabs(of_pair))
            section.fail(key, fmt::format("= {} is not that of the pair, {}; leave it out", given, of_pair));
    };
    if (section.has("mass1_MeV")) check("mass1_MeV", read_mass(section, "mass1_MeV", comm), pair.mass1_MeV);
    if (section.has("mass2_MeV")) check("mass2_MeV", read_mass(section, "mass2_MeV", comm), pair.mass2_MeV);
    double const charge = pair.charge_product;
    if (section.has("charge_product")) check("charge_product", section.required<double>("charge_product"), charge);
    return {pair.mass1_MeV, pair.mass2_MeV, charge};
}

/// Adds a channel; `particles` are those of all before it, from the first one's threshold energies count.
void read_channel(Section const& section, int orbital, std::optional<ModelForm> const& source,
                  std::optional<ObservedPair> const& observed, Communicator const& comm, NumberReader& numbers,
                  std::vector<Particles>& particles, CoupledModel& model) {
    bool const first = model.channels.empty(), is_of_pair = first && observed;
    particles.push_back(is_of_pair ? read_particles_of(observed->pair, section, comm) : read_particles(section, comm));
    auto const [mass1, mass2, charge_product] = particles.back();
    CoupledChannelModel channel;
    channel.channel = {units::reduced_mass(mass1, mass2),
                       first ? 0.0 : particles.back().threshold_MeV() - particles.front().threshold_MeV(), orbital,
                       charge_product};
    channel.name = section.optional<std::string>(
        "name", is_of_pair ? observed->pair.name : fmt::format("channel {}", model.channels.size() + 1), one_line());
    if (is_of_pair && section.has("source"))
        section.fail("source", "belongs to the pair, and is the same in all its spin states; remove it here");
    if (first && std::fabs(mass1 - mass2) <= 1e-6 * mass1 && channel.channel.charge_product >= 0.0)
        warn_unless_allowed(section, "mass2_MeV", doubts::no_symmetry,
                            "takes two particles of equal mass for different ones; coupled channels have no identical "
                            "ones, whose C is another",
                            comm);
    if (yaml_number(channel.name)) section.fail("name", "is a number, as which between counts channels; add a letter");
    for (auto const& other : model.channels)
        if (other.name == channel.name) section.fail("name", "is that of another channel; give each its own");
    channel.weight = numbers.number(section, "weight", "1", 1.0, not_negative());
    if (first && (channel.weight.parameter || channel.weight.value != 1.0))
        section.fail("weight", "belongs to the channel that is observed and must be 1; weights of others count by it");
    channel.source = source && !section.has("source") ? *source : read_source(section.section("source"), comm, numbers);
    model.channels.push_back(std::move(channel));
}

/// The channel of an entry of `between`: by its name, or by its number from 1.
int read_channel_of(Section const& section, std::string const& named, CoupledModel const& model) {
    for (std::size_t i = 0; i < model.channels.size(); ++i)
        if (model.channels[i].name == named) return static_cast<int>(i);
    auto const number = yaml_whole_number(named).value_or(0);
    if (number >= 1 && number <= static_cast<std::int64_t>(model.channels.size())) return static_cast<int>(number) - 1;
    std::string channels;
    for (std::size_t i = 0; i < model.channels.size(); ++i)
        channels += fmt::format("{}{} ({})", i > 0 ? ", " : "", i + 1, model.channels[i].name);
    section.fail("between", fmt::format("names the channel {}; there are {}, by number or name", named, channels));
}

/// Of a channel's own potential; what turns one pair into another is of neither.
void check_entry(Section const& section, Particles const& particles, int orbital, Communicator const& comm) {
    for (char const* part : {"real", "imaginary"})
        if (section.has(part))
            check_preset(section.section(part), orbital, particles.mass1_MeV, particles.mass2_MeV,
                         particles.charge_product, comm);
}

/// At what radius pairs are created for some values of the parameters.
void check_absorption(Section const& section, NumberReader const& numbers, CoupledModel const& model) {
    if (!numbers.trial_is_known()) return;
    if (auto const r = radius_of_emission(model.potential_matrix(numbers.trial())))
        refuse_unless_allowed(section, "potentials", doubts::emission,
                              fmt::format("have an imaginary part that creates pairs, at r = {:.3g} fm; absorption "
                                          "needs a negative one (of the matrix: negative semidefinite)",
                                          *r));
}

void read_entry(Section const& section, Communicator const& comm, NumberReader& numbers,
                std::set<std::pair<int, int>>& given, CoupledModel& model) {
    auto const between = section.required<std::vector<std::string>>("between");
    if (between.size() != 2) section.fail("between", "needs two channels by number or name, such as [1, 2]");
    int const one = read_channel_of(section, between[0], model), other = read_channel_of(section, between[1], model);
    PotentialEntryModel entry;
    entry.first = std::min(one, other);
    entry.second = std::max(one, other);
    if (!given.insert({entry.first, entry.second}).second)
        section.fail("between", fmt::format("names the entry {}, {} a second time; V is symmetric, keep one",
                                            entry.first + 1, entry.second + 1));
    double const reduced_mass_MeV = model.reduced_mass_MeV(entry.first, entry.second);
    if (section.has("real")) entry.real = read_potential(section.section("real"), comm, numbers, reduced_mass_MeV);
    if (section.has("imaginary"))
        entry.imaginary = read_potential(section.section("imaginary"), comm, numbers, reduced_mass_MeV);
    if (!entry.real && !entry.imaginary)
        section.fail("real", "is missing; give a potential by form or preset as real, imaginary, or both");
    model.potentials.push_back(std::move(entry));
}

}  // namespace

CoupledModel read_coupled_model(Section const& section, Communicator const& comm, NumberReader& numbers,
                                std::optional<ObservedPair> const& observed) {
    CoupledModel model;
    auto const orbital = section.optional<std::int64_t>("orbital", 0, at_least(0));
    if (orbital > highest_l) section.fail("orbital", fmt::format("must be at most {}", highest_l));
    auto const channels = section.list("channels");
    if (channels.empty()) section.fail("channels", "needs a list of at least one channel, the observed one first");
    if (channels.size() > PotentialMatrix::most_channels)
        section.fail("channels", fmt::format("has {} entries; at most {} are solved", channels.size(),
                                             PotentialMatrix::most_channels));
    if (observed && section.has("source"))
        section.fail("source", "stands in a spin state of a pair, whose source serves here too; remove it");
    std::optional<ModelForm> source;
    if (observed) source = observed->source;
    if (section.has("source")) source = read_source(section.section("source"), comm, numbers);
    std::vector<Particles> particles;
    for (auto const& channel : channels)
        read_channel(channel, static_cast<int>(orbital), source, observed, comm, numbers, particles, model);
    std::set<std::pair<int, int>> given;
    for (auto const& entry : section.list("potentials")) {
        read_entry(entry, comm, numbers, given, model);
        auto const& read = model.potentials.back();
        if (read.first == read.second)
            check_entry(entry, particles[static_cast<std::size_t>(read.first)], static_cast<int>(orbital), comm);
    }
    if (given.empty()) section.fail("potentials", "needs a list of at least one entry of the potential matrix");
    check_absorption(section, numbers, model);
    return model;
}

}  // namespace hadronforce
