#include "commands/physics_config.hpp"

#include "commands/table_config.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hadronforce {
namespace {

Prior read_prior(Section const& section, std::string const& key) {
    Section const prior = section.section(key);
    auto const kinds = prior.keys();
    if (kinds.size() != 1)
        section.fail(
            key,
            "must be a number or one of {uniform: [low, high]}, {log_uniform: [low, high]}, {normal: [mean, sigma]}");
    auto const& kind = kinds.front();
    Prior result;
    if (kind == "uniform")
        result.kind = Prior::Kind::uniform;
    else if (kind == "log_uniform")
        result.kind = Prior::Kind::log_uniform;
    else if (kind == "normal")
        result.kind = Prior::Kind::normal;
    else
        prior.fail(kind, "is not a prior; use uniform, log_uniform or normal");
    auto const numbers = prior.required<std::vector<double>>(kind);
    if (numbers.size() != 2) prior.fail(kind, "needs two numbers");
    result.first = numbers[0];
    result.second = numbers[1];
    if (auto const problem = problem_of(result); !problem.empty()) prior.fail(kind, problem);
    return result;
}

/// Adds the free parameter of a key to the family where it is one; else returns false.
bool read_free(Section const& section, std::string const& key, bool of_source,
               std::vector<std::string> const& design_columns, SampleFamily& family) {
    if (std::find(design_columns.begin(), design_columns.end(), key) != design_columns.end()) {
        if (section.has(key)) section.fail(key, "is a column of dataset.parameters_from too; remove it here or there");
        family.free.push_back({key, key, 0, of_source, {Prior::Kind::from_file, 0.0, 0.0}});
        return true;
    }
    if (!section.is_mapping(key)) return false;
    family.free.push_back({key, key, 0, of_source, read_prior(section, key)});
    return true;
}

/// The scalar and list parameters of a form that the config gives as numbers, or leaves free.
template <class Form>
void read_parameters(Section const& section, Form const& form, bool of_source,
                     std::vector<std::string> const& design_columns, SampleFamily& family) {
    auto& parameters = of_source ? family.source : family.potential;
    for (auto const& parameter : form.parameters) {
        auto const& key = parameter.key;
        if (parameters.count(key) != 0) continue;  // a table gave it
        bool const is_length = of_source && key.size() > 3 && key.compare(key.size() - 3, 3, "_fm") == 0;
        Check<double> const check = is_length ? positive() : Check<double>{};
        if (parameter.is_list) {
            parameters[key] = section.required<std::vector<double>>(key);
        } else if (read_free(section, key, of_source, design_columns, family)) {
            parameters[key] = {0.0};
        } else if (parameter.default_value) {
            parameters[key] = {section.optional<double>(key, *parameter.default_value, check)};
        } else {
            parameters[key] = {section.required<double>(key, check)};
        }
    }
}

template <class Find>
auto const& form_of(Section const& section, std::string const& name, Find const& find) {
    try {
        return find(name);
    } catch (InputError const& error) {
        section.fail("form", std::string("is not known: ") + error.what());
    }
}

void read_potential(Section const& section, Communicator const& comm, std::vector<std::string> const& design_columns,
                    SampleFamily& family) {
    family.potential_form = section.required<std::string>("form");
    if (family.potential_form == "spin_isospin_table") {
        family.potential_form = "gaussians_plus_pions";
        family.potential = read_spin_isospin_table(section, comm);
        return;
    }
    auto const& form = form_of(section, family.potential_form, potential_form);
    if (form.name == "tabulated" && section.has("file"))
        read_table(section, comm, {"radii_fm", "values_MeV", "V_MeV"}, family.potential);
    read_parameters(section, form, false, design_columns, family);
}

PotentialPreset const& read_preset(Section const& section) {
    auto const name = section.required<std::string>("preset");
    try {
        return potential_preset(name);
    } catch (InputError const& error) {
        section.fail("preset", std::string("is not known: ") + error.what());
    }
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
    PairInteraction interaction;
    try {
        interaction = family.interaction(values);
    } catch (InputError const& error) {
        root.section("potential").fail("form", std::string("cannot be made: ") + error.what());
    }
    try {
        check_reach(family, *interaction.source);
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
                root.section(family.free[i].of_source ? "source" : "potential")
                    .fail(family.free[i].key, std::string("reaches too far: ") + error.what());
            }
        }
}

}  // namespace

Pair read_pair(Section const& root) {
    Section const section = root.section("pair");
    Pair pair;
    pair.name = section.optional<std::string>("name", "pair");
    pair.mass1_MeV = section.required<double>("mass1_MeV", positive());
    pair.mass2_MeV = section.required<double>("mass2_MeV", positive());
    return pair;
}

void read_pair_and_potential(Section const& root, Communicator const& comm,
                             std::vector<std::string> const& design_columns, SampleFamily& family) {
    Section const potential = root.section("potential");
    bool const preset = potential.has("preset");
    if (preset) {
        auto const& published = read_preset(potential);
        family.potential_form = published.form;
        family.potential = published.parameters;
        family.pair = {published.pair, published.mass1_MeV, published.mass2_MeV};
    } else {
        read_potential(potential, comm, design_columns, family);
    }
    if (!preset || root.has("pair")) family.pair = read_pair(root);
}

NamedPotential read_fixed_potential(Section const& section, Communicator const& comm, double reduced_mass_MeV) {
    SampleFamily family;
    if (section.has("preset")) {
        auto const& published = read_preset(section);
        family.potential_form = published.form;
        family.potential = published.parameters;
    } else {
        read_potential(section, comm, {}, family);
    }
    if (!family.free.empty()) section.fail(family.free.front().key, "is a prior; this command needs one number");
    try {
        return {family.potential_form, make_potential(family.potential_form, family.potential, reduced_mass_MeV)};
    } catch (InputError const& error) {
        section.fail("form", std::string("cannot be made: ") + error.what());
    }
}

void read_source(Section const& root, Communicator const& comm, std::vector<std::string> const& design_columns,
                 SampleFamily& family) {
    Section const section = root.section("source");
    family.source_form = section.required<std::string>("form");
    auto const& form = form_of(section, family.source_form, source_form);
    std::size_t const free_before = family.free.size();
    if (form.name == "tabulated" && section.has("file"))
        read_table(section, comm, {"radii_fm", "values_per_fm3", "S_per_fm3"}, family.source);
    read_parameters(section, form, true, design_columns, family);
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
    root.section(first.of_source ? "source" : "potential").fail(first.key, "is a prior; this command needs one number");
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
    read_pair_and_potential(root, comm, design_columns, family);
    read_source(root, comm, design_columns, family);
    family.k_star_MeV = read_momenta(root, "_MeV");

    Section const solver = root.optional_section("solver");
    // The solver's estimate of its error does not know of a spline's knots.
    double const smallest = family.potential_form == "tabulated" ? 1e-7 : 1e-10;
    family.tolerance = solver.optional<double>("tolerance", 1e-6, between(smallest, 1e-2));

    for (auto const& column : design_columns) {
        auto const names = family.names();
        if (std::find(names.begin(), names.end(), column) == names.end())
            root.section("dataset").fail("parameters_from", fmt::format("names the column {}, which {} does not have",
                                                                        column, family.potential_form));
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
