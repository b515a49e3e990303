#include "hadronforce/lattice/correlator_noise.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace hadronforce {
namespace {

/// Noise of many configurations at the origin and another site, all times: configurations x (times x 2).
struct Draws {
    static constexpr Eigen::Index configurations = 20000;
    std::vector<std::int64_t> times{3, 4, 6, 9};
    CorrelatorNoise noise{0.01, 4, 0.25, 2.0, 0.7, 0.4, 11};
    CubicOrbits orbits{12};
    Eigen::Index there = orbits.orbit_of(2, 1, 0);
    Eigen::MatrixXd values;

    Draws() : values(configurations, 8) {
        NoiseSource const source(orbits, noise, times);
        for (Eigen::Index c = 0; c < configurations; ++c) {
            auto const draw = source.of_configuration(c);
            for (Eigen::Index slice = 0; slice < 4; ++slice) {
                values(c, 2 * slice) = draw[slice * orbits.size()];
                values(c, 2 * slice + 1) = draw[slice * orbits.size() + there];
            }
        }
    }
    double sigma(std::size_t slice) const { return 0.01 * std::exp(0.25 * (static_cast<double>(times[slice]) - 4.0)); }
};

/// Correlation of a periodic field with a Gaussian spectrum between the origin and a site: by Poisson's formula a sum
/// over the images of the origin, exp(-r^2/(2 l^2)), axis by axis.
double field_correlation(std::array<int, 3> const& site, int L, double length) {
    auto const images = [&](int x) {
        double sum = 0.0;
        for (int image = -3; image <= 3; ++image) sum += std::exp(-0.5 * std::pow((x - image * L) / length, 2));
        return sum;
    };
    double product = 1.0;
    for (int const x : site) product *= images(x) / images(0);
    return product;
}

// 20,000 independent draws (seed 11): means are known to sigma/sqrt(N), variances to sqrt(2/N), correlations to
// 1/sqrt(N); five standard deviations are allowed of each, which chance exceeds in one of 10^6 cases.
TEST(CorrelatorNoise, HasTheDocumentedVarianceAndCorrelations) {
    Draws const draws;
    auto const N = static_cast<double>(Draws::configurations);
    double const five_sigma = 5.0 / std::sqrt(N);
    auto const moment = [&](Eigen::Index i, Eigen::Index j) {
        return draws.values.col(i).dot(draws.values.col(j)) / N;
    };
    for (Eigen::Index slice = 0; slice < 4; ++slice) {
        double const sigma = draws.sigma(static_cast<std::size_t>(slice));
        EXPECT_LT(std::abs(draws.values.col(2 * slice).mean()), five_sigma * sigma);
        EXPECT_NEAR(moment(2 * slice, 2 * slice) / (sigma * sigma), 1.0, std::sqrt(2.0) * five_sigma) << slice;
        // At the origin common and own parts have the correlation rho^|t - t'| alike.
        for (Eigen::Index other = 0; other < slice; ++other) {
            auto const apart = static_cast<double>(draws.times[static_cast<std::size_t>(slice)] -
                                                   draws.times[static_cast<std::size_t>(other)]);
            double const found = moment(2 * slice, 2 * other) / (sigma * draws.sigma(static_cast<std::size_t>(other)));
            EXPECT_NEAR(found, std::pow(0.7, apart), five_sigma * std::sqrt(2.0)) << slice << " with " << other;
        }
        // Between sites the common part is the same, the other that of the field: sqrt(c) x + sqrt(1 - c) y.
        double const expected = 0.4 + 0.6 * field_correlation({2, 1, 0}, 12, 2.0);
        EXPECT_GT(expected, 0.6);
        EXPECT_LT(expected, 0.8);
        EXPECT_NEAR(moment(2 * slice, 2 * slice + 1) / (sigma * sigma), expected, five_sigma * std::sqrt(2.0)) << slice;
    }
}

TEST(CorrelatorNoise, IsAFunctionOfSeedAndConfiguration) {
    CubicOrbits const orbits(6);
    CorrelatorNoise noise{0.01, 0, 0.0, 1.0, 0.5, 0.5, 3};
    NoiseSource const first(orbits, noise, {1, 2}), again(orbits, noise, {1, 2});
    auto const seventh = first.of_configuration(7);
    first.of_configuration(2);
    EXPECT_EQ(again.of_configuration(7), seventh);
    EXPECT_NE(again.of_configuration(8), seventh);
    noise.seed = 4;
    EXPECT_NE(NoiseSource(orbits, noise, {1, 2}).of_configuration(7), seventh);
    noise.relative = 0.0;
    EXPECT_EQ(NoiseSource(orbits, noise, {1, 2}).of_configuration(7).cwiseAbs().maxCoeff(), 0.0);
}

}  // namespace
}  // namespace hadronforce
