#include "rough_correlator.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <map>

namespace hadronforce {
namespace {

using namespace testing;

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
