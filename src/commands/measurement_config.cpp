#include "commands/measurement_config.hpp"

#include "commands/measured_config.hpp"
#include "commands/pair_config.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/decay_feed_down.hpp"
#include "hadronforce/measurement/momentum_matrix_file.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace hadronforce {
namespace {

MomentumMatrix read_matrix(Section const& section, Communicator const& comm) {
    auto const path = section.input("file");
    return read_momentum_matrix(comm, path, section.optional<bool>("normalise", false));
}

/// A matrix from a file, or that of a decay of the pair's second particle for momenta up to `highest_MeV`.
MomentumMatrix read_mothers(Section const& section, Pair const& pair, Communicator const& comm, double highest_MeV) {
    if (section.has("file")) return read_matrix(section, comm);
    MotherDecay const decay{pair.mass1_MeV, pair.mass2_MeV, section.required<double>("daughter_mass_MeV", positive()),
                            section.required<double>("other_mass_MeV", not_negative())};
    double const width = section.optional<double>("bin_width_MeV", 4.0, between(0.1, 100.0));
    auto const rows = static_cast<Eigen::Index>(std::ceil(highest_MeV / width)) + 1;
    Eigen::ArrayXd const low = width * Eigen::ArrayXd::LinSpaced(rows, 0.0, static_cast<double>(rows - 1));
    try {
        return decay_feed_down(decay, low, low + width, width);
    } catch (InputError const& error) {
        section.fail("daughter_mass_MeV", std::string("does not go with the pair: ") + error.what());
    }
}

/// The pairs that are measured and their source stand in `genuine`.
ContributionModel read_contribution(Section const& section, std::string const& name, Communicator const& comm,
                                    NumberReader& numbers, double highest_MeV, PairModel const& genuine) {
    ContributionModel contribution;
    contribution.name = name;
    contribution.lambda = numbers.number(section, "lambda", std::nullopt);
    if (!section.has("pair") && !section.has("coupled")) return contribution;  // flat
    auto const* const uncoupled = std::get_if<UncoupledModel>(&genuine.kind);
    contribution.pair =
        read_pair_model(section, comm, numbers, uncoupled != nullptr ? std::optional(uncoupled->source) : std::nullopt);
    contribution.pair->tolerance = genuine.tolerance;
    if (!section.has("mothers")) return contribution;
    Section const mothers = section.section("mothers");
    if (!section.has("pair") && !mothers.has("file"))
        mothers.fail("file", "is missing; of coupled channels the momenta of the mothers' pair are given by a file");
    contribution.mothers = read_mothers(mothers, section.has("pair") ? read_pair(section) : Pair{}, comm, highest_MeV);
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
    model.lambda = numbers.number(root, "lambda", 1.0);
    if (root.has("resolution")) model.resolution = read_matrix(root.section("resolution"), comm);
    double const highest_MeV = model.resolution ? model.resolution->from_high_MeV.maxCoeff() : k_max_MeV;
    Section const contributions = root.optional_section("contributions");
    for (auto const& name : contributions.keys())
        model.contributions.push_back(
            read_contribution(contributions.section(name), name, comm, numbers, highest_MeV, model.pair));
    Section const bins = root.optional_section("bins");
    model.points_per_bin = static_cast<int>(bins.optional<std::int64_t>("points", 3, [](std::int64_t const& points) {
        return points >= 1 && points <= 64 ? "" : "must lie between 1 and 64";
    }));
    if (bins.has("weight_file")) model.weight = read_weight(bins.input("weight_file"), comm);
    model.normalisation = numbers.number(root, "normalisation", 1.0);
    Section const baseline = root.optional_section("baseline");
    for (char const* key : {"linear_per_GeV", "quadratic_per_GeV2", "cubic_per_GeV3"})
        model.baseline.push_back(numbers.number(baseline, key, 0.0));
}

}  // namespace hadronforce
