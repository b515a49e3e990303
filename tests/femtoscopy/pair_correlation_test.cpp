#include "hadronforce/femtoscopy/pair_correlation.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/source.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/bound_states.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/adaptive_partial_wave.hpp"

#include <gtest/gtest.h>
#include <Eigen/QR>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/special_functions/bessel.hpp>
#include <boost/math/special_functions/bessel_prime.hpp>

#include <cmath>
#include <random>
#include <string>

namespace hadronforce {
namespace {

double const mu = 0.5 * units::proton_mass_MeV;
Eigen::ArrayXd k_star_MeV() { return bin_centres(4.0, 300.0, 25); }

std::shared_ptr<LocalPotential const> preset(char const* name) {
    auto const& p = potential_preset(name);
    return make_potential(p.form, p.parameters, units::reduced_mass(p.mass1_MeV, p.mass2_MeV));
}
std::shared_ptr<LocalPotential const> gaussian(double strength_MeV, double range_fm) {
    return make_potential("sum_of_gaussians", {{"strengths_MeV", {strength_MeV}}, {"ranges_fm", {range_fm}}}, mu);
}

// tan(delta) = [k j'(kR) j(KR) - K j(kR) j'(KR)]/[k n'(kR) j(KR) - K n(kR) j'(KR)].
TEST(PartialWaves, PhaseShiftsOfASquareWellAreTheClosedForm) {
    double const depth = 80.0, radius = 1.9;
    auto const well = make_potential("square_well", {{"depth_MeV", {depth}}, {"radius_fm", {radius}}}, mu);
    for (unsigned l : {1u, 2u, 3u, 6u}) {
        auto const delta = scatter(*well, k_star_MeV(), mu, 1e-9, {static_cast<int>(l), 0}).delta_rad;
        for (Eigen::Index j = 0; j < delta.size(); ++j) {
            double const k = units::wave_number_per_fm(k_star_MeV()[j]);
            double const inside = std::sqrt(k * k + units::two_mu_over_hbar2(mu) * depth);
            using namespace boost::math;
            double const jk = sph_bessel(l, k * radius), jk_prime = sph_bessel_prime(l, k * radius);
            double const nk = sph_neumann(l, k * radius), nk_prime = sph_neumann_prime(l, k * radius);
            double const ji = sph_bessel(l, inside * radius), ji_prime = sph_bessel_prime(l, inside * radius);
            double const exact =
                std::atan((k * jk_prime * ji - inside * jk * ji_prime) / (k * nk_prime * ji - inside * nk * ji_prime));
            EXPECT_NEAR(std::remainder(delta[j] - exact, units::pi), 0.0, 2e-9)
                << "l = " << l << ", " << k_star_MeV()[j];
        }
        // Levinson without a bound state, or the well's with one: continuous from a multiple of pi.
        EXPECT_NEAR(std::remainder(delta[0], units::pi), 0.0, 0.1);
        for (Eigen::Index j = 1; j < delta.size(); ++j) EXPECT_LT(std::fabs(delta[j] - delta[j - 1]), 0.5 * units::pi);
    }
}

// Bound states of a square well with l = 1: K j_0(KR)/j_1(KR) = -kappa h_0/h_1 with decaying Hankel functions, h_0/h_1
// = (kappa R)/(1 + kappa R).
TEST(PartialWaves, BoundStatesOfASquareWellSolveTheMatchingCondition) {
    double const depth = 400.0, radius = 1.9, two_mu = units::two_mu_over_hbar2(mu);
    auto const well = make_potential("square_well", {{"depth_MeV", {depth}}, {"radius_fm", {radius}}}, mu);
    auto const energies = bound_states(*well, mu, {1, 0}).energies_MeV;
    ASSERT_FALSE(energies.empty());
    for (double energy : energies) {
        double const kappa = std::sqrt(-two_mu * energy), inside = std::sqrt(two_mu * (depth + energy));
        double const left =
            inside * boost::math::sph_bessel(0, inside * radius) / boost::math::sph_bessel(1, inside * radius);
        double const right = -kappa * (kappa * radius) / (1.0 + kappa * radius);
        EXPECT_NEAR(left, right, 1e-6) << energy;
    }
}

// The published N-Omega potential at t = 12 with the Coulomb attraction of p and Omega-: 2.46 MeV (Phys. Lett. B 792
// (2019) 284); 1.54 MeV without.
TEST(PartialWaves, CoulombAttractionDeepensTheProtonOmegaBoundState) {
    auto const& p = potential_preset("n_omega_t12");
    double const mass = units::reduced_mass(p.mass1_MeV, p.mass2_MeV);
    auto const energies = bound_states(*preset("n_omega_t12"), mass, {0, -1}, 2).energies_MeV;
    ASSERT_EQ(energies.size(), 3u);
    EXPECT_NEAR(energies[0], -2.46, 0.02);
    // Above it the levels of the charges, pushed up: the strong force has a0 > 0.
    for (int n : {1, 2}) {
        double const coulomb = -0.5 * mass * std::pow(units::fine_structure / n, 2);
        EXPECT_GT(energies[static_cast<std::size_t>(n)], coulomb) << n;
        EXPECT_LT(energies[static_cast<std::size_t>(n)], 0.6 * coulomb) << n;
    }
}

// An independent solver on random wells, any l, charge and source.
TEST(PartialWaves, AgreeWithAnAdaptiveSolver) {
    unsigned const seed = 20260301;
    std::mt19937_64 generator(seed);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    Eigen::ArrayXd k(3);
    k << 12.0, 77.0, 240.0;
    for (int i = 0; i < 40; ++i) {
        PartialWaveKind const kind{i % 4, i / 4 % 3 - 1};
        auto const potential = gaussian(-400.0 + 700.0 * uniform(generator), 0.5 + uniform(generator));
        double const r0 = 0.8 + 2.0 * uniform(generator);
        auto const result = PartialWaveCorrelation(k, mu, kind, 1e-7).solve(*potential, GaussianSource(r0));
        for (Eigen::Index j = 0; j < 3; ++j) {
            auto const reference = testing::adaptive_wave(*potential, kind, r0, k[j], mu, 1e-12, 12.0 * r0 + 8.0);
            std::string const which = "seed " + std::to_string(seed) + ", draw " + std::to_string(i) +
                                      ", l = " + std::to_string(kind.l) + ", charge " +
                                      std::to_string(kind.charge_product) + ", k* = " + std::to_string(k[j]);
            EXPECT_NEAR(result.gain[j], reference.gain, 3e-7 * std::fmax(1.0, 1.0 + reference.gain)) << which;
            EXPECT_NEAR(std::remainder(result.scattering.delta_rad[j] - reference.delta_rad, units::pi), 0.0, 3e-7)
                << which;
        }
    }
}

// Waves of zero force add nothing, and the sum over all l is closed: sum (2l+1) integral S F_l^2/k^2.
TEST(PairCorrelation, FreeCoulombPairsAreTheSumOfTheirPartialWaves) {
    double const r0 = 1.3;
    Eigen::ArrayXd const k_MeV = bin_centres(10.0, 250.0, 5);
    for (int charge : {1, -1})
        for (auto const exchange : {Exchange::none, Exchange::even, Exchange::odd}) {
            PairCorrelationSolver solver(k_MeV, mu, charge);
            auto const c = solver.without_strong_force(exchange, GaussianSource(r0));
            for (Eigen::Index j = 0; j < k_MeV.size(); ++j) {
                double const k = units::wave_number_per_fm(k_MeV[j]);
                double const eta = units::sommerfeld_parameter(charge, mu, k_MeV[j]);
                auto const integrand = [&](double r) {
                    auto const f = regular_coulomb_functions(eta, Eigen::ArrayXd::Constant(1, k * r), 60);
                    double sum = 0.0;
                    for (int l = 0; l <= 60; ++l) {
                        double const weight = exchange == Exchange::none                     ? 1.0
                                              : (l % 2 == 0) == (exchange == Exchange::even) ? 2.0
                                                                                             : 0.0;
                        sum += weight * (2 * l + 1) * f(0, l) * f(0, l);
                    }
                    return 4.0 * units::pi * sum / (k * k) * std::pow(4.0 * units::pi * r0 * r0, -1.5) *
                           std::exp(-r * r / (4.0 * r0 * r0));
                };
                double const exact =
                    boost::math::quadrature::gauss_kronrod<double, 61>::integrate(integrand, 1e-6, 12.0 * r0, 4, 1e-10);
                EXPECT_NEAR(c[j], exact, 1e-6) << "charge " << charge << ", k* = " << k_MeV[j];
            }
        }
}

TEST(PairCorrelation, FreeIdenticalPairsFollowTheSourcesTransform) {
    double const r0 = 1.7;
    PairCorrelationSolver solver(k_star_MeV(), mu, 0);
    auto const nothing = gaussian(0.0, 1.0);
    // Two nucleons without force: 1 - exp(-4 k^2 r0^2)/2.
    auto const pair = solver.solve({{0.25, Exchange::even, {{0, nothing}}}, {0.75, Exchange::odd, {{1, nothing}}}},
                                   GaussianSource(r0));
    Eigen::ArrayXd const k = k_star_MeV() / units::hbar_c_MeV_fm;
    EXPECT_LE((pair.correlation - (1.0 - 0.5 * (-4.0 * r0 * r0 * k.square()).exp())).abs().maxCoeff(), 1e-6);
}

// Argonne v18's singlet with point Coulomb: C_0^2 k cot(delta) + 2 eta k h(eta) = -1/a + r k^2/2, published -7.81 and
// 2.79 fm with all electromagnetic terms, -7.814 and 2.783 fm at zero energy with Bessel functions.
TEST(PairCorrelation, ArgonneHasTheProtonProtonScatteringLength) {
    Eigen::ArrayXd k_MeV(6);
    k_MeV << 6.0, 9.0, 12.0, 16.0, 20.0, 25.0;
    auto const delta = scatter(*preset("argonne_v18_pp_1s0"), k_MeV, mu, 1e-10, {0, 1}).delta_rad;
    Eigen::MatrixXd powers(6, 5);
    Eigen::VectorXd expansion(6);
    for (Eigen::Index j = 0; j < 6; ++j) {
        double const k = units::wave_number_per_fm(k_MeV[j]);
        double const eta = units::sommerfeld_parameter(1.0, mu, k_MeV[j]);
        double h = -std::log(eta) - 0.57721566490153286;
        for (int n = 1; n < 2000000; ++n) h += eta * eta / (n * (n * static_cast<double>(n) + eta * eta));
        expansion[j] = gamow_factor(eta) * k / std::tan(delta[j]) + 2.0 * eta * k * h;
        for (Eigen::Index p = 0; p < 5; ++p) powers(j, p) = std::pow(k * k, p);
    }
    Eigen::VectorXd const c = powers.colPivHouseholderQr().solve(expansion);
    EXPECT_NEAR(-1.0 / c[0], -7.814, 0.003);
    EXPECT_NEAR(2.0 * c[1], 2.783, 0.005);
}

// The same bits from a solver that has solved before, and from new ones whose tables lie elsewhere in memory.
TEST(PairCorrelation, OfChargesIsTheSameFromEverySolver) {
    GaussianSource const source(1.2);
    std::vector<SpinChannel> const channels{{1.0, Exchange::none, {{0, gaussian(-50.0, 1.0)}}}};
    PairCorrelationSolver first(k_star_MeV(), mu, 1);
    Eigen::ArrayXd const expected = first.solve(channels, source).correlation;
    EXPECT_TRUE((first.solve(channels, source).correlation == expected).all());
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE((PairCorrelationSolver(k_star_MeV(), mu, 1).solve(channels, source).correlation == expected).all());
}

TEST(PairCorrelation, RefusesWhatMakesNoSense) {
    PairCorrelationSolver solver(k_star_MeV(), mu, 1);
    GaussianSource const source(1.2);
    auto const v = gaussian(-10.0, 1.0);
    EXPECT_THROW(solver.solve({{0.5, Exchange::even, {{0, v}}}}, source), InputError);                       // weights
    EXPECT_THROW(solver.solve({{1.0, Exchange::odd, {{0, v}}}}, source), InputError);                        // parity
    EXPECT_THROW(solver.solve({{1.0, Exchange::none, {{0, v}, {0, v}}}}, source), InputError);               // twice
    EXPECT_THROW(solver.solve({{1.0, Exchange::none, {{highest_l + 1, v}}}}, source), InputError);           // l
    EXPECT_THROW(solver.solve({{2.0, Exchange::even, {}}, {-1.0, Exchange::odd, {}}}, source), InputError);  // sign
}

}  // namespace
}  // namespace hadronforce
