#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/five_parameter_potential.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

double const mu = testing::p_omega_reduced_mass_MeV;

long double gaussian_plus_yukawa_power(long double r, int n, long double b1, long double b2, long double b3,
                                       long double b4) {
    long double const m = 146.0L / 197.3269804L;
    return b1 * std::exp(-b2 * r * r) - b3 * std::expm1(-b4 * r * r) * std::pow(std::exp(-m * r) / r, n);
}

// The grid is filled with vector instructions and a series near the origin; the reference is one long double at a time.
TEST(GaussianPlusYukawaPower, AgreesWithTheFormulaInLongDouble) {
    Eigen::ArrayXd r(400), v(400);
    for (Eigen::Index i = 0; i < 400; ++i) r[i] = std::pow(10.0, -6.0 + 8.0 * static_cast<double>(i) / 400.0);
    for (int n : {1, 2, 3})
        for (double b4 : {0.05, 0.78, 150.0}) {
            auto const potential = make_potential("gaussian_plus_yukawa_power",
                                                  {{"n_pi", {static_cast<double>(n)}},
                                                   {"b1_MeV", {-306.5}},
                                                   {"b2_per_fm2", {73.9}},
                                                   {"b3_MeV_fm2", {-266.0}},
                                                   {"b4_per_fm2", {b4}}},
                                                  mu);
            potential->fill_MeV(r, v);
            for (Eigen::Index i = 0; i < 400; ++i) {
                auto const exact =
                    static_cast<double>(gaussian_plus_yukawa_power(r[i], n, -306.5L, 73.9L, -266.0L, b4));
                // 1 - exp(-x) loses at most 1/x at x = 1e-4, where the series takes over.
                EXPECT_NEAR(v[i], exact, 4e-12 * std::fabs(exact) + 1e-280) << "n " << n << ", r = " << r[i];
            }
        }
}

TEST(GaussianPlusYukawaPower, ValueAtTheOriginIsTheLimit) {
    EXPECT_DOUBLE_EQ(testing::five_parameter_potential(-306.5, 73.9, -266.0, 0.78)->value_MeV(0.0),
                     -306.5 - 266.0 * 0.78);
    auto const cubic = make_potential(
        "gaussian_plus_yukawa_power",
        {{"n_pi", {3.0}}, {"b1_MeV", {0.0}}, {"b2_per_fm2", {1.0}}, {"b3_MeV_fm2", {-10.0}}, {"b4_per_fm2", {2.0}}},
        mu);
    EXPECT_DOUBLE_EQ(cubic->r_times_v_at_origin_MeV_fm(), -20.0);
    EXPECT_NEAR(1e-7 * cubic->value_MeV(1e-7), -20.0, 1e-4);
}

TEST(SumOfGaussians, AddsItsTerms) {
    auto const potential = make_potential(
        "sum_of_gaussians", {{"strengths_MeV", {914.0, 305.0, -112.0}}, {"ranges_fm", {0.143, 0.305, 0.949}}}, mu);
    EXPECT_DOUBLE_EQ(potential->value_MeV(0.0), 914.0 + 305.0 - 112.0);
    double const r = 0.7;
    EXPECT_NEAR(potential->value_MeV(r),
                914.0 * std::exp(-std::pow(r / 0.143, 2)) + 305.0 * std::exp(-std::pow(r / 0.305, 2)) -
                    112.0 * std::exp(-std::pow(r / 0.949, 2)),
                1e-11);
}

TEST(GaussiansPlusTwoPionTail, VanishesAtTheOriginAndFallsAsTwoPions) {
    auto const potential = make_potential("gaussians_plus_two_pion_tail",
                                          {{"strengths_MeV", {-392.0}},
                                           {"ranges_fm", {0.128}},
                                           {"tail_MeV_fm2", {-83.0}},
                                           {"tail_range_fm", {0.582}},
                                           {"m_pi_MeV", {146.4}}},
                                          mu);
    EXPECT_DOUBLE_EQ(potential->value_MeV(0.0), -392.0);
    double const m = 146.4 / 197.3269804;
    EXPECT_NEAR(potential->value_MeV(6.0), -83.0 * std::exp(-12.0 * m) / 36.0, 1e-15);
    // (1 - exp(-x))^2 -> x^2: the tail starts as r^2.
    EXPECT_NEAR((potential->value_MeV(1e-4) + 392.0 * std::exp(-std::pow(1e-4 / 0.128, 2))) / 1e-8,
                -83.0 / std::pow(0.582, 4), 0.2);
}

