#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/correlation_solver.hpp"

#include <gtest/gtest.h>
#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <cmath>
#include <string>

namespace hadronforce {
namespace {

using testing::CorrelationSolver;

// Waves that no grid of the solver resolves: a square well whose waves turn by 0.8 in a step of the finest grid, and a
// square barrier behind which they leave the range of a double.

double const mu = 600.0;
double const two_mu = units::two_mu_over_hbar2(mu);
double const radius = 0.5;
constexpr double deep_MeV = 1e9, high_MeV = 1e8;
constexpr double tolerance = 1e-6;

Eigen::ArrayXd k_star_MeV() { return bin_centres(5.0, 300.0, 7); }

std::shared_ptr<LocalPotential const> well(double depth_MeV) {
    return make_potential("square_well", {{"depth_MeV", {depth_MeV}}, {"radius_fm", {radius}}}, mu);
}

double four_pi_source(double r0, double r) {
    return 4.0 * units::pi * std::pow(4.0 * units::pi * r0 * r0, -1.5) * std::exp(-r * r / (4.0 * r0 * r0));
}

template <class Function>
double integral(Function const& function, double from, double to) {
    return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(function, from, to, 10, 1e-12);
}

// Inside u = A sin(Kr): sin^2 averages to a half, but for the source's slopes at the ends, of order 1/K^2, and the
// boundary term -A^2 4 pi S(R) sin(2KR)/(4K).
TEST(RecomputedCorrelation, MeetsADeepSquareWellInClosedForm) {
    double const r0 = 0.9;
    CorrelationSolver solver(k_star_MeV(), mu, tolerance);
    auto const result = solver.solve(*well(deep_MeV), GaussianSource(r0));
    EXPECT_TRUE(result.recomputed);
    EXPECT_LE(result.error_estimate, tolerance);
    for (Eigen::Index j = 0; j < k_star_MeV().size(); ++j) {
        double const k = units::wave_number_per_fm(k_star_MeV()[j]);
        double const inside = std::sqrt(k * k + two_mu * deep_MeV);
        double const phase = std::atan2(k * std::sin(inside * radius), inside * std::cos(inside * radius));
        double const amplitude = std::sin(phase) / std::sin(inside * radius);
        double const within = 0.5 * amplitude * amplitude *
                              (integral([&](double r) { return four_pi_source(r0, r); }, 0.0, radius) -
                               four_pi_source(r0, radius) * std::sin(2.0 * inside * radius) / (2.0 * inside));
        auto const beyond = [&](double r) {
            return four_pi_source(r0, r) * std::pow(std::sin(k * (r - radius) + phase), 2);
        };
        auto const free = [&](double r) { return four_pi_source(r0, r) * std::pow(std::sin(k * r), 2); };
        double const exact = 1.0 + (within + integral(beyond, radius, 14.0) - integral(free, 0.0, 14.0)) / (k * k);
        EXPECT_NEAR(result.correlation[j], exact, tolerance * std::fmax(1.0, exact)) << k_star_MeV()[j];
        EXPECT_NEAR(std::remainder(result.delta_rad[j] - phase + k * radius, units::pi), 0.0, tolerance);
    }
    double const inside = std::sqrt(two_mu * deep_MeV);
    double const a0 = radius - std::tan(inside * radius) / inside;
    EXPECT_NEAR(result.scattering_length_fm, a0, tolerance);
    double const r_eff = radius - radius * radius * radius / (3.0 * a0 * a0) - 1.0 / (a0 * inside * inside);
    EXPECT_NEAR(result.effective_range_fm, r_eff, 10.0 * tolerance);
    EXPECT_EQ(result.bound_states, static_cast<int>(std::floor(inside * radius / units::pi + 0.5)));
    // delta tends to pi times as many; it falls as a hard sphere's.
    EXPECT_NEAR(result.delta_rad[0], units::pi * result.bound_states - a0 * units::wave_number_per_fm(26.0), 0.1);
}

// Below the barrier u ~ exp(kappa r): u'/u = kappa for l = 0, kappa (1 - 1/x + 1/x^2)/(1 - 1/x) with x = kappa R for l
// = 1; charges change kappa by 1e-8. What is inside, S u(R)^2/(2 kappa), is 1e-9.
TEST(RecomputedCorrelation, MeetsAHighBarrierWithChargesAndAngularMomentum) {
    double const r0 = 1.1;
    double const kappa = std::sqrt(two_mu * high_MeV);
    GaussianSource const source(r0);
    for (int l : {0, 1})
        for (int charge : {-1, 0, 1}) {
            auto const result =
                PartialWaveCorrelation(k_star_MeV(), mu, {l, charge}, tolerance).solve(*well(-high_MeV), source);
            std::string const which = "l = " + std::to_string(l) + ", charge " + std::to_string(charge);
            EXPECT_TRUE(result.recomputed) << which;
            double const x = kappa * radius;
            double const log_slope = kappa * (l == 0 ? 1.0 : (1.0 - 1.0 / x + 1.0 / (x * x)) / (1.0 - 1.0 / x));
            for (Eigen::Index j = 0; j < k_star_MeV().size(); ++j) {
                double const k = units::wave_number_per_fm(k_star_MeV()[j]);
                double const eta = units::sommerfeld_parameter(charge, mu, k_star_MeV()[j]);
                auto const at = [&](double r) { return coulomb_functions(eta, Eigen::ArrayXd::Constant(1, k * r), l); };
                auto const edge = at(radius);
                double const delta = std::atan2(k * edge.f_prime(0, l) - log_slope * edge.f(0, l),
                                                log_slope * edge.g(0, l) - k * edge.g_prime(0, l));
                auto const beyond = [&](double r) {
                    auto const c = at(r);
                    double const u = std::cos(delta) * c.f(0, l) + std::sin(delta) * c.g(0, l);
                    return four_pi_source(r0, r) * (u - c.f(0, l)) * (u + c.f(0, l));
                };
                auto const within = [&](double r) { return four_pi_source(r0, r) * std::pow(at(r).f(0, l), 2); };
                double const exact = (integral(beyond, radius, 16.0) - integral(within, 1e-9, radius)) / (k * k);
                EXPECT_NEAR(result.gain[j], exact, 1e-7) << which << ", k* = " << k_star_MeV()[j];
                EXPECT_NEAR(std::remainder(result.scattering.delta_rad[j] - delta, units::pi), 0.0, 1e-7) << which;
            }
            EXPECT_EQ(result.scattering.bound_states, 0) << which;
        }
}

TEST(RecomputedCorrelation, IsCountedByPairs) {
    PairCorrelationSolver solver(k_star_MeV(), mu, 0, tolerance);
    std::shared_ptr<LocalPotential const> const easy =
        make_potential("sum_of_gaussians", {{"strengths_MeV", {-30.0}}, {"ranges_fm", {1.0}}}, mu);
    GaussianSource const source(1.2);
    auto const counted = [&](std::vector<SpinChannel> const& channels) {
        return solver.solve(channels, source).recomputed_waves;
    };
    EXPECT_EQ(counted({{1.0, Exchange::none, {{0, easy}}}}), 0);
    EXPECT_EQ(counted({{0.25, Exchange::none, {{0, easy}, {1, well(-high_MeV)}}},
                       {0.75, Exchange::none, {{0, well(-high_MeV)}}}}),
              2);
}

TEST(RecomputedCorrelation, HasTheSameBitsWhateverWasSolvedBefore) {
    auto const easy = make_potential("sum_of_gaussians", {{"strengths_MeV", {-30.0}}, {"ranges_fm", {1.0}}}, mu);
    GaussianSource const source(1.2);
    CorrelationSolver fresh(k_star_MeV(), mu, tolerance), used(k_star_MeV(), mu, tolerance);
    used.solve(*easy, GaussianSource(9.0));
    auto const easy_before = used.solve(*easy, source);
    auto const one = fresh.solve(*well(-high_MeV), source);
    auto const other = used.solve(*well(-high_MeV), source);
    EXPECT_TRUE((one.correlation == other.correlation).all());
    EXPECT_TRUE((used.solve(*easy, source).correlation == easy_before.correlation).all());
}

}  // namespace
}  // namespace hadronforce
