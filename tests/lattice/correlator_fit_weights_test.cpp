#include "rough_correlator.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hadronforce {
namespace {

using namespace testing;

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

}  // namespace
}  // namespace hadronforce
