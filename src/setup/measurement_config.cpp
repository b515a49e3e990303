#include "hadronforce/setup/measurement_config.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/decay_feed_down.hpp"
#include "hadronforce/measurement/momentum_matrix_file.hpp"
#include "hadronforce/setup/momentum_table.hpp"
#include "hadronforce/setup/pair_config.hpp"
#include "hadronforce/setup/plausibility.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace hadronforce {
namespace {

MomentumMatrix read_matrix(Section const& section, Communicator const& comm) {
    auto const path = section.input("file");
    return read_momentum_matrix(comm, path, section.optional<bool>("normalise", false));
}

/// A matrix, or the width of a Gaussian.
void read_resolution(Section const& section, Communicator const& comm, MeasurementModel& model) {
    if (!section.has("sigma_MeV")) {
        model.resolution = read_matrix(section, comm);
        return;
    }
    if (section.has("file")) section.fail("sigma_MeV", "stands beside file; keep one of the two");
    if (section.is_mapping("sigma_MeV"))
        section.fail("sigma_MeV", "is a parameter; the resolution is the detector's, give one number");
    model.resolution_sigma_MeV = section.required<double>("sigma_MeV", between(0.01, 100.0));
}

/// Of the pair's second particle.
MotherDecay read_decay(Section const& section, Pair const& pair, Communicator const& comm) {
    MotherDecay const decay{pair.mass1_MeV, pair.mass2_MeV, read_mass(section, "daughter_mass_MeV", comm),
                            section.required<double>("other_mass_MeV", not_negative())};
    if (decay.other_mass_MeV > 0.0 && decay.other_mass_MeV < 0.5)  // a photon has none, an electron 0.511
        refuse_unless_allowed(
            section, "other_mass_MeV", doubts::masses,
            fmt::format("= {} MeV is the mass of no particle; masses are in MeV", decay.other_mass_MeV));
    try {
        DecayFeedDown const possible(decay);
    } catch (InputError const& error) {
        section.fail("daughter_mass_MeV", std::string("does not go with the pair: ") + error.what());
    }
    return decay;
}

/// What a decay leaves beside the spectator must be the measured pair.
void check_daughters(Section const& mothers, MotherDecay const& decay, double measured_MeV, Communicator const& comm) {
    double const reduced_mass_MeV = units::reduced_mass(decay.spectator_mass_MeV, decay.daughter_mass_MeV);
    if (std::fabs(reduced_mass_MeV - measured_MeV) > 0.01 * measured_MeV)
        warn_unless_allowed(
            mothers, "daughter_mass_MeV", doubts::other_pair,
            fmt::format("= {} MeV leaves pairs of {} and {} MeV, reduced mass {:.6g}, which are not those "
                        "measured, reduced mass {:.6g}",
                        decay.daughter_mass_MeV, decay.spectator_mass_MeV, decay.daughter_mass_MeV, reduced_mass_MeV,
                        measured_MeV),
            comm);
}

/// Shares of all pairs, for values that the model must make sense for.
void check_lambdas(Section const& root, MeasurementModel const& model, NumberReader const& numbers) {
    if (!numbers.trial_is_known()) return;
    double sum = 0.0;
    auto const add = [&](Section const& section, ModelNumber const& number) {
        double const lambda = number.at(numbers.trial());
        if (lambda < 0.0)
            refuse_unless_allowed(section, "lambda", doubts::lambdas,
                                  fmt::format("= {} is negative; it is a share of all pairs", lambda));
        sum += lambda;
    };
    add(root, model.lambda);
    for (auto const& contribution : model.contributions)
        add(root.section("contributions").section(contribution.name), contribution.lambda);
    if (sum > 1.0 + 5e-3)  // rounded as published
        refuse_unless_allowed(
            root, model.contributions.empty() ? "lambda" : "contributions", doubts::lambdas,
            fmt::format("{} to {:.6g}; shares of all pairs do not exceed 1{}",
                        model.contributions.empty() ? "comes" : "have lambdas that add", sum,
                        root.has("lambda") ? "" : " (lambda of the genuine pairs is 1 where it is not given)"));
}

/// C is positive, and so is what multiplies it.
void check_normalisation(Section const& root, MeasurementModel const& model, NumberReader const& numbers) {
    auto const range = numbers.range(model.normalisation);
    bool const unbounded = range && std::isinf(range->first);
    double const start = numbers.trial_is_known() ? model.normalisation.at(numbers.trial()) : 1.0;
    if (start <= 0.0) root.fail("normalisation", fmt::format("= {} must be positive, as C is", start));
    if (range && !unbounded && range->first <= 0.0)
        root.fail(
            "normalisation",
            fmt::format("may come down to {:.4g}; it must stay positive, as C is: narrow its range", range->first));
}

void check_baseline(Section const& root, MeasurementModel const& model, NumberReader const& numbers, double k_max_MeV) {
    if (!numbers.trial_is_known()) return;
    for (double const k_MeV : Eigen::ArrayXd::LinSpaced(1000, 0.0, k_max_MeV).eval()) {
        double sum = 0.0;
        for (auto c = model.baseline.rbegin(); c != model.baseline.rend(); ++c)
            sum = (sum + c->at(numbers.trial())) * 1e-3 * k_MeV;
        if (auto const& shape = model.baseline_template)
            sum += shape->scale.at(numbers.trial()) * (shape->at(k_MeV) - 1.0);
        if (1.0 + sum <= 0.0)
            root.fail("baseline", fmt::format("comes to {:.4g} at k* = {:.4g} MeV/c, and C with it; it must be "
                                              "positive; its coefficients count k* in GeV/c",
                                              1.0 + sum, k_MeV));
    }
}

/// A shape from a file, as of simulated pairs without the correlation; it must reach as far as the data.
BaselineTemplate read_template(Section const& section, Communicator const& comm, NumberReader& numbers,
                               double k_max_MeV) {
    auto const path = section.input("file");
    auto table = read_momentum_table(path, "value", true, comm);
    Eigen::Index const size = table.k_star_MeV.size();
    double const last = table.k_star_MeV[size - 1], step = size > 1 ? last - table.k_star_MeV[size - 2] : 0.0;
    if (last + step < k_max_MeV)
        section.fail("file", fmt::format("ends at {:.6g} MeV/c, the data at {:.6g}; let the table reach as far", last,
                                         k_max_MeV));
    return {std::move(table), numbers.number(section, "scale", "1", 1.0)};
}

/// The pairs that are measured and their source stand in `genuine`.
ContributionModel read_contribution(Section const& section, std::string const& name, Communicator const& comm,
                                    NumberReader& numbers, PairModel const& genuine) {
    ContributionModel contribution;
    contribution.name = name;
    contribution.lambda = numbers.number(section, "lambda", "1", std::nullopt);
    if (!section.has("pair") && !section.has("coupled")) return contribution;  // flat
    auto const* const source = genuine.kind->source();
    contribution.pair =
        read_pair_model(section, comm, numbers, source != nullptr ? std::optional(*source) : std::nullopt);
    contribution.pair->tolerance = genuine.tolerance;
    if (!section.has("mothers")) return contribution;
    Section const mothers = section.section("mothers");
    if (mothers.has("file")) {
        contribution.mothers = read_matrix(mothers, comm);
        return contribution;
    }
    if (!section.has("pair"))
        mothers.fail("file", "is missing; of coupled channels the momenta of the mothers' pair are given by a file");
    contribution.decay = read_decay(mothers, read_pair(section, comm), comm);
    check_daughters(mothers, *contribution.decay, genuine.kind->reduced_mass_MeV(), comm);
    return contribution;
}

}  // namespace

