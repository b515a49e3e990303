#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/coulomb_asymptotics.hpp"

#include <gtest/gtest.h>
#include <boost/math/special_functions/bessel.hpp>
#include <boost/numeric/odeint.hpp>

#include <array>
#include <cmath>

namespace hadronforce {
namespace {

namespace odeint = boost::numeric::odeint;

double const proton_reduced_mass = 0.5 * units::proton_mass_MeV;
double const two_mu = units::two_mu_over_hbar2(proton_reduced_mass);
// 2 k eta = 1/R, R = 28.8 fm: e^2 in MeV fm times 2 mu/(hbar c)^2.
double const coulomb_per_fm = two_mu * units::hbar_c_MeV_fm / 137.035999;

std::unique_ptr<LocalPotential> preset_potential(char const* name) {
    auto const& preset = potential_preset(name);
    return make_potential(preset.form, preset.parameters, units::reduced_mass(preset.mass1_MeV, preset.mass2_MeV));
}

ScatteringResult scattering_of(char const* name) {
    auto const& preset = potential_preset(name);
    return scatter(*preset_potential(name), bin_centres(5.0, 300.0, 10),
                   units::reduced_mass(preset.mass1_MeV, preset.mass2_MeV), 1e-8);
}

// The paper's table VIII, "without electromagnetic interaction": -17.164, 2.865 (pp), -23.084, 2.703 (np), -18.818,
// 2.834 (nn). Its last digits are those of its step and of hbar c = 197.327053 MeV fm.
TEST(ArgonneV18, HasThePublishedScatteringLengthsOfItsStrongPart) {
    struct Published {
        char const* name;
        double a0_fm, r_eff_fm;
    };
    for (auto const& p :
         {Published{"argonne_v18_pp_1s0", -17.164, 2.865}, Published{"argonne_v18_np_1s0", -23.084, 2.703},
          Published{"argonne_v18_nn_1s0", -18.818, 2.834}}) {
        auto const result = scattering_of(p.name);
        EXPECT_NEAR(result.scattering_length_fm, p.a0_fm, 0.006) << p.name;
        EXPECT_NEAR(result.effective_range_fm, p.r_eff_fm, 0.0015) << p.name;
        EXPECT_EQ(result.bound_states, 0) << p.name;
    }
}

using State = std::array<double, 4>;

// At k = 0 the Coulomb functions are Bessel functions of z = 2 sqrt(r/R): G -> z K_1(z), F -> (R/2) z I_1(z), and
// outside u = G - F/a, r_eff = 2 int [(G - F/a)^2 - u^2] dr.
TEST(ArgonneV18, HasTheMeasuredProtonProtonScatteringLengthWithPointCoulomb) {
    auto const potential = preset_potential("argonne_v18_pp_1s0");
    double const r_end = 25.0, big_r = 1.0 / coulomb_per_fm;
    auto const z_of = [&](double r) { return 2.0 * std::sqrt(r / big_r); };
    auto const g = [&](double r) { return z_of(r) * boost::math::cyl_bessel_k(1, z_of(r)); };
    auto const f = [&](double r) { return 0.5 * big_r * z_of(r) * boost::math::cyl_bessel_i(1, z_of(r)); };
    // d/dz (z K_1) = -z K_0, d/dz (z I_1) = z I_0, dz/dr = 2/(R z).
    auto const g_slope = [&](double r) { return -2.0 / big_r * boost::math::cyl_bessel_k(0, z_of(r)); };
    auto const f_slope = [&](double r) { return boost::math::cyl_bessel_i(0, z_of(r)); };
    auto const equation = [&](State const& s, State& d, double r) {
        d = {s[1], (two_mu * potential->value_MeV(r) + coulomb_per_fm / r) * s[0], s[0] * s[0], 0.0};
    };
    State s{1e-6, 1.0, 0.0, 0.0};
    odeint::integrate_adaptive(odeint::make_controlled<odeint::runge_kutta_fehlberg78<State>>(1e-12, 1e-12), equation,
                               s, 1e-6, r_end, 1e-4);
    double const inverse_a = (s[1] * g(r_end) - s[0] * g_slope(r_end)) / (s[1] * f(r_end) - s[0] * f_slope(r_end));
    double const scale = (g(r_end) - inverse_a * f(r_end)) / s[0];
    auto const outside = [&](State const&, State& d, double r) {
        d = {std::pow(g(r) - inverse_a * f(r), 2), 0.0, 0.0, 0.0};
    };
    State free{0.0, 0.0, 0.0, 0.0};
    odeint::integrate_adaptive(odeint::make_controlled<odeint::runge_kutta_fehlberg78<State>>(1e-12, 1e-12), outside,
                               free, 1e-9, r_end, 1e-4);
    double const a0 = 1.0 / inverse_a, r_eff = 2.0 * (free[0] - scale * scale * s[2]);
    // Measured: -7.806(3) and 2.79(1) fm; the paper has -7.806 and 2.788 with all of its electromagnetic terms, of
    // which vacuum polarisation and the protons' form factors, left out here, make up the difference.
    EXPECT_NEAR(a0, -7.81, 0.03);
    EXPECT_NEAR(r_eff, 2.79, 0.02);
    RecordProperty("a0_fm", std::to_string(a0));
    RecordProperty("r_eff_fm", std::to_string(r_eff));
}

/// Degrees, with point Coulomb force, at a laboratory energy; k^2 = m_p T/2.
double phase_deg(LocalPotential const& potential, int l, double lab_MeV) {
    double const k = std::sqrt(0.5 * units::proton_mass_MeV * lab_MeV) / units::hbar_c_MeV_fm;
    double const r_start = 1e-4, r_end = std::fmax(25.0, 45.0 / k);
    auto const equation = [&](State const& s, State& d, double r) {
        d = {s[1], (two_mu * potential.value_MeV(r) + coulomb_per_fm / r + l * (l + 1) / (r * r) - k * k) * s[0], 0.0,
             0.0};
    };
    State s{std::pow(r_start, l + 1), (l + 1) * std::pow(r_start, l), 0.0, 0.0};
    odeint::integrate_adaptive(odeint::make_controlled<odeint::runge_kutta_fehlberg78<State>>(1e-14, 1e-11), equation,
                               s, r_start, r_end, 1e-5);
    double const delta = testing::phase_shift_against_coulomb(l, 0.5 * coulomb_per_fm / k, k * r_end, s[0], s[1] / k);
    return delta * 180.0 / units::pi;
}

// Nijmegen's analysis of all pp data (Phys. Rev. C 48 (1993) 792), which the paper's phases follow within a few tenths
// of a degree.
TEST(ArgonneV18, HasThePhaseShiftsOfTheProtonProtonAnalysis) {
    struct Phase {
        double lab_MeV, s0, p0, p1;
    };
    auto const s0 = preset_potential("argonne_v18_pp_1s0"), p0 = preset_potential("argonne_v18_pp_3p0"),
               p1 = preset_potential("argonne_v18_pp_3p1");
    for (auto const& p :
         {Phase{1.0, 32.68, 0.13, -0.08}, Phase{5.0, 54.83, 1.58, -0.90}, Phase{10.0, 55.22, 3.73, -2.06},
          Phase{25.0, 48.67, 8.58, -4.93}, Phase{50.0, 38.90, 11.47, -8.32}, Phase{100.0, 24.97, 9.45, -13.26},
          Phase{150.0, 14.75, 4.74, -17.43}}) {
        EXPECT_NEAR(phase_deg(*s0, 0, p.lab_MeV), p.s0, 0.6) << p.lab_MeV << " MeV";
        EXPECT_NEAR(phase_deg(*p0, 1, p.lab_MeV), p.p0, 0.04 + 0.03 * std::fabs(p.p0)) << p.lab_MeV << " MeV";
        EXPECT_NEAR(phase_deg(*p1, 1, p.lab_MeV), p.p1, 0.04 + 0.03 * std::fabs(p.p1)) << p.lab_MeV << " MeV";
    }
}

// 3P2 is mixed with 3F2, by S12 = 6 sqrt(6)/5 between them, so it is compared in the coupled pair: the regular
// solutions (u, w) that start as P and as F, their K matrix, and the bar phases of Stapp, which the analysis has.
TEST(ArgonneV18, HasThePhaseShiftOf3P2WhenCoupledTo3F2) {
    auto const triplet = [](int l, int j) {
        return make_potential("argonne_v18",
                              {{"isospin_z", {1.0}}, {"spin", {1.0}}, {"orbital", {1.0 * l}}, {"total", {1.0 * j}}},
                              proton_reduced_mass);
    };
    auto const p0 = triplet(1, 0), p1 = triplet(1, 1), p2 = triplet(1, 2), f2 = triplet(3, 2), f3 = triplet(3, 3);
    // Differences at equal l leave tensor t, spin-orbit b and its square q:
    // P2 - P1 = -2.4 t + 2 b, P0 - P1 = -6 t - b + 3 q, F2 - F3 = -3.6 t - 3 b + 15 q.
    auto const tensor_MeV = [&](double r) {
        double const d1 = p2->value_MeV(r) - p1->value_MeV(r), d2 = p0->value_MeV(r) - p1->value_MeV(r),
                     d3 = f2->value_MeV(r) - f3->value_MeV(r);
        // b = d1/2 + 1.2 t; q = (d2 + 6 t + b)/3; then d3 = -3.6 t - 3 b + 5 (d2 + 6 t + b).
        return (d3 - 5.0 * d2 - d1) / 28.8;
    };
    struct Phase {
        double lab_MeV, p2;
    };
    for (auto const& p :
         {Phase{10.0, 0.65}, Phase{25.0, 2.49}, Phase{50.0, 5.86}, Phase{100.0, 11.01}, Phase{150.0, 13.98}}) {
        double const k = std::sqrt(0.5 * units::proton_mass_MeV * p.lab_MeV) / units::hbar_c_MeV_fm;
        double const eta = 0.5 * coulomb_per_fm / k, r_start = 0.02, r_end = std::fmax(25.0, 60.0 / k);
        auto const equation = [&](State const& s, State& d, double r) {
            double const mixed = two_mu * 6.0 * std::sqrt(6.0) / 5.0 * tensor_MeV(r), c = coulomb_per_fm / r - k * k;
            d = {s[1], (two_mu * p2->value_MeV(r) + c + 2.0 / (r * r)) * s[0] + mixed * s[2], s[3],
                 (two_mu * f2->value_MeV(r) + c + 12.0 / (r * r)) * s[2] + mixed * s[0]};
        };
        using Matrix = std::array<std::array<double, 2>, 2>;
        Matrix f_part, g_part;  // of wave i in solution j: u = f_part F + g_part G
        for (int j = 0; j < 2; ++j) {
            State s{0.0, 0.0, 0.0, 0.0};
            s[2 * j] = std::pow(r_start, 2 * j + 2), s[2 * j + 1] = (2 * j + 2) * std::pow(r_start, 2 * j + 1);
            odeint::integrate_adaptive(odeint::make_controlled<odeint::runge_kutta_fehlberg78<State>>(1e-18, 1e-11),
                                       equation, s, r_start, r_end, 1e-5);
            for (int i = 0; i < 2; ++i) {
                auto const [f, df, g, dg] = testing::coulomb_functions(2 * i + 1, eta, k * r_end);
                double const u = s[2 * i], slope = s[2 * i + 1] / k;
                f_part[i][j] = slope * g - u * dg, g_part[i][j] = u * df - slope * f;
            }
        }
        double const det = f_part[0][0] * f_part[1][1] - f_part[0][1] * f_part[1][0];
        auto const k_matrix = [&](int i, int j) {
            return (j == 0 ? g_part[i][0] * f_part[1][1] - g_part[i][1] * f_part[1][0]
                           : g_part[i][1] * f_part[0][0] - g_part[i][0] * f_part[0][1]) /
                   det;
        };
        EXPECT_NEAR(k_matrix(0, 1), k_matrix(1, 0), 1e-5);
        double const mixing = 0.5 * std::atan2(2.0 * k_matrix(0, 1), k_matrix(0, 0) - k_matrix(1, 1));
        double const plus = 0.5 * (k_matrix(0, 0) + k_matrix(1, 1)),
                     minus = 0.5 * (k_matrix(0, 0) - k_matrix(1, 1)) / std::cos(2.0 * mixing);
        double const delta1 = std::atan(plus + minus), delta2 = std::atan(plus - minus);
        double const epsilon = 0.5 * std::asin(std::sin(2.0 * mixing) * std::sin(delta1 - delta2));
        double const difference = std::asin(std::tan(2.0 * epsilon) / std::tan(2.0 * mixing));
        double const bar_deg = 0.5 * (delta1 + delta2 + difference) * 180.0 / units::pi;
        EXPECT_NEAR(bar_deg, p.p2, 0.04 + 0.03 * p.p2) << p.lab_MeV << " MeV";
        // Alone it has about 0.83 of that: what the diagonal preset leaves out.
        EXPECT_LT(phase_deg(*p2, 1, p.lab_MeV), bar_deg);
    }
}

// Reid gives -17.1 and 2.80 fm with hbar^2/m = 41.47 MeV fm^2, that of the mean nucleon mass.
TEST(Reid, HasItsPublishedScatteringLength) {
    auto const result = scattering_of("reid_soft_core_1s0");
    EXPECT_NEAR(result.scattering_length_fm, -17.1, 0.1);
    EXPECT_NEAR(result.effective_range_fm, 2.80, 0.02);
}

// a0 = 2.88 and 1.66 fm (attraction positive there) of Wang and Pratt, whose effective ranges, 2.92 and 3.78 fm, are
// fits over a window of momenta.
TEST(Usmani, HasItsPublishedScatteringLengths) {
    auto const singlet = scattering_of("usmani_1s0");
    auto const triplet = scattering_of("usmani_3s1");
    EXPECT_NEAR(singlet.scattering_length_fm, -2.88, 0.005);
    EXPECT_NEAR(triplet.scattering_length_fm, -1.66, 0.005);
    EXPECT_NEAR(singlet.effective_range_fm, 2.92, 0.03 * 2.92);
    EXPECT_NEAR(triplet.effective_range_fm, 3.78, 0.03 * 3.78);
}

// Kamiya et al., Phys. Rev. C 105 (2022) 014915, t/a = 12: the mean of both isospins, p Xi- with J = 1, has -0.35 fm.
// The singlet of isospin 0, without its coupling to Lambda Lambda, is close to unitarity and not bound (Sasaki et al.).
TEST(NXi, HasThePublishedScatteringLengthOfTheTriplet) {
    double const mean = 0.5 * (scattering_of("n_xi_13s1_t12").scattering_length_fm +
                               scattering_of("n_xi_33s1_t12").scattering_length_fm);
    EXPECT_NEAR(mean, -0.35, 0.01);
    for (auto const* name : {"n_xi_11s0_t11", "n_xi_11s0_t12", "n_xi_11s0_t13"}) {
        EXPECT_EQ(scattering_of(name).bound_states, 0) << name;
        EXPECT_LT(scattering_of(name).scattering_length_fm, -4.0) << name;
    }
}

}  // namespace
}  // namespace hadronforce
