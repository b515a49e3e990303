#include "hadronforce/setup/interaction_config.hpp"

#include "hadronforce/interaction/smeared_charges.hpp"
#include "hadronforce/lattice/effective_local.hpp"
#include "hadronforce/lattice/kernel_file.hpp"
#include "hadronforce/lattice/potential_fit.hpp"
#include "hadronforce/lattice/potential_fit_file.hpp"
#include "hadronforce/lattice/tabulated_kernel_file.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/standard_output.hpp"
#include "hadronforce/scattering/partial_wave.hpp"
#include "hadronforce/setup/form_config.hpp"
#include "hadronforce/setup/pair_config.hpp"
#include "hadronforce/setup/plausibility.hpp"
#include "hadronforce/setup/table_config.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace hadronforce {
namespace {

void read_separable_exponential(Section const& section, bool natural, NumberReader& numbers,
                                ConfiguredInteraction& result) {
    auto const key = [&](char const* name, char const* unit) {
        return natural ? std::string(name) : name + std::string(unit);
    };
    result.numbers["omega"] =
        numbers.number(section, key("omega", "_MeV_per_fm3"), natural ? "1" : "MeV/fm^3", std::nullopt);
    result.numbers["mu"] =
        numbers.number(section, key("mu", "_per_fm"), natural ? "1" : "1/fm", std::nullopt, positive());
    std::string const cut_key = key("cut", "_fm");
    double const cut =
        section.has(cut_key) ? section.required<double>(cut_key, positive()) : std::numeric_limits<double>::infinity();
    result.make_nonlocal = [cut](std::map<std::string, double> const& values) {
        return std::make_shared<SeparableExponential>(values.at("omega"), values.at("mu"), cut);
    };
    if (!numbers.trial_is_known()) return;
    std::map<std::string, double> values;
    for (auto const& [name, number] : result.numbers) values[name] = number.at(numbers.trial());
    try {
        result.nonlocal = result.make_nonlocal(values);
    } catch (InputError const& error) {
        section.fail("form", std::string("cannot be made: ") + error.what());
    }
}

/// A form that lattice-potential fitted, with its samples.
void read_lattice_potential(Section const& section, Communicator const& comm, ConfiguredInteraction& result) {
    std::optional<std::int64_t> time;
    if (section.has("time")) time = section.required<std::int64_t>("time", at_least(0));
    auto const fitted = read_fitted_form(comm, result.file, time);
    if (fitted.chi2_per_dof > largest_chi2_per_dof)
        warn(comm, fmt::format("{}: {} has a fit to t = {} with chi2/dof = {:.4g}, which does not follow the data; fit "
                               "again from another start",
                               section.where("file"), section.path_of("file"), fitted.time, fitted.chi2_per_dof));
    result.reduced_mass = fitted.reduced_mass_MeV;
    result.resampling = fitted.kind;
    result.tolerance = 1e-10;
    agree(comm, [&] {
        result.local = make_potential(fitted.form, fitted.of_mean, fitted.reduced_mass_MeV);
        for (auto const& parameters : fitted.of_sample) {
            result.local_samples.push_back(make_potential(fitted.form, parameters, fitted.reduced_mass_MeV));
            result.samples_converged.push_back(true);
        }
    });
}

/// What the section says, or its file, which need not be repeated.
bool read_natural_units(Section const& section, std::optional<KernelUnits> const& of_file) {
    std::string const default_name = of_file && of_file->natural ? "natural" : "physical";
    auto const name = section.optional<std::string>("units", default_name, one_of({"physical", "natural"}));
    if (of_file && name != default_name) section.fail("units", "is not what the file says, " + default_name);
    return name == "natural";
}

double read_reduced_mass(Section const& section, bool natural, std::optional<KernelUnits> const& of_file) {
    char const* const key = natural ? "reduced_mass" : "reduced_mass_MeV";
    Check<double> const check = natural ? positive() : mass();
    double const result =
        of_file ? section.optional<double>(key, of_file->reduced_mass, check) : section.required<double>(key, check);
    if (!natural && result < 25.0)
        refuse_unless_allowed(section, key, doubts::masses,
                              fmt::format("= {} MeV is that of no two hadrons; masses are in MeV", result));
    return result;
}

void read_samples(FittedKernel const& fitted, ConfiguredInteraction& result) {
    result.resampling = fitted.samples->kind;
    auto const& fits = fitted.samples->fits;
    for (std::int64_t i = 0; i < fits.done; ++i) {
        auto sample = std::make_unique<KernelNetwork>(fitted.network);
        sample->set_parameters(fits.parameters.row(i).transpose());
        bool const converged = fits.converged[static_cast<std::size_t>(i)] != 0;
        if (!converged) sample.reset();
        result.samples_converged.push_back(converged);
        if (fitted.network.has_local())
            result.local_samples.push_back(converged ? std::make_shared<NetworkLocalPart>(*sample) : nullptr);
        if (fitted.effective_coefficients.size() > 0)
            result.effective_samples.push_back(
                converged ? std::make_shared<EffectiveLocalPotential>(
                                *sample, fitted.samples->effective_coefficients.row(i).transpose())
                          : nullptr);
        if (fitted.network.has_kernel()) result.nonlocal_samples.push_back(std::move(sample));
    }
}

void read_other_starts(FittedKernel const& fitted, ConfiguredInteraction& result) {
    auto const& starts = fitted.starts;
    for (std::int64_t i = 0; i < starts.done; ++i) {
        if (i == starts.best() || starts.converged[static_cast<std::size_t>(i)] == 0) continue;
        auto network = std::make_shared<KernelNetwork>(fitted.network);
        network->set_parameters(starts.parameters.row(i).transpose());
        ConfiguredInteraction::OtherStart other;
        if (network->has_local()) other.local = std::make_shared<NetworkLocalPart>(*network);
        if (network->has_kernel()) other.nonlocal = std::move(network);
        result.other_starts.push_back(std::move(other));
    }
}

/// Everything but the name.
void take_fitted_kernel(FittedKernel fitted, ConfiguredInteraction& result) {
    result.natural_units = fitted.units.natural;
    result.reduced_mass = fitted.units.reduced_mass;
    if (fitted.samples) read_samples(fitted, result);
    read_other_starts(fitted, result);
    if (fitted.effective_coefficients.size() > 0)
        result.effective = std::make_shared<EffectiveLocalPotential>(fitted.network, fitted.effective_coefficients);
    if (fitted.network.has_local()) result.local = std::make_unique<NetworkLocalPart>(fitted.network);
    if (fitted.waves) result.seen = std::make_shared<SeenKernel>(fitted.network, *fitted.waves);
    if (fitted.network.has_kernel()) result.nonlocal = std::make_unique<KernelNetwork>(std::move(fitted.network));
    result.tolerance = 1e-7;  // phase shifts are a millionth better than that
}

bool has_masses(Section const& pair) { return pair.has("mass1_MeV") || pair.has("mass2_MeV"); }

void take_masses(Pair const& pair, ConfiguredInteraction& result) {
    result.masses_MeV = {pair.mass1_MeV, pair.mass2_MeV};
    result.reduced_mass = pair.reduced_mass_MeV();
}

void take_charges(Pair const& pair, ConfiguredInteraction& result) {
    result.pair_name = pair.name;
    result.charge_product = pair.charge_product;
    result.charge_radius_fm = pair.charge_radius_fm;
    auto const with_radius = [&](std::shared_ptr<LocalPotential const>& local) {
        local = with_charges(std::move(local), pair.charge_product, pair.charge_radius_fm);
    };
    with_radius(result.local);
    for (auto& local : result.local_samples) with_radius(local);
    if (result.effective) with_radius(result.effective);
    for (auto& local : result.effective_samples) with_radius(local);
    for (auto& other : result.other_starts) with_radius(other.local);
}

/// A table of a kernel is in the units that the config takes it to be in.
void check_units(KernelTable const& table, bool natural, Section const& section, Communicator const& comm) {
    File const file(comm, table.file, File::Mode::read);
    auto const r_unit = stated_unit(file, table.r_dataset), u_unit = stated_unit(file, table.u_dataset);
    bool const unchecked = is_allowed(section, doubts::units);
    agree(comm, [&] {
        auto const check = [&](std::string const& name, std::string const& unit, Dimension dimension) {
            bool const differs = !unit.empty() && !unchecked &&
                                 (natural || factor_of_unit(name, unit, dimension, unchecked, table.file) != 1.0);
            if (differs)
                section.fail("file", fmt::format("has {} in {}, not in {}; convert it (where the table is wrong, write "
                                                 "allow: [units])",
                                                 name, unit, natural ? "natural units" : "MeV and fm"));
        };
        check(table.r_dataset, r_unit, Dimension::length);
        check(table.u_dataset, u_unit, Dimension::energy_density);
    });
}

/// Fills units, reduced mass, the non-local part and the default tolerance.
void read_nonlocal(Section const& section, bool has_local, bool mass_from_pair, bool has_pair, Communicator const& comm,
                   NumberReader& numbers, ConfiguredInteraction& result) {
    result.name = section.required<std::string>(
        "form", one_of({"separable_exponential", "fitted", "lattice_potential", "tabulated"}));
    std::optional<KernelUnits> of_file;
    if (result.name == "fitted" || result.name == "lattice_potential") result.file = section.input("file");
    if (result.name == "fitted") {
        auto fitted = read_fitted_kernel(comm, result.file);
        of_file = fitted.units;
        if (fitted.network.has_local() && has_local)
            section.fail("file", "has a local part of its own; remove potential");
        take_fitted_kernel(std::move(fitted), result);
    } else if (result.name == "lattice_potential") {
        if (has_local) section.fail("form", "is a potential itself; remove potential");
        read_lattice_potential(section, comm, result);
        return;
    } else if (result.name == "tabulated") {
        KernelTable table;
        table.file = section.input("file");
        table.r_dataset = section.optional<std::string>("r_dataset", table.r_dataset);
        table.u_dataset = section.optional<std::string>("U_dataset", table.u_dataset);
        auto const order = section.optional<std::int64_t>("order", table.order, at_least(1));
        if (order > TabulatedKernel::highest_order)
            section.fail("order", "must be at most " + std::to_string(TabulatedKernel::highest_order));
        table.order = static_cast<int>(order);
        auto tabulated = read_tabulated_kernel(comm, table);
        of_file = tabulated.units;
        result.natural_units = read_natural_units(section, of_file);
        check_units(table, result.natural_units, section, comm);
        result.nonlocal = std::make_unique<TabulatedKernel>(std::move(tabulated.kernel));
        result.tolerance = 1e-6;
    } else {
        result.natural_units = read_natural_units(section, of_file);
        read_separable_exponential(section, result.natural_units, numbers, result);
    }
    if (result.natural_units && (has_local || has_pair))
        section.fail("form", "is in natural units; a pair or a local potential beside it needs MeV and fm");
    if (result.name != "fitted" && !mass_from_pair)
        result.reduced_mass = read_reduced_mass(section, result.natural_units, of_file);
}

void read_local(Section const& root, Communicator const& comm, NumberReader& numbers, ConfiguredInteraction& result) {
    Pair const pair = read_pair(root, comm);
    take_masses(pair, result);
    auto const potential = read_potential(root.section("potential"), comm, numbers, pair.reduced_mass_MeV());
    check_preset(root.section("potential"), 0, pair.mass1_MeV, pair.mass2_MeV, pair.charge_product, comm);
    if (potential.form == "tabulated") result.tolerance = std::max(result.tolerance, 1e-6);
    result.name += (result.name.empty() ? "" : " + ") + potential.form;
    result.local_form = potential;
    if (numbers.trial_is_known())
        result.local = make_potential(potential.form, potential.at(numbers.trial()), pair.reduced_mass_MeV());
    take_charges(pair, result);
}

}  // namespace