bool has_measurement(Section const& root) {
    bool any = false;
    for (char const* key : {"lambda", "contributions", "resolution", "bins", "normalisation", "baseline"})
        any = root.has(key) || any;
    return any;
}

void read_measurement(Section const& root, Communicator const& comm, NumberReader& numbers, double k_max_MeV,
                      MeasurementModel& model) {
    model.lambda = numbers.number(root, "lambda", "1", 1.0);
    if (root.has("resolution")) read_resolution(root.section("resolution"), comm, model);
    Section const contributions = root.optional_section("contributions");
    for (auto const& name : contributions.keys())
        model.contributions.push_back(read_contribution(contributions.section(name), name, comm, numbers, model.pair));
    Section const bins = root.optional_section("bins");
    model.points_per_bin = static_cast<int>(bins.optional<std::int64_t>("points", 3, [](std::int64_t const& points) {
        return points >= 1 && points <= 64 ? "" : "must lie between 1 and 64";
    }));
    if (bins.has("weight_file")) model.weight = read_momentum_table(bins.input("weight_file"), "weight", false, comm);
    model.normalisation = numbers.number(root, "normalisation", "1", 1.0);
    Section const baseline = root.optional_section("baseline");
    for (auto const& [key, unit] : {std::pair{"linear_per_GeV", "c/GeV"}, std::pair{"quadratic_per_GeV2", "c^2/GeV^2"},
                                    std::pair{"cubic_per_GeV3", "c^3/GeV^3"}})
        model.baseline.push_back(numbers.number(baseline, key, unit, 0.0));
    if (baseline.has("template"))
        model.baseline_template = read_template(baseline.section("template"), comm, numbers, k_max_MeV);
    check_lambdas(root, model, numbers);
    check_normalisation(root, model, numbers);
    check_baseline(root, model, numbers, k_max_MeV);
}

}  // namespace hadronforce
