#include "hadronforce/error.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/interaction/smeared_charges.hpp"
#include "hadronforce/scattering/bound_states.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/scattering/nonlocal_solver.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/scattering/whittaker.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/charged_separable.hpp"

#include <gtest/gtest.h>
#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <memory>

namespace hadronforce {
namespace {

constexpr double no_cut = std::numeric_limits<double>::infinity();

// Re psi(1 + i eta) - ln |eta| by mpmath in 40 digits.
TEST(CoulombRangeFunction, IsThatOfTheDigammaFunction) {
    EXPECT_NEAR(coulomb_range_function(0.01) / 4.0280747164086052, 1.0, 1e-14);
    EXPECT_NEAR(coulomb_range_function(0.5) / 0.36426082333048596, 1.0, 1e-14);
    EXPECT_NEAR(coulomb_range_function(-3.0) / 0.0093684220420411894, 1.0, 1e-13);
    EXPECT_NEAR(coulomb_range_function(15.9) / 0.00032975894352543003, 1.0, 1e-11);
    EXPECT_NEAR(coulomb_range_function(16.1) / 0.00032161390995739959, 1.0, 1e-14);
    EXPECT_NEAR(coulomb_range_function(200.0) / 2.0833385417286723e-6, 1.0, 1e-14);
}

// Two solvers that share nothing but the Coulomb functions outside. From 1 MeV/c on eta is 4.4 to 88.
TEST(ChargedNonlocalSolver, AgreesWithTheLocalSolver) {
    double const mu = units::reduced_mass(938.27208816, 1672.45), two_mu = units::two_mu_over_hbar2(mu);
    Eigen::ArrayXd const k_MeV = end_points(1.0, 300.0, 40);
    for (int charge_product : {1, -1, 4, -20, 20})
        for (double strength : {-60.0, -400.0, 150.0}) {
            SCOPED_TRACE(::testing::Message() << "Z1 Z2 = " << charge_product << ", " << strength << " MeV");
            auto const potential =
                make_potential("sum_of_gaussians", {{"strengths_MeV", {strength}}, {"ranges_fm", {1.4}}}, mu);
            PartialWaveKind const kind{0, charge_product};
            auto const local = scatter(*potential, k_MeV, mu, 1e-10, kind);
            NonlocalSolver const solver({potential.get(), nullptr, two_mu, kind.two_eta_k_per_fm(mu)},
                                        units::wave_number_per_fm(300.0));
            auto const result = solver.scatter(k_MeV / units::hbar_c_MeV_fm);
            EXPECT_LE((local.delta_rad - result.delta_rad).abs().maxCoeff(), 5e-11);
            auto const energies = bound_states(*potential, mu, kind, 3).energies_MeV;
            auto const kappa = solver.binding_momenta(3);
            ASSERT_EQ(energies.size(), kappa.size());
            for (std::size_t i = 0; i < kappa.size(); ++i)
                EXPECT_NEAR(-kappa[i] * kappa[i] / two_mu / energies[i], 1.0, 1e-10);
            if (charge_product > 0) {
                EXPECT_EQ(result.bound_states, static_cast<int>(energies.size()));
            }
        }
}

// Smeared, these charges bind four states less deeply than points, which have levels at thirds and quarters of their
// deepest: a search that halves its intervals met one of those.
TEST(ChargedNonlocalSolver, FindsStatesAmongTheLevelsOfStrongCharges) {
    double const mu = 2398.0, two_mu = units::two_mu_over_hbar2(mu);
    PartialWaveKind const kind{0, -100};
    std::shared_ptr<LocalPotential const> const strong =
        make_potential("sum_of_gaussians", {{"strengths_MeV", {-60.0}}, {"ranges_fm", {1.4}}}, mu);
    SmearedCharges const potential(strong, kind.charge_product, 1.0);
    NonlocalSolver const solver({&potential, nullptr, two_mu, kind.two_eta_k_per_fm(mu)}, 1.5);
    for (int levels : {3, 5, 8}) {
        auto const energies = bound_states(potential, mu, kind, levels).energies_MeV;
        auto const kappa = solver.binding_momenta(levels);
        ASSERT_EQ(kappa.size(), energies.size()) << levels;
        for (std::size_t i = 0; i < kappa.size(); ++i)
            EXPECT_NEAR(-kappa[i] * kappa[i] / two_mu / energies[i], 1.0, 1e-10) << levels;
    }
}

struct Kernel {
    double omega, mu, two_mu, c;
};

std::ostream& operator<<(std::ostream& out, Kernel const& s) {
    return out << "omega " << s.omega << ", mu " << s.mu << ", two_mu " << s.two_mu << ", 2 eta k " << s.c;
}

class ChargedSeparableKernel : public ::testing::TestWithParam<Kernel> {};

TEST_P(ChargedSeparableKernel, IsThatOfItsDifferentialEquation) {
    auto const [omega, mu, two_mu, c] = GetParam();
    testing::ChargedSeparable const exact{omega, mu, two_mu, c};
    SeparableExponential const potential(omega, mu, no_cut);
    Eigen::ArrayXd const k = mu * end_points(0.2, 3.0, 12);
    NonlocalSolver const solver({nullptr, &potential, two_mu, c}, k[11]);
    auto const result = solver.scatter(k);
    for (Eigen::Index j = 0; j < k.size(); ++j) {
        EXPECT_NEAR(exact.solve(k[j] * k[j]).overlap / exact.exact_overlap(k[j]), 1.0, 1e-10);
        EXPECT_NEAR(std::remainder(result.delta_rad[j] - exact.delta_rad(k[j]), units::pi), 0.0, 1e-9) << k[j];
    }
    auto const threshold = exact.threshold();
    EXPECT_NEAR(result.scattering_length / threshold.a0, 1.0, 1e-9);
    // Squares of waves that grow under a barrier cancel: by exp(-22) where 2 eta k is mu.
    double const rounding = c < 0.5 * mu ? 1e-8 : 5e-8;
    EXPECT_NEAR(result.effective_range * mu, threshold.r_eff * mu, rounding * std::fmax(1.0, threshold.r_eff * mu));

    // Small momenta, large eta: where tan(delta) is 1e-60 and less k cot(delta) is as good as elsewhere, and the
    // expansion holds.
    Eigen::ArrayXd const small = std::fabs(c) / Eigen::Array4d(200.0, 60.0, 20.0, 5.0);
    auto const slow = solver.scatter(small);
    for (Eigen::Index j = 0; j < small.size(); ++j) {
        double const eta = 0.5 * c / small[j], x = small[j] * small[j];
        double const reference = exact.gamow_k_cot_delta(small[j]) + c * coulomb_range_function(eta);
        EXPECT_NEAR(slow.k_cot_delta[j], reference, 1e-9 * std::fmax(mu, std::fabs(reference))) << "eta " << eta;
        double const expansion = -1.0 / result.scattering_length + 0.5 * result.effective_range * x;
        EXPECT_NEAR(slow.k_cot_delta[j], expansion, 10.0 * x * x / std::pow(mu, 3) + 1e-9 * mu) << "eta " << eta;
    }

    // Where a state is, the wave that grows outside drops out; its part changes sign there.
    auto const growing = [&, c = c](double kappa) {
        auto const s = exact.solve(-kappa * kappa);
        auto const w = whittaker_w(0.5 * c / kappa, 0, kappa * s.r);
        return s.slope * w.value - s.u * kappa * w.derivative;
    };
    auto const states = solver.binding_momenta(2);
    for (double const kappa : states)
        EXPECT_LT(growing(kappa * (1.0 - 1e-9)) * growing(kappa * (1.0 + 1e-9)), 0.0) << "kappa " << kappa;
    if (c > 0.0) {
        EXPECT_EQ(static_cast<int>(states.size()), result.bound_states);
    } else {
        EXPECT_EQ(static_cast<int>(states.size()), 2 + result.bound_states);
    }
}

INSTANTIATE_TEST_SUITE_P(Kernels, ChargedSeparableKernel,
                         ::testing::Values(Kernel{-0.017, 1.0, 6.6, 0.3}, Kernel{-0.017, 1.0, 6.6, -0.3},
                                           Kernel{0.05, 1.0, 6.6, 0.3}, Kernel{0.05, 1.0, 6.6, -1.0},
                                           Kernel{-0.005, 1.0, 6.6, 1.0}, Kernel{-2.0, 2.5, 8.0, -2.0},
                                           Kernel{-2.0, 2.5, 8.0, 1.5}));

/// a0 and r_eff between charges by Runge-Kutta steps of u'' = (2 mu V/(hbar c)^2) u, V with the whole Coulomb force,
/// and the Bessel functions G, F of a point charge outside, where u = G - F/a0 (as in nuclear_potentials_test).
struct Expansion {
    double a0_fm, r_eff_fm;
};

template <class Potential>
Expansion charged_expansion(Potential const& v_MeV, double two_mu, double c, double r_end) {
    namespace odeint = boost::numeric::odeint;
    namespace math = boost::math;
    using State = std::array<double, 4>;
    auto const z_of = [&](double r) { return 2.0 * std::sqrt(c * r); };
    auto const g = [&](double r) { return z_of(r) * math::cyl_bessel_k(1, z_of(r)); };
    auto const f = [&](double r) { return 0.5 / c * z_of(r) * math::cyl_bessel_i(1, z_of(r)); };
    auto const stepper = odeint::make_controlled<odeint::runge_kutta_fehlberg78<State>>(1e-13, 1e-13);
    State s{1e-8, 1.0, 0.0, 0.0};
    auto const inside = [&](State const& y, State& d, double r) {
        d = {y[1], two_mu * v_MeV(r) * y[0], y[0] * y[0], 0.0};
    };
    odeint::integrate_adaptive(stepper, inside, s, 1e-8, r_end, 1e-5);
    double const g_slope = -2.0 * c * math::cyl_bessel_k(0, z_of(r_end)), f_slope = math::cyl_bessel_i(0, z_of(r_end));
    double const inverse_a = (s[1] * g(r_end) - s[0] * g_slope) / (s[1] * f(r_end) - s[0] * f_slope);
    double const scale = (g(r_end) - inverse_a * f(r_end)) / s[0];
    // Not by the same steps: these estimate no error of a mere integral. With r = t^2 the logarithm of G is milder.
    double const outside = math::quadrature::gauss_kronrod<double, 61>::integrate(
        [&](double t) { return 2.0 * t * std::pow(g(t * t) - inverse_a * f(t * t), 2); }, 0.0, std::sqrt(r_end), 15,
        1e-13);
    return {1.0 / inverse_a, 2.0 * (outside - scale * scale * s[2])};
}

// Published: a0 = 1.57(8), r_eff = 0.57(2) fm, E = -5.68(77) MeV without charges; with them, smeared over r_d = 0.410
// fm, a0 = -19(7), r_eff = 0.45(1) fm: they undo the binding.
TEST(OmegaCcc, HasThePublishedLowEnergyParametersWithAndWithoutItsCharges) {
    auto const& preset = potential_preset("omega_ccc_omega_ccc_1s0");
    double const mu = units::reduced_mass(preset.mass1_MeV, preset.mass2_MeV), two_mu = units::two_mu_over_hbar2(mu);
    double const r_d = 0.410, c = PartialWaveKind{0, 4}.two_eta_k_per_fm(mu);
    std::shared_ptr<LocalPotential const> const strong = make_potential(preset.form, preset.parameters, mu);
    Eigen::ArrayXd const k_MeV = end_points(5.0, 300.0, 60), k = k_MeV / units::hbar_c_MeV_fm;

    NonlocalSolver const neutral({strong.get(), nullptr, two_mu}, k[59]);
    auto const without = neutral.scatter(k);
    EXPECT_NEAR(without.scattering_length, 1.582, 5e-4);
    EXPECT_NEAR(without.effective_range, 0.5737, 5e-5);
    ASSERT_EQ(neutral.binding_momenta().size(), 1u);
    EXPECT_NEAR(-std::pow(neutral.binding_momenta()[0], 2) / two_mu, -5.54, 5e-3);

    SmearedCharges const both(strong, 4.0, r_d);
    NonlocalSolver const charged({&both, nullptr, two_mu, c}, k[59]);
    auto const with = charged.scatter(k);
    auto const v_MeV = [&](double r) {
        double const x = 2.0 * std::sqrt(6.0) * r / r_d;
        double const smeared = 1.0 - std::exp(-x) * (1.0 + 11.0 * x / 16.0 + 3.0 * x * x / 16.0 + x * x * x / 48.0);
        return 239.5 * std::exp(-48.5 * r * r) - 62.7 * std::exp(-7.8 * r * r) - 98.8 * std::exp(-3.4 * r * r) +
               4.0 * units::fine_structure * units::hbar_c_MeV_fm / r * smeared;
    };
    auto const expected = charged_expansion(v_MeV, two_mu, c, 4.0);
    EXPECT_NEAR(with.scattering_length / expected.a0_fm, 1.0, 1e-8);
    EXPECT_NEAR(with.effective_range, expected.r_eff_fm, 1e-9);
    EXPECT_NEAR(with.scattering_length, -17.07, 5e-3);
    EXPECT_NEAR(with.effective_range, 0.450, 5e-4);
    EXPECT_EQ(with.bound_states, 0);
    EXPECT_TRUE(charged.binding_momenta().empty());

    PartialWaveKind const kind{0, 4};
    EXPECT_LE((scatter(both, k_MeV, mu, 1e-9, kind).delta_rad - with.delta_rad).abs().maxCoeff(), 1e-9);
}

TEST(ChargedNonlocalSolver, IsThatWithoutChargesToTheBitWhereTheyAreZero) {
    SeparableExponential const potential(-0.017, 1.0, no_cut);
    Eigen::ArrayXd const k = end_points(0.05, 3.0, 20);
    NonlocalSolver const neutral({nullptr, &potential, 6.6}, 3.0), zero({nullptr, &potential, 6.6, 0.0}, 3.0);
    auto const a = neutral.scatter(k), b = zero.scatter(k);
    EXPECT_TRUE((a.delta_rad == b.delta_rad).all());
    EXPECT_TRUE((a.k_cot_delta == b.k_cot_delta).all());
    EXPECT_EQ(a.scattering_length, b.scattering_length);
    EXPECT_EQ(a.effective_range, b.effective_range);
    EXPECT_EQ(neutral.binding_momenta(), zero.binding_momenta());
    // And weak charges change little, of either sign.
    for (double c : {1e-7, -1e-7}) {
        NonlocalSolver const weak({nullptr, &potential, 6.6, c}, 3.0);
        auto const near = weak.scatter(k);
        EXPECT_LE((near.delta_rad - a.delta_rad).abs().maxCoeff(), 1e-5);
        EXPECT_LE((near.delta_rad - a.delta_rad).abs().maxCoeff() / 1e-7, 1e2);
    }
}

TEST(ChargedNonlocalSolver, RefusesMomentaTooLowForItsCharges) {
    SeparableExponential const potential(-0.017, 1.0, no_cut);
    NonlocalSolver const solver({nullptr, &potential, 6.6, 2.0}, 3.0);
    EXPECT_NO_THROW(solver.scatter(Eigen::ArrayXd::Constant(1, 1.01e-3)));
    EXPECT_THROW(solver.scatter(Eigen::ArrayXd::Constant(1, 0.99e-3)), InputError);
    EXPECT_THROW(NonlocalSolver({nullptr, &potential, 6.6, 1e6}, 3.0).scatter(Eigen::ArrayXd::Ones(1)), InputError);
}

}  // namespace
}  // namespace hadronforce
