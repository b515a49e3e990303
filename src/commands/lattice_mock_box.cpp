#include "commands/lattice_mock_box.hpp"

#include "hadronforce/lattice/correlator_mock.hpp"
#include "hadronforce/lattice/interaction_on_lattice.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/output.hpp"
#include "hadronforce/setup/interaction_config.hpp"
#include "hadronforce/setup/physics_config.hpp"
#include "hadronforce/setup/resampling_config.hpp"
#include "hadronforce/setup/stencil_config.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hadronforce {
namespace {

CorrelatorNoise read_noise(Section const& section, double a_fm) {
    CorrelatorNoise noise;
    noise.relative = section.required<double>("relative", not_negative());
    noise.t_reference = section.optional<std::int64_t>("at_t", 0, at_least(0));
    noise.growth = section.optional<double>("growth", 0.0, not_negative());
    noise.correlation_a = section.optional<double>("correlation_fm", 1.0, positive()) / a_fm;
    noise.time_correlation = section.optional<double>("time_correlation", 0.0, between(0.0, 0.999999));
    noise.common = section.optional<double>("common", 0.0, between(0.0, 1.0));
    noise.seed = section.optional<std::int64_t>("seed", 1, at_least(0));
    return noise;
}

Dispersion read_dispersion(Section const& correlator, TimeDependence time_dependence) {
    auto const name =
        correlator.optional<std::string>("dispersion", "nonrelativistic", one_of({"nonrelativistic", "relativistic"}));
    if (name == "nonrelativistic") return Dispersion::nonrelativistic;
    if (time_dependence != TimeDependence::exact)
        correlator.fail("dispersion", "is relativistic; that needs time_dependence: exact");
    return Dispersion::relativistic;
}

CorrelatorMockSettings read_settings(Section const& root, ConfiguredInteraction const& interaction) {
    CorrelatorMockSettings settings;
    auto& ensemble = settings.ensemble;
    Section const lattice = root.section("lattice");
    ensemble.spatial_extent = lattice.required<std::int64_t>("L", at_least(4));
    if (ensemble.spatial_extent > 256) lattice.fail("L", "must be at most 256");
    ensemble.temporal_extent = lattice.required<std::int64_t>("T", at_least(1));
    if (ensemble.temporal_extent > 100000) lattice.fail("T", "must be at most 100000");
    ensemble.inverse_a_MeV = lattice.required<double>("inverse_a_MeV", between(1.0, 1e6));
    ensemble.channel = interaction.pair_name.empty() ? interaction.name : interaction.pair_name;
    ensemble.source = "mock";
    for (std::size_t i = 0; i < 2; ++i)
        ensemble.baryons[i] = {fmt::format("baryon {}", i + 1), interaction.masses_MeV[i] / ensemble.inverse_a_MeV,
                               0.0};

    Section const correlator = root.section("correlator");
    Section const times = correlator.section("times");
    std::int64_t const first = times.required<std::int64_t>("first", at_least(0));
    std::int64_t const last = times.required<std::int64_t>("last", at_least(first));
    if (last >= ensemble.temporal_extent)
        times.fail("last", fmt::format("is {}; it must lie below T = {}", last, ensemble.temporal_extent));
    for (std::int64_t t = first; t <= last; ++t) settings.times.push_back(t);
    settings.states = correlator.optional<std::int64_t>("states", 30, at_least(1));
    if (auto const all = CubicOrbits(ensemble.spatial_extent).size(); settings.states >= all)
        correlator.fail("states", fmt::format("is {}; it must be at most {}, one below the number of states in A1+",
                                              settings.states, all - 1));
    settings.weights = correlator.optional<std::vector<double>>("weights", {});
    if (!settings.weights.empty() && static_cast<Eigen::Index>(settings.weights.size()) != settings.states)
        correlator.fail("weights",
                        fmt::format("has {} numbers for {} states", settings.weights.size(), settings.states));
    settings.space_order = read_stencil_order(correlator, "space_order");
    settings.time_order = read_stencil_order(correlator, "time_order");
    auto const time_dependence = correlator.optional<std::string>("time_dependence", "finite_difference",
                                                                  one_of({"exact", "finite_difference"}));
    settings.time_dependence = time_dependence == "exact" ? TimeDependence::exact : TimeDependence::finite_difference;
    settings.dispersion = read_dispersion(correlator, settings.time_dependence);
    Section const noise = root.section("noise");
    ensemble.configurations = noise.required<std::int64_t>("configurations", at_least(2));
    settings.noise = read_noise(noise, units::hbar_c_MeV_fm / ensemble.inverse_a_MeV);
    ensemble.resampling = read_resampling(root, ensemble.configurations);
    return settings;
}

}  // namespace

void run_lattice_mock_box(Config const& config, CommandOptions const& options, Communicator const& comm) {
    Section const root = config.root();
    ConfiguredInteraction const interaction = read_interaction(root, comm);
    refuse_charges(root, interaction);
    if (interaction.natural_units)
        root.section("interaction").fail("units", "must be physical for correlators on a lattice");
    CorrelatorMockSettings const settings = read_settings(root, interaction);
    auto const path = root.section("output").output("file", OutputKind::hdf5);
    auto const locks = begin_run(config, options, comm);
    if (!locks) return;

    auto const& ensemble = settings.ensemble;
    say(comm, fmt::format("lattice-mock: R(t, r) of {}, {}^3 lattice, 1/a = {} MeV, L = {:.3g} fm, t = {} to {}, {} "
                          "configurations, {} samples ({}, bins of {})",
                          interaction.name, ensemble.spatial_extent, ensemble.inverse_a_MeV,
                          static_cast<double>(ensemble.spatial_extent) * units::hbar_c_MeV_fm / ensemble.inverse_a_MeV,
                          settings.times.front(), settings.times.back(), ensemble.configurations,
                          sample_count(ensemble.resampling, ensemble.configurations), name_of(ensemble.resampling.kind),
                          ensemble.resampling.bin_size));
    BoxInteraction box;
    agree(comm, [&] {
        solve_pair(root, [&] {
            box = on_lattice(interaction.interaction(), interaction.name, CubicOrbits(ensemble.spatial_extent),
                             ensemble.inverse_a_MeV);
        });
    });
    BoxSpectrum spectrum;
    Correlator correlator;
    solve_pair(root, [&] { correlator = mock_correlator(comm, settings, box, &spectrum); });
    write_atomically(comm, path, [&](std::string const& temporary) {
        write_correlator(comm, temporary, correlator, config.resolved());
    });
    Eigen::ArrayXd const energies = spectrum.energies * ensemble.inverse_a_MeV;
    say(comm, fmt::format("energies in the box: {:.7g} MeV{}",
                          fmt::join(energies.head(std::min<Eigen::Index>(4, energies.size())), ", "),
                          energies.size() > 4 ? fmt::format(", ... {:.4g} MeV", energies[energies.size() - 1]) : ""));
    say(comm, "correlator: " + path);
}

}  // namespace hadronforce
