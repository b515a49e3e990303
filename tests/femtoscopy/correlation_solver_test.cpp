
#include "support/correlation_solver.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/adaptive_solver.hpp"
#include "support/five_parameter_potential.hpp"
#include "support/paths.hpp"

#include <gtest/gtest.h>
#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <cmath>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace hadronforce {
namespace {

using testing::CorrelationSolver;

double const mu = testing::p_omega_reduced_mass_MeV;
double const tolerance = 1e-6;

Eigen::ArrayXd k_star_MeV() { return bin_centres(5.0, 300.0, 60); }

double relative_error(Eigen::ArrayXd const& c, Eigen::ArrayXd const& reference) {
    return ((c - reference).abs() / reference.max(1.0)).maxCoeff<Eigen::PropagateNaN>();
}

// The tables of tests/data/oracles: adaptive Runge-Kutta-Fehlberg 7(8) at tolerance 1e-13, good to 2.5e-8.
class Oracle : public ::testing::TestWithParam<char const*> {};

TEST_P(Oracle, CorrelationAndPhaseShiftAgreeToTheTolerance) {
    std::ifstream file(testing::source_folder() + "/tests/data/oracles/forward_" + GetParam() + ".txt");
    ASSERT_TRUE(file);
    // The tables were made with m_p = 938.2720882 MeV.
    CorrelationSolver solver(k_star_MeV(), units::reduced_mass(938.2720882, 1672.45), tolerance);
    std::string line;
    std::getline(file, line);
    int rows = 0;
    while (std::getline(file, line)) {
        std::istringstream numbers(line);
        double r0, b1, b2, b3, b4;
        numbers >> r0 >> b1 >> b2 >> b3 >> b4;
        Eigen::ArrayXd c(60), delta(60);
        for (double& value : c) numbers >> value;
        for (double& value : delta) numbers >> value;
        ASSERT_TRUE(numbers) << "row " << rows;
        auto const result = solver.solve(*testing::five_parameter_potential(b1, b2, b3, b4), GaussianSource(r0));
        EXPECT_LE(relative_error(result.correlation, c), tolerance) << "row " << rows;
        for (Eigen::Index j = 0; j < 60; ++j)
            EXPECT_NEAR(std::remainder(result.delta_rad[j] - delta[j], units::pi), 0.0, tolerance) << "row " << rows;
        EXPECT_LE(result.error_estimate, tolerance);
        ++rows;
    }
    EXPECT_GT(rows, 0);
}

INSTANTIATE_TEST_SUITE_P(Tables, Oracle, ::testing::Values("base", "uniform", "loguniform", "two_parameter"));

// An independent solver, run here, on fresh draws of the whole prior: every tenth is looked at closely, at all momenta.
// Its own error is 1e-8 at these settings.
TEST(CorrelationSolver, AgreesWithAnAdaptiveSolverOverThePrior) {
    unsigned const seed = 20260102;
    std::mt19937_64 generator(seed);
    CorrelationSolver solver(k_star_MeV(), mu, tolerance);
    double largest = 0.0;
    for (int i = 0; i < 4000; ++i) {
        auto const s = testing::draw_five_parameters(generator, i % 2 == 1);
        auto const potential = testing::five_parameter_potential(s.b1, s.b2, s.b3, s.b4);
        auto const result = solver.solve(*potential, GaussianSource(s.r0_fm));
        Eigen::Index const stride = i % 10 < 2 ? 1 : 14;
        Eigen::ArrayXd const c = result.correlation(Eigen::seq(0, 59, stride));
        auto const reference = testing::adaptive_correlation(
            *potential, s.r0_fm, k_star_MeV()(Eigen::seq(0, 59, stride)), mu, 1e-12, std::fmax(16.0, 11.0 * s.r0_fm));
        double const error = relative_error(c, reference);
        EXPECT_LE(error, tolerance) << "seed " << seed << ", draw " << i;
        largest = std::fmax(largest, error);
    }
    std::cout << "largest error of 4000 draws: " << largest << "\n";
}

// The estimate is what refinement trusts, so it must cover the error; against itself at a much smaller tolerance.
TEST(CorrelationSolver, ErrorEstimateCoversTheErrorOverThePrior) {
    unsigned const seed = 20260103;
    std::mt19937_64 generator(seed);
    CorrelationSolver rough(k_star_MeV(), mu, 1e-5);
    CorrelationSolver fine(k_star_MeV(), mu, 1e-9);
    for (int i = 0; i < 400; ++i) {
        auto const s = testing::draw_five_parameters(generator, i % 2 == 1);
        auto const potential = testing::five_parameter_potential(s.b1, s.b2, s.b3, s.b4);
        GaussianSource const source(s.r0_fm);
        auto const estimate = rough.solve(*potential, source);
        auto const reference = fine.solve(*potential, source);
        // Potential and source are cut where they matter 100 times less than the tolerance.
        EXPECT_LE(relative_error(estimate.correlation, reference.correlation), estimate.error_estimate + 1e-7)
            << "seed " << seed << ", draw " << i;
    }
}

TEST(CorrelationSolver, WithoutInteractionCIsOne) {
    auto const potential = make_potential("sum_of_gaussians", {{"strengths_MeV", {0.0}}, {"ranges_fm", {1.0}}}, mu);
    CorrelationSolver solver(k_star_MeV(), mu, 1e-9);
    for (double r0 : {0.2, 1.3, 6.0})
        EXPECT_LE((solver.solve(*potential, GaussianSource(r0)).correlation - 1.0).abs().maxCoeff(), 1e-9) << r0;
}

// Inside a square well u = A sin(K r), outside sin(k r + delta): C is two integrals of known functions.
TEST(CorrelationSolver, AgreesWithTheClosedFormAcrossAJump) {
    double const depth = 60.0, r0 = 1.2;
    Eigen::ArrayXd const k_MeV = bin_centres(5.0, 300.0, 20);
    CorrelationSolver solver(k_MeV, mu, 1e-8);
    for (double radius : {0.3, 1.1, 2.4}) {
        auto const potential = make_potential("square_well", {{"depth_MeV", {depth}}, {"radius_fm", {radius}}}, mu);
        auto const result = solver.solve(*potential, GaussianSource(r0));
        for (Eigen::Index j = 0; j < k_MeV.size(); ++j) {
            double const k = units::wave_number_per_fm(k_MeV[j]);
            double const inside = std::sqrt(k * k + units::two_mu_over_hbar2(mu) * depth);
            double const phase = std::atan2(k * std::sin(inside * radius), inside * std::cos(inside * radius));
            double const amplitude = std::sin(phase) / std::sin(inside * radius);
            auto const integrand = [&](double r) {
                double const u = r <= radius ? amplitude * std::sin(inside * r) : std::sin(k * (r - radius) + phase);
                double const free = std::sin(k * r);
                double const source = std::pow(4.0 * units::pi * r0 * r0, -1.5) * std::exp(-r * r / (4.0 * r0 * r0));
                return 4.0 * units::pi * source * (u * u - free * free) / (k * k);
            };
            using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
            double const exact = 1.0 + Quadrature::integrate(integrand, 0.0, radius, 10, 1e-13) +
                                 Quadrature::integrate(integrand, radius, 16.0, 10, 1e-13);
            EXPECT_NEAR(result.correlation[j], exact, 1e-8 * std::fmax(1.0, exact))
                << radius << " fm, " << k_MeV[j] << " MeV";
        }
    }
}

TEST(CorrelationSolver, HandlesASingularCore) {
    auto const potential = make_potential("yukawa", {{"strength_MeV_fm", {-120.0}}, {"m_MeV", {138.0}}}, mu);
    Eigen::ArrayXd const k = bin_centres(5.0, 300.0, 5);
    CorrelationSolver solver(k, mu, 1e-7);
    auto const result = solver.solve(*potential, GaussianSource(1.2));
    // Started as u = r at 1e-7 fm: an error of A r/2 = 2e-7.
    auto const reference = testing::adaptive_correlation(*potential, 1.2, k, mu, 1e-12, 24.0);
    EXPECT_LE(relative_error(result.correlation, reference), 1e-6);
}

// A wide grid of momenta asks for finer steps: the same momenta must give the same C in any company.
TEST(CorrelationSolver, DoesNotDependOnTheOtherMomenta) {
    auto const potential = testing::five_parameter_potential(-306.5, 73.9, -266.0, 0.78);
    GaussianSource const source(1.3);
    Eigen::ArrayXd few(2), many(131);
    few << 20.0, 250.0;
    many << few, bin_centres(3.0, 1200.0, 129);
    auto const c_few = CorrelationSolver(few, mu, tolerance).solve(*potential, source).correlation;
    auto const c_many = CorrelationSolver(many, mu, tolerance).solve(*potential, source).correlation;
    EXPECT_LE(relative_error(c_many.head(2), c_few), tolerance);
}

TEST(CorrelationSolver, RepeatedCallsGiveTheSameBits) {
    auto const potential = testing::five_parameter_potential(-2000.0, 5.0, -900.0, 50.0);
    auto const other = make_potential("square_well", {{"depth_MeV", {60.0}}, {"radius_fm", {1.1}}}, mu);
    CorrelationSolver solver(k_star_MeV(), mu, tolerance);
    auto const first = solver.solve(*potential, GaussianSource(1.3));
    solver.solve(*other, GaussianSource(9.0));
    auto const again = solver.solve(*potential, GaussianSource(1.3));
    EXPECT_TRUE((first.correlation == again.correlation).all());
}

TEST(CorrelationSolver, RefusesWhatItCannotDo) {
    EXPECT_THROW(CorrelationSolver(Eigen::ArrayXd::Constant(1, 0.0), mu), InputError);
    EXPECT_THROW(CorrelationSolver(Eigen::ArrayXd::Constant(1, 10.0), -mu), InputError);
    EXPECT_THROW(CorrelationSolver(Eigen::ArrayXd::Constant(1, 10.0), mu, 0.0), InputError);
    EXPECT_THROW(GaussianSource(-1.0), InputError);
    // A well of 10^9 MeV: 10,000 radians of phase inside 1 fm.
    auto const bottomless = make_potential("sum_of_gaussians", {{"strengths_MeV", {-1e10}}, {"ranges_fm", {1.0}}}, mu);
    CorrelationSolver solver(bin_centres(5.0, 300.0, 2), mu, tolerance);
    EXPECT_THROW(solver.solve(*bottomless, GaussianSource(1.3)), ConvergenceError);
}

// 2000 momenta up to 1 TeV/c on a grid that resolves them: 9.5 GB of tables, refused before they are made.
TEST(CorrelationSolver, RefusesTablesThatNoMemoryHolds) {
    CorrelationSolver solver(Eigen::ArrayXd::LinSpaced(2000, 5.0, 1e6), 500.0, 1e-6);
    auto const potential =
        make_potential("sum_of_gaussians", {{"strengths_MeV", {-10.0}}, {"ranges_fm", {0.9}}}, 500.0);
    try {
        solver.solve(*potential, GaussianSource(1.2));
        FAIL();
    } catch (InputError const& error) {
        EXPECT_NE(std::string(error.what()).find("take fewer or smaller momenta"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace hadronforce