TEST(SquareWell, BelongsToTheInsideUpToItsRadius) {
    auto const potential = make_potential("square_well", {{"depth_MeV", {20.0}}, {"radius_fm", {1.5}}}, mu);
    EXPECT_EQ(potential->value_MeV(0.0), -20.0);
    EXPECT_EQ(potential->value_MeV(1.5), -20.0);
    EXPECT_EQ(potential->value_MeV(std::nextafter(1.5, 2.0)), 0.0);
    EXPECT_EQ(potential->discontinuity_fm(), 1.5);
}

TEST(WoodsSaxon, IsHalfDeepAtItsRadiusAndNeverOverflows) {
    auto const potential =
        make_potential("woods_saxon", {{"depth_MeV", {50.0}}, {"radius_fm", {2.0}}, {"diffuseness_fm", {1e-3}}}, mu);
    EXPECT_NEAR(potential->value_MeV(2.0), -25.0, 1e-12);
    EXPECT_NEAR(potential->value_MeV(0.0), -50.0, 1e-12);
    EXPECT_EQ(potential->value_MeV(100.0), 0.0);
    EXPECT_NEAR(potential->value_MeV(2.001), -50.0 / (1.0 + std::exp(1.0)), 1e-10);
}

TEST(Yukawa, HasItsStrengthAtTheOrigin) {
    auto const potential = make_potential("yukawa", {{"strength_MeV_fm", {-100.0}}, {"m_MeV", {138.0}}}, mu);
    EXPECT_EQ(potential->r_times_v_at_origin_MeV_fm(), -100.0);
    EXPECT_NEAR(potential->value_MeV(1.3) * 1.3, -100.0 * std::exp(-1.3 * 138.0 / 197.3269804), 1e-12);
}

TEST(Yukawa, MayHaveACore) {
    auto const potential = make_potential(
        "yukawa", {{"strength_MeV_fm", {-100.0}}, {"m_MeV", {138.0}}, {"core_MeV", {900.0}}, {"core_range_fm", {0.4}}},
        mu);
    auto const bare = make_potential("yukawa", {{"strength_MeV_fm", {-100.0}}, {"m_MeV", {138.0}}}, mu);
    EXPECT_NEAR(potential->value_MeV(0.5) - bare->value_MeV(0.5), 900.0 * std::exp(-std::pow(0.5 / 0.4, 2)), 1e-11);
    EXPECT_EQ(potential->r_times_v_at_origin_MeV_fm(), -100.0);
}

TEST(SumOfYukawas, AddsItsTerms) {
    auto const potential =
        make_potential("sum_of_yukawas", {{"strengths_MeV_fm", {-15.0, 4000.0}}, {"m_per_fm", {0.7, 4.9}}}, mu);
    EXPECT_NEAR(potential->value_MeV(0.6), (-15.0 * std::exp(-0.42) + 4000.0 * std::exp(-2.94)) / 0.6, 1e-10);
    EXPECT_EQ(potential->r_times_v_at_origin_MeV_fm(), 3985.0);
}

// Coulomb-like inside, -depth exp(-r/a) outside.
TEST(Hulthen, HasItsLimits) {
    auto const potential = make_potential("hulthen", {{"depth_MeV", {50.0}}, {"range_fm", {0.8}}}, mu);
    EXPECT_NEAR(1e-9 * potential->value_MeV(1e-9), -40.0, 1e-7);
    EXPECT_EQ(potential->r_times_v_at_origin_MeV_fm(), -40.0);
    EXPECT_NEAR(potential->value_MeV(24.0) / (-50.0 * std::exp(-30.0)), 1.0, 1e-12);
}

