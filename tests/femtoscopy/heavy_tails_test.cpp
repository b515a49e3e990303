#include "support/heavy_tails.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/coupled_correlation.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/correlation_solver.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <string>
#include <vector>

namespace hadronforce {
namespace {

using testing::CorrelationSolver;

using namespace testing;

/// u = amplitude sin(Kr) inside the well, sin(kr + delta) outside.
struct WellWave {
    double k, inside, delta, amplitude, radius;

    WellWave(double k_per_fm, double depth_MeV, double radius_fm)
        : k(k_per_fm), inside(std::sqrt(k * k + two_mu * depth_MeV)), radius(radius_fm) {
        delta = std::atan2(k * std::sin(inside * radius), inside * std::cos(inside * radius)) - k * radius;
        amplitude = std::sin(k * radius + delta) / std::sin(inside * radius);
    }
    double operator()(double r) const {
        return r <= radius ? amplitude * std::sin(inside * r) : std::sin(k * r + delta);
    }
};

double gain_of_well(HeavyTail const& tail, WellWave const& wave) {
    auto const s = [&](double r) { return tail.four_pi(r); };
    double const within = integral(
        [&](double r) { return s(r) * (std::pow(wave(r), 2) - std::pow(std::sin(wave.k * r), 2)); }, 0.0, wave.radius);
    double const beyond = 0.5 * (cosine_integral(s, 2.0 * wave.k, 0.0, wave.radius) -
                                 cosine_integral(s, 2.0 * wave.k, 2.0 * wave.delta, wave.radius));
    return (within + beyond) / (wave.k * wave.k);
}

TEST(HeavyTails, NeutralSWavesAreRight) {
    double const depth = 60.0, radius = 1.4;
    for (auto const& tail : heavy_tails())
        for (double asked_for : {1e-4, 1e-6, 1e-8}) {
            auto const result =
                CorrelationSolver(k_star_MeV(), mu, asked_for).solve(*well(depth, radius), *tail.source);
            for (Eigen::Index j = 0; j < k_star_MeV().size(); ++j) {
                double const k = units::wave_number_per_fm(k_star_MeV()[j]);
                double const exact = 1.0 + gain_of_well(tail, WellWave(k, depth, radius));
                EXPECT_NEAR(result.correlation[j], exact, asked_for * std::fmax(1.0, exact))
                    << tail.name << ", k* = " << k_star_MeV()[j];
            }
        }
}

TEST(HeavyTails, IdenticalParticlesAreRight) {
    double const depth = 40.0, radius = 1.7;
    for (auto const& tail : heavy_tails()) {
        PairCorrelationSolver solver(k_star_MeV(), mu, 0, tolerance);
        auto const pair = solver.solve({{1.0, Exchange::even, {{0, well(depth, radius)}}}}, *tail.source);
        for (Eigen::Index j = 0; j < k_star_MeV().size(); ++j) {
            double const k = units::wave_number_per_fm(k_star_MeV()[j]);
            double const exact =
                1.0 + tail.source->characteristic(2.0 * k) + 2.0 * gain_of_well(tail, WellWave(k, depth, radius));
            EXPECT_NEAR(pair.correlation[j], exact, 2.0 * tolerance * std::fmax(1.0, exact)) << tail.name;
        }
    }
}

// F = sin(x)/x - cos(x), G = cos(x)/x + sin(x), x = kr: outside u^2 - F^2 = sin^2(delta) (G^2 - F^2) + sin(2 delta) FG
// with G^2 - F^2 = (1/x^2 - 1) cos 2x + (2/x) sin 2x, 2FG = (1/x^2 - 1) sin 2x - (2/x) cos 2x.
TEST(HeavyTails, PWavesAreRight) {
    double const depth = 90.0, radius = 1.6;
    auto const f = [](double x) { return std::sin(x) / x - std::cos(x); };
    auto const g = [](double x) { return std::cos(x) / x + std::sin(x); };
    auto const f_prime = [](double x) { return std::cos(x) / x - std::sin(x) / (x * x) + std::sin(x); };
    auto const g_prime = [](double x) { return -std::sin(x) / x - std::cos(x) / (x * x) + std::cos(x); };
    for (auto const& tail : heavy_tails()) {
        auto const result =
            PartialWaveCorrelation(k_star_MeV(), mu, {1, 0}, tolerance).solve(*well(depth, radius), *tail.source);
        for (Eigen::Index j = 0; j < k_star_MeV().size(); ++j) {
            double const k = units::wave_number_per_fm(k_star_MeV()[j]);
            double const inside = std::sqrt(k * k + two_mu * depth);
            double const x = k * radius, y = inside * radius;
            double const delta = std::atan2(k * f_prime(x) * f(y) - inside * f(x) * f_prime(y),
                                            inside * g(x) * f_prime(y) - k * g_prime(x) * f(y));
            double const amplitude = (std::cos(delta) * f(x) + std::sin(delta) * g(x)) / f(y);
            auto const within = [&](double r) {
                return tail.four_pi(r) * (std::pow(amplitude * f(inside * r), 2) - std::pow(f(k * r), 2));
            };
            auto const square = [&](double r) { return tail.four_pi(r) * (1.0 / (k * k * r * r) - 1.0); };
            auto const linear = [&](double r) { return tail.four_pi(r) * 2.0 / (k * r); };
            double const s = std::sin(delta), c = std::cos(delta), quarter = 0.5 * units::pi;
            auto const fourier = [&](Function const& weight, double phase) {
                return cosine_integral(weight, 2.0 * k, phase, radius);
            };
            double const beyond = s * s * (fourier(square, 0.0) + fourier(linear, -quarter)) +
                                  s * c * (fourier(square, -quarter) - fourier(linear, 0.0));
            double const exact = (integral(within, 1e-6, radius) + beyond) / (k * k);
            EXPECT_NEAR(result.gain[j], exact, tolerance * std::fmax(1.0, 1.0 + exact))
                << tail.name << ", k* = " << k_star_MeV()[j];
        }
    }
}

// One channel is what the other solvers have, charged or not.
TEST(HeavyTails, OneCoupledChannelAgreesWithPairs) {
    auto const potential = std::shared_ptr<LocalPotential const>(
        make_potential("sum_of_gaussians", {{"strengths_MeV", {-70.0}}, {"ranges_fm", {1.1}}}, mu));
    PotentialMatrix matrix(1);
    matrix.set(0, 0, potential);
    for (auto const& tail : heavy_tails())
        for (int charge : {-1, 0, 1}) {
            CoupledCorrelationSolver solver({{mu, 0.0, 0, static_cast<double>(charge)}}, k_star_MeV(), tolerance);
            auto const coupled = solver.solve(matrix, {{tail.source.get()}}).correlation;
            PairCorrelationSolver pairs(k_star_MeV(), mu, charge, tolerance);
            auto const single = pairs.solve({{1.0, Exchange::none, {{0, potential}}}}, *tail.source).correlation;
            EXPECT_LE(((coupled - single).abs() / single.max(1.0)).maxCoeff(), 2.0 * tolerance)
                << tail.name << ", charge " << charge;
        }
}

// Two channels of one mass that are two wells in a rotated basis: u_1 = c^2 w_a + s^2 w_b, u_2 = cs (w_a - w_b) with w
// = exp(i delta) times a real wave. Outside |u_1|^2 and |u_2|^2 do not average to what F^2 does.
TEST(HeavyTails, CoupledChannelsAreRight) {
    using Complex = std::complex<double>;
    double const radius = 1.5, angle = 0.6, weight = 0.7;
    double const c = std::cos(angle), s = std::sin(angle);
    double const depth_a = 70.0, depth_b = 15.0;
    PotentialMatrix matrix(2);
    matrix.set(0, 0, well(c * c * depth_a + s * s * depth_b, radius));
    matrix.set(1, 1, well(s * s * depth_a + c * c * depth_b, radius));
    matrix.set(0, 1, well(c * s * (depth_a - depth_b), radius));
    CoupledCorrelationSolver solver({{mu, 0.0}, {mu, 0.0}}, k_star_MeV(), tolerance);
    for (auto const& tail : heavy_tails()) {
        auto const result = solver.solve(matrix, {{tail.source.get()}, {tail.source.get(), weight}});
        for (Eigen::Index j = 0; j < k_star_MeV().size(); ++j) {
            double const k = units::wave_number_per_fm(k_star_MeV()[j]);
            WellWave const a(k, depth_a, radius), b(k, depth_b, radius);
            auto const density = [&](double r) {
                Complex const wa = std::polar(a(r), a.delta), wb = std::polar(b(r), b.delta);
                return std::norm(c * c * wa + s * s * wb) + weight * std::norm(c * s * (wa - wb));
            };
            auto const source = [&](double r) { return tail.four_pi(r); };
            double sum = integral([&](double r) { return source(r) * (density(r) - std::pow(std::sin(k * r), 2)); },
                                  0.0, radius);
            // Outside a wave is p exp(ikr) + q exp(-ikr): |p|^2 + |q|^2 + 2 Re p q^* exp(2ikr).
            auto const add_outside = [&](Complex p, Complex q, double factor) {
                Complex const product = p * std::conj(q);
                sum += factor * (std::norm(p) + std::norm(q)) * integral_to_infinity(source, radius);
                sum += factor * 2.0 * std::abs(product) * cosine_integral(source, 2.0 * k, std::arg(product), radius);
            };
            Complex const i(0.0, 1.0), out_a = std::polar(1.0, 2.0 * a.delta), out_b = std::polar(1.0, 2.0 * b.delta);
            add_outside((c * c * out_a + s * s * out_b) / (2.0 * i), -1.0 / (2.0 * i), 1.0);
            add_outside(c * s * (out_a - out_b) / (2.0 * i), 0.0, weight);
            add_outside(1.0 / (2.0 * i), -1.0 / (2.0 * i), -1.0);
            double const exact = 1.0 + sum / (k * k);
            EXPECT_NEAR(result.correlation[j], exact, tolerance * std::fmax(1.0, exact))
                << tail.name << ", k* = " << k_star_MeV()[j];
        }
    }
}

// At 1e-5 this source ends before 300 fm and is propagated as a whole, at 1e-6 it is split: with charges, l = 1, and a
// second channel open, closed, or within 0.3 per cent of its threshold.
TEST(HeavyTails, SplitSourcesAgreeWithPropagatedOnes) {
    auto const cauchy = make_source("cauchy", {{"r0_fm", {0.3}}});
    auto const gaussian = [](double strength_MeV, double range_fm) {
        return make_potential("sum_of_gaussians", {{"strengths_MeV", {strength_MeV}}, {"ranges_fm", {range_fm}}}, mu);
    };
    PotentialMatrix matrix(2);
    matrix.set(0, 0, gaussian(-90.0, 1.0));
    matrix.set(0, 1, gaussian(60.0, 0.8));
    matrix.set(1, 1, gaussian(-70.0, 1.1));
    Eigen::ArrayXd const k = Eigen::Array3d(80.0, 200.0, 300.0);
    for (int l : {0, 1})
        for (auto const& [charge1, charge2] : {std::pair{0.0, 0.0}, {1.0, -1.0}, {-1.0, 1.0}, {0.0, 1.0}})
            for (double threshold : {-10.0, 6.38, 6.42, 41.0}) {
                std::vector<Channel> const channels{{500.0, 0.0, l, charge1}, {450.0, threshold, l, charge2}};
                std::vector<ChannelSource> const sources{{cauchy.get()}, {cauchy.get(), 1.5}};
                auto const whole = CoupledCorrelationSolver(channels, k, 1e-5).solve(matrix, sources);
                auto const split = CoupledCorrelationSolver(channels, k, 1e-6).solve(matrix, sources);
                EXPECT_LE(((whole.contributions - split.contributions).abs().colwise().maxCoeff().transpose() /
                           split.correlation.max(1.0))
                              .maxCoeff(),
                          1e-5)
                    << "l = " << l << ", charges " << charge1 << ", " << charge2 << ", threshold " << threshold;
            }
}

TEST(HeavyTails, WhatReachesTooFarIsRefusedWithWhatToChange) {
    auto const cauchy = make_source("cauchy", {{"r0_fm", {1.0}}});
    auto const refusal = [&](double k_MeV, double asked_for) {
        CorrelationSolver solver(Eigen::ArrayXd::Constant(1, k_MeV), mu, asked_for);
        return message_of([&] { solver.solve(*well(20.0, 1.0), *cauchy); });
    };
    EXPECT_EQ(refusal(5.0, 1e-6), "");
    EXPECT_EQ(refusal(5.0, 1e-8), "");
    // Charges are felt out to kr = 8 eta, whatever the strong force does.
    PairCorrelationSolver charges(Eigen::ArrayXd::Constant(1, 0.05), mu, 1, 1e-6);
    auto const message = message_of([&] { charges.without_strong_force(Exchange::none, *cauchy); });
    EXPECT_NE(message.find("take a larger tolerance, a larger smallest k*, or a source without heavy tails"),
              std::string::npos)
        << message;
    EXPECT_NE(message.find("at k* = 0.05 MeV/c"), std::string::npos) << message;
}

}  // namespace
}  // namespace hadronforce
