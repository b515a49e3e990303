// Pairs at the edges of what is accepted: low momenta, high l, strong charges, small sources. Right values are closed
// forms, or those of tests/support's adaptive integration, which multiplies no difference by G_l^2.

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/coupled_correlation.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/adaptive_partial_wave.hpp"
#include "support/independent_correlation.hpp"
#include "support/message_of.hpp"
#include "support/solved_pair.hpp"

#include <gtest/gtest.h>
#include <boost/math/special_functions/bessel.hpp>
#include <boost/math/special_functions/bessel_prime.hpp>

#include <cmath>
#include <memory>
#include <utility>

namespace hadronforce {
namespace {

using testing::solve;

std::shared_ptr<LocalPotential const> potential_of(char const* form, PotentialParameters const& parameters) {
    return make_potential(form, parameters, 500.0);
}

double largest_error(Eigen::ArrayXd const& c, Eigen::ArrayXd const& reference) {
    return ((c - reference).abs() / reference.abs().max(1.0)).maxCoeff<Eigen::PropagateNaN>();
}

/// tan(delta_l) of a square well, in long double.
double square_well_tangent(int l, double depth_MeV, double radius_fm, double mu, double k_MeV) {
    long double const k = k_MeV / units::hbar_c_MeV_fm;
    long double const inside = std::sqrt(k * k + units::two_mu_over_hbar2(mu) * depth_MeV);
    long double const x = k * radius_fm, y = inside * radius_fm;
    auto const order = static_cast<unsigned>(l);
    long double const slope = inside * boost::math::sph_bessel_prime(order, y) / boost::math::sph_bessel(order, y);
    return static_cast<double>(
        (k * boost::math::sph_bessel_prime(order, x) - slope * boost::math::sph_bessel(order, x)) /
        (k * boost::math::sph_neumann_prime(order, x) - slope * boost::math::sph_neumann(order, x)));
}

// The irregular part of a wave under its barrier is exact relative to itself, down to 1e-60 and less.
TEST(HardPairs, PhaseShiftsOfHighWavesAreRightRelativeToThemselves) {
    double const mu = 469.0, depth = 60.0, radius = 1.3;
    auto const well = potential_of("square_well", {{"depth_MeV", {depth}}, {"radius_fm", {radius}}});
    Eigen::ArrayXd const k = (Eigen::ArrayXd(4) << 2.0, 10.7, 60.0, 200.0).finished();
    for (int l : {1, 2, 5, 12, 20}) {
        auto const result = scatter(*well, k, mu, 1e-8, {l, 0});
        for (Eigen::Index j = 0; j < k.size(); ++j) {
            double const exact = square_well_tangent(l, depth, radius, mu, k[j]);
            // The step's error is all that is left; it was asked for 1e-8 of a radian.
            EXPECT_NEAR(std::tan(result.delta_rad[j]) / exact, 1.0, 1e-4) << "l = " << l << ", " << k[j] << " MeV/c";
        }
    }
}

// So small a phase shift does nothing to C: F_l^2 delta ~ 1e-20, whatever G_l^2 is.
TEST(HardPairs, HighWavesLeaveCOfLowMomentaAlone) {
    auto const well = potential_of(
        "woods_saxon", {{"depth_MeV", {-116.97}}, {"radius_fm", {0.634779}}, {"diffuseness_fm", {0.0789057}}});
    auto const yukawa = potential_of("yukawa", {{"strength_MeV_fm", {-60.0}}, {"m_MeV", {138.0}}});
    for (auto const& [l, k_max] : {std::pair{2, 0.16}, {4, 10.0}, {5, 20.0}, {12, 40.0}, {20, 60.0}})
        for (auto const& force : {well, yukawa}) {
            auto const k = bin_centres(0.0, k_max, 9);
            auto const result = solve(k, 469.0, 0, {{1.0, Exchange::none, {{l, force}}}}, GaussianSource(1.2));
            EXPECT_LE((result.correlation - 1.0).abs().maxCoeff(), l == 2 ? 1e-9 : 2e-7) << "l = " << l;
        }
}

// Under the Coulomb barrier |psi|^2 falls as exp(-2 pi eta): C is nothing, at any tolerance. (mpmath in 30 digits gives
// 1.9e-23 for the first momentum of Omega_ccc Omega_ccc.)
TEST(HardPairs, ChargesAtLowMomentaDoNotMeet) {
    auto const omega = potential_of("sum_of_gaussians", {{"strengths_MeV", {-28.5}}, {"ranges_fm", {0.6}}});
    auto const proton = potential_of("sum_of_gaussians", {{"strengths_MeV", {-2.5}}, {"ranges_fm", {1.5}}});
    auto const k = bin_centres(5.0, 300.0, 60);
    auto const omegas = solve(k, 2398.0, 4, {{1.0, Exchange::even, {{0, omega}}}}, GaussianSource(1.2));
    EXPECT_NEAR(omegas.correlation[0], 0.0, 1e-9);
    for (Eigen::Index j : {9, 20, 50}) {
        auto const wave = testing::adaptive_wave(*omega, {0, 4}, 1.2, k[j], 2398.0, 1e-13, 30.0);
        PairCorrelationSolver closed(k.segment(j, 1), 2398.0, 4, 1e-9);
        double const free = closed.without_strong_force(Exchange::even, GaussianSource(1.2))[0];
        EXPECT_NEAR(omegas.correlation[j], free + 2.0 * wave.gain, 1e-6) << k[j];
    }
    Eigen::ArrayXd const low = bin_centres(0.0, 60.0, 60);
    auto const protons =
        solve(low, 469.136, 1, {{0.25, Exchange::even, {{0, proton}}}, {0.75, Exchange::odd, {}}}, GaussianSource(1.2));
    EXPECT_NEAR(protons.correlation[0], 0.0, 1e-9);
    EXPECT_GT(protons.correlation[20], 0.1);
}

// Where all momenta are small few functions of k^2 are above rounding; a single momentum needs no interpolation.
TEST(HardPairs, SetsOfLowMomentaAreAsGoodAsSingleOnes) {
    struct Well {
        double strength_MeV, range_fm, r0_fm, k_max_MeV;
    };
    double const mu = units::reduced_mass(938.27, 1672.0);
    for (auto const& w : {Well{-100.0, 1.39307, 1.0, 0.5}, Well{-150.0, 0.5, 1.2, 1.2}, Well{-600.0, 0.2, 0.3, 3.0},
                          Well{-30.0, 2.0, 2.0, 0.02}}) {
        auto const well =
            potential_of("sum_of_gaussians", {{"strengths_MeV", {w.strength_MeV}}, {"ranges_fm", {w.range_fm}}});
        auto const k = bin_centres(0.02 * w.k_max_MeV, w.k_max_MeV, 30);
        GaussianSource const source(w.r0_fm);
        std::vector<SpinChannel> const channels{{1.0, Exchange::none, {{0, well}}}};
        auto const c = solve(k, mu, 0, channels, source).correlation;
        for (Eigen::Index j : {0, 3, 29}) {
            EXPECT_NEAR(c[j], testing::IndependentCorrelation(mu, 0, source, k[j])(channels).value(), 1e-6);
            EXPECT_NEAR(c[j], solve(k.segment(j, 1), mu, 0, channels, source).correlation[0], 1e-7);
        }
    }
}

// C of a source that is a point is |psi(0)|^2, for a square well (K/k)^2/(sin^2 KR + (K/k)^2 cos^2 KR).
TEST(HardPairs, PointSourcesSeeTheWaveAtTheOrigin) {
    double const mu = 469.0, depth = 23.0, radius = 1.7;
    auto const well = potential_of("square_well", {{"depth_MeV", {depth}}, {"radius_fm", {radius}}});
    Eigen::ArrayXd const k_MeV = (Eigen::ArrayXd(3) << 10.0, 60.0, 200.0).finished();
    Eigen::ArrayXd const k = k_MeV / units::hbar_c_MeV_fm;
    Eigen::ArrayXd const inside = (k.square() + units::two_mu_over_hbar2(mu) * depth).sqrt();
    Eigen::ArrayXd const ratio = (inside / k).square();
    Eigen::ArrayXd const exact = ratio / ((inside * radius).sin().square() + ratio * (inside * radius).cos().square());
    for (double r0 : {1e-15, 1e-12, 1e-9, 1e-6, 1e-5})
        for (char const* form : {"gaussian", "exponential"}) {
            auto const source = make_source(form, {{"r0_fm", {r0}}});
            auto const c = solve(k_MeV, mu, 0, {{1.0, Exchange::none, {{0, well}}}}, *source).correlation;
            EXPECT_LE(largest_error(c, exact), 1e-6) << form << ", r0 = " << r0;
        }
    GaussianSource const smaller(1e-18);
    EXPECT_NE(message_of([&] {
                  solve(k_MeV, mu, 0, {{1.0, Exchange::none, {{0, well}}}}, smaller);
              }).find("take a larger one"),
              std::string::npos);
}

// Of charges without a strong force it is Gamow's factor.
TEST(HardPairs, PointSourcesOfChargesGiveGamowsFactor) {
    double const mu = 469.135;
    Eigen::ArrayXd const k = bin_centres(6.0, 68.0, 12);
    for (int charges : {1, 10, -3})
        for (double r0 : {1e-15, 1e-10, 1e-7}) {
            PairCorrelationSolver solver(k, mu, charges, 1e-6);
            auto const c = solver.without_strong_force(Exchange::none, GaussianSource(r0));
            for (Eigen::Index j = 0; j < k.size(); ++j) {
                double const gamow = gamow_factor(units::sommerfeld_parameter(charges, mu, k[j]));
                EXPECT_NEAR(c[j], gamow, 1e-6 * std::max(1.0, gamow)) << charges << ", r0 = " << r0;
            }
        }
}

// Waves that count several times get so much less of the tolerance.
TEST(HardPairs, TheToleranceIsOfCWhateverLIs) {
    auto const force = potential_of("sum_of_gaussians", {{"strengths_MeV", {-400.0}}, {"ranges_fm", {1.4}}});
    Eigen::ArrayXd const k = bin_centres(50.0, 400.0, 8);
    for (int l : {1, 3, 6, 10}) {
        std::vector<SpinChannel> const channels{{1.0, l % 2 == 0 ? Exchange::even : Exchange::odd, {{l, force}}}};
        auto const result = solve(k, 469.0, 0, channels, GaussianSource(1.0), 1e-4);
        EXPECT_LE(result.error_estimate, 1e-4);
        for (Eigen::Index j = 0; j < k.size(); ++j) {
            auto const wave = testing::adaptive_wave(*force, {l, 0}, 1.0, k[j], 469.0, 1e-13, 25.0);
            double const q = 2.0 * k[j] / units::hbar_c_MeV_fm;
            double const c = 1.0 + (l % 2 == 0 ? 1.0 : -1.0) * std::exp(-q * q) + 2.0 * (2 * l + 1) * wave.gain;
            EXPECT_NEAR(result.correlation[j], c, 1e-4 * std::max(1.0, c)) << "l = " << l << ", " << k[j] << " MeV/c";
        }
    }
}

// eta = 1088 at the first momentum: nothing comes through, with a strong force or without.
TEST(HardPairs, StrongRepulsionKeepsPairsApart) {
    double const mu = 0.5 * 3727.379;
    auto const force = potential_of("sum_of_gaussians", {{"strengths_MeV", {-120.0}}, {"ranges_fm", {2.1}}});
    Eigen::ArrayXd const k = end_points(0.05, 60.0, 12);
    for (auto const& waves : {std::vector<PartialWave>{}, {{0, force}, {2, force}}}) {
        auto const c = solve(k, mu, 4, {{1.0, Exchange::even, waves}}, GaussianSource(2.5), 1e-8).correlation;
        EXPECT_NEAR(c[0], 0.0, 1e-9);
        EXPECT_GT(c[11], 0.1);
        // The other momenta do not depend on the first.
        auto const rest = solve(k.tail(11), mu, 4, {{1.0, Exchange::even, waves}}, GaussianSource(2.5), 1e-8);
        EXPECT_LE(largest_error(c.tail(11), rest.correlation), 2e-8);
    }
    std::string const message = message_of([&] {
        PotentialMatrix potential(1);
        potential.set(0, 0, force);
        CoupledCorrelationSolver({{mu, 0.0, 0, 4.0}}, k, 1e-6);
    });
    EXPECT_NE(message.find("k* = 0.05 MeV/c is too low for these charges"), std::string::npos) << message;
    EXPECT_NE(message.find("take momenta from 0.0544"), std::string::npos) << message;
}

// Towards k = 0 the density of attracting charges is 2 pi |eta| (J_0^2 + J_1^2)(sqrt(8 |eta| kr)), up to 1/eta^2.
TEST(HardPairs, StrongAttractionGoesToItsLimit) {
    double const mu = 2000.0, r0 = 1.0;
    int const charges = -50;
    double const two_eta_k = std::fabs(PartialWaveKind{0, charges}.two_eta_k_per_fm(mu));
    for (double k_MeV : {0.01, 0.1}) {
        double const eta = 0.5 * two_eta_k / (k_MeV / units::hbar_c_MeV_fm);
        ASSERT_GT(eta, 5000.0);
        GaussianSource const source(r0);
        auto const integrand = [&](double r) {
            double const z = 2.0 * std::sqrt(two_eta_k * r);
            double const j0 = std::cyl_bessel_j(0.0, z), j1 = std::cyl_bessel_j(1.0, z);
            return 4.0 * units::pi * r * r * source.density_per_fm3(r) * (j0 * j0 + j1 * j1);
        };
        double const limit =
            2.0 * units::pi * eta *
            boost::math::quadrature::gauss_kronrod<double, 61>::integrate(integrand, 0.0, 15.0, 12, 1e-11);
        PairCorrelationSolver solver(Eigen::ArrayXd::Constant(1, k_MeV), mu, charges, 1e-6);
        double const c = solver.without_strong_force(Exchange::none, source)[0];
        EXPECT_NEAR(c / limit, 1.0, 3e-6) << k_MeV << " MeV/c";
    }
}

// Attracting charges make the closed sum and a wave's share large where a point source sits; the force takes nearly all
// of it back.
TEST(HardPairs, WhatCancelsBetweenTermsIsKnownToTheToleranceOfC) {
    struct Case {
        char const* form;
        PotentialParameters parameters;
        double mu, r0_fm, k_MeV;
        int charges;
    };
    for (auto const& c :
         {Case{"square_well", {{"depth_MeV", {-666.0}}, {"radius_fm", {1.13}}}, 1154.0, 3e-12, 0.033, -2},
          Case{"sum_of_gaussians", {{"strengths_MeV", {400.0}}, {"ranges_fm", {0.5}}}, 2270.0, 1e-12, 1.19, -20}}) {
        std::vector<SpinChannel> const channels{{1.0, Exchange::none, {{0, potential_of(c.form, c.parameters)}}}};
        GaussianSource const source(c.r0_fm);
        auto const k = Eigen::ArrayXd::Constant(1, c.k_MeV);
        double const exact = testing::IndependentCorrelation(c.mu, c.charges, source, c.k_MeV)(channels).value();
        double const free = PairCorrelationSolver(k, c.mu, c.charges).without_strong_force(Exchange::none, source)[0];
        EXPECT_GT(free, 1e2 * std::max(1.0, exact)) << c.form;
        auto const result = solve(k, c.mu, c.charges, channels, source);
        EXPECT_NEAR(result.correlation[0], exact, 1e-6 * std::max(1.0, exact)) << c.form;
        EXPECT_LE(result.error_estimate, 1e-6);
        EXPECT_THROW(solve(k, c.mu, c.charges, channels, source, 1e-10), ConvergenceError);
    }
}

// 2 mu V r^2 is not small at the first node of an ordinary grid, where waves of l > 0 start on all levels.
TEST(HardPairs, WavesOfStrongForcesStartWhereTheirSeriesHolds) {
    double const mu = 4992.0, k_MeV = 41.7;
    auto const strong_yukawa = potential_of(
        "yukawa", {{"strength_MeV_fm", {-2500.0}}, {"m_MeV", {600.0}}, {"core_MeV", {0.0}}, {"core_range_fm", {0.5}}});
    auto const strong_hulthen = potential_of("hulthen", {{"depth_MeV", {726.0}}, {"range_fm", {2.0}}});
    auto const deep_gaussian = potential_of("sum_of_gaussians", {{"strengths_MeV", {-2e6}}, {"ranges_fm", {0.3}}});
    GaussianSource const source(0.9);
    auto const k = Eigen::ArrayXd::Constant(1, k_MeV);
    for (int l : {1, 2, 5})
        for (auto const& force : {strong_yukawa, strong_hulthen, deep_gaussian}) {
            std::vector<SpinChannel> const channels{{1.0, Exchange::none, {{l, force}}}};
            double const exact = testing::IndependentCorrelation(mu, 0, source, k_MeV)(channels).value();
            auto const result = solve(k, mu, 0, channels, source);
            EXPECT_NEAR(result.correlation[0], exact, 1e-6 * std::max(1.0, exact)) << "l = " << l;
            EXPECT_EQ(result.recomputed_waves, 0) << "l = " << l;
        }
}

// One channel by the coupled solver and alone; a source that no ordinary grid sees.
TEST(HardPairs, CoupledChannelsSeeSmallSourcesToo) {
    double const mu = 469.0;
    std::shared_ptr<LocalPotential const> const force =
        potential_of("sum_of_gaussians", {{"strengths_MeV", {-40.0}}, {"ranges_fm", {1.3}}});
    Eigen::ArrayXd const k = bin_centres(5.0, 200.0, 5);
    PotentialMatrix potential(1);
    potential.set(0, 0, force);
    for (int charges : {0, 1})
        for (double r0 : {1e-8, 1e-3, 1.0}) {
            GaussianSource const source(r0);
            CoupledCorrelationSolver coupled({{mu, 0.0, 0, static_cast<double>(charges)}}, k, 1e-6);
            auto const c = coupled.solve(potential, {{&source, 1.0}}).correlation;
            auto const alone = solve(k, mu, charges, {{1.0, Exchange::none, {{0, force}}}}, source).correlation;
            EXPECT_LE(largest_error(c, alone), 2e-6) << charges << ", r0 = " << r0;
        }
}

}  // namespace
}  // namespace hadronforce
