#include "hadronforce/scattering/phase_shift.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/five_parameter_potential.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

double const mu = testing::p_omega_reduced_mass_MeV;
double const two_mu = units::two_mu_over_hbar2(mu);

struct Well {
    double depth_MeV;
    double radius_fm;
};

class SquareWell : public ::testing::TestWithParam<Well> {};

// u = sin(K r) inside, K^2 = k^2 + 2 mu V: delta = atan(k tan(K R)/K) - k R; a0 = R - tan(K0 R)/K0;
// r_eff = R - R^3/(3 a0^2) - 1/(a0 K0^2).
TEST_P(SquareWell, AgreesWithTheClosedForm) {
    auto const [depth, radius] = GetParam();
    auto const potential = make_potential("square_well", {{"depth_MeV", {depth}}, {"radius_fm", {radius}}}, mu);
    Eigen::ArrayXd const k_MeV = bin_centres(5.0, 300.0, 60);
    auto const result = scatter(*potential, k_MeV, mu, 1e-9);
    for (Eigen::Index j = 0; j < k_MeV.size(); ++j) {
        double const k = units::wave_number_per_fm(k_MeV[j]);
        double const inside = std::sqrt(k * k + two_mu * depth);
        double const exact = std::atan2(k * std::sin(inside * radius), inside * std::cos(inside * radius)) - k * radius;
        EXPECT_NEAR(std::remainder(result.delta_rad[j] - exact, units::pi), 0.0, 1e-9) << "k* = " << k_MeV[j] << " MeV";
    }
    double const inside = std::sqrt(two_mu * depth);
    double const a0 = radius - std::tan(inside * radius) / inside;
    double const r_eff = radius - radius * radius * radius / (3.0 * a0 * a0) - 1.0 / (a0 * inside * inside);
    EXPECT_NEAR(result.scattering_length_fm, a0, 1e-9 * std::fmax(1.0, a0 * a0));
    EXPECT_NEAR(result.effective_range_fm, r_eff, 1e-8 * std::fmax(1.0, std::fabs(r_eff)));
    int const states = static_cast<int>(std::floor(inside * radius / units::pi + 0.5));
    EXPECT_EQ(result.bound_states, states);
    // Levinson: the lowest momentum is close enough to zero to tell the multiple of pi.
    EXPECT_NEAR(result.delta_rad[0], units::pi * states, 0.5 * units::pi);
}

INSTANTIATE_TEST_SUITE_P(FromOneToFourStates, SquareWell,
                         ::testing::Values(Well{20.0, 1.7}, Well{50.0, 1.7}, Well{400.0, 1.7}, Well{1000.0, 2.0},
                                           Well{3000.0, 0.25}));

// Just inside this well's edge the wave heads for a zero that it has not: the force ends first. delta of the one bound
// state's l = 6 wave stays near pi at any tolerance.
TEST(PhaseShift, AZeroThatTheJumpPreventsIsNotCounted) {
    auto const potential = make_potential("square_well", {{"depth_MeV", {900.0}}, {"radius_fm", {1.9}}}, 600.0);
    for (double tolerance : {1e-6, 1e-8, 1e-9, 1e-10}) {
        auto const result = scatter(*potential, bin_centres(5.0, 300.0, 60), 600.0, tolerance, {6, 0});
        EXPECT_EQ(result.bound_states, 1);
        EXPECT_LE((result.delta_rad - units::pi).abs().maxCoeff(), 1e-3) << tolerance;
    }
}

// Both members of the phase-equivalent pair have k cot(delta) = -0.225 + (5/6) k^2 at every k (rho = 1.2, sigma = theta
// = 0.6, hbar^2/2mu = 1): a0 = 1/0.225, r_eff = 5/3.
TEST(Bargmann, BothMembersHaveTheExactEffectiveRangeExpansion) {
    for (auto const* form : {"bargmann_1", "bargmann_2"}) {
        auto const potential =
            make_potential(form, {{"rho_per_fm", {1.2}}, {"sigma_per_fm", {0.6}}, {"theta", {0.6}}}, mu);
        Eigen::ArrayXd const k_MeV = bin_centres(2.0, 400.0, 60);
        auto const result = scatter(*potential, k_MeV, mu, 1e-9);
        for (Eigen::Index j = 0; j < k_MeV.size(); ++j) {
            double const k = units::wave_number_per_fm(k_MeV[j]);
            EXPECT_NEAR(k / std::tan(result.delta_rad[j]), -0.225 + 5.0 / 6.0 * k * k, 1e-7) << form << " " << k_MeV[j];
        }
        EXPECT_NEAR(result.scattering_length_fm, 1.0 / 0.225, 1e-7) << form;
        EXPECT_NEAR(result.effective_range_fm, 5.0 / 3.0, 1e-6) << form;
        EXPECT_EQ(result.bound_states, 1) << form;
    }
}

