#include "hadronforce/lattice/cubic_orbits.hpp"

#include "hadronforce/error.hpp"
#include "lattice/cubic_operations.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

namespace hadronforce {
namespace {

using testing::cubic_operations;
using testing::site_index;

/// Every site of an L^3 lattice.
template <class Visit>
void for_all_sites(int L, Visit visit) {
    for (int z = 0; z < L; ++z)
        for (int y = 0; y < L; ++y)
            for (int x = 0; x < L; ++x) visit(CubicOrbits::Site{x, y, z});
}

Eigen::ArrayXd random_field(Eigen::Index size) {
    std::mt19937_64 generator(7);
    std::normal_distribution<double> normal;
    return Eigen::ArrayXd::NullaryExpr(size, [&] { return normal(generator); });
}

// Burnside: the number of orbits is the mean number of fixed sites over the 48 operations. In closed form, with
// n = L/2 + 1 folded coordinates, the multisets of three: n (n + 1)(n + 2)/6; 2925 for L = 48.
TEST(CubicOrbits, CountIsBurnsides) {
    for (int L = 1; L <= 9; ++L) {
        int fixed = 0;
        for (auto const& operation : cubic_operations())
            for_all_sites(
                L, [&](auto const& site) { fixed += site_index(operation(site), L) == site_index(site, L) ? 1 : 0; });
        EXPECT_EQ(CubicOrbits(L).size(), fixed / 48) << "L = " << L;
        EXPECT_EQ(fixed % 48, 0);
        int const n = L / 2 + 1;
        EXPECT_EQ(CubicOrbits(L).size(), n * (n + 1) * (n + 2) / 6);
    }
    EXPECT_EQ(CubicOrbits(48).size(), 2925);
    EXPECT_EQ(CubicOrbits(96).size(), 20825);
}

TEST(CubicOrbits, MultiplicityCountsDistinctImagesAndAddsToTheVolume) {
    for (int const L : {1, 2, 3, 4, 5, 8, 11}) {
        CubicOrbits const orbits(L);
        EXPECT_EQ(orbits.multiplicity().sum(), L * L * L);
        for (Eigen::Index i = 0; i < orbits.size(); ++i) {
            auto const& site = orbits.representatives()[static_cast<std::size_t>(i)];
            std::set<int> images;
            for (auto const& operation : cubic_operations()) images.insert(site_index(operation(site), L));
            EXPECT_EQ(orbits.multiplicity()[i], static_cast<double>(images.size())) << L << ", orbit " << i;
            EXPECT_TRUE(orbits.is_representative(site));
            EXPECT_EQ(orbits.orbit_of(site[0], site[1], site[2]), i);
        }
    }
    for (int const L : {48, 96}) EXPECT_EQ(CubicOrbits(L).multiplicity().sum(), static_cast<double>(L) * L * L);
}

TEST(CubicOrbits, AllImagesAndPeriodicCopiesShareTheOrbit) {
    int const L = 6;
    CubicOrbits const orbits(L);
    for_all_sites(L, [&](auto const& site) {
        Eigen::Index const orbit = orbits.orbit_of(site[0], site[1], site[2]);
        for (auto const& operation : cubic_operations()) {
            auto const image = operation(site);
            ASSERT_EQ(orbits.orbit_of(image[0] + L, image[1] - 2 * L, image[2]), orbit);
        }
    });
}

TEST(CubicOrbits, OrderHasXFastest) {
    CubicOrbits const orbits(4);
    std::vector<CubicOrbits::Site> const expected{{0, 0, 0}, {1, 0, 0}, {2, 0, 0}, {1, 1, 0}, {2, 1, 0},
                                                  {2, 2, 0}, {1, 1, 1}, {2, 1, 1}, {2, 2, 1}, {2, 2, 2}};
    EXPECT_EQ(orbits.representatives(), expected);
    EXPECT_DOUBLE_EQ(orbits.r()[4], std::sqrt(5.0));
    EXPECT_FALSE(orbits.is_representative({3, 0, 0}));
    EXPECT_FALSE(orbits.is_representative({0, 1, 0}));
    EXPECT_FALSE(orbits.is_representative({1, 1, -1}));
}

// The projection is the mean over the 48 operations, here applied one after the other.
TEST(CubicOrbits, ProjectionIsTheMeanOverAllOperations) {
    for (int const L : {4, 5}) {
        CubicOrbits const orbits(L);
        Eigen::ArrayXd const field = random_field(L * L * L);
        Eigen::ArrayXd const projected = orbits.project(field);
        for (Eigen::Index i = 0; i < orbits.size(); ++i) {
            double sum = 0.0;
            for (auto const& operation : cubic_operations())
                sum += field[site_index(operation(orbits.representatives()[static_cast<std::size_t>(i)]), L)];
            EXPECT_NEAR(projected[i], sum / 48.0, 1e-14);
        }
        EXPECT_TRUE(orbits.project(orbits.unfold(projected)).isApprox(projected, 1e-14));
        // Projecting moves nothing in or out of the box.
        EXPECT_NEAR(orbits.integral(projected), field.sum(), 1e-12);
    }
}

TEST(CubicOrbits, RefusesExtentsThatAreNoLattice) {
    for (std::int64_t const L : {-1, 0, 1025})
        EXPECT_NE(message_of([&] { CubicOrbits orbits(L); }).find("between 1 and 1024"), std::string::npos);
}

}  // namespace
}  // namespace hadronforce
