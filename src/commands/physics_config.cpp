#include "commands/physics_config.hpp"

#include "commands/channels_config.hpp"
#include "commands/form_section.hpp"
#include "commands/parameter_config.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace hadronforce {
namespace {

/// The form and parameters of a wave's section.
WaveFamily read_wave(WaveSection const& wave, Communicator const& comm, ParameterOwner const& owner,
                     std::vector<std::string> const& design_columns, std::vector<FreeParameter>& free) {
    NamedForm named = read_potential_form(wave.section, comm);
    if (!named.complete)
        read_parameters(wave.section, potential_form(named.form).parameters, owner, design_columns, named.given, free);
    return {wave.l, named.form, named.given};
}

/// The section whose numbers a parameter belongs to.
Section section_of(Section const& root, std::optional<WavePlace> const& place) {
    if (!place) return root.section("source");
    return read_channels(root).at(place->channel).waves.at(place->wave).section;
}

/// The grid of the local solver covers the source, which heavy tails would make astronomic.
void check_reach(SampleFamily const& family, Source const& source) {
    constexpr double farthest_fm = 20000.0;
    double const radius = source.radius_outside_which_fm(1e-3 * family.tolerance);
    if (radius > farthest_fm)
        throw InputError(fmt::format(
            "one pair in {:.0e} is farther apart than {:.3g} fm, too far for the local solver; take a source "
            "without heavy tails, or a non-local interaction",
            1e3 / family.tolerance, radius));
}

/// Nothing can be said against the interaction as long as its free parameters are in the middle, or one of them near an
/// end, of their priors.
void check_interaction(Section const& root, SampleFamily const& family) {
    std::vector<double> values;
    for (auto const& parameter : family.free) {
        if (parameter.prior.kind == Prior::Kind::from_file) return;  // the file's own check names its line
        values.push_back(parameter.prior.quantile(0.5));
    }
    for (auto const place : family.waves()) {
        try {
            family.make_potential(place, values);
        } catch (InputError const& error) {
            Section const section = section_of(root, place);
            section.fail(naming_key(section), std::string("cannot be made: ") + error.what());
        }
    }
    try {
        check_reach(family, *family.make_source(values));
    } catch (InputError const& error) {
        root.section("source").fail("form", std::string("cannot be used: ") + error.what());
    }
    for (std::size_t i = 0; i < values.size(); ++i)
        for (double end : {1e-9, 1.0 - 1e-9}) {
            auto ends = values;
            ends[i] = family.free[i].prior.quantile(end);
            try {
                check_reach(family, *family.interaction(ends).source);
            } catch (InputError const& error) {
                section_of(root, family.free[i].place)
                    .fail(family.free[i].key, std::string("reaches too far: ") + error.what());
            }
        }
}

}  // namespace

Pair read_pair(Section const& root, std::optional<Pair> const& of_preset) {
    if (of_preset && !root.has("pair")) return *of_preset;
    Section const section = root.section("pair");
    Pair pair = of_preset.value_or(Pair{"pair", 0.0, 0.0});
    pair.name = section.optional<std::string>("name", pair.name);
    bool const has_masses = !of_preset || section.has("mass1_MeV") || section.has("mass2_MeV");
    if (has_masses) {
        pair.mass1_MeV = section.required<double>("mass1_MeV", positive());
        pair.mass2_MeV = section.required<double>("mass2_MeV", positive());
    }
    // Not among the resolved defaults: files of earlier versions, which had no charges, remain those of their configs.
    if (section.has("charge_product"))
        pair.charge_product =
            static_cast<int>(section.required<std::int64_t>("charge_product", [](std::int64_t const& value) {
                return std::abs(value) <= highest_charge_product
                           ? ""
                           : fmt::format("must lie between {} and {}", -highest_charge_product, highest_charge_product);
            }));
    return pair;
}

