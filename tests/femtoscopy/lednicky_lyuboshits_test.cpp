#include "hadronforce/femtoscopy/lednicky_lyuboshits.hpp"

#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/correlation_solver.hpp"
#include "support/five_parameter_potential.hpp"

#include <gtest/gtest.h>
#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <cmath>
#include <complex>

namespace hadronforce {
namespace {

using testing::CorrelationSolver;

double const mu = testing::p_omega_reduced_mass_MeV;

// The model is the integral of S (|j_0 + f e^{ikr}/r|^2 - j_0^2) plus a correction for the range: without range (r_eff
// = 0) it is that integral.
TEST(LednickyLyuboshits, IsTheIntegralOverTheAsymptoticWave) {
    double const r0 = 1.3, a0 = -2.2;
    Eigen::ArrayXd const k_MeV = bin_centres(1.0, 400.0, 25);
    Eigen::ArrayXd const model = lednicky_lyuboshits(k_MeV, a0, 0.0, r0);
    for (Eigen::Index j = 0; j < k_MeV.size(); ++j) {
        double const k = units::wave_number_per_fm(k_MeV[j]);
        auto const f = 1.0 / std::complex<double>(-1.0 / a0, -k);
        auto const integrand = [&](double r) {
            double const source = std::pow(4.0 * units::pi * r0 * r0, -1.5) * std::exp(-r * r / (4.0 * r0 * r0));
            double const free = std::sin(k * r) / k;  // r j_0
            auto const wave = free + f * std::polar(1.0, k * r);
            return 4.0 * units::pi * source * (std::norm(wave) - free * free);
        };
        double const exact =
            1.0 + boost::math::quadrature::gauss_kronrod<double, 61>::integrate(integrand, 0.0, 30.0 * r0, 12, 1e-12);
        EXPECT_NEAR(model[j], exact, 1e-10) << "k* = " << k_MeV[j];
    }
}

double largest_difference(double depth_MeV, double radius_fm, double r0_fm) {
    auto const potential = make_potential("square_well", {{"depth_MeV", {depth_MeV}}, {"radius_fm", {radius_fm}}}, mu);
    Eigen::ArrayXd const k = bin_centres(5.0, 300.0, 60);
    auto const full = CorrelationSolver(k, mu, 1e-7).solve(*potential, GaussianSource(r0_fm));
    return (full.correlation - lednicky_lyuboshits(k, full.scattering_length_fm, full.effective_range_fm, r0_fm))
        .abs()
        .maxCoeff();
}

TEST(LednickyLyuboshits, AgreesWithTheFullSolutionForASourceTenTimesTheRange) {
    for (double depth : {20.0, 50.0, 400.0})
        for (double radius : {0.8, 1.7})
            for (double ratio : {10.0, 15.0})
                EXPECT_LE(largest_difference(depth, radius, ratio * radius), 1e-3)
                    << depth << " MeV, " << radius << " fm";
}

TEST(LednickyLyuboshits, DoesNotWhereTheSourceIsAsSmallAsTheRange) {
    for (double depth : {20.0, 50.0}) EXPECT_GE(largest_difference(depth, 1.7, 1.0), 0.05) << depth << " MeV";
}

TEST(LednickyLyuboshits, NoScatteringGivesOne) {
    EXPECT_EQ((lednicky_lyuboshits(bin_centres(5.0, 300.0, 8), 0.0, 0.0, 1.3) - 1.0).abs().maxCoeff(), 0.0);
}

}  // namespace
}  // namespace hadronforce