double ConfiguredInteraction::two_mu() const {
    return natural_units ? 2.0 * reduced_mass : units::two_mu_over_hbar2(reduced_mass);
}

double ConfiguredInteraction::two_eta_k() const {
    return PartialWaveKind{0, charge_product}.two_eta_k_per_fm(reduced_mass);
}

void ConfiguredInteraction::naming(std::string const& which, std::function<void()> const& work) const {
    auto const named = [&](std::exception const& error) {
        return fmt::format("{}{}{}: {}", file, file.empty() ? "" : ": ", which, error.what());
    };
    try {
        work();
    } catch (InputError const& error) {
        throw InputError(named(error));
    } catch (ConvergenceError const& error) {
        throw ConvergenceError(named(error));
    }
}

double ConfiguredInteraction::wave_number_of(double momentum) const {
    return natural_units ? momentum : units::wave_number_per_fm(momentum);
}

void require_errors(Section const& root, ConfiguredInteraction const& configured) {
    auto const& samples = configured.samples_converged;
    auto const kept = std::count(samples.begin(), samples.end(), true);
    if (samples.empty() || kept >= 2) return;
    root.section("interaction")
        .fail("file", fmt::format("has {} samples of which {} converged; errors need two, fit with more steps",
                                  samples.size(), kept));
}

