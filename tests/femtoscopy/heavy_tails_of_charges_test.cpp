#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "hadronforce/scattering/gauss_panels.hpp"
#include "support/heavy_tails.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace hadronforce {
namespace {

using namespace testing;

/// Coulomb functions F_l, G_l at ascending rho.
CoulombFunctions coulomb(double eta, Eigen::ArrayXd const& rho, int l) { return coulomb_functions(eta, rho, l); }

/// Short where the source is, then half a period of the waves' squares.
GaussPanels panels_in_rho(double to) {
    std::vector<double> edges{0.0};
    for (double edge = 1e-3; edge < 3.0; edge *= 1.6) edges.push_back(edge);
    for (double edge = 3.0; edge <= to; edge += 3.0) edges.push_back(edge);
    return GaussPanels(edges);
}

// d<|psi_C|^2>/d rho = (2 eta/rho^2) F_0^2: by parts, C = C_0^2 + integral (2 eta/rho^2) F_0^2 Q(rho/k) d rho with Q
// the fraction of pairs outside, here of a Cauchy source. Beyond rho = 600, F_0^2 = (1 - 2 eta/rho)^(-1/2)/2 on
// average.
TEST(HeavyTailsOfCharges, ChargesAloneAreRight) {
    double const r0 = 1.5, last_rho = 600.0;
    auto const cauchy = make_source("cauchy", {{"r0_fm", {r0}}});
    auto const outside = [&](double r) {
        double const x = r / r0;
        return 2.0 / units::pi * (std::atan2(1.0, x) + x / (1.0 + x * x));
    };
    auto const panels = panels_in_rho(last_rho);
    for (int charge : {-2, -1, 1, 2}) {
        PairCorrelationSolver solver(k_star_MeV(), mu, charge, tolerance);
        auto const correlation = solver.without_strong_force(Exchange::none, *cauchy);
        for (Eigen::Index j = 0; j < k_star_MeV().size(); ++j) {
            double const k = units::wave_number_per_fm(k_star_MeV()[j]);
            double const eta = units::sommerfeld_parameter(charge, mu, k_star_MeV()[j]);
            auto const waves = coulomb(eta, panels.r(), 0);
            double exact = gamow_factor(eta);
            for (Eigen::Index n = 0; n < panels.r().size(); ++n) {
                double const rho = panels.r()[n], f = std::ldexp(waves.f(n, 0), -waves.exponent(n, 0));
                exact += panels.weights()[n] * 2.0 * eta / (rho * rho) * f * f * outside(rho / k);
            }
            exact += integral_to_infinity(
                [&](double rho) { return eta / (rho * rho) / std::sqrt(1.0 - 2.0 * eta / rho) * outside(rho / k); },
                last_rho);
            EXPECT_NEAR(correlation[j], exact, tolerance * std::fmax(1.0, exact))
                << "charge " << charge << ", k* = " << k_star_MeV()[j];
        }
    }
}

// The exchange term C_0 F_0(2 rho)/(2 rho) to rho = 1500, beyond which it is 4 pi S/(4 k^2 r) or so, under 1e-9.
TEST(HeavyTailsOfCharges, IdenticalChargesAreRight) {
    auto const panels = panels_in_rho(1500.0);
    for (auto const& tail : heavy_tails())
        for (int charge : {-1, 1}) {
            PairCorrelationSolver solver(k_star_MeV(), mu, charge, tolerance);
            Eigen::ArrayXd const exchange = solver.without_strong_force(Exchange::even, *tail.source) -
                                            solver.without_strong_force(Exchange::none, *tail.source);
            for (Eigen::Index j = 0; j < k_star_MeV().size(); ++j) {
                double const k = units::wave_number_per_fm(k_star_MeV()[j]);
                double const eta = units::sommerfeld_parameter(charge, mu, k_star_MeV()[j]);
                Eigen::ArrayXd const density = coulomb_exchange_density(eta, panels.r());
                double exact = 0.0;
                for (Eigen::Index n = 0; n < density.size(); ++n) {
                    double const r = panels.r()[n] / k;
                    exact += panels.weights()[n] / k * tail.four_pi(r) * r * r * density[n];
                }
                EXPECT_NEAR(exchange[j], exact, tolerance) << tail.name << ", charge " << charge;
            }
        }
}

// A square barrier, low enough for the grid or so high that its wave is recomputed: inside u decays as exp(-kappa (R -
// r)), which adds S u(R)^2/(2 kappa); outside u = cos(delta) F + sin(delta) G, integrated to rho = 800.
TEST(HeavyTailsOfCharges, WavesWithChargesAreRight) {
    double const radius = 0.5;
    auto const panels = panels_in_rho(800.0);
    for (auto const& tail : heavy_tails())
        for (double height : tail.name == std::string("cauchy of 1 fm") ? std::vector{3e6, 1e8} : std::vector{3e6})
            for (int charge : {-1, 1}) {
                auto const result = PartialWaveCorrelation(k_star_MeV(), mu, {0, charge}, tolerance)
                                        .solve(*well(-height, radius), *tail.source);
                EXPECT_EQ(result.recomputed, height > 1e7);
                double const kappa = std::sqrt(two_mu * height);
                for (Eigen::Index j = 0; j < k_star_MeV().size(); ++j) {
                    double const k = units::wave_number_per_fm(k_star_MeV()[j]);
                    double const eta = units::sommerfeld_parameter(charge, mu, k_star_MeV()[j]);
                    auto const edge = coulomb(eta, Eigen::ArrayXd::Constant(1, k * radius), 0);
                    double const delta = std::atan2(k * edge.f_prime(0, 0) - kappa * edge.f(0, 0),
                                                    kappa * edge.g(0, 0) - k * edge.g_prime(0, 0));
                    double const s = std::sin(delta), c = std::cos(delta);
                    Eigen::ArrayXd const rho = k * radius + panels.r();
                    auto const waves = coulomb(eta, rho, 0);
                    double exact =
                        tail.four_pi(radius) * std::pow(c * edge.f(0, 0) + s * edge.g(0, 0), 2) / (2.0 * kappa);
                    for (Eigen::Index n = 0; n < rho.size(); ++n) {
                        double const f = waves.f(n, 0), u = c * f + s * waves.g(n, 0);
                        exact += panels.weights()[n] / k * tail.four_pi(rho[n] / k) * (u - f) * (u + f);
                    }
                    exact -= integral(
                        [&](double r) {
                            double const f = coulomb(eta, Eigen::ArrayXd::Constant(1, k * r), 0).f(0, 0);
                            return tail.four_pi(r) * f * f;
                        },
                        1e-9, radius);
                    exact /= k * k;
                    EXPECT_NEAR(result.gain[j], exact, tolerance * std::fmax(1.0, 1.0 + exact))
                        << tail.name << ", height " << height << ", charge " << charge << ", k* = " << k_star_MeV()[j];
                }
            }
}

}  // namespace
}  // namespace hadronforce
