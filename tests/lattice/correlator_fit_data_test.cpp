#include "hadronforce/lattice/correlator_fit_data.hpp"

#include "hadronforce/units/constants.hpp"
#include "lattice/cubic_operations.hpp"
#include "support/message_of.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

namespace hadronforce {
namespace {

// On a 6^3 lattice the orbits of (3, 0, 0), 3 sites, and (2, 2, 1), 24 sites, share |r| = 3.
constexpr int L = 6;
constexpr std::int64_t samples = 5, first_time = 3;
constexpr Eigen::Index slices = 6;
constexpr double inverse_a_MeV = 1000.0, mass1_a = 0.5, mass2_a = 1.0;
constexpr double a_fm = units::hbar_c_MeV_fm / inverse_a_MeV;

/// One sample's R, slices x orbits: nothing smooth, so that no stencil can hide behind another.
RowMatrixXd rough_R(std::int64_t sample, Eigen::Index points) {
    std::mt19937_64 generator(100 + static_cast<std::uint64_t>(sample));
    std::uniform_real_distribution<double> uniform(0.9, 1.1);
    RowMatrixXd R(slices, points);
    for (double& value : R.reshaped()) value = uniform(generator);
    for (Eigen::Index slice = 0; slice < slices; ++slice) R.row(slice) *= std::exp(-0.3 * static_cast<double>(slice));
    return R;
}

/// The mean's: not quite the mean of the samples, as in real data.
RowMatrixXd ensemble_R(Eigen::Index points) { return rough_R(-1, points); }

struct RoughFile {
    CubicOrbits orbits{L};
    TemporaryFile path{"rough.h5"};

