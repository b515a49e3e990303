#include "hadronforce/scattering/whittaker.hpp"

#include "hadronforce/error.hpp"
#include "support/oracle_table.hpp"

#include <gtest/gtest.h>

#include <boost/math/tools/roots.hpp>

#include <cmath>

namespace hadronforce {
namespace {

// mpmath. For attraction W oscillates inside rho = 2 |eta|: errors are of its amplitude, whose square W^2 + (W'/k)^2
// with the local wave number k estimates.
TEST(Whittaker, AgreesWithMultiplePrecision) {
    for (auto const& row : testing::oracle_table("coulomb_bound.txt")) {
        int const l = static_cast<int>(row[0]);
        double const eta = row[1], rho = row[2];
        auto const w = whittaker_w(eta, l, rho);
        ASSERT_EQ(w.exponent, 0);
        double const k = std::sqrt(std::fabs(l * (l + 1.0) / (rho * rho) + 2.0 * eta / rho + 1.0));
        double const amplitude = std::hypot(row[3], row[4] / k);
        EXPECT_NEAR(w.value, row[3], 1e-12 * amplitude) << "l = " << l << ", eta = " << eta << ", rho = " << rho;
        EXPECT_NEAR(w.derivative, row[4], 1e-12 * k * amplitude)
            << "l = " << l << ", eta = " << eta << ", rho = " << rho;
    }
}

// Bound states of hydrogen: W_{n, l+1/2}(x) = (-1)^j j! exp(-x/2) x^(l+1) L_j^(2l+1)(x), j = n - l - 1 (DLMF 13.18.17).
TEST(Whittaker, IsALaguerrePolynomialForHydrogen) {
    int compared = 0;
    for (unsigned n = 1; n <= 6; ++n) {
        for (unsigned l = 0; l < n; ++l) {
            for (double rho : {0.05, 1.0, 7.0, 30.0}) {
                // Under the inner barrier a wave that happens to be regular cannot be followed: rounding brings rho^-l.
                if (rho < l * (l + 1.0) / (2.0 * n)) continue;
                ++compared;
                unsigned const j = n - l - 1;
                double const outside = std::exp(-rho) * std::pow(2.0 * rho, l + 1.0) * std::tgamma(j + 1.0);
                double const expected = (j % 2 ? -1.0 : 1.0) * outside * std::assoc_laguerre(j, 2 * l + 1, 2.0 * rho);
                double const size = outside * std::pow(1.0 + 2.0 * rho, j) / std::tgamma(j + 1.0);
                double const value = whittaker_w(-static_cast<double>(n), static_cast<int>(l), rho).value;
                EXPECT_NEAR(value, expected, 1e-11 * size) << "n = " << n << ", l = " << l << ", rho = " << rho;
            }
        }
    }
    EXPECT_EQ(compared, 64);
}

// W_{0, l+1/2}(2 rho) = sqrt(2 rho/pi) K_{l+1/2}(rho), also beyond the range of a double.
TEST(Whittaker, IsAModifiedBesselFunctionWithoutCharge) {
    for (int l : {0, 1, 4}) {
        for (double rho : {0.01, 1.0, 30.0, 600.0}) {
            double const expected = std::sqrt(2.0 * rho / std::acos(-1.0)) * std::cyl_bessel_k(l + 0.5, rho);
            auto const w = whittaker_w(0.0, l, rho);
            EXPECT_NEAR(std::ldexp(w.value, w.exponent) / expected, 1.0, 2e-12) << "l = " << l << ", rho = " << rho;
        }
    }
    auto const far = whittaker_w(0.0, 0, 5000.0);
    EXPECT_NEAR(std::log(far.value) + far.exponent * std::log(2.0), -5000.0, 2e-11);
    EXPECT_NEAR(far.derivative / far.value, -1.0, 1e-14);
}

// The wave regular at the origin, sum a_k rho^(l+1+k), k (k + 2l + 1) a_k = 2 eta a_{k-1} + a_{k-2}, meets W without a
// kink exactly at eta = -n: E_n = -alpha^2 mu/(2 n^2).
TEST(Whittaker, MatchedToTheRegularWaveGivesHydrogensLevels) {
    double const rho = 2.0;
    for (int l : {0, 2}) {
        auto const kink = [&](double eta) {
            double before = 0.0, here = std::pow(rho, l + 1.0), u = here, slope = (l + 1) * here / rho;
            for (int k = 1; k < 80; ++k) {
                double const next = (2.0 * eta * rho * here + rho * rho * before) / (k * (k + 2.0 * l + 1.0));
                before = here;
                here = next;
                u += here;
                slope += (l + 1 + k) * here / rho;
            }
            auto const w = whittaker_w(eta, l, rho);
            return u * w.derivative - slope * w.value;
        };
        for (int n = l + 1; n <= l + 4; ++n) {
            auto const level =
                boost::math::tools::bisect(kink, -n - 0.3, -n + 0.4, boost::math::tools::eps_tolerance<double>(46));
            EXPECT_NEAR(0.5 * (level.first + level.second), -n, 1e-11 * n) << "l = " << l;
        }
    }
}

TEST(Whittaker, RefusesWhatItCannotCompute) {
    EXPECT_THROW(whittaker_w(1.0, 0, 0.0), InputError);
    EXPECT_THROW(whittaker_w(1.0, -1, 1.0), InputError);
    EXPECT_THROW(whittaker_w(1e4, 0, 1.0), InputError);
    EXPECT_THROW(whittaker_w(std::nan(""), 0, 1.0), InputError);
}

}  // namespace
}  // namespace hadronforce
