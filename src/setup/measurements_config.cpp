#include "hadronforce/setup/measurements_config.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/report/standard_output.hpp"
#include "hadronforce/setup/measured_config.hpp"
#include "hadronforce/setup/measurement_config.hpp"
#include "hadronforce/setup/measurement_sections.hpp"
#include "hadronforce/setup/pair_config.hpp"
#include "hadronforce/setup/physics_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace hadronforce {
namespace {

/// Rough and from above: tables of a neutral s-wave and of another one at a momentum, and what covariances take.
constexpr double bytes_of_s_wave = 8e4, bytes_of_wave = 1e4, largest_bytes = 1.5e9;

void check_memory(Section const& data, FittedMeasurement const& measured) {
    auto const bins = static_cast<double>(measured.data.bins.size());
    auto const& given = measured.data.bins;
    auto const resolution = measured.model.resolution_in(given.k_low_MeV, given.k_high_MeV);
    double const momenta =
        measured.model.points_per_bin * (resolution ? static_cast<double>(resolution->from_low_MeV.size()) : bins);
    auto waves = static_cast<double>(measured.model.pair.kind->waves());
    for (auto const& contribution : measured.model.contributions)
        if (contribution.pair) waves += static_cast<double>(contribution.pair->kind->waves());
    double const bytes = momenta * (waves > 0.0 ? bytes_of_s_wave + waves * bytes_of_wave : 0.0) +
                         (measured.data.covariance ? 4.0 * 8.0 * bins * bins : 0.0);
    if (bytes > largest_bytes)
        data.fail("file", fmt::format("has {} bins in the range, which need about {:.1f} GB; take wider bins, fewer of "
                                      "them (k_min_MeV, k_max_MeV) or fewer points of each (bins.points)",
                                      measured.data.bins.size(), 1e-9 * bytes));
}

std::string bin_text(FittedMeasurement const& measured, Eigen::Index i) {
    auto const& bins = measured.data.bins;
    return fmt::format("{}: the bin at {:.4g} MeV/c has C = {:.4g} +- {:.2g}", bins.where(i), bins.k_star_MeV[i],
                       bins.correlation[i], std::sqrt(measured.data.variance[i]));
}

void check_errors(FittedMeasurement const& measured) {
    double const tolerance = measured.model.pair.tolerance;
    for (Eigen::Index i = 0; i < measured.data.bins.size(); ++i)
        if (std::sqrt(measured.data.variance[i]) < 0.1 * tolerance)
            throw InputError(
                fmt::format("{}, less than C is computed to, {:.0e}; mend the row, or lower solver.tolerance",
                            bin_text(measured, i), tolerance));
}

/// Names bins that decide a fit alone, or that no correlation function has.
void warn_of_bins(FittedMeasurement const& measured, Communicator const& comm) {
    auto const& bins = measured.data.bins;
    Eigen::ArrayXd const errors = measured.data.variance.sqrt();
    std::vector<std::string> warnings;
    for (Eigen::Index i = 0; i < bins.size(); ++i) {
        auto const first = std::max<Eigen::Index>(0, i - 3), last = std::min(bins.size() - 1, i + 3);
        std::vector<double> near(errors.begin() + first, errors.begin() + last + 1);
        auto const middle = near.begin() + static_cast<std::ptrdiff_t>(near.size() / 2);
        std::nth_element(near.begin(), middle, near.end());
        if (errors[i] < 0.01 * *middle || errors[i] > 100.0 * *middle)
            warnings.push_back(
                fmt::format("{}, those beside it +- {:.2g}; check the row", bin_text(measured, i), *middle));
        if (bins.correlation[i] < -5.0 * errors[i])
            warnings.push_back(
                fmt::format("{}; no correlation function is negative, check the row", bin_text(measured, i)));
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(warnings.size(), 3); ++i) warn(comm, warnings[i]);
    if (warnings.size() > 3) warn(comm, fmt::format("and {} more such bins", warnings.size() - 3));
}

FittedMeasurement read_one(std::string const& name, Section const& section, Communicator const& comm,
                           FitNumbers& numbers) {
    FittedMeasurement measured;
    measured.name = name;
    measured.data = read_measured_data(section.section("data"), comm);
    measured.model.pair = read_pair_model(section, comm, numbers);
    measured.model.pair.tolerance = read_tolerance(section, measured.model.pair);
    read_measurement(section, comm, numbers, measured.data.bins.k_high_MeV.maxCoeff(), measured.model);
    Section const data = section.section("data");
    for (auto const& error : measured.data.correlated)
        measured.shifts.push_back(numbers.shift(data.section("correlated"), error.name));
    check_memory(data, measured);
    agree(comm, [&] { check_errors(measured); });
    warn_of_bins(measured, comm);
    agree(comm, [&] {
        measured.whitening = measured.data.covariance ? std::make_shared<Whitening const>(*measured.data.covariance)
                                                      : std::make_shared<Whitening const>(measured.data.variance);
    });
    return measured;
}

}  // namespace

std::vector<FittedMeasurement> read_measurements(Section const& root, Communicator const& comm, FitNumbers& numbers) {
    std::vector<FittedMeasurement> all;
    std::vector<Section> sections;
    if (root.has("measurements")) {
        if (root.has("data")) root.fail("data", "stands beside measurements, which have their own; move it into one");
        for (auto const& [name, section] : measurement_sections(root)) {
            sections.push_back(section);
            all.push_back(read_one(name, section, comm, numbers));
        }
    } else {
        sections.push_back(root);
        all.push_back(read_one("", root, comm, numbers));
    }
    NumberReader::note_named(root);
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto& model = all[i].model;
        model.typical = numbers.trial();
        model.numbers = [space = numbers.space()](Eigen::VectorXd const& free) { return space.all(free); };
        agree(comm, [&] { solve_pair(sections[i], [&] { all[i].make_model().in_bins(numbers.space().starts()); }); });
    }
    return all;
}

}  // namespace hadronforce
