#include "hadronforce/setup/plausibility.hpp"

#include "hadronforce/report/standard_output.hpp"
#include "hadronforce/setup/form_config.hpp"
#include "hadronforce/setup/pair_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace hadronforce {
namespace {

constexpr double lightest_MeV = 50.0;   // pions have 135
constexpr double heaviest_MeV = 3.0e5;  // uranium has 2.2e5

std::string with_way_out(std::string const& message, char const* doubt) {
    return fmt::format("{}; where that is meant, write allow: [{}]", message, doubt);
}

bool alike(double mass_MeV, double of_preset_MeV, double tolerance) {
    return std::fabs(mass_MeV - of_preset_MeV) <= tolerance * of_preset_MeV;
}

/// l that a form itself contains; none where it has no such number.
std::optional<int> orbital_of_form(Section const& potential) {
    if (!potential.has("form") || !potential.has("orbital") || potential.is_mapping("orbital")) return std::nullopt;
    return static_cast<int>(potential.required<double>("orbital"));
}

}  // namespace

bool is_allowed(Section const& section, char const* doubt) {
    Section const root = section.root();
    if (!root.has("allow")) return false;
    auto const names = root.required<std::vector<std::string>>(
        "allow", each(one_of({doubts::emission, doubts::lambdas, doubts::masses, doubts::momenta, doubts::no_symmetry,
                              doubts::other_pair, doubts::other_wave, doubts::source_size, doubts::spin_weights,
                              doubts::units})));
    return std::find(names.begin(), names.end(), doubt) != names.end();
}

void read_allowed(Section const& section) { is_allowed(section, ""); }

void refuse_unless_allowed(Section const& section, std::string const& key, char const* doubt,
                           std::string const& message) {
    if (!is_allowed(section, doubt)) section.fail(key, with_way_out(message, doubt));
}

void warn_unless_allowed(Section const& section, std::string const& key, char const* doubt, std::string const& message,
                         Communicator const& comm) {
    if (is_allowed(section, doubt)) return;
    warn(comm, fmt::format("{}: {} {}", section.where(key), section.path_of(key), with_way_out(message, doubt)));
}

double read_mass(Section const& section, std::string const& key, Communicator const& comm) {
    double const mass_MeV = section.required<double>(key, mass());
    auto const message = fmt::format("= {} MeV is the mass of no hadron; masses are in MeV", mass_MeV);
    if (mass_MeV < lightest_MeV) refuse_unless_allowed(section, key, doubts::masses, message);
    if (mass_MeV > heaviest_MeV) warn_unless_allowed(section, key, doubts::masses, message, comm);
    return mass_MeV;
}

void check_preset(Section const& potential, int orbital, double mass1_MeV, double mass2_MeV, double charge_product,
                  Communicator const& comm) {
    if (auto const l = orbital_of_form(potential); l && *l != orbital)
        refuse_unless_allowed(potential, "orbital", doubts::other_wave,
                              fmt::format("= {} stands in a wave with l = {}", *l, orbital));
    if (!potential.has("preset")) return;
    auto const& preset = read_preset(potential);
    if (preset.orbital != orbital) {
        std::string const message = fmt::format("= {} is made for {}, with l = {}; here l = {}", preset.name,
                                                preset.pair, preset.orbital, orbital);
        if (preset.orbital > 0 || preset.form == "argonne_v18")
            refuse_unless_allowed(potential, "preset", doubts::other_wave, message);
        else
            warn_unless_allowed(potential, "preset", doubts::other_wave, message, comm);
    }
    auto const as_preset = [&](double first_MeV, double second_MeV) {
        return alike(first_MeV, preset.mass1_MeV, preset.mass_tolerance) &&
               alike(second_MeV, preset.mass2_MeV, preset.mass_tolerance);
    };
    bool const other_masses = !as_preset(mass1_MeV, mass2_MeV) && !as_preset(mass2_MeV, mass1_MeV);
    bool const other_charges =
        charge_product != 0.0 && preset.charge_product && *preset.charge_product != charge_product;
    if (other_masses || other_charges)
        warn_unless_allowed(
            potential, "preset", doubts::other_pair,
            fmt::format(
                "= {} is made for {} of {} and {} MeV{}; the pair here has {} and {} MeV and a charge product of {}",
                preset.name, preset.pair, preset.mass1_MeV, preset.mass2_MeV,
                preset.charge_product ? fmt::format(", charge product {}", *preset.charge_product) : "", mass1_MeV,
                mass2_MeV, charge_product),
            comm);
}

}  // namespace hadronforce
