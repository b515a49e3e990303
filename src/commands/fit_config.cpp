#include "commands/fit_config.hpp"

#include "commands/command.hpp"
#include "commands/fit_numbers.hpp"
#include "commands/measurement_config.hpp"
#include "commands/pair_config.hpp"
#include "commands/physics_config.hpp"
#include "commands/plausibility.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace hadronforce {
namespace {

/// Rough and from above: tables of a neutral s-wave and of another one at a momentum, and what covariances take.
constexpr double bytes_of_s_wave = 8e4, bytes_of_wave = 1e4, largest_bytes = 1.5e9;

void check_memory(Section const& data, FitConfig const& config) {
    auto const bins = static_cast<double>(config.data.bins.size());
    auto const& resolution = config.model.resolution;
    double const momenta =
        config.model.points_per_bin * (resolution ? static_cast<double>(resolution->from_low_MeV.size()) : bins);
    auto waves = static_cast<double>(config.model.pair.kind->waves());
    for (auto const& contribution : config.model.contributions)
        if (contribution.pair) waves += static_cast<double>(contribution.pair->kind->waves());
    double const bytes = momenta * (waves > 0.0 ? bytes_of_s_wave + waves * bytes_of_wave : 0.0) +
                         (config.data.covariance ? 4.0 * 8.0 * bins * bins : 0.0);
    if (bytes > largest_bytes)
        data.fail("file", fmt::format("has {} bins in the range, which need about {:.1f} GB; take wider bins, fewer of "
                                      "them (k_min_MeV, k_max_MeV) or fewer points of each (bins.points)",
                                      config.data.bins.size(), 1e-9 * bytes));
}

std::string bin_text(FitConfig const& config, Eigen::Index i) {
    auto const& bins = config.data.bins;
    return fmt::format("{}: the bin at {:.4g} MeV/c has C = {:.4g} +- {:.2g}", bins.where(i), bins.k_star_MeV[i],
                       bins.correlation[i], std::sqrt(config.data.variance[i]));
}

void check_errors(FitConfig const& config) {
    double const tolerance = config.model.pair.tolerance;
    for (Eigen::Index i = 0; i < config.data.bins.size(); ++i)
        if (std::sqrt(config.data.variance[i]) < 0.1 * tolerance)
            throw InputError(
                fmt::format("{}, less than C is computed to, {:.0e}; mend the row, or lower solver.tolerance",
                            bin_text(config, i), tolerance));
}

/// Names bins that decide a fit alone, or that no correlation function has.
void warn_of_bins(FitConfig const& config, Communicator const& comm) {
    auto const& bins = config.data.bins;
    Eigen::ArrayXd const errors = config.data.variance.sqrt();
    std::vector<std::string> warnings;
    for (Eigen::Index i = 0; i < bins.size(); ++i) {
        auto const first = std::max<Eigen::Index>(0, i - 3), last = std::min(bins.size() - 1, i + 3);
        std::vector<double> near(errors.begin() + first, errors.begin() + last + 1);
        auto const middle = near.begin() + static_cast<std::ptrdiff_t>(near.size() / 2);
        std::nth_element(near.begin(), middle, near.end());
        if (errors[i] < 0.01 * *middle || errors[i] > 100.0 * *middle)
            warnings.push_back(
                fmt::format("{}, those beside it +- {:.2g}; check the row", bin_text(config, i), *middle));
        if (bins.correlation[i] < -5.0 * errors[i])
            warnings.push_back(
                fmt::format("{}; no correlation function is negative, check the row", bin_text(config, i)));
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(warnings.size(), 3); ++i) say(comm, "warning: " + warnings[i]);
    if (warnings.size() > 3) say(comm, fmt::format("warning: and {} more such bins", warnings.size() - 3));
}

}  // namespace

FitConfig read_fit_config(Section const& root, Communicator const& comm) {
    FitConfig config;
    config.data = read_measured_data(root.section("data"), comm);
    FitNumbers numbers;
    config.model.pair = read_pair_model(root, comm, numbers);
    config.model.pair.tolerance = read_tolerance(root, config.model.pair);
    read_measurement(root, comm, numbers, config.data.bins.k_high_MeV.maxCoeff(), config.model);
    config.parameters = numbers.parameters();
    if (config.parameters.empty())
        root.fail("source", "and all else is fixed; write a number as {start: ..., min: ..., max: ...} to fit it");
    auto const bins = config.data.bins.size(), free = static_cast<Eigen::Index>(config.parameters.size());
    if (bins < free)
        root.section("data").fail("file",
                                  fmt::format("leaves {} bins in the range, too few for {} parameters", bins, free));
    check_memory(root.section("data"), config);
    agree(comm, [&] { check_errors(config); });
    warn_of_bins(config, comm);
    Section const fit = root.optional_section("fit");
    config.profile = fit.optional<bool>("profile", true);
    Check<std::int64_t> const count_of_starts = [](std::int64_t const& value) {
        return value >= 0 && value <= 100000 ? "" : "must lie between 0 and 100000";
    };
    config.more_starts = static_cast<int>(fit.optional<std::int64_t>("more_starts", 0, count_of_starts));
    config.seed = static_cast<std::uint64_t>(fit.optional<std::int64_t>("seed", 1, at_least(0)));
    config.any_lambdas = is_allowed(root, doubts::lambdas);
    Section const output = root.section("output");
    config.file = output.optional_output("file", OutputKind::hdf5);
    config.table = output.optional_output("table", OutputKind::text);
    if (config.file.empty() && config.table.empty())
        root.fail("output", "needs a table (CSV) or a file (HDF5), or both");
    config.model.typical = numbers.trial();
    agree(comm, [&] { solve_pair(root, [&] { config.make_model().in_bins(numbers.trial()); }); });
    return config;
}

}  // namespace hadronforce
