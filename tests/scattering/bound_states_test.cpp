#include "hadronforce/scattering/bound_states.hpp"

#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/slide_potential.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

double const mu = testing::p_omega_reduced_mass_MeV;
double const two_mu = units::two_mu_over_hbar2(mu);

// Bound states of a square well solve K cot(K R) = -kappa. The left side minus the right is of order one per 1/fm.
TEST(BoundStates, OfASquareWellSolveTheMatchingCondition) {
    for (double depth : {50.0, 400.0, 3000.0}) {
        double const radius = 1.7;
        auto const potential = make_potential("square_well", {{"depth_MeV", {depth}}, {"radius_fm", {radius}}}, mu);
        auto const energies = bound_state_energies_MeV(*potential, mu);
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
        auto const energies = bound_state_energies_MeV(*potential, mu);
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
        auto const energies = bound_state_energies_MeV(*make_potential(preset.form, preset.parameters, mass), mass);
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
        auto const s = testing::draw_slide_sample(generator, i % 2 == 1);
        auto const potential = testing::slide_potential(s.b1, s.b2, s.b3, s.b4);
        auto const energies = bound_state_energies_MeV(*potential, mu);
        auto const scattering = scatter(*potential, bin_centres(5.0, 300.0, 4), mu, 1e-7);
        EXPECT_EQ(static_cast<int>(energies.size()), scattering.bound_states) << "seed " << seed << ", draw " << i;
        total += scattering.bound_states;
    }
    EXPECT_GT(total, 20);
}

}  // namespace
}  // namespace hadronforce
