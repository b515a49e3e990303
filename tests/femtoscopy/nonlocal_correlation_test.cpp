#include "hadronforce/femtoscopy/nonlocal_correlation.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/correlation_solver.hpp"

#include <gtest/gtest.h>
#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace hadronforce {
namespace {

using testing::CorrelationSolver;

double const mu_MeV = units::reduced_mass(units::proton_mass_MeV, units::omega_mass_MeV);

double relative_error(Eigen::ArrayXd const& c, Eigen::ArrayXd const& reference) {
    return ((c - reference).abs() / reference.max(1.0)).maxCoeff<Eigen::PropagateNaN>();
}

/// A local potential by both solvers, which share nothing but the source.
void expect_agreement(LocalPotential const& potential, double mu, double r0_fm, double tolerance) {
    Eigen::ArrayXd const k = bin_centres(5.0, 300.0, 30);
    NonlocalSolver const solver({&potential, nullptr, units::two_mu_over_hbar2(mu)}, units::wave_number_per_fm(300.0));
    auto const result = nonlocal_correlation(solver, GaussianSource(r0_fm), k);
    auto const reference = CorrelationSolver(k, mu, 1e-9).solve(potential, GaussianSource(r0_fm));
    EXPECT_LE(relative_error(result.correlation, reference.correlation), tolerance) << "r0 = " << r0_fm;
    EXPECT_LE((result.delta_rad - reference.delta_rad).abs().maxCoeff(), tolerance);
    EXPECT_LE(result.error_estimate, 1e-9);
    EXPECT_EQ(result.bound_states, reference.bound_states);
}

TEST(NonlocalCorrelation, OfALocalPotentialIsThatOfTheLocalSolver) {
    for (double strength : {-20.0, -400.0, 150.0}) {
        auto const gaussian =
            make_potential("sum_of_gaussians", {{"strengths_MeV", {strength}}, {"ranges_fm", {1.4}}}, mu_MeV);
        for (double r0 : {0.3, 1.2, 5.0}) expect_agreement(*gaussian, mu_MeV, r0, 1e-8);
    }
    auto const& preset = potential_preset("n_omega_t12");
    double const mu = units::reduced_mass(preset.mass1_MeV, preset.mass2_MeV);
    expect_agreement(*make_potential(preset.form, preset.parameters, mu), mu, 1.2, 1e-8);
}

/// u = sin(kr + delta) - sin(delta) (1 + r (mu^2 + k^2)/(2 mu)) exp(-mu r) is the wave of the separable kernel, as u(0)
/// = 0 and u'' + k^2 u is a multiple of r exp(-mu r); k cot(delta) as in docs/physics.md.
double separable_correlation(double omega, double mu, double two_mass, double k, Source const& source,
                             std::vector<double> const& edges_fm) {
    double const m2 = mu * mu, s = m2 + k * k;
    double const k_cot_delta = -1.0 / (4.0 * m2) *
                               (2.0 * mu * (m2 - k * k) - (3.0 * m2 + k * k) * s * s / (4.0 * m2 * mu) +
                                std::pow(s, 4) / (4.0 * units::pi * two_mass * omega));
    double const delta = std::atan2(k, k_cot_delta);
    auto const integrand = [&](double r) {
        double const u = std::sin(k * r + delta) - std::sin(delta) * (1.0 + 0.5 * r * s / mu) * std::exp(-mu * r);
        double const free = std::sin(k * r);
        return 4.0 * units::pi * source.density_per_fm3(r) * (u * u - free * free) / (k * k);
    };
    using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
    double sum = 1.0;
    for (std::size_t i = 0; i + 1 < edges_fm.size(); ++i)
        sum += Quadrature::integrate(integrand, edges_fm[i], edges_fm[i + 1] * (1.0 - 1e-15), 15, 1e-13);
    return sum;
}

TEST(NonlocalCorrelation, OfTheSeparableKernelIsThatOfItsClosedForm) {
    double const two_mass = units::two_mu_over_hbar2(mu_MeV);
    Eigen::ArrayXd const k = bin_centres(5.0, 300.0, 30);
    struct Kernel {
        double omega_MeV_per_fm3, mu_per_fm;
    };
    // Unbound, bound, repulsive, short-ranged and nearly bound.
    for (auto const& [omega, mu] : {Kernel{-30.0, 2.0}, Kernel{-90.0, 2.0}, Kernel{100.0, 2.0}, Kernel{-5e4, 8.0}}) {
        SeparableExponential const kernel(omega, mu, std::numeric_limits<double>::infinity());
        NonlocalSolver const solver({nullptr, &kernel, two_mass}, units::wave_number_per_fm(300.0));
        for (double r0 : {0.4, 1.2, 6.0}) {
            auto const result = nonlocal_correlation(solver, GaussianSource(r0), k);
            for (Eigen::Index j = 0; j < k.size(); ++j) {
                double const exact = separable_correlation(omega, mu, two_mass, units::wave_number_per_fm(k[j]),
                                                           GaussianSource(r0), {0.0, 14.0 * r0});
                EXPECT_NEAR(result.correlation[j], exact, 1e-9 * std::fmax(1.0, exact))
                    << "omega " << omega << ", mu " << mu << ", r0 " << r0 << ", k* = " << k[j];
            }
            EXPECT_LE(result.error_estimate, 1e-9);
        }
    }
}

// Between its knots a table is integrated by itself, wherever it ends.
TEST(NonlocalCorrelation, TablesOfSourcesMayEndEarly) {
    double const two_mass = units::two_mu_over_hbar2(mu_MeV), omega = -90.0, mu = 2.0;
    Eigen::ArrayXd const k = bin_centres(5.0, 300.0, 6);
    SeparableExponential const kernel(omega, mu, std::numeric_limits<double>::infinity());
    NonlocalSolver const solver({nullptr, &kernel, two_mass}, units::wave_number_per_fm(300.0));
    for (int points : {21, 37, 51, 300}) {
        std::vector<double> radii, values;
        for (int i = 0; i < points; ++i) {
            radii.push_back(0.1 * i);
            // Scatter of 2 % from point to point besides.
            values.push_back(GaussianSource(1.2).density_per_fm3(radii.back()) * (1.0 + 0.02 * std::sin(7.0 * i * i)));
        }
        auto const source = make_source("tabulated", {{"radii_fm", radii}, {"values_per_fm3", values}});
        auto const result = nonlocal_correlation(solver, *source, k);
        for (Eigen::Index j = 0; j < k.size(); ++j) {
            double const exact =
                separable_correlation(omega, mu, two_mass, units::wave_number_per_fm(k[j]), *source, radii);
            EXPECT_NEAR(result.correlation[j], exact, 1e-9 * std::fmax(1.0, exact)) << points << ", k* = " << k[j];
        }
        EXPECT_LE(result.error_estimate, 1e-9) << points;
    }
}

TEST(NonlocalCorrelation, RefusesMomentaOutOfOrder) {
    SeparableExponential const kernel(-30.0, 2.0, 10.0);
    NonlocalSolver const solver({nullptr, &kernel, units::two_mu_over_hbar2(mu_MeV)}, 1.5);
    EXPECT_THROW(nonlocal_correlation(solver, GaussianSource(1.0), Eigen::Array2d(20.0, 10.0)), InputError);
    EXPECT_THROW(nonlocal_correlation(solver, GaussianSource(1.0), Eigen::ArrayXd()), InputError);
}

}  // namespace
}  // namespace hadronforce