// Published (see the reference of each preset); errors are those the papers give.
TEST(PublishedPresets, HaveTheirPublishedScatteringLengthAndRange) {
    struct Published {
        char const* preset;
        double a0_fm, a0_error_fm, r_eff_fm, r_eff_error_fm;
        int states;
    };
    for (auto const& p :
         {Published{"n_omega_t11", 5.376, 0.437, 1.281, 0.02, 1},
          Published{"n_omega_t12", 5.286, 0.001, 1.278, 0.001, 1},
          Published{"n_omega_t13", 5.457, 0.962, 1.256, 0.03, 1}, Published{"n_omega_t14", 5.286, 1.43, 1.278, 0.03, 1},
          Published{"omega_omega_1s0", 4.49, 0.01, 1.267, 0.001, 1},
          Published{"n_phi_4s32", -1.43, 0.23, 2.36, 0.10, 0}}) {
        auto const& preset = potential_preset(p.preset);
        double const mass = units::reduced_mass(preset.mass1_MeV, preset.mass2_MeV);
        auto const potential = make_potential(preset.form, preset.parameters, mass);
        auto const result = scatter(*potential, bin_centres(5.0, 300.0, 10), mass, 1e-8);
        EXPECT_NEAR(result.scattering_length_fm, p.a0_fm, p.a0_error_fm) << p.preset;
        EXPECT_NEAR(result.effective_range_fm, p.r_eff_fm, p.r_eff_error_fm) << p.preset;
        EXPECT_EQ(result.bound_states, p.states) << p.preset;
    }
}

// A Yukawa core starts as r (1 + A r/2): without that the order of the method is lost, and tolerances differ.
TEST(Yukawa, ResultDoesNotDependOnTheTolerance) {
    auto const potential = make_potential("yukawa", {{"strength_MeV_fm", {-200.0}}, {"m_MeV", {138.0}}}, mu);
    Eigen::ArrayXd const k = bin_centres(5.0, 300.0, 30);
    auto const rough = scatter(*potential, k, mu, 1e-6);
    auto const fine = scatter(*potential, k, mu, 1e-9);
    EXPECT_LE((rough.delta_rad - fine.delta_rad).abs().maxCoeff(), 1e-6);
    EXPECT_NEAR(rough.scattering_length_fm, fine.scattering_length_fm, 3e-6);
}

// First Born approximation, exact as the strength goes to zero: delta = -(2 mu/k) integral V sin^2(kr) dr, for a Yukawa
// -(2 mu A/4k) ln(1 + 4 k^2/m^2). The next order is the strength times that.
TEST(Yukawa, WeakStrengthGivesTheBornPhase) {
    double const strength = 1e-2;
    double const m = 138.0;
    auto const potential = make_potential("yukawa", {{"strength_MeV_fm", {strength}}, {"m_MeV", {m}}}, mu);
    Eigen::ArrayXd const k_MeV = bin_centres(20.0, 300.0, 20);
    auto const result = scatter(*potential, k_MeV, mu, 1e-9);
    for (Eigen::Index j = 0; j < k_MeV.size(); ++j) {
        double const k = units::wave_number_per_fm(k_MeV[j]);
        double const born = -two_mu * strength / (4.0 * k) * std::log1p(4.0 * std::pow(k_MeV[j] / m, 2));
        EXPECT_NEAR(result.delta_rad[j] / born, 1.0, 2e-3);
    }
}

TEST(PhaseShift, OfNoPotentialIsZero) {
    auto const potential = make_potential("sum_of_gaussians", {{"strengths_MeV", {0.0}}, {"ranges_fm", {1.0}}}, mu);
    auto const result = scatter(*potential, bin_centres(5.0, 300.0, 60), mu, 1e-10);
    EXPECT_LE(result.delta_rad.abs().maxCoeff(), 1e-10);
    EXPECT_NEAR(result.scattering_length_fm, 0.0, 1e-10);
    EXPECT_EQ(result.bound_states, 0);
}

TEST(PhaseShift, BadMomentaAndMassesAreRefused) {
    auto const potential = testing::five_parameter_potential(-306.5, 73.9, -266.0, 0.78);
    EXPECT_THROW(scatter(*potential, Eigen::ArrayXd(), mu), InputError);
    EXPECT_THROW(scatter(*potential, Eigen::ArrayXd::Constant(1, -1.0), mu), InputError);
    EXPECT_THROW(scatter(*potential, Eigen::ArrayXd::Constant(1, std::nan("")), mu), InputError);
    EXPECT_THROW(scatter(*potential, Eigen::ArrayXd::Constant(1, 10.0), 0.0), InputError);
}

}  // namespace
}  // namespace hadronforce
