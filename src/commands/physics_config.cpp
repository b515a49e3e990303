#include "commands/physics_config.hpp"

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

void read_potential(Section const& section, std::vector<std::string> const& design_columns, SampleFamily& family) {
    family.potential_form = section.required<std::string>("form");
    PotentialForm const* form = nullptr;
    try {
        form = &potential_form(family.potential_form);
    } catch (InputError const& error) {
        section.fail("form", std::string("is not known: ") + error.what());
    }
    for (auto const& parameter : form->parameters) {
        auto const& key = parameter.key;
        if (parameter.is_list) {
            family.potential[key] = section.required<std::vector<double>>(key);
        } else if (read_free(section, key, false, design_columns, family)) {
            family.potential[key] = {0.0};
        } else if (parameter.default_value) {
            family.potential[key] = {section.optional<double>(key, *parameter.default_value)};
        } else {
            family.potential[key] = {section.required<double>(key)};
        }
    }
}

/// A potential that nothing can be said against as long as its free parameters are in the middle of their priors.
void check_potential(Section const& section, SampleFamily const& family) {
    std::vector<double> values;
    for (auto const& parameter : family.free) {
        if (parameter.prior.kind == Prior::Kind::from_file) return;  // the file's own check names its line
        values.push_back(parameter.prior.quantile(0.5));
    }
    try {
        family.interaction(values);
    } catch (InputError const& error) {
        section.fail("form", std::string("cannot be made: ") + error.what());
    }
    for (std::size_t i = 0; i < values.size(); ++i)
        for (double end : {1e-9, 1.0 - 1e-9}) {
            auto ends = values;
            ends[i] = family.free[i].prior.quantile(end);
            try {
                family.interaction(ends);
            } catch (InputError const& error) {
                section.fail(family.free[i].of_source ? "form" : family.free[i].key,
                             std::string("reaches too far: ") + error.what());
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

void read_pair_and_potential(Section const& root, std::vector<std::string> const& design_columns,
                             SampleFamily& family) {
    Section const potential = root.section("potential");
    bool const preset = potential.has("preset");
    if (preset) {
        auto const name = potential.required<std::string>("preset");
        try {
            auto const& published = potential_preset(name);
            family.potential_form = published.form;
            family.potential = published.parameters;
            family.pair = {published.pair, published.mass1_MeV, published.mass2_MeV};
        } catch (InputError const& error) {
            potential.fail("preset", std::string("is not known: ") + error.what());
        }
    } else {
        read_potential(potential, design_columns, family);
    }
    if (!preset || root.has("pair")) family.pair = read_pair(root);
}

double read_source_r0_fm(Section const& root) {
    Section const source = root.section("source");
    source.required<std::string>("form", one_of({"gaussian"}));
    if (source.is_mapping("r0_fm")) source.fail("r0_fm", "is a prior; this command needs one number");
    return source.required<double>("r0_fm", positive());
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

SampleFamily read_sample_family(Section const& root, std::vector<std::string> const& design_columns) {
    SampleFamily family;
    read_pair_and_potential(root, design_columns, family);

    Section const source = root.section("source");
    source.required<std::string>("form", one_of({"gaussian"}));
    if (!read_free(source, "r0_fm", true, design_columns, family))
        family.r0_fm = source.required<double>("r0_fm", positive());

    family.k_star_MeV = read_momenta(root, "_MeV");

    Section const solver = root.optional_section("solver");
    family.tolerance = solver.optional<double>("tolerance", 1e-6, between(1e-10, 1e-2));

    for (auto const& column : design_columns) {
        auto const names = family.names();
        if (std::find(names.begin(), names.end(), column) == names.end())
            root.section("dataset").fail("parameters_from", fmt::format("names the column {}, which {} does not have",
                                                                        column, family.potential_form));
    }
    check_potential(root.section("potential"), family);
    return family;
}

SampleFamily read_fixed_interaction(Section const& root) {
    SampleFamily family = read_sample_family(root);
    if (!family.free.empty()) {
        auto const& first = family.free.front();
        root.section(first.of_source ? "source" : "potential")
            .fail(first.key, "is a prior; this command needs one number");
    }
    return family;
}

}  // namespace hadronforce