void read_pair_and_channels(Section const& root, Communicator const& comm,
                            std::vector<std::string> const& design_columns, SampleFamily& family) {
    std::optional<Pair> of_preset;
    bool const plain = !root.has("channels");
    for (auto const& channel : read_channels(root)) {
        family.channels.push_back({channel.weight, channel.exchange, {}});
        auto& waves = family.channels.back().waves;
        for (auto const& wave : channel.waves) {
            WavePlace const place{family.channels.size() - 1, waves.size()};
            ParameterOwner const owner{place, plain ? "" : path_of(place) + "."};
            waves.push_back(read_wave(wave, comm, owner, design_columns, family.free));
            if (plain && wave.section.has("preset")) {
                auto const& published = potential_preset(wave.section.required<std::string>("preset"));
                of_preset = Pair{published.pair, published.mass1_MeV, published.mass2_MeV};
            }
        }
    }
    family.pair = read_pair(root, of_preset);
}

NamedPotential read_fixed_potential(Section const& section, Communicator const& comm, double reduced_mass_MeV) {
    std::vector<FreeParameter> free;
    WaveFamily const wave = read_wave({0, section}, comm, {WavePlace{0, 0}, ""}, {}, free);
    if (!free.empty()) section.fail(free.front().key, "is a prior; this command needs one number");
    try {
        return {wave.form, make_potential(wave.form, wave.parameters, reduced_mass_MeV)};
    } catch (InputError const& error) {
        section.fail(naming_key(section), std::string("cannot be made: ") + error.what());
    }
}

void read_source(Section const& root, Communicator const& comm, std::vector<std::string> const& design_columns,
                 SampleFamily& family) {
    Section const section = root.section("source");
    NamedForm named = read_source_form(section, comm);
    family.source_form = named.form;
    family.source = std::move(named.given);
    std::size_t const free_before = family.free.size();
    read_parameters(section, source_form(family.source_form).parameters, {}, design_columns, family.source, family.free);
    if (family.free.size() != free_before) return;  // tried with the rest, over its priors
    try {
        make_source(family.source_form, family.source);
    } catch (InputError const& error) {
        section.fail("form", std::string("cannot be made: ") + error.what());
    }
}

void require_fixed(Section const& root, SampleFamily const& family) {
    if (family.free.empty()) return;
    auto const& first = family.free.front();
    section_of(root, first.place).fail(first.key, "is a prior; this command needs one number");
}

Eigen::ArrayXd read_momenta(Section const& root, std::string const& unit_suffix) {
    Section const momentum = root.section("momentum");
    std::string const low = "k_min" + unit_suffix, high = "k_max" + unit_suffix;
    double const k_min = momentum.required<double>(low, not_negative());
    double const k_max = momentum.required<double>(high, positive());
    auto const points = momentum.required<std::int64_t>("points", at_least(1));
    auto const placement =
        momentum.optional<std::string>("placement", "bin_centres", one_of({"bin_centres", "end_points"}));
    if (k_max <= k_min) momentum.fail(high, "must be larger than " + low);
    if (points > 100000) momentum.fail("points", "must be at most 100000");
    if (placement == "bin_centres") return bin_centres(k_min, k_max, static_cast<int>(points));
    if (points < 2) momentum.fail("points", "must be at least 2 with placement: end_points");
    if (k_min == 0.0) momentum.fail(low, "must be positive with placement: end_points");
    return end_points(k_min, k_max, static_cast<int>(points));
}

SampleFamily read_sample_family(Section const& root, Communicator const& comm,
                                std::vector<std::string> const& design_columns) {
    SampleFamily family;
    read_pair_and_channels(root, comm, design_columns, family);
    read_source(root, comm, design_columns, family);
    family.k_star_MeV = read_momenta(root, "_MeV");

    Section const solver = root.optional_section("solver");
    // The solver's estimate of its error does not know of a spline's knots.
    auto const places = family.waves();
    bool const tabulated = std::any_of(places.begin(), places.end(),
                                       [&](WavePlace place) { return family.wave(place).form == "tabulated"; });
    double const smallest = tabulated ? 1e-7 : 1e-10;
    family.tolerance = solver.optional<double>("tolerance", 1e-6, between(smallest, 1e-2));

    for (auto const& column : design_columns) {
        auto const names = family.names();
        if (std::find(names.begin(), names.end(), column) == names.end())
            root.section("dataset").fail("parameters_from", fmt::format("names the column {}, which {} does not have",
                                                                        column, family.interaction_name()));
    }
    check_interaction(root, family);
    return family;
}

SampleFamily read_fixed_interaction(Section const& root, Communicator const& comm) {
    SampleFamily family = read_sample_family(root, comm);
    require_fixed(root, family);
    return family;
}

}  // namespace hadronforce
