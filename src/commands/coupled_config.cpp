#include "commands/coupled_config.hpp"

#include "commands/form_config.hpp"
#include "hadronforce/scattering/partial_wave.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace hadronforce {
namespace {

/// Adds a channel; the first one's threshold is where energies count from.
void read_channel(Section const& section, int orbital, std::optional<ModelForm> const& source, Communicator const& comm,
                  NumberReader& numbers, double& first_threshold_MeV, CoupledModel& model) {
    bool const first = model.channels.empty();
    double const mass1 = section.required<double>("mass1_MeV", positive());
    double const mass2 = section.required<double>("mass2_MeV", positive());
    if (first) first_threshold_MeV = mass1 + mass2;
    CoupledChannelModel channel;
    channel.channel = {units::reduced_mass(mass1, mass2), first ? 0.0 : mass1 + mass2 - first_threshold_MeV, orbital,
                       section.optional<double>("charge_product", 0.0, between(-100.0, 100.0))};
    channel.name = section.optional<std::string>("name", fmt::format("channel {}", model.channels.size() + 1));
    channel.weight = numbers.number(section, "weight", 1.0, not_negative());
    if (first && (channel.weight.parameter || channel.weight.value != 1.0))
        section.fail("weight", "belongs to the channel that is observed and must be 1; weights of others count by it");
    channel.source = source && !section.has("source") ? *source : read_source(section.section("source"), comm, numbers);
    model.channels.push_back(std::move(channel));
}

void read_entry(Section const& section, Communicator const& comm, NumberReader& numbers,
                std::set<std::pair<int, int>>& given, CoupledModel& model) {
    auto const between = section.required<std::vector<std::int64_t>>("between");
    auto const channels = static_cast<std::int64_t>(model.channels.size());
    if (between.size() != 2) section.fail("between", "needs two numbers of channels, such as [1, 2]");
    for (auto number : between)
        if (number < 1 || number > channels)
            section.fail("between", fmt::format("names the channel {}; there are 1 to {}", number, channels));
    PotentialEntryModel entry;
    entry.first = static_cast<int>(std::min(between[0], between[1])) - 1;
    entry.second = static_cast<int>(std::max(between[0], between[1])) - 1;
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

CoupledModel read_coupled_model(Section const& section, Communicator const& comm, NumberReader& numbers) {
    CoupledModel model;
    auto const orbital = section.optional<std::int64_t>("orbital", 0, at_least(0));
    if (orbital > highest_l) section.fail("orbital", fmt::format("must be at most {}", highest_l));
    auto const channels = section.list("channels");
    if (channels.empty()) section.fail("channels", "needs a list of at least one channel, the observed one first");
    if (channels.size() > PotentialMatrix::most_channels)
        section.fail("channels", fmt::format("has {} entries; at most {} are solved", channels.size(),
                                             PotentialMatrix::most_channels));
    std::optional<ModelForm> source;
    if (section.has("source")) source = read_source(section.section("source"), comm, numbers);
    double first_threshold_MeV = 0.0;
    for (auto const& channel : channels)
        read_channel(channel, static_cast<int>(orbital), source, comm, numbers, first_threshold_MeV, model);
    std::set<std::pair<int, int>> given;
    for (auto const& entry : section.list("potentials")) read_entry(entry, comm, numbers, given, model);
    if (given.empty()) section.fail("potentials", "needs a list of at least one entry of the potential matrix");
    return model;
}

}  // namespace hadronforce
