#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/bound_states.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/units/constants.hpp"

#include <gtest/gtest.h>
#include <boost/math/special_functions/digamma.hpp>

#include <cmath>
#include <complex>

namespace hadronforce {
namespace {

double const mu = 600.0;
double const two_mu = units::two_mu_over_hbar2(mu);

class Hulthen : public ::testing::TestWithParam<double> {};

// With g^2 = 2 mu V0 a^2 the Jost function is the product over n >= 1 of 1 - g^2/(n (n - 2ika)); delta is minus its
// argument. a0 = a (psi(1 + g) + psi(1 - g) + 2 gamma); states at -[(g^2 - n^2)/(2 n a)]^2/(2 mu), n < g.
TEST_P(Hulthen, AgreesWithItsClosedForm) {
    double const g = GetParam();
    double const a = 0.7, depth = g * g / (two_mu * a * a);
    auto const potential = make_potential("hulthen", {{"depth_MeV", {depth}}, {"range_fm", {a}}}, mu);
    Eigen::ArrayXd const k_MeV = bin_centres(5.0, 300.0, 12);
    auto const result = scatter(*potential, k_MeV, mu, 1e-9);
    for (Eigen::Index j = 0; j < k_MeV.size(); ++j) {
        double const ka = units::wave_number_per_fm(k_MeV[j]) * a;
        double argument = 0.0;
        int const last = 20000;
        for (int n = last; n >= 1; --n)
            argument += std::arg(1.0 - g * g / (double(n) * std::complex<double>(n, -2.0 * ka)));
        // Terms fall as -2 ka g^2/n^3.
        argument -= ka * g * g / std::pow(last + 0.5, 2);
        EXPECT_NEAR(std::remainder(result.delta_rad[j] + argument, units::pi), 0.0, 2e-9) << k_MeV[j] << " MeV";
    }
    double const euler = 0.57721566490153286;
    double const a0 = a * (boost::math::digamma(1.0 + g) + boost::math::digamma(1.0 - g) + 2.0 * euler);
    EXPECT_NEAR(result.scattering_length_fm, a0, 2e-9 * std::fmax(1.0, a0 * a0));
    EXPECT_EQ(result.bound_states, static_cast<int>(std::ceil(g)) - 1);
    auto const energies = bound_states(*potential, mu).energies_MeV;
    ASSERT_EQ(energies.size(), static_cast<std::size_t>(result.bound_states));
    for (std::size_t i = 0; i < energies.size(); ++i) {
        double const n = static_cast<double>(i) + 1.0;
        double const exact = -std::pow((g * g - n * n) / (2.0 * n * a), 2) / two_mu;
        EXPECT_NEAR(energies[i], exact, 1e-6 * std::fabs(exact)) << "state " << n;
    }
}

INSTANTIATE_TEST_SUITE_P(UnboundAndBound, Hulthen, ::testing::Values(0.3, 0.9, 1.2, 1.8, 2.7));

double largest_difference(LocalPotential const& one, LocalPotential const& other, double tolerance) {
    Eigen::ArrayXd const k = bin_centres(5.0, 300.0, 30);
    return (scatter(one, k, mu, tolerance).delta_rad - scatter(other, k, mu, tolerance).delta_rad).abs().maxCoeff();
}

// The spline's error falls as h^4, and knots do not keep the solver from its tolerance.
TEST(Tabulated, PhaseShiftsConvergeToThoseOfTheTabulatedPotential) {
    auto const exact =
        make_potential("sum_of_gaussians", {{"strengths_MeV", {600.0, -110.0}}, {"ranges_fm", {0.35, 1.0}}}, mu);
    auto const tabulated = [&](int points, double first) {
        PotentialParameters p;
        for (int i = 0; i < points; ++i) {
            double const r = first + (6.5 - first) * i / (points - 1.0);
            p["radii_fm"].push_back(r);
            p["values_MeV"].push_back(i == points - 1 ? 0.0 : exact->value_MeV(r));
        }
        return make_potential("tabulated", p, mu);
    };
    double const coarse = largest_difference(*exact, *tabulated(66, 0.0), 1e-8);
    double const fine = largest_difference(*exact, *tabulated(131, 0.0), 1e-8);
    EXPECT_LE(coarse, 1e-3);
    EXPECT_NEAR(std::log2(coarse / fine), 4.0, 0.7);
    EXPECT_LE(largest_difference(*exact, *tabulated(651, 0.0), 1e-8), 1e-7);
    // Below the first radius it goes on as a parabola.
    EXPECT_LE(largest_difference(*exact, *tabulated(641, 0.1), 1e-8), 1e-3);
}

// Knots are jumps of the third derivative, which the extrapolation in the step does not know. Down to 1e-7, the
// smallest tolerance that configs take with a table, they may cost levels but not the promise; at 1e-8 a table of 0.5
// fm breaks it, by a factor of two.
TEST(Tabulated, KnotsDoNotBreakTheTolerance) {
    Eigen::ArrayXd const k = bin_centres(5.0, 300.0, 30);
    auto const gaussians =
        make_potential("sum_of_gaussians", {{"strengths_MeV", {600.0, -110.0}}, {"ranges_fm", {0.35, 1.0}}}, mu);
    for (int points : {14, 27, 66, 131, 300}) {
        PotentialParameters p;
        for (int i = 0; i < points; ++i) {
            double const r = 6.5 * std::pow(i / (points - 1.0), 1.3);
            p["radii_fm"].push_back(r);
            p["values_MeV"].push_back(i == points - 1 ? 0.0 : gaussians->value_MeV(r));
        }
        auto const table = make_potential("tabulated", p, mu);
        auto const reference = scatter(*table, k, mu, 1e-9);
        for (double tolerance : {1e-4, 1e-6, 1e-7}) {
            auto const result = scatter(*table, k, mu, tolerance);
            double const error = (2.0 * (result.delta_rad - reference.delta_rad)).sin().abs().maxCoeff();
            EXPECT_LE(error, tolerance + 1e-9) << points << " points";
        }
    }
}

// A table may end where V does not: then V jumps to zero there, and the solver knows.
TEST(Tabulated, AJumpAtTheEndIsASquareWell) {
    auto const table = make_potential(
        "tabulated", {{"radii_fm", {0.0, 0.5, 1.0, 1.7}}, {"values_MeV", {-50.0, -50.0, -50.0, -50.0}}}, mu);
    auto const well = make_potential("square_well", {{"depth_MeV", {50.0}}, {"radius_fm", {1.7}}}, mu);
    EXPECT_LE(largest_difference(*table, *well, 1e-9), 1e-9);
}

}  // namespace
}  // namespace hadronforce
