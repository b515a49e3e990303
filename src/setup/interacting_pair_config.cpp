#include "hadronforce/setup/interacting_pair_config.hpp"

#include "hadronforce/femtoscopy/lednicky_pair.hpp"
#include "hadronforce/femtoscopy/nonlocal_pair.hpp"
#include "hadronforce/setup/channels_config.hpp"
#include "hadronforce/setup/form_config.hpp"
#include "hadronforce/setup/interaction_config.hpp"
#include "hadronforce/setup/pair_config.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace hadronforce {
namespace {

constexpr char const* lednicky = "lednicky_lyuboshits";

/// a0, r_eff of an s-wave; nothing where there is none.
void read_wave(Section const& section, NumberReader& numbers, LednickyChannel& channel) {
    Check<double> const losses = [](double const& value) {
        return value <= 0.0 ? "" : "must not be positive: f = -a0 at threshold, and pairs are lost, not made";
    };
    if (!numbers.is_given(section, "a0_fm")) {
        for (char const* key : {"a0_imaginary_fm", "r_eff_fm"})
            if (numbers.is_given(section, key)) section.fail(key, "has no a0_fm beside it");
        return;
    }
    if (channel.exchange == Exchange::odd)
        section.fail("a0_fm", "belongs to an s-wave, which is even; odd states have none");
    channel.a0_real_fm = numbers.number(section, "a0_fm", "fm", std::nullopt);
    channel.a0_imaginary_fm = numbers.number(section, "a0_imaginary_fm", "fm", 0.0, losses);
    channel.r_eff_fm = numbers.number(section, "r_eff_fm", "fm", 0.0);
}

std::vector<LednickyChannel> read_channels(Section const& interaction, NumberReader& numbers, Pair const& pair,
                                           Exchange exchange, Communicator const& comm) {
    if (!interaction.has("channels")) {
        LednickyChannel channel;
        channel.exchange = exchange;
        if (!numbers.is_given(interaction, "a0_fm"))
            interaction.fail("a0_fm",
                             "is missing; give a0_fm, and r_eff_fm where it is not 0, or channels that have them");
        if (exchange == Exchange::none) warn_of_identical(interaction, "form", pair, comm);
        read_wave(interaction, numbers, channel);
        return {channel};
    }
    for (char const* key : {"a0_fm", "a0_imaginary_fm", "r_eff_fm"})
        if (interaction.has(key)) interaction.fail(key, "stands beside channels, which have their own; remove it");
    std::vector<LednickyChannel> channels;
    std::vector<ChannelModel> symmetries;
    std::set<std::string> names;
    double sum = 0.0;
    for (auto const& section : interaction.list("channels")) {
        LednickyChannel channel;
        channel.weight = section.required<double>("weight", positive());
        channel.exchange = read_symmetry(section);
        channel.name = read_name(section, names);
        read_wave(section, numbers, channel);
        sum += channel.weight;
        channels.push_back(channel);
        symmetries.push_back({channel.weight, channel.exchange, {}, {}});
    }
    if (channels.empty()) interaction.fail("channels", "is an empty list; give one channel or more");
    if (std::fabs(sum - 1.0) > 1e-6)
        interaction.fail("channels", fmt::format("have weights that add to {}, not to 1", sum));
    for (auto& channel : channels) channel.weight /= sum;
    check_symmetries(interaction, symmetries, pair, comm);
    return channels;
}

std::shared_ptr<PairKind const> read_lednicky(Section const& section, Communicator const& comm, NumberReader& numbers,
                                              Pair const& pair, Exchange exchange, ModelForm const& source) {
    for (char const* other : {"potential", "channels"})
        if (section.has(other))
            section.fail(other,
                         "stands beside an interaction that is a model of the whole pair; remove one of the two");
    if (pair.charge_radius_fm > 0.0)
        section.section("pair").fail("charge_radius_fm", "is not in the Lednicky-Lyuboshits model; remove it");
    Section const interaction = section.section("interaction");
    LednickyModel model;
    model.reduced_mass_MeV = pair.reduced_mass_MeV();
    model.charge_product = pair.charge_product;
    model.channels = read_channels(interaction, numbers, pair, exchange, comm);
    model.small_source_correction = interaction.optional<bool>("small_source_correction", true);
    model.source = source;
    if (source.form != "gaussian")
        section.fail("source", "must be gaussian; the Lednicky-Lyuboshits model has no other");
    return lednicky_pair(std::move(model));
}

std::shared_ptr<PairKind const> pair_of(std::shared_ptr<ConfiguredInteraction const> const& configured,
                                        ModelForm const& source) {
    NonlocalModel model;
    model.name = configured->name;
    model.reduced_mass_MeV = configured->reduced_mass;
    model.charge_product = configured->charge_product;
    model.charge_radius_fm = configured->charge_radius_fm;
    model.tolerance = configured->tolerance;
    model.local_form = configured->local_form;
    model.local = configured->local;
    model.numbers = configured->numbers;
    model.make_nonlocal = configured->make_nonlocal;
    if (!model.make_nonlocal && configured->nonlocal)
        model.make_nonlocal = [nonlocal = configured->nonlocal](std::map<std::string, double> const&) {
            return nonlocal;
        };
    model.source = source;
    return nonlocal_pair(std::move(model));
}

}  // namespace

bool is_lednicky(Section const& section) {
    if (!section.is_mapping("interaction")) return false;
    Section const interaction = section.section("interaction");
    return interaction.has("form") && interaction.required<std::string>("form") == lednicky;
}

PairModel read_interacting_pair(Section const& section, Communicator const& comm, NumberReader& numbers,
                                std::optional<ModelForm> const& default_source, Exchange exchange) {
    PairModel model;
    ModelForm const source = default_source && !section.has("source")
                                 ? *default_source
                                 : read_source(section.section("source"), comm, numbers);
    if (is_lednicky(section)) {
        Pair const pair = read_pair(section, comm);
        model.name = pair.name;
        model.kind = read_lednicky(section, comm, numbers, pair, exchange, source);
        return model;
    }
    auto const configured = std::make_shared<ConfiguredInteraction const>(read_interaction(section, comm, numbers));
    if (configured->natural_units)
        section.section("interaction").fail("form", "is in natural units; C(k*) needs MeV and fm");
    model.name = configured->pair_name.empty() ? "pair" : configured->pair_name;
    model.kind = pair_of(configured, source);
    return model;
}

}  // namespace hadronforce
