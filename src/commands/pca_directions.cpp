#include "commands/pca_directions.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/setup/physics_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

SampleFamily read_family(Section const& root, DatasetFile const& dataset, Communicator const& comm) {
    Config const config = Config::from_text(dataset.provenance().config, dataset.path() + "@config");
    bool const has_design = config.root().optional_section("dataset").has("parameters_from");
    auto const family =
        read_sample_family(config.root(), comm, has_design ? dataset.names() : std::vector<std::string>());
    for (auto const& input : config.files().inputs) root.reads(input);
    if (!are_same_parameters(family.names(), dataset.names()) || family.parts() != dataset.measurements())
        throw InputError(dataset.path() + ": does not belong to its config; generate it again");
    if (family.measurements.size() > 1)
        root.fail("directions", fmt::format("are those of one C, and {} has {} measurements; leave them out",
                                            dataset.path(), family.measurements.size()));
    return family;
}

/// The median of each prior, but for what `at` gives.
Eigen::VectorXd read_parameters(Section const& directions, SampleFamily const& family) {
    Section const given = directions.optional_section("at");
    Eigen::VectorXd values(static_cast<Eigen::Index>(family.free.size()));
    for (auto const& key : given.keys())
        if (std::none_of(family.free.begin(), family.free.end(),
                         [&](Parameter const& parameter) { return same_parameter(parameter.name, key); }))
            given.fail(key, fmt::format("is no parameter of the dataset; it has {}", fmt::join(family.names(), ", ")));
    for (std::size_t i = 0; i < family.free.size(); ++i) {
        auto const& parameter = family.free[i];
        auto& value = values[static_cast<Eigen::Index>(i)];
        std::string key = parameter.name;
        for (auto const& name : given.keys())
            if (same_parameter(name, key)) key = name;
        if (parameter.prior.kind != Prior::Kind::from_file)
            value = given.optional<double>(key, parameter.prior.quantile(0.5));
        else
            value = given.required<double>(key);
    }
    return values;
}

std::size_t read_wave(Section const& directions, std::vector<PlacedPotential> const& potentials) {
    std::vector<std::string> paths;
    for (auto const& potential : potentials) paths.push_back(potential.path);
    if (paths.size() > 1 && !directions.has("potential"))
        directions.fail("potential", fmt::format("is missing; the pair has {}: name one", fmt::join(paths, ", ")));
    auto const path = paths.size() == 1 ? directions.optional<std::string>("potential", paths[0], one_of(paths))
                                        : directions.required<std::string>("potential", one_of(paths));
    return static_cast<std::size_t>(std::find(paths.begin(), paths.end(), path) - paths.begin());
}

void read_tents(Section const& directions, DirectionsConfig& c) {
    c.tents.spacing_fm = directions.optional<double>("spacing_fm", 0.05, between(0.001, 1.0));
    double const r_max = directions.optional<double>("r_max_fm", 5.0, between(0.01, 100.0));
    c.tents.count = static_cast<Eigen::Index>(std::llround(r_max / c.tents.spacing_fm));
    if (c.tents.count < 2 || c.tents.count > 1000)
        directions.fail("r_max_fm", fmt::format("= {} fm has {} steps of spacing_fm = {} fm; take 2 to 1000", r_max,
                                                c.tents.count, c.tents.spacing_fm));
}

PotentialPrior read_prior(Section const& section) {
    PotentialPrior prior;
    prior.relative = section.optional<double>("relative", 1.0, not_negative());
    prior.amplitude_MeV = section.optional<double>("amplitude_MeV", 0.0, not_negative());
    prior.correlation_fm = section.optional<double>("correlation_fm", 0.4, not_negative());
    if (prior.relative == 0.0 && prior.amplitude_MeV == 0.0)
        section.fail("relative", "and amplitude_MeV are both 0: nothing of V may change; give one of them");
    return prior;
}

}  // namespace

std::optional<DirectionsConfig> read_directions(Section const& root, DatasetFile const& dataset,
                                                Communicator const& comm) {
    if (!root.has("directions")) return std::nullopt;
    Section const directions = root.section("directions");
    DirectionsConfig c;
    c.family = read_family(root, dataset, comm);
    c.pair = std::dynamic_pointer_cast<UncoupledPair const>(c.family.pair().kind);
    if (!c.pair || c.pair->waves() == 0)
        root.fail("directions", fmt::format("needs local potentials of waves that do not couple; {} has {}",
                                            dataset.path(), c.family.pair().kind->interaction_name()));
    c.parameters = read_parameters(directions, c.family);
    std::vector<PlacedPotential> potentials;
    agree(comm, [&] {
        naming(directions.where("at"),
               [&] { potentials = c.pair->potentials(c.family.model().numbers_of(c.parameters)); });
    });
    c.wave = read_wave(directions, potentials);
    c.potential = potentials[c.wave].path;
    read_tents(directions, c);
    c.prior = read_prior(directions.optional_section("prior"));
    c.relative_errors =
        directions.optional<std::vector<double>>("relative_errors", {0.01, 0.001}, each<double>(between(1e-9, 1e3)));
    return c;
}

DirectionsOfPotential directions_of_potential(DirectionsConfig const& config) {
    auto const& pair = config.family.pair();
    auto const numbers = config.family.model().numbers_of(config.parameters);
    auto const wave = config.pair->partial_waves(numbers).at(config.wave);
    auto const& form = config.pair->model().source;
    auto const source = make_source(form.form, form.at(numbers));
    DirectionsOfPotential result;
    result.k_star_MeV = config.family.k_star_MeV();
    result.correlation = pair.solver(result.k_star_MeV)->solve(numbers).correlation;
    result.r_fm = config.tents.radii_fm();
    result.v_MeV.resize(result.r_fm.size());
    wave.local->fill_MeV(result.r_fm, result.v_MeV);
    double const symmetry = wave.exchange == Exchange::none ? 1.0 : 2.0;
    result.gradient_per_MeV = wave.weight * symmetry *
                              correlation_gradient_per_MeV(*wave.local, *source, result.k_star_MeV,
                                                           config.pair->reduced_mass_MeV(), wave.kind, config.tents);
    if ((result.correlation <= 0.0).any())
        throw InputError("C(k*) is not positive everywhere, so relative errors of it make no sense");
    result.of_unit_error = potential_directions(
        result.gradient_per_MeV, config.prior.covariance_MeV2(result.r_fm, result.v_MeV), result.correlation);
    result.relative_errors = config.relative_errors;
    for (double error : config.relative_errors)
        result.determined.push_back((result.of_unit_error.signal_to_noise > error).count());
    return result;
}

}  // namespace hadronforce
