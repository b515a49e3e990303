#include "hadronforce/scattering/nonlocal_solver.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/bound_states.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/momentum_space_solver.hpp"
#include "support/paths.hpp"

#include <gtest/gtest.h>
#include <boost/math/tools/toms748_solve.hpp>

#include <cmath>
#include <fstream>
#include <limits>

namespace hadronforce {
namespace {

constexpr double no_cut = std::numeric_limits<double>::infinity();

struct Separable {
    double omega, mu, mass;
};

std::ostream& operator<<(std::ostream& out, Separable const& s) {
    return out << "omega " << s.omega << ", mu " << s.mu << ", mass " << s.mass;
}

/// k cot(delta) in closed form, a polynomial in x = k^2.
double k_cot_delta(Separable const& s, double x) {
    double const m2 = s.mu * s.mu, sum = m2 + x;
    return -1.0 / (4.0 * m2) *
           (2.0 * s.mu * (m2 - x) - (3.0 * m2 + x) * sum * sum / (4.0 * m2 * s.mu) +
            std::pow(sum, 4) / (8.0 * units::pi * s.mass * s.omega));
}

NonlocalSolver solver_for(SeparableExponential const& potential, double mass, double k_max) {
    return {{nullptr, &potential, 2.0 * mass}, k_max};
}

TEST(NonlocalSolver, AgreesWithTheTabulatedSeparablePhaseShifts) {
    std::ifstream file(testing::source_folder() + "/tests/data/oracles/separable_phase.txt");
    ASSERT_TRUE(file);
    std::vector<double> k, delta;
    for (std::string line; std::getline(file, line);) {
        if (line.front() == '#') continue;
        double row[2];
        ASSERT_EQ(std::sscanf(line.c_str(), "%lf %lf", row, row + 1), 2);
        k.push_back(row[0]);
        delta.push_back(row[1]);
    }
    ASSERT_EQ(k.size(), 60u);
    SeparableExponential const potential(-0.017, 1.0, no_cut);
    auto const solver = solver_for(potential, 3.30, k.back());
    auto const result = solver.scatter(Eigen::Map<Eigen::ArrayXd const>(k.data(), 60));
    for (Eigen::Index j = 0; j < 60; ++j) EXPECT_NEAR(result.delta_rad[j], delta[static_cast<std::size_t>(j)], 1e-11);
    EXPECT_NEAR(result.scattering_length, 7.39708746998864, 1e-9);
    EXPECT_NEAR(result.effective_range, 3.29349325393846, 1e-9);
    auto const kappa = solver.binding_momenta();
    ASSERT_EQ(kappa.size(), 1u);
    EXPECT_NEAR(-kappa[0] * kappa[0] / 6.60, -0.00589061731463104, 1e-13);
}

class ClosedForm : public ::testing::TestWithParam<Separable> {};

TEST_P(ClosedForm, PhaseShiftsThresholdAndBoundStates) {
    Separable const s = GetParam();
    SeparableExponential const potential(s.omega, s.mu, no_cut);
    Eigen::ArrayXd const k = s.mu * end_points(0.02, 4.0, 50);
    auto const solver = solver_for(potential, s.mass, k[49]);
    auto const result = solver.scatter(k);
    for (Eigen::Index j = 0; j < 50; ++j) {
        double const exact = std::atan2(k[j], k_cot_delta(s, k[j] * k[j]));
        EXPECT_NEAR(std::remainder(result.delta_rad[j] - exact, units::pi), 0.0, 1e-11) << "k = " << k[j];
        if (j > 0) {
            EXPECT_LT(std::fabs(result.delta_rad[j] - result.delta_rad[j - 1]), 1.0) << "k = " << k[j];
        }
    }
    double const h = 1e-3 * s.mu * s.mu;
    double const slope =
        (8.0 * (k_cot_delta(s, h) - k_cot_delta(s, -h)) - (k_cot_delta(s, 2 * h) - k_cot_delta(s, -2 * h))) /
        (12.0 * h);
    double const a0 = -1.0 / k_cot_delta(s, 0.0);
    EXPECT_NEAR(result.scattering_length / a0, 1.0, 1e-9);
    EXPECT_NEAR(result.effective_range * s.mu, 2.0 * slope * s.mu, 1e-8 * std::max(1.0, std::fabs(slope * s.mu)));

    // A pole at k = i kappa: k cot(delta) = -kappa. Rank one binds at most one state.
    auto const kappa = solver.binding_momenta();
    ASSERT_EQ(static_cast<int>(kappa.size()), result.bound_states);
    auto const pole = [&](double x) { return k_cot_delta(s, -x * x) + x; };
    bool const binds = s.omega < 0.0 && pole(0.0) * pole(0.999 * s.mu) < 0.0;
    EXPECT_EQ(kappa.size(), binds ? 1u : 0u);
    if (binds) {
        std::uintmax_t iterations = 100;
        auto const root = boost::math::tools::toms748_solve(pole, 0.0, 0.999 * s.mu,
                                                            boost::math::tools::eps_tolerance<double>(50), iterations);
        EXPECT_NEAR(kappa[0] / root.first, 1.0, 1e-10);
    }
}

// Bound and unbound, attractive and repulsive, near threshold (mu^5/(4 pi m |omega|) = 1.25), weak and strong; and in
// fm and MeV.
INSTANTIATE_TEST_SUITE_P(Kernels, ClosedForm,
                         ::testing::Values(Separable{-0.017, 1.0, 3.30}, Separable{-0.005, 1.0, 3.30},
                                           Separable{0.05, 1.0, 3.30}, Separable{-0.0193, 1.0, 3.30},
                                           Separable{-0.03, 1.0, 3.30}, Separable{-2.0, 2.5, 4.0},
                                           Separable{-0.001, 0.3, 0.15}, Separable{-0.04, 1.0, 3.30}));

// Cut at 7.5/mu the same kernel differs by as much as is known, and the cut is a kink the panels know of.
TEST(NonlocalSolver, ACutMovesThePhaseShiftsByTheKnownAmount) {
    Eigen::ArrayXd const k = end_points(0.05, 3.0, 60);
    SeparableExponential const whole(-0.017, 1.0, no_cut), near(-0.017, 1.0, 7.5), far(-0.017, 1.0, 15.0);
    auto const delta = solver_for(whole, 3.30, 3.0).scatter(k).delta_rad;
    double const degree = units::pi / 180.0;
    EXPECT_NEAR((solver_for(near, 3.30, 3.0).scatter(k).delta_rad - delta).abs().maxCoeff() / degree, 0.815, 0.002);
    EXPECT_NEAR((solver_for(far, 3.30, 3.0).scatter(k).delta_rad - delta).abs().maxCoeff() / degree, 0.0016, 0.0001);
}

TEST(NonlocalSolver, AgreesWithTheLocalSolver) {
    double const mu = units::reduced_mass(938.27208816, 1672.45);
    Eigen::ArrayXd const k_MeV = end_points(5.0, 300.0, 60);
    for (double strength : {-20.0, -60.0, -400.0, 150.0}) {
        auto const potential =
            make_potential("sum_of_gaussians", {{"strengths_MeV", {strength}}, {"ranges_fm", {1.4}}}, mu);
        auto const local = scatter(*potential, k_MeV, mu, 1e-10);
        NonlocalSolver const solver({potential.get(), nullptr, units::two_mu_over_hbar2(mu)},
                                    units::wave_number_per_fm(300.0));
        auto const result = solver.scatter(k_MeV / units::hbar_c_MeV_fm);
        EXPECT_LE((local.delta_rad - result.delta_rad).abs().maxCoeff(), 1e-9) << strength;
        EXPECT_NEAR(result.scattering_length / local.scattering_length_fm, 1.0, 1e-9) << strength;
        EXPECT_NEAR(result.effective_range, local.effective_range_fm, 1e-8) << strength;
        auto const energies = bound_states(*potential, mu).energies_MeV;
        auto const kappa = solver.binding_momenta();
        ASSERT_EQ(energies.size(), kappa.size()) << strength;
        for (std::size_t i = 0; i < kappa.size(); ++i)
            EXPECT_NEAR(-kappa[i] * kappa[i] / units::two_mu_over_hbar2(mu) / energies[i], 1.0, 1e-8) << strength;
    }
}

/// No product of functions of r and r': many terms are needed.
class ManyTerms final : public NonlocalPotential {
  public:
    void fill(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd const> const& r_prime,
              Eigen::Ref<Eigen::ArrayXXd> u) const override {
        for (Eigen::Index j = 0; j < r_prime.size(); ++j) {
            Eigen::ArrayXd const sum = r + r_prime[j];
            u.col(j) =
                -0.2 * (-sum).exp() / (1.0 + sum.square()) + 0.05 * (-(r.square() + r_prime[j] * r_prime[j])).exp();
        }
    }
    double range(double fraction) const override { return 3.0 - std::log(fraction); }
};

TEST(NonlocalSolver, AgreesWithAMomentumSpaceSolver) {
    ManyTerms const potential;
    double const two_mu = 6.6;
    Eigen::ArrayXd const k = end_points(0.1, 2.5, 9);
    auto const result = NonlocalSolver({nullptr, &potential, two_mu}, 2.5).scatter(k);
    for (Eigen::Index j = 0; j < k.size(); ++j) {
        double const reference = std::atan(testing::momentum_space_tan_delta(potential, two_mu, k[j], 32.0));
        EXPECT_NEAR(std::remainder(result.delta_rad[j] - reference, units::pi), 0.0, 1e-8) << "k = " << k[j];
    }
}

// u'' + k^2 u = W u, twice integrated: checks the waves themselves, and that they are normalised to sin(kr + delta).
TEST(NonlocalSolver, WavesSatisfyTheEquation) {
    ManyTerms const potential;
    Eigen::ArrayXd const k = end_points(0.3, 2.0, 3);
    NonlocalSolver const solver({nullptr, &potential, 6.6}, 2.0);
    Eigen::MatrixXd const u = solver.waves(k);
    GaussPanels const& panels = solver.panels();
    Eigen::ArrayXXd kernel(panels.r().size(), panels.r().size());
    potential.fill(panels.r(), panels.r(), kernel);
    for (Eigen::Index j = 0; j < 3; ++j) {
        Eigen::ArrayXd const w =
            4.0 * units::pi * 6.6 * panels.r() *
            (kernel.matrix() * (panels.weights() * panels.r() * u.col(j).array()).matrix()).array();
        Eigen::MatrixXd const curvature = (w - k[j] * k[j] * u.col(j).array()).matrix();
        Eigen::MatrixXd const twice = panels.integrals_to_nodes(panels.integrals_to_nodes(curvature));
        // u - twice is a straight line through the origin.
        Eigen::ArrayXd const slope = (u.col(j) - twice).array() / panels.r();
        EXPECT_LE((slope.tail(100) - slope[slope.size() - 1]).abs().maxCoeff(), 1e-9);
        double const delta = solver.scatter(k).delta_rad[j];
        Eigen::Index const last = panels.r().size() - 1;
        EXPECT_NEAR(std::fabs(u(last, j)), std::fabs(std::sin(k[j] * panels.r()[last] + delta)), 1e-10);
    }
}

TEST(NonlocalSolver, AFinerGridChangesNothing) {
    SeparableExponential const potential(-0.017, 1.0, no_cut);
    auto const solver = solver_for(potential, 3.30, 3.0);
    Eigen::ArrayXd const k = end_points(0.05, 3.0, 20);
    EXPECT_LE((solver.scatter(k).delta_rad - solver.refined().scatter(k).delta_rad).abs().maxCoeff(), 1e-12);
}

TEST(NonlocalSolver, RefusesWhatItCannotDo) {
    EXPECT_THROW(SeparableExponential(-1.0, 0.0, no_cut), InputError);
    EXPECT_THROW(SeparableExponential(-1.0, 1.0, -3.0), InputError);
    EXPECT_THROW(SeparableExponential(NAN, 1.0, no_cut), InputError);
    SeparableExponential const potential(-0.017, 1.0, no_cut);
    auto const solver = solver_for(potential, 3.30, 3.0);
    EXPECT_THROW(solver.scatter(Eigen::ArrayXd::Zero(1)), InputError);
    EXPECT_THROW(solver.scatter(Eigen::Array2d(2.0, 1.0)), InputError);
    EXPECT_THROW(NonlocalSolver({nullptr, nullptr, 1.0}, 3.0), InputError);
}

}  // namespace
}  // namespace hadronforce
