#include "hadronforce/setup/lattice_box_config.hpp"

#include "hadronforce/setup/plausibility.hpp"
#include "hadronforce/setup/stencil_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr std::int64_t most_states = 8;  ///< of n^2 = 9 two states of free particles in A1+ are degenerate
constexpr std::int64_t most_momentum = 4;
constexpr std::size_t most_momenta = 20;

std::vector<std::array<int, 3>> read_momenta_of_box(Section const& box) {
    if (!box.has("momenta")) return {{0, 0, 0}, {0, 0, 1}, {0, 1, 1}, {1, 1, 1}, {0, 0, 2}};
    std::vector<std::array<int, 3>> momenta;
    Section const entries = box.entries("momenta");
    for (auto const& key : entries.keys()) {
        auto const d = entries.required<std::vector<std::int64_t>>(key);
        if (d.size() != 3 ||
            std::any_of(d.begin(), d.end(), [](auto x) { return x < -most_momentum || x > most_momentum; }))
            entries.fail(
                key, fmt::format("must be three whole numbers from -{0} to {0}, a momentum in 2 pi/L", most_momentum));
        std::array<int, 3> const momentum{static_cast<int>(d[0]), static_cast<int>(d[1]), static_cast<int>(d[2])};
        if (std::find(momenta.begin(), momenta.end(), momentum) != momenta.end()) entries.fail(key, "is there already");
        momenta.push_back(momentum);
    }
    if (momenta.empty() || momenta.size() > most_momenta)
        box.fail("momenta", fmt::format("has {} momenta; give 1 to {}", momenta.size(), most_momenta));
    return momenta;
}

void read_correlator(Section const& section, Communicator const& comm, ConfiguredInteraction const& interaction,
                     BoxConfig& result) {
    result.correlator = std::make_unique<CorrelatorFile>(comm, section.input("file"));
    auto const& ensemble = result.correlator->ensemble();
    auto& settings = result.settings;
    settings.extent = ensemble.spatial_extent;
    settings.inverse_a_MeV = ensemble.inverse_a_MeV;
    for (std::size_t i = 0; i < 2; ++i) settings.masses_MeV[i] = ensemble.baryons[i].mass_a * ensemble.inverse_a_MeV;
    double const reduced_mass_MeV = ensemble.reduced_mass_a() * ensemble.inverse_a_MeV;
    if (std::abs(interaction.reduced_mass / reduced_mass_MeV - 1.0) > 1e-3)
        refuse_unless_allowed(
            section, "file", doubts::other_pair,
            fmt::format("has a reduced mass of {:.6g} MeV, the interaction one of {:.6g} MeV, with which it is put "
                        "into the box; they must be of one pair",
                        reduced_mass_MeV, interaction.reduced_mass));
    auto const& all = result.correlator->times();
    auto const times = section.optional<std::vector<std::int64_t>>("times", {all.front(), all.back()});
    if (times.size() != 2 || times[0] >= times[1])
        section.fail("times", "must be the first and the last time slice, [7, 11]; an effective energy needs two");
    for (auto const t : times)
        if (!std::binary_search(all.begin(), all.end(), t))
            section.fail("times", fmt::format("names t = {}, which {} does not have; it has {} to {}", t,
                                              result.correlator->path(), all.front(), all.back()));
    for (std::int64_t t = times[0]; t <= times[1]; ++t) {
        if (!std::binary_search(all.begin(), all.end(), t))
            section.fail("times", fmt::format("span t = {}, which {} does not have", t, result.correlator->path()));
        result.times.push_back(t);
    }
}

}  // namespace

BoxConfig read_box(Section const& root, ConfiguredInteraction const& interaction, Communicator const& comm) {
    refuse_charges(root, interaction);
    if (interaction.natural_units)
        root.section("interaction")
            .fail(root.section("interaction").has("units") ? "units" : "file",
                  "has natural units; a box on a lattice needs MeV and fm");
    BoxConfig result;
    auto& settings = result.settings;
    if (root.has("correlator")) {
        if (root.has("lattice")) root.fail("lattice", "is given by the correlator; remove it");
        read_correlator(root.section("correlator"), comm, interaction, result);
    } else if (root.has("lattice")) {
        Section const lattice = root.section("lattice");
        settings.extent = lattice.required<std::int64_t>("L", at_least(4));
        settings.inverse_a_MeV = lattice.required<double>("inverse_a_MeV", between(1.0, 1e6));
        settings.masses_MeV = interaction.masses_MeV;
    } else {
        root.fail("lattice", "is missing; give L and inverse_a_MeV there, or the file of a correlator");
    }
    if (settings.extent < 4 || settings.extent > 256)
        root.fail(result.correlator ? "correlator" : "lattice",
                  fmt::format("has L = {}; it must be from 4 to 256", settings.extent));
    Section const box = root.optional_section("box");
    settings.states = box.optional<std::int64_t>("states", 4, at_least(1));
    if (settings.states > most_states)
        box.fail("states", fmt::format("must be at most {}: above, states of free particles are degenerate, and "
                                       "Luescher's formula for s-waves alone no longer tells them apart",
                                       most_states));
    settings.order = read_stencil_order(box, "space_order");
    settings.momenta = read_momenta_of_box(box);
    return result;
}

}  // namespace hadronforce