    /// `outlier`: what one point of sample 3 at t = 5 is multiplied by.
    explicit RoughFile(bool samples_differ = true, double outlier = 1.0) {
        Correlator c;
        c.ensemble.spatial_extent = L;
        c.ensemble.temporal_extent = 16;
        c.ensemble.inverse_a_MeV = inverse_a_MeV;
        c.ensemble.baryons = {LatticeBaryon{"A", mass1_a, 0.0}, LatticeBaryon{"B", mass2_a, 0.0}};
        c.ensemble.configurations = samples;
        for (std::int64_t t = first_time; t < first_time + slices; ++t) c.times.push_back(t);
        c.samples = share_of(samples, world().rank(), world().size());
        c.R.resize(c.samples.size(), slices * orbits.size());
        for (auto s = c.samples.begin; s < c.samples.end; ++s)
            c.R.row(s - c.samples.begin) =
                rough_R(samples_differ ? s : 0, orbits.size()).reshaped<Eigen::RowMajor>().transpose();
        if (c.samples.begin <= 3 && 3 < c.samples.end) c.R(3 - c.samples.begin, 2 * orbits.size() + 7) *= outlier;
        c.ensemble_R = ensemble_R(orbits.size());
        write_correlator(world(), path.path(), c, "");
    }
    CorrelatorFile open() const { return {world(), path.path()}; }
};

CorrelatorFitSettings some_settings(CorrelatorFile const& file) {
    CorrelatorFitSettings settings;
    settings.equation = {{5, 6},
                         StencilOrder::second,
                         StencilOrder::second,
                         file.ensemble().reduced_mass_a(),
                         file.ensemble().mass_asymmetry()};
    settings.cut_fm = 3.3 * a_fm;
    settings.inverse_variance = false;
    return settings;
}

/// {c d^2/dt^2 - d/dt + lap/(2 mu)} R at all sites, MeV, second-order stencils. Masses 1/2 and 1: mu = 1/3, D = -1/3,
/// c = 1/2.
Eigen::ArrayXd target_on_all_sites(CubicOrbits const& orbits, RowMatrixXd const& R, Eigen::Index slice) {
    auto const field = [&](Eigen::Index s) { return orbits.unfold(R.row(s).transpose().array()); };
    Eigen::ArrayXd const before = field(slice - 1), here = field(slice), after = field(slice + 1);
    Eigen::ArrayXd target(here.size());
    for (int z = 0; z < L; ++z)
        for (int y = 0; y < L; ++y)
            for (int x = 0; x < L; ++x) {
                int const i = testing::site_index({x, y, z}, L);
                double laplacian = -6.0 * here[i];
                for (int const step : {-1, 1})
                    laplacian += here[testing::site_index({x + step, y, z}, L)] +
                                 here[testing::site_index({x, y + step, z}, L)] +
                                 here[testing::site_index({x, y, z + step}, L)];
                target[i] = inverse_a_MeV * (1.5 * laplacian - 0.5 * (after[i] - before[i]) +
                                             0.5 * (after[i] - 2.0 * here[i] + before[i]));
            }
    return target;
}

/// Sites by r^2, those within the cut.
std::map<int, std::vector<int>> shells(double cut_a) {
    std::map<int, std::vector<int>> result;
    auto const folded = [](int c) { return std::min(c, L - c); };
    for (int z = 0; z < L; ++z)
        for (int y = 0; y < L; ++y)
            for (int x = 0; x < L; ++x) {
                int const square = folded(x) * folded(x) + folded(y) * folded(y) + folded(z) * folded(z);
                if (std::sqrt(square) < cut_a) result[square].push_back(testing::site_index({x, y, z}, L));
            }
    return result;
}

double mean_over(std::vector<int> const& sites, Eigen::ArrayXd const& field) {
    double sum = 0.0;
    for (int const site : sites) sum += field[site];
    return sum / static_cast<double>(sites.size());
}

/// Waves and targets that the Laplacian of all sites, then the mean over those of equal |r|, make of R.
void expect_shell_means(KernelFitData const& data, CubicOrbits const& orbits, RowMatrixXd const& R) {
    auto const by_square = shells(3.3);
    ASSERT_EQ(data.r.size(), static_cast<Eigen::Index>(by_square.size()));
    for (Eigen::Index s = 0; s < 2; ++s) {
        Eigen::Index const slice = 2 + s;  // t = 5, 6
        Eigen::ArrayXd const targets = target_on_all_sites(orbits, R, slice);
        Eigen::ArrayXd const wave = orbits.unfold(R.row(slice).transpose().array());
        Eigen::Index i = 0;
        for (auto const& [square, sites] : by_square) {
            EXPECT_NEAR(data.r[i], std::sqrt(square) * a_fm, 1e-14);
            EXPECT_NEAR(data.measure[i], static_cast<double>(sites.size()) * std::pow(a_fm, 3), 1e-15);
            EXPECT_NEAR(data.waves(i, s), mean_over(sites, wave), 1e-13);
            EXPECT_NEAR(data.targets(i, s), mean_over(sites, targets), 1e-9) << "r^2 = " << square;
            ++i;
        }
    }
}

TEST(CorrelatorFitData, TakesTheLaplacianOfAllSitesBeforeItJoinsThoseOfEqualRadius) {
    RoughFile const rough;
    auto const file = rough.open();
    CorrelatorFitData const fit(world(), file, some_settings(file));
    expect_shell_means(fit.mean(), rough.orbits, ensemble_R(rough.orbits.size()));
    // (3, 0, 0) and (2, 2, 1) differ, so the order matters: the two have targets far apart.
    Eigen::ArrayXd const targets = target_on_all_sites(rough.orbits, ensemble_R(rough.orbits.size()), 2);
    EXPECT_GT(std::abs(targets[testing::site_index({3, 0, 0}, L)] - targets[testing::site_index({2, 2, 1}, L)]), 10.0);
    // Orbits of r^2 = 0, 1, 2, 3, 4, 5, 6, 8, 10, and two of 9; two slices.
    EXPECT_EQ(fit.mean().r.size(), 10);
    EXPECT_EQ(fit.points(), 2 * 11);

    // Samples, each rank its own, or none.
    auto const own = share_of(samples, world().rank(), world().size());
    for (std::int64_t round = 0; round < samples; ++round) {
        auto const s = std::min(own.begin + round, own.end);
        auto const of_sample = fit.sample(file, {s, std::min(s + 1, own.end)});
        if (s < own.end)
            expect_shell_means(of_sample, rough.orbits, rough_R(s, rough.orbits.size()));
        else
            EXPECT_EQ(of_sample.targets, fit.mean().targets);
        EXPECT_EQ(of_sample.weights, fit.mean().weights);  // one scale of the loss for all
    }
}

// w_is = measure_i/(S sum_j measure_j target_js^2): the loss of U = 0 is one, each wave's share of it the same.
TEST(CorrelatorFitData, NormWeightsDivideEachWaveByItsTarget) {
    RoughFile const rough;
    auto const file = rough.open();
    auto const data = CorrelatorFitData(world(), file, some_settings(file)).mean();
    for (Eigen::Index s = 0; s < 2; ++s) {
        double norm = 0.0;
        for (Eigen::Index i = 0; i < data.r.size(); ++i) norm += data.measure[i] * std::pow(data.targets(i, s), 2);
        for (Eigen::Index i = 0; i < data.r.size(); ++i)
            EXPECT_NEAR(data.weights(i, s) / (data.measure[i] / (2.0 * norm)), 1.0, 1e-13);
    }
    EXPECT_NEAR((data.weights.array() * data.targets.array().square()).sum(), 1.0, 1e-13);
}

/// The orbits below the cut: sites, distances, and target/wave of each jackknife sample, orbits x samples, MeV.
struct Points {
    std::vector<CubicOrbits::Site> sites;
    std::vector<double> r_a;
    Eigen::MatrixXd V;
};
Points points_of(CubicOrbits const& orbits, Eigen::Index slice) {
    Points points;
    for (auto const& site : orbits.representatives()) {
        double const r = std::hypot(site[0], site[1], site[2]);
        if (r >= 3.3) continue;
        points.sites.push_back(site);
        points.r_a.push_back(r);
    }
    points.V.resize(static_cast<Eigen::Index>(points.sites.size()), samples);
    for (std::int64_t s = 0; s < samples; ++s) {
        auto const R = rough_R(s, orbits.size());
        Eigen::ArrayXd const targets = target_on_all_sites(orbits, R, slice);
        Eigen::ArrayXd const wave = orbits.unfold(R.row(slice).transpose().array());
        for (std::size_t p = 0; p < points.sites.size(); ++p) {
            int const index = testing::site_index(points.sites[p], L);
            points.V(static_cast<Eigen::Index>(p), s) = targets[index] / wave[index];
        }
    }
    return points;
}

/// Jackknife variances sqrt((N - 1)/N sum (x - mean)^2)^2 of each row, then their mean over points within one spacing.
Eigen::ArrayXd smoothed_variances(Eigen::MatrixXd const& V, std::vector<double> const& r_a) {
    Eigen::ArrayXd const variance = (V.colwise() - V.rowwise().mean()).array().square().rowwise().sum() *
                                    (static_cast<double>(samples - 1) / static_cast<double>(samples));
    Eigen::ArrayXd result(variance.size());
    for (std::size_t p = 0; p < r_a.size(); ++p) {
        double sum = 0.0, count = 0.0;
        for (std::size_t q = 0; q < r_a.size(); ++q)
            if (std::abs(r_a[q] - r_a[p]) <= 1.0) {
                sum += variance[static_cast<Eigen::Index>(q)];
                count += 1.0;
            }
        result[static_cast<Eigen::Index>(p)] = sum / count;
    }
    return result;
}

// Each orbit is one measurement, of target/wave. Of those that share a radius the weighted mean is fitted, with the sum
// of weights; chi2 of a kernel is that of all of them one by one, the scatter around the mean included.
TEST(CorrelatorFitData, InverseVariancesGiveChi2OfAllPoints) {
    RoughFile const rough;
    auto const& orbits = rough.orbits;
    auto const file = rough.open();
    auto settings = some_settings(file);
    settings.inverse_variance = true;
    settings.offsets = false;
    settings.error_floor = 0.0;
    CorrelatorFitData const fit(world(), file, settings);
    auto const& data = fit.mean();
    EXPECT_TRUE(data.is_chi2);
    EXPECT_EQ(data.offset_covariance.size(), 0);
    Eigen::MatrixXd const model = 50.0 * (-data.r.matrix() * Eigen::RowVector2d(2.0, 3.0)).array().exp().matrix();

    double chi2 = 0.0;
    for (Eigen::Index s = 0; s < 2; ++s) {
        auto const R = ensemble_R(orbits.size());
        Eigen::ArrayXd const targets = target_on_all_sites(orbits, R, 2 + s);
        Eigen::ArrayXd const wave = orbits.unfold(R.row(2 + s).transpose().array());
        auto const points = points_of(orbits, 2 + s);
        Eigen::ArrayXd const variances = smoothed_variances(points.V, points.r_a);
        Eigen::ArrayXd weighted = Eigen::ArrayXd::Zero(data.r.size()), weights = weighted;
        for (std::size_t p = 0; p < points.sites.size(); ++p) {
            Eigen::Index i = 0;
            (data.r - a_fm * points.r_a[p]).abs().minCoeff(&i);
            int const index = testing::site_index(points.sites[p], L);
            double const weight = 1.0 / (variances[static_cast<Eigen::Index>(p)] * wave[index] * wave[index]);
            weights[i] += weight;
            weighted[i] += weight * targets[index];
            chi2 += weight * std::pow(model(i, s) - targets[index], 2);
        }
        for (Eigen::Index i = 0; i < data.r.size(); ++i) {
            EXPECT_NEAR(data.targets(i, s), weighted[i] / weights[i], 1e-9);
            EXPECT_NEAR(data.weights(i, s) / weights[i], 1.0, 1e-9);
        }
    }
    double const loss = (data.weights.array() * (model - data.targets).array().square()).sum();
    EXPECT_NEAR(fit.chi2(loss) / chi2, 1.0, 1e-11);
    EXPECT_GT(fit.chi2(0.0), 0.0);  // what two orbits of one radius differ by, no kernel explains
    EXPECT_EQ(fit.points(), 2 * 11);
}

// The floor is in parts of sum R^2 |V|^3/sum R^2 V^2, over all sites below the cut of both slices, and adds to the
// variance of each point.
TEST(CorrelatorFitData, ErrorsHaveAFloor) {
    RoughFile const rough;
    auto const& orbits = rough.orbits;
    auto const file = rough.open();
    auto settings = some_settings(file);
    settings.inverse_variance = true;
    settings.offsets = false;
    settings.error_floor = 3.0;
    CorrelatorFitData const fit(world(), file, settings);
    double squares = 0.0, cubes = 0.0;
    for (Eigen::Index s = 0; s < 2; ++s) {
        auto const R = ensemble_R(orbits.size());
        Eigen::ArrayXd const wave = orbits.unfold(R.row(2 + s).transpose().array());
        auto const points = points_of(orbits, 2 + s);
        for (std::size_t p = 0; p < points.sites.size(); ++p) {
            auto const& site = points.sites[p];
            double const V = std::abs(points.V.row(static_cast<Eigen::Index>(p)).mean());
            Eigen::Index const orbit =
                std::find(orbits.representatives().begin(), orbits.representatives().end(), site) -
                orbits.representatives().begin();
            double const weight = orbits.multiplicity()[orbit] * std::pow(wave[testing::site_index(site, L)] * V, 2);
            squares += weight;
            cubes += weight * V;
        }
    }
    double const floor = 3.0 * cubes / squares;
    auto const points = points_of(orbits, 2);
    Eigen::ArrayXd const variances = smoothed_variances(points.V, points.r_a);
    double const wave = orbits.unfold(ensemble_R(orbits.size()).row(2).transpose().array())[0];  // r = 0: one orbit
    ASSERT_EQ(points.r_a[0], 0.0);
    EXPECT_NEAR(fit.mean().weights(0, 0) * wave * wave * (variances[0] + floor * floor), 1.0, 1e-9);
    EXPECT_GT(floor * floor, 0.1 * variances[0]);
}

// What all points of a slice share in a sample is its offset: their weighted mean. The errors of the points are those
// of what is left, the offsets have the jackknife covariance of theirs.
TEST(CorrelatorFitData, OffsetsOfSlicesAreNoErrorsOfPoints) {
    RoughFile const rough;
    auto const file = rough.open();
    auto settings = some_settings(file);
    settings.inverse_variance = true;
    CorrelatorFitData const fit(world(), file, settings);
    auto const& covariance = fit.mean().offset_covariance;
    ASSERT_EQ(covariance.rows(), 2);
    for (Eigen::Index s = 0; s < 2; ++s) {
        auto points = points_of(rough.orbits, 2 + s);
        Eigen::RowVectorXd offsets;
        Eigen::ArrayXd variances = smoothed_variances(points.V, points.r_a);
        Eigen::MatrixXd const from_mean = points.V.colwise() - points.V.rowwise().mean();
        for (int round = 0; round < 50; ++round) {
            Eigen::VectorXd const weights = variances.inverse() / variances.inverse().sum();
            offsets = weights.transpose() * from_mean;
            variances = smoothed_variances(from_mean.rowwise() - offsets, points.r_a);
        }
        double const expected = offsets.squaredNorm() * static_cast<double>(samples - 1) / static_cast<double>(samples);
        EXPECT_NEAR(covariance(s, s) / expected, 1.0, 1e-3);
        Eigen::ArrayXd const wave = ensemble_R(rough.orbits.size()).row(2 + s).transpose().array();
        EXPECT_NEAR(fit.mean().weights(0, s) * variances[0] * wave[0] * wave[0], 1.0, 1e-3);
    }
    EXPECT_NEAR(covariance(0, 1), covariance(1, 0), 1e-12 * covariance(0, 0));
    EXPECT_LT(std::abs(covariance(0, 1)), std::sqrt(covariance(0, 0) * covariance(1, 1)));
}

TEST(CorrelatorFitData, OneSidedDerivativesReachTheEndsOfTheData) {
    RoughFile const rough;
    auto const file = rough.open();
    auto settings = some_settings(file);
    settings.equation.times = {3, 5, 8};
    EXPECT_NE(message_of([&] { CorrelatorFitData(world(), file, settings); }).find("lacks t = 2, which derivatives at"),
              std::string::npos);
    settings.equation.one_sided = true;
    auto const data = CorrelatorFitData(world(), file, settings).mean();
    // At the origin, f' = (-3 f0 + 4 f1 - f2)/2 and its mirror image, f'' = f0 - 2 f1 + f2.
    auto const R = ensemble_R(rough.orbits.size());
    Eigen::ArrayXd const f = R.col(0);
    auto const laplacian = [&](Eigen::Index slice) { return 6.0 * (R(slice, 1) - R(slice, 0)); };
    EXPECT_NEAR(data.targets(0, 0),
                inverse_a_MeV *
                    (1.5 * laplacian(0) - (-1.5 * f[0] + 2.0 * f[1] - 0.5 * f[2]) + 0.5 * (f[0] - 2.0 * f[1] + f[2])),
                1e-9);
    EXPECT_NEAR(data.targets(0, 2),
                inverse_a_MeV *
                    (1.5 * laplacian(5) - (1.5 * f[5] - 2.0 * f[4] + 0.5 * f[3]) + 0.5 * (f[5] - 2.0 * f[4] + f[3])),
                1e-9);
    settings.equation.one_sided = false;
    settings.equation.times = {5};
    EXPECT_EQ(CorrelatorFitData(world(), file, settings).mean().targets.col(0), data.targets.col(1));
}

TEST(CorrelatorFitData, RefusesCutsAndWeightsThatMakeNoSense) {
    RoughFile const rough;
    auto const file = rough.open();
    auto settings = some_settings(file);
    auto const refused = [&](char const* part) {
        auto const message = message_of([&] { CorrelatorFitData(world(), file, settings); });
        EXPECT_EQ(message.find(file.path()), 0u) << message;
        EXPECT_NE(message.find(part), std::string::npos) << message;
    };
    double const corner_fm = std::sqrt(27.0) * a_fm;  // (3, 3, 3)
    settings.cut_fm = corner_fm * (1.0 + 1e-9);
    refused("lies beyond the farthest site, 1.025 fm; lower it");
    settings.cut_fm = 1.99 * a_fm;
    refused("is less than two lattice spacings, 0.3947 fm; raise it");
    settings.cut_fm = 2.0 * a_fm;
    EXPECT_EQ(CorrelatorFitData(world(), file, settings).mean().r.size(), 4);  // 0, 1, sqrt(2), sqrt(3)
    settings.cut_fm = corner_fm * (1.0 - 1e-9);
    EXPECT_EQ(CorrelatorFitData(world(), file, settings).points(), 2 * (20 - 1));  // all orbits but the corner's
    settings.equation.times = {4, 9};
    refused("/t: lacks t = 9; it has 3, 4, 5, 6, 7, 8");

    RoughFile const alike(false);
    auto const no_spread = alike.open();
    auto weighted = some_settings(no_spread);
    weighted.inverse_variance = true;
    auto const message = message_of([&] { CorrelatorFitData(world(), no_spread, weighted); });
    EXPECT_NE(message.find("/R: the samples do not differ at t = 5, point 0; take weights: norm"), std::string::npos)
        << message;
}

// R of one point of one sample is damaged: it is named, whatever slice and point the fit looks at. A point that only
// lies far off keeps its large error.
TEST(CorrelatorFitData, NamesTheSampleAndPointOfAnOutlier) {
    RoughFile const damaged(true, 1e10);
    auto const file = damaged.open();
    auto const settings = some_settings(file);
    auto const message = message_of([&] { CorrelatorFitData(world(), file, settings); });
    EXPECT_NE(message.find("/R: sample 3, t = 5, point 7 is "), std::string::npos) << message;
    EXPECT_NE(message.find("that is no noise"), std::string::npos) << message;
    EXPECT_EQ(message_of([&] { leading_order_potential(world(), file, settings.equation); }), message);
    RoughFile const far(true, 1e3);
    auto const other = far.open();
    EXPECT_NO_THROW(CorrelatorFitData(world(), other, settings));
}

}  // namespace
}  // namespace hadronforce
