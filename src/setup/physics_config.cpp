#include "hadronforce/setup/physics_config.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/setup/dataset_config.hpp"
#include "hadronforce/setup/measured_config.hpp"
#include "hadronforce/setup/measurement_config.hpp"
#include "hadronforce/setup/measurement_sections.hpp"
#include "hadronforce/setup/pair_config.hpp"
#include "hadronforce/setup/plausibility.hpp"
#include "hadronforce/setup/prior_numbers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace hadronforce {
namespace {

constexpr double largest_momentum = 1e6;  ///< 1 TeV/c; of natural units too

struct MomentumRange {
    double k_min, k_max;
    int points;
    std::string placement;
};

MomentumRange read_range(Section const& root, std::string const& unit_suffix,
                         std::vector<std::string> const& placements) {
    Section const momentum = root.section("momentum");
    std::string const low = "k_min" + unit_suffix, high = "k_max" + unit_suffix;
    double const k_min = momentum.required<double>(low, not_negative());
    double const k_max = momentum.required<double>(high, positive());
    auto const points = momentum.required<std::int64_t>("points", at_least(1));
    auto const placement = momentum.optional<std::string>("placement", "bin_centres", one_of(placements));
    if (k_max > largest_momentum) momentum.fail(high, fmt::format("must be at most {:g}", largest_momentum));
    if (k_max <= k_min) momentum.fail(high, "must be larger than " + low);
    if (points > 100000) momentum.fail("points", "must be at most 100000");
    if (placement == "end_points") {
        if (points < 2) momentum.fail("points", "must be at least 2 with placement: end_points");
        if (k_min == 0.0) momentum.fail(low, "must be positive with placement: end_points");
    }
    return {k_min, k_max, static_cast<int>(points), placement};
}

Eigen::ArrayXd points_of(MomentumRange const& range) {
    return range.placement == "end_points" ? end_points(range.k_min, range.k_max, range.points)
                                           : bin_centres(range.k_min, range.k_max, range.points);
}

void warn_of_momenta(Section const& root, double k_max_MeV, Communicator const& comm) {
    if (k_max_MeV < 2.0)
        warn_unless_allowed(
            root.section("momentum"), "k_max_MeV", doubts::momenta,
            fmt::format("= {} MeV/c: all k* are below what is measured; momenta are in MeV/c", k_max_MeV), comm);
}

struct Bins {
    Eigen::ArrayXd low_MeV, high_MeV;
};

Bins read_bins(Section const& root, Communicator const& comm) {
    if (root.is_mapping("momentum") && root.section("momentum").has("from")) {
        auto const bins = read_measured_data(root.section("momentum"), comm, "from", false).bins;
        return {bins.k_low_MeV, bins.k_high_MeV};
    }
    auto const range = read_range(root, "_MeV", {"bin_centres", "end_points", "bin_averages"});
    if (range.placement != "bin_averages") return {points_of(range), points_of(range)};
    auto const edges = Eigen::ArrayXd::LinSpaced(range.points + 1, range.k_min, range.k_max).eval();
    return {edges.head(range.points), edges.tail(range.points)};
}

}  // namespace

void solve_pair(Section const& root, std::function<void()> const& solve) {
    try {
        solve();
    } catch (InputError const& error) {
        std::string place = "pair";
        for (char const* key : {"coupled", "source", "interaction", "potential"})
            if (root.has(key)) {
                place = key;
                break;
            }
        throw InputError(fmt::format("{}: the pair cannot be solved: {}", root.where(place), error.what()));
    }
}

Eigen::ArrayXd read_momenta(Section const& root, std::string const& unit_suffix) {
    return points_of(read_range(root, unit_suffix, {"bin_centres", "end_points"}));
}

FixedPair read_fixed_pair(Section const& root, Communicator const& comm) {
    FixedNumbers numbers;
    FixedPair pair;
    pair.model = read_pair_model(root, comm, numbers);
    auto const bins = read_bins(root, comm);
    pair.k_low_MeV = bins.low_MeV;
    pair.k_high_MeV = bins.high_MeV;
    pair.k_star_MeV = 0.5 * (bins.low_MeV + bins.high_MeV);
    warn_of_momenta(root, pair.k_high_MeV.maxCoeff(), comm);
    pair.model.tolerance = read_tolerance(root, pair.model);
    if (has_measurement(root) || (bins.high_MeV > bins.low_MeV).any()) {
        pair.measured.emplace();
        pair.measured->pair = pair.model;
        read_measurement(root, comm, numbers, pair.k_high_MeV.maxCoeff(), *pair.measured);
        pair.measured->typical = numbers.trial();
    }
    pair.numbers = numbers.trial();
    NumberReader::note_named(root);
    return pair;
}

