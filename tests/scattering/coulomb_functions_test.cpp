#include "hadronforce/scattering/coulomb_functions.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "support/oracle_table.hpp"

#include <gtest/gtest.h>
#ifdef HADRONFORCE_HAVE_GSL
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_coulomb.h>
#endif

#include <cmath>
#include <limits>
#include <random>

namespace hadronforce {
namespace {

Eigen::ArrayXd one(double rho) { return Eigen::ArrayXd::Constant(1, rho); }

double turning_point(double eta, int l) { return eta + std::sqrt(eta * eta + l * (l + 1.0)); }

/// Errors of a function and its partner, of the other's size where they oscillate: near a zero only that is meaningful.
void expect_pair(double f, double g, double exact_f, double exact_g, bool oscillates, double tolerance) {
    double const size = std::hypot(exact_f, exact_g);
    EXPECT_LE(std::fabs(f - exact_f), tolerance * (oscillates ? size : std::fabs(exact_f)));
    EXPECT_LE(std::fabs(g - exact_g), tolerance * (oscillates ? size : std::fabs(exact_g)));
}

// 528 points of mpmath, |eta| <= 20, l <= 20, 1e-3 <= rho <= 200. The tolerance is what the header promises.
TEST(CoulombFunctions, AgreeWithMultiplePrecision) {
    auto const table = testing::oracle_table("coulomb_functions.txt");
    EXPECT_EQ(table.size(), 528u);
    for (auto const& row : table) {
        int const l = static_cast<int>(row[0]);
        double const eta = row[1], rho = row[2];
        SCOPED_TRACE(::testing::Message() << "l = " << l << ", eta = " << eta << ", rho = " << rho);
        auto const waves = coulomb_functions(eta, one(rho), l);
        ASSERT_EQ(waves.exponent(0, l), 0);
        bool const oscillates = rho > turning_point(eta, l);
        expect_pair(waves.f(0, l), waves.g(0, l), row[3], row[5], oscillates, 1e-12);
        expect_pair(waves.f_prime(0, l), waves.g_prime(0, l), row[4], row[6], oscillates, 1e-12);
        EXPECT_NEAR(regular_coulomb_functions(eta, one(rho), l)(0, l), waves.f(0, l), 1e-300);
    }
}

// F'G - FG' = 1, far beyond the range of doubles and of the table too. What two rounded terms allow: near the turning
// point they are of size 1; for attraction deep in the field they are too.
TEST(CoulombFunctions, HaveUnitWronskian) {
    constexpr int seed = 20240;
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    std::mt19937_64 engine(seed);
    std::uniform_real_distribution<double> uniform(-1.0, 1.0);
    for (int draw = 0; draw < 300; ++draw) {
        double const eta = draw % 2 == 0 ? 20.0 * uniform(engine) : 1000.0 * std::pow(uniform(engine), 3);
        Eigen::ArrayXd rho(7);
        double const smallest = std::pow(10.0, -5.0 + 5.0 * uniform(engine));
        for (int i = 0; i < rho.size(); ++i) rho[i] = smallest * std::pow(3.0, i);
        auto const waves = coulomb_functions(eta, rho, 120);
        Eigen::ArrayXXd const wronskian = waves.f_prime * waves.g - waves.f * waves.g_prime;
        EXPECT_LE((wronskian - 1.0).abs().maxCoeff(), 1e-11) << "eta = " << eta << ", rho from " << smallest;
    }
}

// The corners of what is accepted, l up to 120: nothing overflows. The march from 1e6 takes 5e5 steps of a few 1e-16
// each.
TEST(CoulombFunctions, HaveUnitWronskianInTheCorners) {
    for (double eta : {-1000.0, -1e-8, 1000.0}) {
        Eigen::ArrayXd rho(6);
        rho << 1e-60, 1e-30, 1.0, 1990.0, 2010.0, 1e6;
        auto const waves = coulomb_functions(eta, rho, 120);
        EXPECT_LE((waves.f_prime * waves.g - waves.f * waves.g_prime - 1.0).abs().maxCoeff(), 1e-9) << "eta = " << eta;
    }
}

// F_l = rho j_l, G_l = -rho y_l.
TEST(CoulombFunctions, AreSphericalBesselFunctionsWithoutCharge) {
    for (double rho : {0.02, 0.7, 3.0, 19.0, 150.0}) {
        auto const waves = coulomb_functions(0.0, one(rho), 20);
        for (unsigned l = 0; l <= 20; ++l) {
            SCOPED_TRACE(::testing::Message() << "l = " << l << ", rho = " << rho);
            expect_pair(waves.f(0, l), waves.g(0, l), rho * std::sph_bessel(l, rho), -rho * std::sph_neumann(l, rho),
                        rho > turning_point(0.0, static_cast<int>(l)), 2e-12);
        }
    }
}

// F_l -> C_l rho^(l+1) (1 + eta rho/(l+1) + O(rho^2/l)), C_l^2 = C_0^2 prod_k (k^2 + eta^2)/((2l+1)!!)^2 (DLMF 33.2.5);
// then G_l = rho^-l/((2l+1) C_l) to the same order in its leading power.
TEST(CoulombFunctions, AreFiniteWhereTheyLeaveTheRangeOfADouble) {
    double const rho = 1e-7;
    for (double eta : {-90.0, 0.5, 90.0}) {
        auto const waves = coulomb_functions(eta, one(rho), 150);
        double log_c = 0.5 * std::log(gamow_factor(eta));
        for (int l = 1; l <= 150; ++l) {
            log_c += 0.5 * std::log(l * l + eta * eta) - std::log(l * (2.0 * l + 1.0));
            if (l < 10) continue;
            double const log_f = log_c + (l + 1) * std::log(rho) + std::log1p(eta * rho / (l + 1));
            double const log_g = -l * std::log(rho) - std::log(2.0 * l + 1.0) - log_c + std::log1p(-eta * rho / l);
            double const log_2 = std::log(2.0);
            EXPECT_NEAR(std::log(waves.f(0, l)) - waves.exponent(0, l) * log_2, log_f, 2e-11);
            EXPECT_NEAR(std::log(waves.g(0, l)) + waves.exponent(0, l) * log_2, log_g, 2e-11);
        }
        EXPECT_GT(waves.exponent(0, 150), 1023);
        EXPECT_EQ(regular_coulomb_functions(eta, one(rho), 150)(0, 150), 0.0);
    }
}

// The march from point to point must not remember where it came from.
TEST(CoulombFunctions, OfATableAreThoseOfItsPoints) {
    Eigen::ArrayXd const rho = Eigen::ArrayXd::LinSpaced(400, 0.05, 60.0);
    for (double eta : {-6.0, 0.2, 9.0}) {
        auto const table = coulomb_functions(eta, rho, 6);
        auto const regular = regular_coulomb_functions(eta, rho, 6);
        EXPECT_TRUE((regular == table.f).all());
        for (Eigen::Index i = 0; i < rho.size(); i += 7) {
            auto const single = coulomb_functions(eta, one(rho[i]), 6);
            for (int l = 0; l <= 6; ++l) {
                SCOPED_TRACE(::testing::Message() << "l = " << l << ", eta = " << eta << ", rho = " << rho[i]);
                expect_pair(table.f(i, l), table.g(i, l), single.f(0, l), single.g(0, l),
                            rho[i] > turning_point(eta, l), 2e-12);
            }
        }
    }
}

TEST(CoulombFunctions, RefuseWhatTheyCannotCompute) {
    EXPECT_THROW(coulomb_functions(std::numeric_limits<double>::infinity(), one(1.0), 0), InputError);
    EXPECT_THROW(coulomb_functions(1001.0, one(1.0), 0), InputError);
    EXPECT_THROW(coulomb_functions(1.0, one(0.0), 0), InputError);
    EXPECT_THROW(coulomb_functions(1.0, one(2e6), 0), InputError);
    EXPECT_THROW(coulomb_functions(1.0, one(1.0), -1), InputError);
    EXPECT_THROW(regular_coulomb_functions(1.0, Eigen::ArrayXd(), 0), InputError);
    EXPECT_THROW(regular_coulomb_functions(1.0, Eigen::ArrayXd::LinSpaced(3, 2.0, 1.0), 0), InputError);
}

// GSL 2.7 continues Steed's method for rho > max(2 eta, 1.2) and sums series for rho < 1.2, good to 1e-8. Between them
// it falls back to WKB, wrong by up to 1e-2, where the table above decides. (mpmath sides with the values here
// throughout.)
TEST(CoulombFunctions, AgreeWithGsl) {
#ifndef HADRONFORCE_HAVE_GSL
    GTEST_SKIP() << "configured without GSL";
#else
    gsl_set_error_handler_off();
    constexpr int seed = 4711;
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    std::mt19937_64 engine(seed);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    constexpr int draws = 2000, l_max = 20;
    int compared = 0;
    for (int draw = 0; draw < draws; ++draw) {
        double const eta = 40.0 * uniform(engine) - 20.0;
        double const rho = 1e-3 * std::pow(2e5, uniform(engine));
        double f[l_max + 1], f_prime[l_max + 1], g[l_max + 1], g_prime[l_max + 1], f_exponent, g_exponent;
        if (rho < 2.0 * eta && (rho > 1.2 || eta * rho > 6.0)) continue;
        double const tolerance = rho > 1.2 ? 1e-10 : 1e-8;
        if (gsl_sf_coulomb_wave_FGp_array(0.0, l_max, eta, rho, f, f_prime, g, g_prime, &f_exponent, &g_exponent))
            continue;
        auto const waves = coulomb_functions(eta, one(rho), l_max);
        for (int l = 0; l <= l_max; ++l) {
            SCOPED_TRACE(::testing::Message() << "l = " << l << ", eta = " << eta << ", rho = " << rho);
            ++compared;
            bool const oscillates = rho > turning_point(eta, l);
            expect_pair(waves.f(0, l), waves.g(0, l), f[l], g[l], oscillates, tolerance);
            expect_pair(waves.f_prime(0, l), waves.g_prime(0, l), f_prime[l], g_prime[l], oscillates, tolerance);
        }
    }
    EXPECT_GT(compared, 3 * draws * (l_max + 1) / 4);
#endif
}

}  // namespace
}  // namespace hadronforce
