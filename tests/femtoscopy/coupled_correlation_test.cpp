#include "hadronforce/femtoscopy/coupled_correlation.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/correlation_solver.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "support/adaptive_coupled_solver.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <random>
#include <vector>

namespace hadronforce {
namespace {

using Shared = std::shared_ptr<LocalPotential const>;

Shared gaussian(double strength_MeV, double range_fm) {
    return make_potential("sum_of_gaussians", {{"strengths_MeV", {strength_MeV}}, {"ranges_fm", {range_fm}}}, 1.0);
}

Shared two_gaussians(double first_MeV, double second_MeV) {
    return make_potential("sum_of_gaussians", {{"strengths_MeV", {first_MeV, second_MeV}}, {"ranges_fm", {0.9, 1.3}}},
                          1.0);
}

struct Random {
    std::mt19937_64 generator;
    double operator()(double low, double high) { return std::uniform_real_distribution<double>(low, high)(generator); }
};

struct Draw {
    testing::TwoChannels problem;
    Eigen::ArrayXd k_star_MeV;
};

/// Thresholds on either side; the second channel's, where it lies above, is approached to 0.3 per cent from both.
Draw draw_problem(Random& random, int l, double charge1, double charge2, bool absorptive) {
    Draw draw;
    auto& p = draw.problem;
    p.channels = {Channel{random(200.0, 700.0), 0.0, l, charge1},
                  Channel{random(200.0, 700.0), random(-25.0, 45.0), l, charge2}};
    p.potential.set(0, 0, gaussian(random(-300.0, 150.0), random(0.5, 1.4)),
                    absorptive ? gaussian(random(-60.0, 0.0), 0.8) : nullptr);
    p.potential.set(0, 1, gaussian(random(-150.0, 150.0), random(0.5, 1.2)));
    p.potential.set(1, 1, gaussian(random(-300.0, 150.0), random(0.5, 1.4)));
    p.r0_fm = {random(0.7, 1.4), random(0.7, 1.4)};
    p.weight = random(0.2, 3.0);
    p.r_end_fm = 15.5;
    std::vector<double> k{20.0, 60.0, 130.0, 280.0};
    if (p.channels[1].threshold_MeV > 0.5) {
        double const threshold = std::sqrt(2.0 * p.channels[0].reduced_mass_MeV * p.channels[1].threshold_MeV);
        k.push_back(0.997 * threshold);
        k.push_back(1.003 * threshold);
    }
    std::sort(k.begin(), k.end());
    draw.k_star_MeV = Eigen::Map<Eigen::ArrayXd>(k.data(), static_cast<Eigen::Index>(k.size()));
    return draw;
}

TEST(CoupledCorrelation, AgreesWithAnAdaptiveSolver) {
    unsigned const seed = 20261102;
    Random random{std::mt19937_64(seed)};
    double largest = 0.0;
    for (int i = 0; i < 60; ++i) {
        int const l = i % 4 == 3 ? 1 + i % 2 * (i / 4 % 2) : 0;
        double const charge1 = i % 3 - 1.0, charge2 = i % 5 == 4 ? -charge1 : 0.0;
        auto const draw = draw_problem(random, l, charge1, charge2, i % 2 == 1);
        auto const& p = draw.problem;
        GaussianSource const first(p.r0_fm[0]), second(p.r0_fm[1]);
        CoupledCorrelationSolver solver({p.channels[0], p.channels[1]}, draw.k_star_MeV, 1e-6);
        auto const result = solver.solve(p.potential, {{&first}, {&second, p.weight}});
        EXPECT_LE(result.error_estimate, 1e-6);
        for (Eigen::Index j = 0; j < draw.k_star_MeV.size(); ++j) {
            auto const exact = testing::adaptive_two_channels(p, draw.k_star_MeV[j], 1e-12);
            double const error =
                std::fabs(result.correlation[j] - exact.correlation) / std::fmax(1.0, exact.correlation);
            EXPECT_LE(error, 1e-6) << "seed " << seed << ", draw " << i << ", k* " << draw.k_star_MeV[j];
            EXPECT_LE(std::abs(result.scattering.s11[j] - exact.s11), 1e-6) << "draw " << i << ", " << j;
            // What is lost from the open channels is what -Im V takes.
            auto const& s = result.scattering.s_matrix[static_cast<std::size_t>(j)];
            EXPECT_NEAR(1.0 - s.col(0).squaredNorm(), exact.absorbed[0], 2e-6) << "draw " << i << ", " << j;
            largest = std::fmax(largest, error);
        }
    }
    std::cout << "seed " << seed << ", largest error of C: " << largest << "\n";
}

TEST(CoupledCorrelation, DecoupledChannelsAreTheSingleChannelSolver) {
    double const mu = 520.0;
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(12, 8.0, 300.0);
    PotentialMatrix matrix(2);
    matrix.set(0, 0, gaussian(-110.0, 1.1));
    matrix.set(1, 1, gaussian(-300.0, 0.7));
    GaussianSource const source(1.2), other(0.8);
    CorrelationSolver single(k, mu, 1e-8);
    auto const expected = single.solve(*gaussian(-110.0, 1.1), source);
    CoupledCorrelationSolver solver({{mu, 0.0}, {300.0, 30.0}}, k, 1e-8);
    auto const result = solver.solve(matrix, {{&source}, {&other, 2.0}});
    EXPECT_LE(((result.correlation - expected.correlation).abs() / expected.correlation.max(1.0)).maxCoeff(), 2e-8);
    EXPECT_LE(result.contributions.row(1).abs().maxCoeff(), 1e-12);
}

// Two channels of one mass and threshold, each C_i of its own potential, rotated by an angle: pairs produced in either
// with equal weight and source see cos^2 C_1 + sin^2 C_2.
TEST(CoupledCorrelation, ARotationOfUncoupledChannelsIsTheirMean) {
    double const mu = 450.0, angle = 0.6, c = std::cos(angle), s = std::sin(angle);
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(10, 10.0, 250.0);
    PotentialMatrix rotated(2);
    rotated.set(0, 0, two_gaussians(-140.0 * c * c, 60.0 * s * s));
    rotated.set(0, 1, two_gaussians(-140.0 * c * s, -60.0 * c * s));
    rotated.set(1, 1, two_gaussians(-140.0 * s * s, 60.0 * c * c));
    GaussianSource const source(1.1);
    CorrelationSolver single(k, mu, 1e-8);
    Eigen::ArrayXd const expected = c * c * single.solve(*two_gaussians(-140.0, 0.0), source).correlation +
                                    s * s * single.solve(*two_gaussians(0.0, 60.0), source).correlation;
    CoupledCorrelationSolver solver({{mu, 0.0}, {mu, 0.0}}, k, 1e-8);
    auto const result = solver.solve(rotated, {{&source}, {&source}});
    EXPECT_LE(((result.correlation - expected).abs() / expected.max(1.0)).maxCoeff(), 3e-8);
}

TEST(CoupledCorrelation, WithoutInteractionIsOneOrThatOfCharges) {
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(8, 10.0, 250.0);
    PotentialMatrix const none(1);
    for (int l : {0, 1, 3})
        for (double charge : {0.0, 1.0, -1.0}) {
            GaussianSource const source(1.5);
            CoupledCorrelationSolver solver({{470.0, 0.0, l, charge}}, k, 1e-8);
            auto const c = solver.solve(none, {{&source}}).correlation;
            for (Eigen::Index j = 0; j < k.size(); ++j) {
                double const eta = units::sommerfeld_parameter(charge, 470.0, k[j]);
                auto const integrand = [&](double r) {
                    Eigen::ArrayXd const kr = Eigen::ArrayXd::Constant(1, units::wave_number_per_fm(k[j]) * r);
                    return r * r * testing::coupled::gaussian_source(1.5, r) * coulomb_density(eta, kr)[0];
                };
                using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
                double const exact = Quadrature::integrate(integrand, 1e-8, 20.0, 8, 1e-11);
                EXPECT_NEAR(c[j], exact, 1e-8 * std::fmax(1.0, exact)) << l << " " << charge << " " << k[j];
            }
        }
}

// Like K- p, K0bar n and pi Sigma: attractive, absorptive, charged; against itself at a much smaller tolerance.
TEST(CoupledCorrelation, EstimateCoversTheErrorForThreeChannels) {
    std::vector<Channel> const channels{{323.0, 0.0, 0, -1.0}, {325.0, 5.3, 0, 0.0}, {120.0, -103.0, 0, -1.0}};
    PotentialMatrix potential(3);
    potential.set(0, 0, gaussian(-500.0, 0.6), gaussian(-40.0, 0.6));
    potential.set(1, 1, gaussian(-500.0, 0.6));
    potential.set(0, 1, gaussian(-250.0, 0.6));
    potential.set(0, 2, gaussian(180.0, 0.5));
    potential.set(2, 2, gaussian(-300.0, 0.7));
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(15, 20.0, 200.0);
    auto const exponential = make_source("exponential", {{"r0_fm", {1.0}}});
    GaussianSource const gauss(1.0);
    std::vector<ChannelSource> const sources{{exponential.get()}, {&gauss}, {&gauss, 1.6}};
    auto const rough = CoupledCorrelationSolver(channels, k, 1e-5).solve(potential, sources);
    auto const fine = CoupledCorrelationSolver(channels, k, 1e-9).solve(potential, sources);
    EXPECT_LE(((rough.correlation - fine.correlation).abs() / fine.correlation.max(1.0)).maxCoeff(),
              rough.error_estimate + 1e-7);
    EXPECT_LE((rough.contributions.colwise().sum().transpose() - rough.correlation).abs().maxCoeff(), 1e-12);
    EXPECT_GT(fine.contributions.row(2).maxCoeff(), 1e-3);
}

TEST(CoupledCorrelation, RefusesWhatItCannotDo) {
    Eigen::ArrayXd const k = Eigen::ArrayXd::Constant(1, 50.0);
    GaussianSource const source(1.0);
    PotentialMatrix const potential(2);
    CoupledCorrelationSolver solver({{500.0, 0.0}, {500.0, 10.0}}, k);
    auto const refusal = [&](std::vector<ChannelSource> const& sources) {
        return message_of([&] { solver.solve(potential, sources); });
    };
    EXPECT_NE(refusal({{&source}}).find("every channel needs one source"), std::string::npos);
    EXPECT_NE(refusal({{&source, 0.5}, {&source}}).find("must be 1"), std::string::npos);
    EXPECT_NE(refusal({{&source}, {&source, -1.0}}).find("not negative"), std::string::npos);
    auto const levy = make_source("levy", {{"r0_fm", {5.0}}, {"alpha", {1.0}}});
    CoupledCorrelationSolver slow({{500.0, 0.0}}, Eigen::ArrayXd::Constant(1, 2.0), 1e-8);
    EXPECT_NE(message_of([&] { slow.solve(PotentialMatrix(1), {{levy.get()}}); }).find("without heavy tails"),
              std::string::npos);
    EXPECT_NE(message_of([&] {
                  CoupledCorrelationSolver({{500.0, 0.0, 0}, {500.0, 0.0, 1}}, k);
              }).find("one l"),
              std::string::npos);
    EXPECT_THROW(CoupledCorrelationSolver({{500.0, 0.0}}, k, 0.0), InputError);
    EXPECT_THROW(CoupledCorrelationSolver({{500.0, 0.0}}, Eigen::ArrayXd::Constant(1, 0.0)), InputError);
}

}  // namespace
}  // namespace hadronforce
