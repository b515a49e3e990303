#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/lattice/box_spectrum.hpp"
#include "hadronforce/lattice/luescher.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/units/constants.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

using units::hbar_c_MeV_fm;
using units::pi;

constexpr double mass_MeV = 940.0, mu_MeV = 470.0;

/// A Gaussian of 0.6 fm: beyond half a box it is below 1e-18, and the l = 4 wave that the box mixes in hardly sees it.
std::unique_ptr<LocalPotential> gaussian(double strength_MeV) {
    return make_potential("sum_of_gaussians", {{"strengths_MeV", {strength_MeV}}, {"ranges_fm", {0.6}}}, mu_MeV);
}

/// k^2 of the lowest A1+ states of the potential on a periodic lattice of so many sites a side; fourth-order stencil.
Eigen::ArrayXd spectrum_per_fm2(LocalPotential const& potential, double L_fm, int sites, Eigen::Index states) {
    CubicOrbits const orbits(sites);
    double const a_fm = L_fm / sites, a_per_MeV = a_fm / hbar_c_MeV_fm;
    Eigen::ArrayXd V(orbits.size());
    potential.fill_MeV(orbits.r() * a_fm, V);
    auto const spectrum = box_spectrum(orbits, StencilOrder::fourth, mu_MeV * a_per_MeV, {V * a_per_MeV, {}}, states);
    return spectrum.energies / a_per_MeV * units::two_mu_over_hbar2(mu_MeV);
}

double delta_rad(LocalPotential const& potential, double k_per_fm) {
    return scatter(potential, Eigen::ArrayXd::Constant(1, k_per_fm * hbar_c_MeV_fm), mu_MeV, 1e-10).delta_rad[0];
}

/// Of each level above threshold, what Luescher's formula makes of its energy less the phase shift in rad.
std::vector<double> errors_rad(LocalPotential const& potential, int sites) {
    std::vector<double> errors;
    for (double const k2 : spectrum_per_fm2(potential, 8.0, sites, 4)) {
        if (k2 < 0.0) continue;
        double const k = std::sqrt(k2), read = std::atan2(k, box_k_cot_delta_per_fm({8.0, mass_MeV, mass_MeV}, k2));
        errors.push_back(std::remainder(read - delta_rad(potential, k), pi));
    }
    return errors;
}

// What is wrong is the stencil, of order a^4: a factor of 16 from a spacing of 0.25 to 0.125 fm. The phase shifts are
// 0.11 to 0.16 rad of attraction and, of the lowest level at 0.1 MeV on, -0.005 to -0.11 rad of repulsion.
TEST(LuescherSpectrum, GivesThePhaseShiftToTheFourthOrderInTheSpacing) {
    for (double const strength_MeV : {-60.0, 50.0}) {
        auto const potential = gaussian(strength_MeV);
        auto const coarse = errors_rad(*potential, 32), middle = errors_rad(*potential, 48),
                   fine = errors_rad(*potential, 64);
        ASSERT_EQ(fine.size(), strength_MeV < 0.0 ? 3U : 4U);
        for (std::size_t n = 0; n < 3; ++n) {
            EXPECT_LT(std::abs(fine[n]), 2e-5) << n;
            EXPECT_NEAR(coarse[n] / middle[n], std::pow(1.5, 4), 0.5) << n;
            EXPECT_NEAR(coarse[n] / fine[n], 16.0, 3.2) << n;
        }
    }
}

// The other way round: the radial solver's phase shifts predict the levels.
TEST(LuescherSpectrum, FollowsFromThePhaseShift) {
    for (double const strength_MeV : {-60.0, 50.0}) {
        auto const potential = gaussian(strength_MeV);
        Eigen::ArrayXd const k2 = spectrum_per_fm2(*potential, 8.0, 64, 4);
        auto const at_threshold =
            scatter(*potential, Eigen::ArrayXd::Constant(1, 5.0), mu_MeV, 1e-10);  // k cot(delta) = -1/a0 + r k^2/2
        auto const levels = box_levels_per_fm2(
            {8.0, mass_MeV, mass_MeV},
            [&](double x) {
                if (x < 1e-3)
                    return -1.0 / at_threshold.scattering_length_fm + 0.5 * at_threshold.effective_range_fm * x;
                double const k = std::sqrt(x);
                return k / std::tan(delta_rad(*potential, k));
            },
            -0.1, k2[3] + 0.01);
        ASSERT_EQ(levels.size(), 4U);
        for (std::size_t n = 0; n < 4; ++n) {
            double const difference_MeV =
                (levels[n] - k2[static_cast<Eigen::Index>(n)]) / units::two_mu_over_hbar2(mu_MeV);
            EXPECT_LT(std::abs(difference_MeV), 2e-4) << n;
        }
    }
}

// Bargmann's second potential has k cot(delta) = (k^2 - a b)/(a + b) exactly and a bound state at k^2 = -b^2 =
// -0.36/fm^2, which the box of 6 fm lowers by 0.0596/fm^2. (Its tail, exp(-2 theta) exp(-2 b r), must be weak: through
// it the norm of the bound wave outside, and so the level, is not what k cot(delta) says, by a share of exp(-2 theta).)
TEST(LuescherSpectrum, HasTheBoundLevel) {
    constexpr double a = 2.4, b = 0.6, L_fm = 6.0;
    auto const potential =
        make_potential("bargmann_2", {{"rho_per_fm", {a + b}}, {"sigma_per_fm", {a - b}}, {"theta", {6.0}}}, mu_MeV);
    auto const levels = box_levels_per_fm2(
        {L_fm, mass_MeV, mass_MeV}, [](double k2) { return (k2 - a * b) / (a + b); }, -1.0, 1.7);
    ASSERT_EQ(levels.size(), 3U);
    EXPECT_NEAR(levels[0], -b * b - 0.0596, 1e-4);
    auto const coarse = spectrum_per_fm2(*potential, L_fm, 32, 3), fine = spectrum_per_fm2(*potential, L_fm, 64, 3);
    EXPECT_LT(std::abs(fine[0] - levels[0]), 7e-5);
    EXPECT_NEAR((coarse[0] - levels[0]) / (fine[0] - levels[0]), 16.0, 3.0);
    for (Eigen::Index n = 1; n < 3; ++n) EXPECT_LT(std::abs(fine[n] - levels[static_cast<std::size_t>(n)]), 4e-5) << n;
}

}  // namespace
}  // namespace hadronforce
