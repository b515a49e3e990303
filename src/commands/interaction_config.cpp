#include "commands/interaction_config.hpp"

#include "commands/physics_config.hpp"
#include "hadronforce/lattice/kernel_file.hpp"
#include "hadronforce/units/constants.hpp"

#include <limits>

namespace hadronforce {
namespace {

std::unique_ptr<NonlocalPotential> read_separable_exponential(Section const& section, bool natural) {
    auto const key = [&](char const* name, char const* unit) {
        return natural ? std::string(name) : name + std::string(unit);
    };
    double const omega = section.required<double>(key("omega", "_MeV_per_fm3"));
    double const mu = section.required<double>(key("mu", "_per_fm"), positive());
    std::string const cut_key = key("cut", "_fm");
    double const cut =
        section.has(cut_key) ? section.required<double>(cut_key, positive()) : std::numeric_limits<double>::infinity();
    return std::make_unique<SeparableExponential>(omega, mu, cut);
}

}  // namespace

double ConfiguredInteraction::two_mu() const {
    return natural_units ? 2.0 * reduced_mass : units::two_mu_over_hbar2(reduced_mass);
}

double ConfiguredInteraction::wave_number_of(double momentum) const {
    return natural_units ? momentum : units::wave_number_per_fm(momentum);
}

ConfiguredInteraction read_interaction(Section const& root, Communicator const& comm) {
    ConfiguredInteraction result;
    bool const has_local = root.has("potential");
    if (!has_local && !root.has("interaction"))
        root.fail("interaction",
                  "is missing; give a non-local interaction there, or a local one as pair and potential");
    if (root.has("interaction")) {
        Section const section = root.section("interaction");
        result.name = section.required<std::string>("form", one_of({"separable_exponential", "fitted"}));
        if (result.name == "fitted") {
            auto fitted = read_fitted_kernel(comm, section.required<std::string>("file"));
            result.natural_units = fitted.units.natural;
            result.reduced_mass = fitted.units.reduced_mass;
            if (fitted.samples) {
                result.resampling = fitted.samples->kind;
                auto const& fits = fitted.samples->fits;
                for (std::int64_t i = 0; i < fits.done; ++i) {
                    auto sample = std::make_unique<KernelNetwork>(fitted.network);
                    sample->set_parameters(fits.parameters.row(i).transpose());
                    if (fits.converged[static_cast<std::size_t>(i)] == 0) sample.reset();
                    if (fitted.network.has_local())
                        result.local_samples.push_back(sample ? std::make_unique<NetworkLocalPart>(*sample) : nullptr);
                    result.nonlocal_samples.push_back(std::move(sample));
                }
            }
            if (fitted.network.has_local()) {
                if (has_local) section.fail("file", "has a local part of its own; remove potential and pair");
                result.local = std::make_unique<NetworkLocalPart>(fitted.network);
            }
            result.nonlocal = std::make_unique<KernelNetwork>(std::move(fitted.network));
        } else {
            result.natural_units =
                section.optional<std::string>("units", "physical", one_of({"physical", "natural"})) == "natural";
            result.nonlocal = read_separable_exponential(section, result.natural_units);
            if (!has_local)
                result.reduced_mass =
                    section.required<double>(result.natural_units ? "reduced_mass" : "reduced_mass_MeV", positive());
        }
        if (result.natural_units && has_local)
            section.fail("form", "is in natural units; a local potential beside it needs MeV and fm");
    }
    result.masses_MeV.fill(2.0 * result.reduced_mass);
    if (has_local) {
        SampleFamily family;
        read_pair_and_potential(root, {}, family);
        if (!family.free.empty())
            root.section("potential").fail(family.free.front().key, "is a prior; this command needs one number");
        result.reduced_mass = family.pair.reduced_mass_MeV();
        result.pair_name = family.pair.name;
        result.masses_MeV = {family.pair.mass1_MeV, family.pair.mass2_MeV};
        result.name += (result.name.empty() ? "" : " + ") + family.potential_form;
        try {
            result.local = make_potential(family.potential_form, family.potential, result.reduced_mass);
        } catch (InputError const& error) {
            root.section("potential").fail("form", std::string("cannot be made: ") + error.what());
        }
    }
    bool const is_network = root.has("interaction") && result.name.rfind("fitted", 0) == 0;
    result.tolerance =
        root.optional_section("solver").optional<double>("tolerance", is_network ? 1e-10 : 1e-13, between(1e-14, 1e-3));
    return result;
}

}  // namespace hadronforce
