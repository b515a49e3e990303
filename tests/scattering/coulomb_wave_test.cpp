#include "hadronforce/scattering/coulomb_wave.hpp"

#include "hadronforce/scattering/coulomb_functions.hpp"
#include "support/oracle_table.hpp"

#include <gtest/gtest.h>

#include <boost/math/quadrature/gauss.hpp>

#include <cmath>

namespace hadronforce {
namespace {

// mpmath, 20 digits: Im ln Gamma(l + 1 + i eta) for l = 0 and 5.
TEST(CoulombPhase, IsTheArgumentOfTheGammaFunction) {
    struct Row {
        double eta, sigma_0, sigma_5;
    };
    for (auto const [eta, sigma_0, sigma_5] : {Row{0.01, -0.0057717559841180567899, 0.017061182149268059595},
                                               Row{1.0, -0.30164032046753319789, 1.7115302293041083339},
                                               Row{-7.3, -7.9854582004675928232, -13.944166816223619424},
                                               Row{200.0, 860.44845480599089243, 868.22744581220083068}}) {
        double const rounding = 2e-15 * (1.0 + std::fabs(sigma_0));
        EXPECT_NEAR(coulomb_phase(eta, 0), sigma_0, rounding);
        EXPECT_NEAR(coulomb_phase(eta, 5), sigma_5, rounding);
        EXPECT_NEAR(coulomb_phase(eta, 40) - coulomb_phase(eta, 39), std::atan(eta / 40.0), 2.0 * rounding);
        EXPECT_EQ(coulomb_phase(-eta, 3), -coulomb_phase(eta, 3));
    }
}

// x/(exp(x) - 1) at x = 2 pi eta: series 1 - x/2 + x^2/12 near 0, and C_0^2(-eta) = exp(x) C_0^2(eta).
TEST(GamowFactor, HoldsFromNoChargeToStrongCharge) {
    EXPECT_EQ(gamow_factor(0.0), 1.0);
    double const x = 2e-5 * std::acos(-1.0);
    EXPECT_NEAR(gamow_factor(1e-5), 1.0 - x / 2 + x * x / 12, 1e-15);
    for (double eta : {0.3, 4.0, 100.0}) {
        double const two_pi_eta = 2.0 * std::acos(-1.0) * eta;
        EXPECT_NEAR(gamow_factor(eta) * std::exp(two_pi_eta) / gamow_factor(-eta), 1.0, 1e-12);
        EXPECT_NEAR(gamow_factor(-eta) * -std::expm1(-two_pi_eta) / two_pi_eta, 1.0, 1e-15);
    }
    EXPECT_NEAR(std::log(gamow_factor(115.0)), std::log(230.0 * std::acos(-1.0)) - 230.0 * std::acos(-1.0), 1e-9);
    EXPECT_EQ(gamow_factor(300.0), 0.0);
}

// |psi_C|^2 through 1F1 by mpmath.
TEST(CoulombWave, HasTheDensityOfKummersFunction) {
    for (auto const& row : testing::oracle_table("coulomb_density.txt")) {
        double const density = std::norm(coulomb_wave(row[0], row[1], row[2]));
        EXPECT_NEAR(density, row[3], 1e-12 * row[3])
            << "eta = " << row[0] << ", kr = " << row[1] << ", cos = " << row[2];
    }
}

// Kummer's series, with |Gamma(1 + i eta)| from Gamow's factor and its argument from the phase: also the phase of psi.
TEST(CoulombWave, IsKummersFunctionWithItsPhase) {
    std::complex<double> const i(0.0, 1.0);
    for (double eta : {-3.0, -0.4, 0.4, 3.0}) {
        for (double kr : {0.1, 1.0, 5.0}) {
            for (double cosine : {-1.0, -0.3, 0.8, 1.0}) {
                std::complex<double> const z = i * kr * (1.0 - cosine);
                std::complex<double> term = 1.0, sum = 1.0;
                for (double n = 0.0; n < 80.0; ++n) {
                    term *= (-i * eta + n) * z / ((n + 1.0) * (n + 1.0));
                    sum += term;
                }
                auto const expected =
                    std::polar(std::sqrt(gamow_factor(eta)), coulomb_phase(eta, 0) + kr * cosine) * sum;
                EXPECT_LE(std::abs(coulomb_wave(eta, kr, cosine) - expected),
                          1e-11 * std::fmax(1.0, std::abs(expected)));
            }
        }
    }
}

// sum_l (2l + 1) F_l^2/rho^2 and the same with (-1)^l: partial waves beyond l = 90 are below 1e-20 here. Under the
// barrier both averages are small; relative to their own size.
TEST(CoulombDensity, IsTheSumOfPartialWaves) {
    for (double eta : {-8.0, -0.3, 0.0, 0.3, 8.0}) {
        Eigen::ArrayXd const kr = Eigen::ArrayXd::LinSpaced(9, 0.05, 24.0);
        auto const f = regular_coulomb_functions(eta, kr, 90);
        auto const density = coulomb_density(eta, kr);
        auto const exchange = coulomb_exchange_density(eta, kr);
        for (Eigen::Index j = 0; j < kr.size(); ++j) {
            double direct = 0.0, crossed = 0.0;
            for (int l = 0; l <= 90; ++l) {
                double const wave = (2.0 * l + 1.0) * f(j, l) * f(j, l) / (kr[j] * kr[j]);
                direct += wave;
                crossed += l % 2 == 0 ? wave : -wave;
            }
            EXPECT_NEAR(density[j], direct, 1e-11 * direct) << "eta = " << eta << ", kr = " << kr[j];
            EXPECT_NEAR(exchange[j], crossed, 1e-11 * direct) << "eta = " << eta << ", kr = " << kr[j];
        }
    }
}

// Gauss-Legendre of 40 points over cos(theta) of the wave itself.
TEST(CoulombDensity, IsTheAverageOverAngles) {
    using Rule = boost::math::quadrature::gauss<double, 40>;
    for (double eta : {-2.0, 0.7}) {
        double const kr = 4.0;
        auto const direct = [&](double cosine) { return std::norm(coulomb_wave(eta, kr, cosine)); };
        auto const crossed = [&](double cosine) {
            return (std::conj(coulomb_wave(eta, kr, cosine)) * coulomb_wave(eta, kr, -cosine)).real();
        };
        Eigen::ArrayXd const at = Eigen::ArrayXd::Constant(1, kr);
        EXPECT_NEAR(coulomb_density(eta, at)[0], 0.5 * Rule::integrate(direct, -1.0, 1.0), 1e-11);
        EXPECT_NEAR(coulomb_exchange_density(eta, at)[0], 0.5 * Rule::integrate(crossed, -1.0, 1.0), 1e-11);
    }
}

// Gamow's factor at the origin, times 1 + 2 eta kr for the direct and 1 + 2 eta kr for the exchange term.
TEST(CoulombDensity, StartsAtGamowsFactor) {
    for (double eta : {-5.0, 0.0, 2.0}) {
        Eigen::ArrayXd const kr = Eigen::ArrayXd::Constant(1, 1e-7);
        double const expected = gamow_factor(eta) * (1.0 + 2.0 * eta * kr[0]);
        EXPECT_NEAR(coulomb_density(eta, kr)[0], expected, 1e-11 * expected);
        EXPECT_NEAR(coulomb_exchange_density(eta, kr)[0], expected, 1e-11 * expected);
    }
}

}  // namespace
}  // namespace hadronforce
