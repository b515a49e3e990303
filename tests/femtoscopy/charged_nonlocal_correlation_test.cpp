#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/nonlocal_correlation.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/interaction/smeared_charges.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/charged_separable.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>

namespace hadronforce {
namespace {

double const mu_MeV = units::reduced_mass(units::proton_mass_MeV, units::omega_mass_MeV);
double const two_mu = units::two_mu_over_hbar2(mu_MeV);

double relative_error(Eigen::ArrayXd const& c, Eigen::ArrayXd const& reference) {
    return ((c - reference).abs() / reference.max(1.0)).maxCoeff<Eigen::PropagateNaN>();
}

Eigen::ArrayXd of_charges_alone(Eigen::ArrayXd const& k, int charge_product, Source const& source) {
    return PairCorrelationSolver(k, mu_MeV, charge_product, 1e-10).without_strong_force(Exchange::none, source);
}

void expect_agreement(std::shared_ptr<LocalPotential const> const& potential, int charge_product, double r0,
                      Eigen::ArrayXd const& k) {
    GaussianSource const source(r0);
    double const two_eta_k = PartialWaveKind{0, charge_product}.two_eta_k_per_fm(mu_MeV);
    NonlocalSolver const solver({potential.get(), nullptr, two_mu, two_eta_k}, units::wave_number_per_fm(300.0));
    auto const result = nonlocal_correlation(solver, source, k, of_charges_alone(k, charge_product, source));
    auto const reference =
        PairCorrelationSolver(k, mu_MeV, charge_product, 1e-9).solve({{1.0, Exchange::none, {{0, potential}}}}, source);
    EXPECT_LE(relative_error(result.correlation, reference.correlation), 1e-9)
        << "Z1 Z2 = " << charge_product << ", r0 = " << r0 << ", V(1 fm) = " << potential->value_MeV(1.0);
    EXPECT_LE(result.error_estimate, 1e-9);
}

// Two solvers that share the source and the Coulomb functions outside; at 2 MeV/c eta is 2.2 and 45.
TEST(ChargedNonlocalCorrelation, OfALocalPotentialIsThatOfTheLocalSolver) {
    Eigen::ArrayXd const k = end_points(2.0, 300.0, 25);
    for (int charge_product : {1, -1, 20, -20})
        for (double strength : {-400.0, 150.0}) {
            std::shared_ptr<LocalPotential const> const points =
                make_potential("sum_of_gaussians", {{"strengths_MeV", {strength}}, {"ranges_fm", {1.4}}}, mu_MeV);
            expect_agreement(points, charge_product, 3.0, k);
            expect_agreement(std::make_shared<SmearedCharges>(points, charge_product, 0.8), charge_product, 0.8, k);
        }
}

TEST(ChargedNonlocalCorrelation, OfTheSeparableKernelIsThatOfItsDifferentialEquation) {
    Eigen::ArrayXd const k = end_points(20.0, 300.0, 6);
    struct Kernel {
        double omega_MeV_per_fm3, mu_per_fm;
        int charge_product;
    };
    for (auto const& [omega, mu, charge_product] :
         {Kernel{-30.0, 2.0, 4}, Kernel{-90.0, 2.0, -4}, Kernel{100.0, 2.0, -1}, Kernel{-5e4, 8.0, 2}}) {
        SeparableExponential const kernel(omega, mu, std::numeric_limits<double>::infinity());
        double const two_eta_k = PartialWaveKind{0, charge_product}.two_eta_k_per_fm(mu_MeV);
        NonlocalSolver const solver({nullptr, &kernel, two_mu, two_eta_k}, units::wave_number_per_fm(300.0));
        for (double r0 : {0.5, 1.5}) {
            GaussianSource const source(r0);
            Eigen::ArrayXd const alone = of_charges_alone(k, charge_product, source);
            auto const result = nonlocal_correlation(solver, source, k, alone);
            testing::ChargedSeparable const exact{omega, mu, two_mu, two_eta_k};
            for (Eigen::Index j = 0; j < k.size(); ++j) {
                double const expected = alone[j] + exact.correlation_gain(units::wave_number_per_fm(k[j]), r0);
                EXPECT_NEAR(result.correlation[j], expected, 1e-8 * std::fmax(1.0, expected))
                    << "omega " << omega << ", Z1 Z2 = " << charge_product << ", r0 " << r0 << ", k* = " << k[j];
            }
        }
    }
}

TEST(ChargedNonlocalCorrelation, NeedsThatOfTheChargesAlone) {
    SeparableExponential const kernel(-30.0, 2.0, 10.0);
    NonlocalSolver const solver({nullptr, &kernel, two_mu, 0.1}, 1.5);
    EXPECT_THROW(nonlocal_correlation(solver, GaussianSource(1.0), Eigen::Array2d(10.0, 20.0)), InputError);
    EXPECT_THROW(nonlocal_correlation(solver, GaussianSource(1.0), Eigen::Array2d(10.0, 20.0), Eigen::ArrayXd::Ones(3)),
                 InputError);
}

}  // namespace
}  // namespace hadronforce