ConfiguredInteraction fitted_interaction(FittedKernel fitted) {
    ConfiguredInteraction result;
    result.name = "fitted";
    take_fitted_kernel(std::move(fitted), result);
    return result;
}

ConfiguredInteraction read_interaction(Section const& root, Communicator const& comm) {
    FixedNumbers numbers;
    return read_interaction(root, comm, numbers);
}

ConfiguredInteraction read_interaction(Section const& root, Communicator const& comm, NumberReader& numbers) {
    ConfiguredInteraction result;
    read_allowed(root);
    if (root.has("channels"))
        root.fail("channels",
                  "cannot be used here, where the s-wave alone is solved; give a potential or an interaction");
    bool const has_local = root.has("potential"), has_pair = root.has("pair");
    if (!has_local && !root.has("interaction"))
        root.fail("interaction",
                  "is missing; give a non-local interaction there, or a local one as pair and potential");
    bool const mass_from_pair = has_local || (has_pair && has_masses(root.section("pair")));
    if (root.has("interaction"))
        read_nonlocal(root.section("interaction"), has_local, mass_from_pair, has_pair, comm, numbers, result);
    result.masses_MeV.fill(2.0 * result.reduced_mass);
    if (has_local) {
        read_local(root, comm, numbers, result);
    } else if (has_pair) {
        Pair pair;
        if (mass_from_pair) {
            pair = read_pair(root, comm);
            take_masses(pair, result);
        } else {
            Section const given = root.section("pair");
            pair.name = given.optional<std::string>("name", "pair", one_line());
            read_charges(given, pair);
        }
        take_charges(pair, result);
    }
    result.tolerance =
        root.optional_section("solver").optional<double>("tolerance", result.tolerance, between(1e-14, 1e-3));
    return result;
}

void refuse_charges(Section const& root, ConfiguredInteraction const& interaction) {
    if (interaction.charge_product != 0)
        root.section("pair").fail("charge_product", "must be 0 here: lattices have the strong force alone");
}

}  // namespace hadronforce
