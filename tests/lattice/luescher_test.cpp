#include "hadronforce/lattice/luescher.hpp"

#include "hadronforce/units/constants.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace hadronforce {
namespace {

using units::hbar_c_MeV_fm;
using units::pi;

std::array<int, 3> const momenta[] = {{0, 0, 0}, {0, 0, 1}, {0, 1, 1}, {1, 1, 1}, {0, 0, 2}};

PairInBox pion_and_nucleon(std::array<int, 3> const& d) { return {4.5, 938.9, 138.0, d}; }

double unit2(PairInBox const& pair) { return std::pow(2.0 * pi / pair.L_fm, 2); }

TEST(Luescher, EnergiesAndMomentaBelongTogether) {
    for (auto const& d : momenta)
        for (double const k2 : {-0.3, 0.0, 0.2, 4.0}) {
            auto const pair = pion_and_nucleon(d);
            double const m1 = pair.mass1_MeV, m2 = pair.mass2_MeV, k_MeV2 = k2 * hbar_c_MeV_fm * hbar_c_MeV_fm;
            double const E = std::sqrt(m1 * m1 + k_MeV2) + std::sqrt(m2 * m2 + k_MeV2);
            double const P2 = (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) * unit2(pair) * hbar_c_MeV_fm * hbar_c_MeV_fm;
            EXPECT_NEAR(box_energy_MeV(pair, k2), std::sqrt(E * E + P2), 1e-11);
            EXPECT_NEAR(k2_of_box_energy_per_fm2(pair, box_energy_MeV(pair, k2)), k2, 1e-13);
        }
}

// Particles with momenta n and d - n; at each of these energies Z changes sign through infinity.
TEST(Luescher, FreeLevelsAreThoseOfTwoMomenta) {
    for (auto const& d : momenta) {
        auto const pair = pion_and_nucleon(d);
        double const k2_max = 6.5 * unit2(pair), unit_MeV = std::sqrt(unit2(pair)) * hbar_c_MeV_fm;
        std::vector<double> expected;
        for (int x = -6; x <= 6; ++x)
            for (int y = -6; y <= 6; ++y)
                for (int z = -6; z <= 6; ++z) {
                    auto const energy = [&](double m, int a, int b, int c) {
                        return std::sqrt(m * m + unit_MeV * unit_MeV * (a * a + b * b + c * c));
                    };
                    double const E =
                        energy(pair.mass1_MeV, x, y, z) + energy(pair.mass2_MeV, d[0] - x, d[1] - y, d[2] - z);
                    expected.push_back(k2_of_box_energy_per_fm2(pair, E));
                }
        std::sort(expected.begin(), expected.end());
        expected.erase(std::unique(expected.begin(), expected.end(), [](double a, double b) { return b - a < 1e-10; }),
                       expected.end());
        auto const levels = free_levels_per_fm2(pair, k2_max);
        ASSERT_GE(levels.size(), 7U);
        ASSERT_LT(levels.back(), expected[levels.size()]);
        for (std::size_t i = 0; i < levels.size(); ++i) {
            EXPECT_NEAR(levels[i], expected[i], 1e-11);
            EXPECT_LT(box_k_cot_delta_per_fm(pair, levels[i] + 1e-9), -1e4);
            EXPECT_GT(box_k_cot_delta_per_fm(pair, levels[i] - 1e-9), 1e4);
        }
    }
}

/// The difference of both sides falls through zero at levels, and where k cot(delta) jumps from oo to -oo, `jumps`
/// times; it falls from oo to -oo from each level of free particles to the next.
int levels_on_a_grid(PairInBox const& pair, std::function<double(double)> const& k_cot_delta, int jumps, double low,
                     double high) {
    constexpr int steps = 200;
    auto const free = free_levels_per_fm2(pair, high);
    int count = -jumps;
    for (std::size_t i = 0; i <= free.size(); ++i) {
        double const begin = i > 0 ? free[i - 1] : low, end = i < free.size() ? free[i] : high;
        bool is_positive = i > 0;
        for (int step = i > 0 ? 1 : 0; step <= steps; ++step) {
            double const k2 = begin + (end - begin) * step / steps;
            bool const is_positive_now =
                (step < steps || i == free.size()) && k_cot_delta(k2) > box_k_cot_delta_per_fm(pair, k2);
            if (is_positive && !is_positive_now) ++count;
            is_positive = is_positive_now;
        }
    }
    return count;
}

double hard_sphere(double k2) {
    double const k = std::sqrt(std::abs(k2)), R = 1.3;
    if (k == 0.0) return -1.0 / R;
    return k2 > 0.0 ? -k / std::tan(k * R) : -k / std::tanh(k * R);
}

// Bound, nearly bound, weak, a resonance, and a hard sphere, of which k cot(delta) is infinite where kR is pi.
TEST(Luescher, LevelsAreAllRootsAndNothingElse) {
    struct Force {
        std::function<double(double)> k_cot_delta;
        int jumps = 0;
    };
    for (auto const& [force, jumps] :
         {Force{[](double k2) { return -1.0 / 2.5 + 0.4 * k2; }}, Force{[](double k2) { return 1.0 / 8.0 + 0.3 * k2; }},
          Force{[](double k2) { return 1.0 / 0.3 - 0.1 * k2; }}, Force{[](double k2) { return (1.7 - k2) * 2.0; }},
          Force{hard_sphere, 1}})
        for (auto const& d : momenta) {
            auto const pair = pion_and_nucleon(d);
            double const low = -0.3, high = 6.3 * unit2(pair);
            auto const levels = box_levels_per_fm2(pair, force, low, high);
            EXPECT_EQ(static_cast<int>(levels.size()), levels_on_a_grid(pair, force, jumps, low, high));
            EXPECT_TRUE(std::is_sorted(levels.begin(), levels.end()));
            for (double const k2 : levels) {
                double const x = force(k2), z = box_k_cot_delta_per_fm(pair, k2);
                EXPECT_LT(std::abs(std::remainder(std::atan2(1.0, x) - std::atan2(1.0, z), pi)), 1e-10) << k2;
            }
        }
}

// However deep one looks, and however close to threshold the level lies.
TEST(Luescher, LowestLevelIsFoundInAnyWindow) {
    for (double const a : {0.01, 0.4, 30.0})
        for (double const L : {3.0, 12.0, 80.0})
            for (double const k2_min : {-4.0, -20.0}) {
                PairInBox const pair{L, 940.0, 940.0};
                auto const levels = box_levels_per_fm2(
                    pair, [a](double) { return 1.0 / a; }, k2_min, 0.1 * unit2(pair));
                ASSERT_EQ(levels.size(), 1U) << a << ", " << L << ", " << k2_min;
                EXPECT_NEAR(box_k_cot_delta_per_fm(pair, levels[0]) * a, 1.0, 1e-8);
            }
}

TEST(Luescher, WithoutForceLevelsAreFree) {
    for (auto const& d : momenta) {
        auto const pair = pion_and_nucleon(d);
        auto const free = free_levels_per_fm2(pair, 11.0);
        auto const levels = box_levels_per_fm2(
            pair, [](double) { return std::numeric_limits<double>::infinity(); }, -0.2, 11.0);
        EXPECT_EQ(levels, free);
    }
}

// k^2 = -(4 pi a/L^3) [1 + c1 a/L + c2 (a/L)^2 + O(L^-3)] for k cot(delta) = 1/a: what is left falls by 8 as L doubles.
TEST(Luescher, LowestLevelHasTheExpansionOfLargeVolumes) {
    for (double const a : {0.4, -0.4}) {
        double before = 0.0;
        for (double const L : {8.0, 16.0, 32.0, 64.0}) {
            PairInBox const pair{L, 940.0, 940.0};
            auto const levels = box_levels_per_fm2(
                pair, [a](double) { return 1.0 / a; }, -0.2, 0.5 * unit2(pair));
            ASSERT_GE(levels.size(), 1U);
            double const x = a / L, found = -levels[0] * L * L * L / (4.0 * pi * a);
            double const left = found - (1.0 - 2.837297 * x + 6.375183 * x * x);
            EXPECT_LT(std::abs(left), 10.0 * std::abs(x * x * x));
            if (L > 16.0) {
                EXPECT_NEAR(before / left, 8.0, 0.3) << "a = " << a << ", L = " << L;
            }
            before = left;
        }
    }
}

// Of k cot(delta) = -1/a0: kappa - 1/a0 = sum over images of exp(-kappa r)/r.
TEST(Luescher, BoundLevelIsShiftedByImages) {
    double const a0 = 1.2;
    for (double const L : {4.0, 6.0, 9.0}) {
        PairInBox const pair{L, 940.0, 1300.0};
        auto const levels = box_levels_per_fm2(
            pair, [a0](double) { return -1.0 / a0; }, -2.0, -0.05);
        ASSERT_EQ(levels.size(), 1U);
        double const kappa = std::sqrt(-levels[0]);
        double images = 0.0;
        for (int x = 0; x < 16; ++x)
            for (int y = 0; y < 16; ++y)
                for (int z = 0; z < 16; ++z) {
                    if (x + y + z == 0) continue;
                    double const copies = (x > 0 ? 2.0 : 1.0) * (y > 0 ? 2.0 : 1.0) * (z > 0 ? 2.0 : 1.0);
                    double const r = L * std::sqrt(x * x + y * y + z * z);
                    images += copies * std::exp(-kappa * r) / r;
                }
        EXPECT_NEAR(kappa - 1.0 / a0, images, 1e-12);
    }
}

// However the pair moves, in a large box it is bound as outside: with images as far away as at rest or farther.
TEST(Luescher, MovingPairsAreBoundAlike) {
    double const a0 = 1.2, L = 16.0;
    for (auto const& d : momenta) {
        auto const levels = box_levels_per_fm2(
            {L, 940.0, 495.0, d}, [a0](double) { return -1.0 / a0; }, -2.0, -0.05);
        ASSERT_EQ(levels.size(), 1U);
        EXPECT_LT(std::abs(std::sqrt(-levels[0]) - 1.0 / a0), 6.5 * std::exp(-L / a0) / L);
    }
}

TEST(Luescher, TheOrderOfTheParticlesDoesNotMatter) {
    for (auto const& d : momenta)
        for (double const k2 : {-0.2, 0.7, 5.0}) {
            double const one = box_k_cot_delta_per_fm({4.5, 938.9, 138.0, d}, k2);
            EXPECT_NEAR(box_k_cot_delta_per_fm({4.5, 138.0, 938.9, d}, k2), one, 1e-12 * std::max(1.0, std::abs(one)));
        }
}

TEST(Luescher, RefusesWhatCannotBe) {
    auto const said = [](PairInBox const& pair, double k2) {
        return message_of([&] { box_k_cot_delta_per_fm(pair, k2); });
    };
    EXPECT_NE(said({0.0, 940.0, 940.0}, 1.0).find("L = 0 fm"), std::string::npos);
    EXPECT_NE(said({5.0, 940.0, -1.0}, 1.0).find("masses are 940 and -1 MeV"), std::string::npos);
    EXPECT_NE(said({5.0, 940.0, 138.0}, -0.5).find("above -0.489"), std::string::npos);
    EXPECT_NE(message_of([] {
                  k2_of_box_energy_per_fm2({5.0, 940.0, 138.0}, 900.0);
              }).find("at least 929."),
              std::string::npos);
    PairInBox const good{5.0, 940.0, 138.0};
    EXPECT_NE(message_of([&] { box_levels_per_fm2(good, hard_sphere, 1.0, 1.0); }).find("must be larger"),
              std::string::npos);
    EXPECT_NE(message_of([&] {
                  box_levels_per_fm2(
                      good, [](double) { return std::nan(""); }, 0.1, 1.0);
              }).find("is not a number"),
              std::string::npos);
}

}  // namespace
}  // namespace hadronforce