namespace {

void read_measured_bins(Section const& section, Communicator const& comm, FamilyMeasurement& seen) {
    auto const bins = read_bins(section, comm);
    seen.k_low_MeV = bins.low_MeV;
    seen.k_high_MeV = bins.high_MeV;
    warn_of_momenta(section, seen.k_high_MeV.maxCoeff(), comm);
}

FamilyMeasurement read_correlation(std::string const& name, Section const& section, Communicator const& comm,
                                   NumberReader& numbers) {
    FamilyMeasurement seen;
    seen.name = name;
    seen.model.pair = read_pair_model(section, comm, numbers);
    read_measured_bins(section, comm, seen);
    seen.model.pair.tolerance = read_tolerance(section, seen.model.pair);
    if (has_measurement(section)) read_measurement(section, comm, numbers, seen.k_high_MeV.maxCoeff(), seen.model);
    return seen;
}

/// A curve of a pair, which no source changes.
FamilyMeasurement read_measured_curve(std::string const& name, Section const& section, std::string const& quantity,
                                      PairModel const& pair, Communicator const& comm) {
    FamilyMeasurement seen;
    seen.name = name;
    seen.model.pair = pair;
    read_measured_bins(section, comm, seen);
    if (section.is_mapping("momentum") &&
        section.section("momentum").optional<std::string>("placement", "bin_centres") == "bin_averages")
        section.section("momentum")
            .fail("placement", fmt::format("cannot be bin_averages: {} is taken at each k*, and "
                                           "averages are of C alone",
                                           quantity));
    auto const curves = pair.kind->quantities().curves;
    auto const found = curves_named(curves, quantity);
    if (found.size() != 1)
        section.fail("quantity", fmt::format("names {}, which {}; there are C{}{}", quantity,
                                             found.empty() ? "there is not" : "may be several",
                                             curves.empty() ? "" : ", ", fmt::join(names_of(curves), ", ")));
    seen.curve = found.front();
    return seen;
}

std::vector<FamilyMeasurement> read_family_measurements(Section const& root, Communicator const& comm,
                                                        NumberReader& numbers) {
    if (!root.has("measurements")) return {read_correlation("", root, comm, numbers)};
    auto const sections = measurement_sections(root);
    std::vector<FamilyMeasurement> all(sections.size());
    std::vector<std::string> quantities;
    std::optional<PairModel> pair;
    for (std::size_t i = 0; i < sections.size(); ++i) {
        auto const& [name, section] = sections[i];
        Section const own = root.section("measurements").section(name);
        for (char const* key : {"pair", "potential", "channels", "interaction", "coupled"})
            if (own.has(key)) own.fail(key, "is that of all measurements of a dataset; move it to the top");
        quantities.push_back(own.optional<std::string>("quantity", "C"));
        if (quantities.back() != "C") continue;
        all[i] = read_correlation(name, section, comm, numbers);
        if (!pair) pair = all[i].model.pair;
    }
    if (!pair) root.fail("measurements", "must have a correlation function among them, without quantity");
    for (std::size_t i = 0; i < sections.size(); ++i)
        if (quantities[i] != "C")
            all[i] = read_measured_curve(sections[i].first, sections[i].second, quantities[i], *pair, comm);
    return all;
}

}  // namespace

SampleFamily read_sample_family(Section const& root, Communicator const& comm,
                                std::vector<std::string> const& design_columns) {
    PriorNumbers numbers(design_columns);
    SampleFamily family;
    family.measurements = read_family_measurements(root, comm, numbers);
    NumberReader::note_named(root);
    family.free = numbers.space().free();
    for (auto& measurement : family.measurements) {
        measurement.model.numbers = [space = numbers.space()](Eigen::VectorXd const& free) { return space.all(free); };
        if (numbers.trial_is_known()) measurement.model.typical = numbers.trial();
    }
    auto const names = family.names();
    for (auto const& column : design_columns)
        if (std::none_of(names.begin(), names.end(), [&](auto const& name) { return same_parameter(name, column); }))
            root.section("dataset").fail("parameters_from",
                                         fmt::format("names the column {}, which {} does not have", column,
                                                     family.pair().kind->interaction_name()));
    FamilySolver solver = family.make_solver();
    if (numbers.trial_is_known()) solve_pair(root, [&] { solver.in_bins(numbers.space().starts()); });
    numbers.try_ends([&](Eigen::VectorXd const& values) {
        try {
            solver.in_bins(values);
        } catch (ConvergenceError const&) {  // of a parameter that is hardly ever drawn
        }
    });
    return family;
}

}  // namespace hadronforce