TEST(GaussiansPlusPions, AgreesWithTheFormula) {
    auto const potential = make_potential("gaussians_plus_pions",
                                          {{"strengths_MeV", {800.0}},
                                           {"ranges_fm", {0.3}},
                                           {"one_pion_MeV_fm", {-14.0}},
                                           {"one_pion_range_fm", {0.25}},
                                           {"two_pion_MeV_fm2", {-97.0}},
                                           {"two_pion_range_fm", {0.6}}},
                                          mu);
    for (double r : {0.05, 0.4, 1.3, 4.0}) {
        double const y = std::exp(-146.0 / 197.3269804 * r) / r;
        double const exact = 800.0 * std::exp(-std::pow(r / 0.3, 2)) -
                             14.0 * (1.0 - std::exp(-std::pow(r / 0.25, 2))) * y -
                             97.0 * std::pow((1.0 - std::exp(-std::pow(r / 0.6, 2))) * y, 2);
        EXPECT_NEAR(potential->value_MeV(r), exact, 1e-11 * std::fabs(exact) + 1e-12) << r;
    }
    EXPECT_DOUBLE_EQ(potential->value_MeV(0.0), 800.0);
}

// Central parts start flat; the strong part does not see the charge but through one pion and the core's P: nn and pp
// differ by the 3.921 MeV of P alone.
TEST(ArgonneV18, HasAFlatCoreAndChargeSymmetricPions) {
    auto const channel = [](double isospin_z) {
        return make_potential("argonne_v18",
                              {{"isospin_z", {isospin_z}}, {"spin", {0.0}}, {"orbital", {0.0}}, {"total", {0.0}}}, mu);
    };
    auto const pp = channel(1.0), np = channel(0.0), nn = channel(-1.0);
    for (auto const* v : {pp.get(), np.get(), nn.get()})
        EXPECT_NEAR((v->value_MeV(1e-5) - v->value_MeV(0.0)) / 1e-5 / v->value_MeV(0.0), 0.0, 1e-3);
    double const w0 = 1.0 / (1.0 + std::exp(-2.5));
    EXPECT_NEAR(pp->value_MeV(0.0), 3346.6874 * w0, 1e-9);
    EXPECT_NEAR(pp->value_MeV(0.0) - nn->value_MeV(0.0), 3.921 * w0, 1e-9);
    // At 10 fm one pion is left: -f^2 (m0^3/mc^2) Y(m0 r) for pp, 2 mc Y(mc r) of the other sign beside it for np.
    double const m0 = 134.9739 / 197.3269804, mc = 139.5675 / 197.3269804, r = 12.0;
    double const neutral = 0.075 * 134.9739 * std::pow(134.9739 / 139.5675, 2) * std::exp(-m0 * r) / (m0 * r);
    double const charged = 0.075 * 139.5675 * std::exp(-mc * r) / (mc * r);
    EXPECT_NEAR(pp->value_MeV(r) / -neutral, 1.0, 1e-4);
    EXPECT_NEAR(np->value_MeV(r) / (neutral - 2.0 * charged), 1.0, 1e-4);
}

// V = -2 (hbar^2/2mu) (ln D)'' by a central difference of ln D in long double.
TEST(Bargmann, IsTheCurvatureOfTheLogarithm) {
    double const strength = 1.0 / units::two_mu_over_hbar2(mu);
    for (int member : {1, 2}) {
        auto const potential = make_potential("bargmann_" + std::to_string(member),
                                              {{"rho_per_fm", {1.2}}, {"sigma_per_fm", {0.6}}, {"theta", {0.6}}}, mu);
        auto const log_d = [&](long double r) {
            long double const theta = member == 1 ? -0.6L : 0.6L;
            return std::log(0.6L * std::sinh(1.2L * r + theta) - 1.2L * std::sinh(0.6L * r - 0.6L));
        };
        long double const h = 1e-4L;
        for (double r : {0.1, 0.667, 1.0, 2.5, 6.0}) {
            auto const second = (log_d(r + h) - 2.0L * log_d(r) + log_d(r - h)) / (h * h);
            EXPECT_NEAR(potential->value_MeV(r), static_cast<double>(-2.0L * second) * strength, 1e-6)
                << member << " r = " << r;
        }
        // Far out only the slowest decay is left, and no digits are lost to cancellation: V(r + 1)/V(r) -> exp(-decay).
        double const decay = 0.6;  // rho - sigma
        EXPECT_NEAR(std::log(potential->value_MeV(60.0) / potential->value_MeV(61.0)), decay, 1e-9) << member;
        EXPECT_TRUE(std::isfinite(potential->value_MeV(2000.0)));
    }
}

}  // namespace
}  // namespace hadronforce
