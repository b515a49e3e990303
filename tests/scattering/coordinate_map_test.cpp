#include "hadronforce/scattering/coordinate_map.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/scattering/radial_grid.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

CoordinateMap const map(0.02, 3.0);

TEST(CoordinateMap, InverseGivesBackTheRadiusToRounding) {
    for (double r : {0.0, 1e-6, 0.003, 0.02, 0.5, 3.0, 14.0, 400.0})
        EXPECT_NEAR(map.r_of_x(map.x_of_r(r)), r, 4e-15 * (r + 0.02) * (1.0 + map.x_of_r(r))) << "r = " << r;
}

// Central differences of r(x), error of order step^2 against derivatives of order one times r.
TEST(CoordinateMap, DerivativesAreThoseOfTheMap) {
    double const h = 1e-4;
    for (double x : {0.5, 2.0, 5.0, 9.0}) {
        double const r = map.r_of_x(x);
        double const plus = map.r_of_x(x + h), minus = map.r_of_x(x - h);
        EXPECT_NEAR((plus - minus) / (2.0 * h), map.dr_dx(r), 1e-8 * (1.0 + r));
        EXPECT_NEAR((map.dr_dx(plus) - map.dr_dx(minus)) / (plus - minus), map.slope_of_dr_dx(r), 1e-7);
        // s = (3/4)(g_x/g)^2 - g_xx/(2 g)
        double const g = map.dr_dx(r);
        double const g_x = (map.dr_dx(plus) - map.dr_dx(minus)) / (2.0 * h);
        double const g_xx = (map.dr_dx(plus) - 2.0 * g + map.dr_dx(minus)) / (h * h);
        EXPECT_NEAR(map.curvature_term(r), 0.75 * g_x * g_x / (g * g) - 0.5 * g_xx / g, 1e-5);
    }
}

TEST(RadialGrid, EveryNodeIsANodeOfTheNextLevel) {
    RadialGrid const grid(0.16, 30.0, std::nullopt);
    for (int level = 0; level < 3; ++level) {
        auto const& coarse = grid.level(level).r_fm;
        auto const& fine = grid.level(level + 1).r_fm;
        for (Eigen::Index n = 0; n < coarse.size() && 2 * n < fine.size(); ++n)
            ASSERT_NEAR(coarse[n], fine[2 * n], 1e-13 * (1.0 + coarse[n]));
        EXPECT_GE(coarse[coarse.size() - 3], 30.0);
    }
}

TEST(RadialGrid, PutsANodeOnTheJump) {
    for (double radius : {0.07, 0.4, 1.7, 12.0}) {
        RadialGrid const grid(0.16, 30.0, radius);
        EXPECT_EQ(grid.level(0).r_fm[grid.fixed_node()], radius);
        EXPECT_EQ(grid.level(2).r_fm[4 * grid.fixed_node()], radius);
        auto const& r = grid.level(2).r_fm;
        for (Eigen::Index n = 1; n < r.size(); ++n) ASSERT_GT(r[n], r[n - 1]);
    }
}

TEST(BinCentres, HalveEachOfTheEqualBins) {
    Eigen::ArrayXd const k = bin_centres(5.0, 300.0, 60);
    EXPECT_EQ(k.size(), 60);
    EXPECT_NEAR(k[0], 5.0 + 0.5 * 295.0 / 60.0, 1e-13);
    EXPECT_NEAR(k[59], 300.0 - 0.5 * 295.0 / 60.0, 1e-12);
    EXPECT_NEAR(bin_centres(0.0, 2.0, 1)[0], 1.0, 1e-15);
    EXPECT_THROW(bin_centres(10.0, 5.0, 3), InputError);
    EXPECT_THROW(bin_centres(0.0, 5.0, 0), InputError);
    EXPECT_THROW(bin_centres(-1.0, 5.0, 2), InputError);
}

}  // namespace
}  // namespace hadronforce
