#include "hadronforce/scattering/bound_states.hpp"

#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/scattering/whittaker.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/five_parameter_potential.hpp"

#include <gtest/gtest.h>
#include <boost/math/tools/roots.hpp>

#include <cmath>
#include <memory>
#include <utility>

namespace hadronforce {
namespace {

double const mu = testing::p_omega_reduced_mass_MeV;
double const two_mu = units::two_mu_over_hbar2(mu);

// Bound states of a square well solve K cot(K R) = -kappa. The left side minus the right is of order one per 1/fm.
TEST(BoundStates, OfASquareWellSolveTheMatchingCondition) {
    for (double depth : {50.0, 400.0, 3000.0}) {
        double const radius = 1.7;
        auto const potential = make_potential("square_well", {{"depth_MeV", {depth}}, {"radius_fm", {radius}}}, mu);
        auto const energies = bound_states(*potential, mu).energies_MeV;
        ASSERT_EQ(energies.size(),
                  static_cast<std::size_t>(std::floor(std::sqrt(two_mu * depth) * radius / units::pi + 0.5)));
        for (double energy : energies) {
            double const kappa = std::sqrt(-two_mu * energy);
            double const inside = std::sqrt(two_mu * (depth + energy));
            EXPECT_NEAR(inside / std::tan(inside * radius), -kappa, 1e-7) << depth << " MeV, E = " << energy;
        }
    }
}

// A bound state is a pole of S at k = i kappa, k cot(delta) = -kappa: kappa = 0.225 + (5/6) kappa^2, so kappa = 0.3 or
// 0.9.
TEST(BoundStates, OfTheBargmannPairIsThePoleOfItsSMatrix) {
    for (auto const* form : {"bargmann_1", "bargmann_2"}) {
        auto const potential =
            make_potential(form, {{"rho_per_fm", {1.2}}, {"sigma_per_fm", {0.6}}, {"theta", {0.6}}}, mu);
        auto const energies = bound_states(*potential, mu).energies_MeV;
        ASSERT_EQ(energies.size(), 1u) << form;
        double const kappa = std::sqrt(-two_mu * energies[0]);
        EXPECT_NEAR(0.225 + 5.0 / 6.0 * kappa * kappa, kappa, 1e-7) << form;
    }
}

// Published: N-Omega t = 12 1.54 MeV, 1.541 from the lattice-exact numbers; Omega-Omega 1.6, recomputed 1.633 MeV.
TEST(BoundStates, OfPublishedPotentials) {
    struct Published {
        char const* preset;
        double binding_energy_MeV;
    };
    for (auto const& p : {Published{"n_omega_t12", 1.541}, Published{"omega_omega_1s0", 1.633}}) {
        auto const& preset = potential_preset(p.preset);
        double const mass = units::reduced_mass(preset.mass1_MeV, preset.mass2_MeV);
        auto const energies = bound_states(*make_potential(preset.form, preset.parameters, mass), mass).energies_MeV;
        ASSERT_EQ(energies.size(), 1u) << p.preset;
        EXPECT_NEAR(-energies[0], p.binding_energy_MeV, 6e-4) << p.preset;
    }
}

// Two independent counts: zeros of the k = 0 wave, and pivots of the bound-state problem.
TEST(BoundStates, AreAsManyAsLevinsonCounts) {
    unsigned const seed = 20260101;
    std::mt19937_64 generator(seed);
    int total = 0;
    for (int i = 0; i < 60; ++i) {
        auto const s = testing::draw_five_parameters(generator, i % 2 == 1);
        auto const potential = testing::five_parameter_potential(s.b1, s.b2, s.b3, s.b4);
        auto const energies = bound_states(*potential, mu).energies_MeV;
        auto const scattering = scatter(*potential, bin_centres(5.0, 300.0, 4), mu, 1e-7);
        EXPECT_EQ(static_cast<int>(energies.size()), scattering.bound_states) << "seed " << seed << ", draw " << i;
        total += scattering.bound_states;
    }
    EXPECT_GT(total, 20);
}

/// hbar^2/(2 mu) kappa^2 of charges alone, n = l + 1, l + 2, ...
double coulomb_level_MeV(double reduced_mass_MeV, int charge_product, int n) {
    double const alpha = charge_product * units::fine_structure;
    return -0.5 * reduced_mass_MeV * alpha * alpha / (n * n);
}

std::shared_ptr<LocalPotential const> gaussian(double strength_MeV, double range_fm, double reduced_mass_MeV) {
    return make_potential("sum_of_gaussians", {{"strengths_MeV", {strength_MeV}}, {"ranges_fm", {range_fm}}},
                          reduced_mass_MeV);
}

TEST(BoundStates, OfChargesAloneAreBohrsLevels) {
    for (double mass : {50.0, mu, 5000.0})
        for (int charge : {-1, -10, -100})
            for (int l : {0, 1, 3, 20}) {
                auto const states = bound_states(*gaussian(0.0, 1.0, mass), mass, {l, charge}, 4);
                ASSERT_EQ(states.energies_MeV.size(), 4u) << mass << " " << charge << " " << l;
                EXPECT_EQ(states.count.value(), 4);
                for (int i = 0; i < 4; ++i) {
                    double const exact = coulomb_level_MeV(mass, charge, l + 1 + i);
                    EXPECT_NEAR(states.energies_MeV[static_cast<std::size_t>(i)], exact, 1e-9 * -exact)
                        << mass << " " << charge << " " << l << " " << i;
                }
                EXPECT_LT(states.energies_MeV[3], states.limit_MeV);
            }
}

// K- p and V = s exp(-r^2/fm^2): scipy's solve_ivp from both sides, for its 1s level. Bohr's is -0.008614, and between
// it and the shifted level lies nothing that could be taken for it: E_2s = -0.002153.
TEST(BoundStates, OfKaonicHydrogenAreShifted) {
    double const mass = units::reduced_mass(493.677, 938.27208816);
    for (auto const& [strength, exact] :
         {std::pair{-1.0, -0.008616}, {-20.0, -0.008681}, {-40.0, -0.008774}, {-60.0, -0.008911}}) {
        auto const energies = bound_states(*gaussian(strength, 1.0, mass), mass, {0, -1}).energies_MeV;
        ASSERT_EQ(energies.size(), 3u);
        EXPECT_NEAR(energies[0], exact, 6e-7) << strength;
        // The levels have one quantum defect, E_n = E_1 ((1 - d)/(n - d))^2, up to the range over Bohr's radius, 0.012.
        double const defect = 1.0 - std::sqrt(coulomb_level_MeV(mass, -1, 1) / energies[0]);
        for (int n : {2, 3})
            EXPECT_NEAR(energies[static_cast<std::size_t>(n - 1)] / coulomb_level_MeV(mass, -1, 1),
                        std::pow(n - defect, -2), 1e-2 * defect / (n * n))
                << strength << " " << n;
    }
}

// A square well between charges: inside the regular wave is a power series, outside Whittaker's W; E is where they meet
// without a kink. All levels that lie between those of the charges alone, weak and strong wells, l = 0 and 1.
TEST(BoundStates, OfASquareWellWithChargesMeetWhittakersFunction) {
    double const radius = 1.3;
    int compared = 0;
    for (int l : {0, 1, 2})
        for (int charge : {-1, -6, 3})
            for (double depth : {-30.0, 0.5, 20.0, 150.0, 900.0}) {
                PartialWaveKind const kind{l, charge};
                double const two_eta_k = kind.two_eta_k_per_fm(mu);
                auto const kink = [&](double kappa) {
                    double before = 0.0, here = std::pow(radius, l + 1.0), u = here, slope = (l + 1) * here / radius;
                    double const curvature = kappa * kappa - two_mu * depth;
                    for (int k = 1; k < 200; ++k) {
                        double const next = (two_eta_k * radius * here + curvature * radius * radius * before) /
                                            (k * (k + 2.0 * l + 1));
                        before = here;
                        here = next;
                        u += here;
                        slope += (l + 1 + k) * here / radius;
                    }
                    auto const w = whittaker_w(0.5 * two_eta_k / kappa, l, kappa * radius);
                    return (u * kappa * w.derivative - slope * w.value) /
                           std::hypot(w.value, radius * kappa * w.derivative) / std::hypot(u, radius * slope);
                };
                auto const well = make_potential("square_well", {{"depth_MeV", {depth}}, {"radius_fm", {radius}}}, mu);
                auto const states = bound_states(*well, mu, kind);
                ASSERT_EQ(states.energies_MeV.size(), static_cast<std::size_t>(states.count.value()));
                for (double energy : states.energies_MeV) {
                    double const kappa = std::sqrt(-two_mu * energy);
                    double const near = 1e-7 * std::max(kappa, charge < 0 ? 0.0 : 0.1);
                    EXPECT_LT(kink(kappa - near) * kink(kappa + near), 0.0)
                        << "l = " << l << ", charges " << charge << ", " << depth << " MeV, E = " << energy;
                    ++compared;
                }
                // None is missing: the kink changes sign as often on a fine mesh.
                double const low = std::sqrt(-two_mu * states.limit_MeV), high = std::sqrt(two_mu * 1000.0);
                int changes = 0;
                double last = kink(std::max(low, 1e-3));
                for (int i = 1; i <= 1000; ++i) {
                    double const x = i / 1000.0, next = kink(std::max(low, 1e-3) + (high - low) * x * x * x);
                    if (next * last < 0.0) ++changes;
                    last = next;
                }
                EXPECT_EQ(changes, states.count.value()) << "l = " << l << ", charges " << charge << ", " << depth;
            }
    EXPECT_GT(compared, 60);
}

// Towards threshold eta is held at 200, which rounding must not exceed.
TEST(BoundStates, BetweenChargesThatRepelAreCountedAtAnyMass) {
    for (double mass_MeV : {938.26, 938.27, 938.28})
        for (int charge_product : {5, 20, 30}) {
            double const reduced_mass = units::reduced_mass(mass_MeV, 1672.45);
            auto const barrier =
                make_potential("sum_of_gaussians", {{"strengths_MeV", {150.0}}, {"ranges_fm", {1.4}}}, reduced_mass);
            EXPECT_EQ(bound_states(*barrier, reduced_mass, {0, charge_product}).count, 0)
                << mass_MeV << ", " << charge_product;
        }
}

// sqrt(two_mu depth) radius/pi + 1/2, rounded down, states; the one with i below it has i + 1/2 < K R/pi < i + 1.
TEST(BoundStates, OfDeepWellsAreAllThere) {
    for (double mass : {mu, 5e7}) {
        double const units_of_mass = units::two_mu_over_hbar2(mass), radius = 2.0, depth = mass > 1e6 ? 100.0 : 1e6;
        auto const well = make_potential("square_well", {{"depth_MeV", {depth}}, {"radius_fm", {radius}}}, mass);
        auto const states = bound_states(*well, mass);
        int const count = states.count.value();
        double const phase = std::sqrt(units_of_mass * depth) * radius;
        ASSERT_EQ(count, static_cast<int>(std::floor(phase / units::pi + 0.5)));
        ASSERT_EQ(states.energies_MeV.size(), static_cast<std::size_t>(count));
        ASSERT_GT(count, 60);
        for (int i = 0; i < count; ++i) {
            // x cot(x) = -sqrt(phase^2 - x^2), written without poles.
            auto const kink = [&](double x) {
                return x * std::cos(x) + std::sqrt(std::max(0.0, phase * phase - x * x)) * std::sin(x);
            };
            auto const x =
                boost::math::tools::bisect(kink, (i + 0.5) * units::pi, std::min((i + 1.0) * units::pi, phase),
                                           boost::math::tools::eps_tolerance<double>(50));
            double const exact = (x.first * x.first / (radius * radius)) / units_of_mass - depth;
            EXPECT_NEAR(states.energies_MeV[static_cast<std::size_t>(i)], exact, 1e-7 * depth) << mass << " " << i;
        }
    }
}

// Hulthen: -(hbar^2/2mu) ((g^2 - n^2)/(2na))^2 for all n < g. A 1/r core.
TEST(BoundStates, OfAStrongHulthenPotentialAreAllThere) {
    double const a = 1.1, g = 30.5, depth = g * g / (two_mu * a * a);
    auto const states = bound_states(*make_potential("hulthen", {{"depth_MeV", {depth}}, {"range_fm", {a}}}, mu), mu);
    ASSERT_EQ(states.count.value(), 30);
    ASSERT_EQ(states.energies_MeV.size(), 30u);
    for (int n = 1; n <= 30; ++n) {
        double const kappa = (g * g - n * n) / (2.0 * n * a);
        EXPECT_NEAR(std::sqrt(-two_mu * states.energies_MeV[static_cast<std::size_t>(n - 1)]), kappa,
                    1e-8 * std::max(1.0, kappa))
            << n;
    }
}

// What would take too long is counted, and no energies are given; what no grid resolves is not even counted.
TEST(BoundStates, OfAbsurdWellsAreAtMostCounted) {
    for (double depth : {2e10, 1e16}) {
        auto const states =
            bound_states(*make_potential("square_well", {{"depth_MeV", {depth}}, {"radius_fm", {1.0}}}, mu), mu);
        EXPECT_TRUE(states.energies_MeV.empty());
        if (depth < 1e13)
            EXPECT_EQ(states.count.value(), static_cast<int>(std::floor(std::sqrt(two_mu * depth) / units::pi + 0.5)));
        else
            EXPECT_FALSE(states.count);
    }
}

}  // namespace
}  // namespace hadronforce
