#include "hadronforce/setup/pair_config.hpp"

#include "hadronforce/setup/channels_config.hpp"
#include "hadronforce/setup/coupled_config.hpp"
#include "hadronforce/setup/form_config.hpp"
#include "hadronforce/setup/interacting_pair_config.hpp"
#include "hadronforce/setup/mixed_config.hpp"
#include "hadronforce/setup/plausibility.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace hadronforce {
namespace {

constexpr std::int64_t highest_charge_product = 100;

std::optional<Pair> pair_of_preset(Section const& section) {
    if (section.has("channels") || !section.is_mapping("potential")) return std::nullopt;
    Section const potential = section.section("potential");
    if (!potential.has("preset")) return std::nullopt;
    auto const& preset = read_preset(potential);
    return Pair{preset.pair, preset.mass1_MeV, preset.mass2_MeV};
}

}  // namespace

Check<double> mass() {
    return [](double const& value) {
        if (value <= 0.0) return "must be positive";
        return value >= 1e-3 && value <= 1e9 ? "" : "must lie between 0.001 and 1e9 MeV";
    };
}

double Pair::reduced_mass_MeV() const { return units::reduced_mass(mass1_MeV, mass2_MeV); }

Pair read_pair(Section const& section, Communicator const& comm) {
    auto const of_preset = pair_of_preset(section);
    if (of_preset && !section.has("pair")) return *of_preset;
    Section const given = section.section("pair");
    Pair pair = of_preset.value_or(Pair{"pair", 0.0, 0.0});
    pair.name = given.optional<std::string>("name", pair.name, one_line());
    if (!of_preset || given.has("mass1_MeV") || given.has("mass2_MeV")) {
        pair.mass1_MeV = read_mass(given, "mass1_MeV", comm);
        pair.mass2_MeV = read_mass(given, "mass2_MeV", comm);
    }
    read_charges(given, pair);
    return pair;
}

void read_charges(Section const& given, Pair& pair) {
    // Not among the resolved defaults: files of earlier versions, which had no charges, remain those of their configs.
    if (given.has("charge_product"))
        pair.charge_product =
            static_cast<int>(given.required<std::int64_t>("charge_product", [](std::int64_t const& value) {
                return std::abs(value) <= highest_charge_product
                           ? ""
                           : fmt::format("must lie between {} and {}", -highest_charge_product, highest_charge_product);
            }));
    if (given.has("charge_radius_fm"))
        pair.charge_radius_fm = given.required<double>("charge_radius_fm", [](double const& value) {
            return value == 0.0 || (value >= 0.01 && value <= 10.0) ? "" : "must be 0 or lie between 0.01 and 10";
        });
}

PairModel read_pair_model(Section const& section, Communicator const& comm, NumberReader& numbers,
                          std::optional<ModelForm> const& default_source) {
    PairModel model;
    read_allowed(section);
    if (section.has("coupled")) {
        for (char const* other : {"pair", "potential", "channels", "interaction", "source"})
            if (section.has(other))
                section.fail(other, "stands beside coupled, which says all of that; remove one of them");
        auto coupled = read_coupled_model(section.section("coupled"), comm, numbers);
        model.name = coupled.channels.front().name;
        model.kind = coupled_pair(std::move(coupled));
        return model;
    }
    if (is_mixed(section, numbers)) return read_mixed_pair(section, comm, numbers, default_source);
    if (section.has("interaction")) return read_interacting_pair(section, comm, numbers, default_source);
    Pair const pair = read_pair(section, comm);
    model.name = pair.name;
    UncoupledModel uncoupled;
    uncoupled.reduced_mass_MeV = pair.reduced_mass_MeV();
    uncoupled.charge_product = pair.charge_product;
    uncoupled.charge_radius_fm = pair.charge_radius_fm;
    uncoupled.channels = read_channels(section, comm, numbers, pair);
    uncoupled.source = default_source && !section.has("source") ? *default_source
                                                                : read_source(section.section("source"), comm, numbers);
    model.kind = uncoupled_pair(std::move(uncoupled));
    return model;
}

double read_tolerance(Section const& root, PairModel const& model) {
    // With a non-local interaction the key is the tolerance of that.
    if (root.has("interaction") && !is_lednicky(root)) return model.tolerance;
    double const smallest = model.has_potential_form("tabulated") ? 1e-7 : 1e-10;
    return root.optional_section("solver").optional<double>("tolerance", model.tolerance, between(smallest, 1e-2));
}

}  // namespace hadronforce
