#include "hadronforce/femtoscopy/coupled_correlation.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "support/adaptive_coupled_solver.hpp"
#include "support/correlation_solver.hpp"
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

using testing::CorrelationSolver;

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

/// A source without its pairs beyond a radius.
class CutSource final : public Source {
  public:
    CutSource(Source const& whole, double end_fm) : whole_(whole), end_fm_(end_fm) {}
    void fill_per_fm3(Eigen::Ref<Eigen::ArrayXd const> const& r_fm, Eigen::Ref<Eigen::ArrayXd> s) const override {
        whole_.fill_per_fm3(r_fm, s);
        s = (r_fm > end_fm_).select(0.0, s);
    }
    double radius_outside_which_fm(double fraction) const override {
        return std::min(end_fm_, whole_.radius_outside_which_fm(fraction));
    }
    void fill_characteristic(Eigen::Ref<Eigen::ArrayXd const> const&, Eigen::Ref<Eigen::ArrayXd>) const override {}
    void fill_cosine_transform_per_fm2(Eigen::Ref<Eigen::ArrayXd const> const&,
                                       Eigen::Ref<Eigen::ArrayXd>) const override {}

  private:
    Source const& whole_;
    double end_fm_;
};

// A closed channel's wave has died away long before 60 fm, so that pairs farther out do not matter to it, however many
// they are: with charges, l > 0, a hundred MeV below its threshold or so near that it decays over 10 fm.
TEST(CoupledCorrelation, DecayingWavesOfHeavyTails) {
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(3, 15.0, 60.0);
    GaussianSource const first(1.0);
    auto const cauchy = make_source("cauchy", {{"r0_fm", {1.3}}});
    CutSource const near(*cauchy, 60.0);
    for (int l : {0, 1, 6})
        for (double charge : {0.0, 1.0})
            for (double threshold_MeV : {12.0, 290.0}) {
                PotentialMatrix potential(2);
                potential.set(0, 0, gaussian(-80.0, 1.2));
                potential.set(0, 1, gaussian(120.0, 1.0));
                potential.set(1, 1, gaussian(-90.0, 1.1));
                CoupledCorrelationSolver solver({{500.0, 0.0, l}, {800.0, threshold_MeV, l, charge}}, k, 1e-8);
                auto const result = solver.solve(potential, {{&first}, {cauchy.get(), 2.0}});
                auto const expected = solver.solve(potential, {{&first}, {&near, 2.0}});
                for (Eigen::Index j = 0; j < k.size(); ++j)
                    EXPECT_NEAR(result.correlation[j], expected.correlation[j], 3e-8 * expected.correlation[j])
                        << l << " " << charge << " " << threshold_MeV << " " << k[j];
            }
}

// Without interaction C is 1. Under the barrier of a high l, G reaches 1e60 between where the potential ends and where
// waves oscillate.
TEST(CoupledCorrelation, HighWavesOfHeavyTailsAreFree) {
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(4, 0.8, 51.0);
    auto const levy = make_source("levy", {{"r0_fm", {0.77}}, {"alpha", {1.56}}});
    for (int l : {3, 10, 19, 20}) {
        CoupledCorrelationSolver solver({{3730.0, 0.0, l}}, k, 1e-8);
        EXPECT_LE((solver.solve(PotentialMatrix(1), {{levy.get()}}).correlation - 1.0).abs().maxCoeff(), 1e-10) << l;
    }
}

// An edge of 0.015 fm falls between the nodes of the first levels, which agree on a wrong value by chance; and at low
// momenta 1/k^2 multiplies rounding. Uncoupled, it is the single channel's.
TEST(CoupledCorrelation, SharpEdgesAtLowMomenta) {
    auto const edge = [](double radius_fm) {
        return make_potential("woods_saxon",
                              {{"depth_MeV", {-1.59643}}, {"diffuseness_fm", {0.0152149}}, {"radius_fm", {radius_fm}}},
                              1.0);
    };
    double const mu = 190.05;
    Eigen::ArrayXd k(4);
    k << 0.0794136, 0.27, 0.46, 33.5126;
    auto const source = make_source("exponential", {{"r0_fm", {1.10242}}});
    for (double radius_fm : {1.39188, 1.1, 0.83, 0.62, 0.5}) {
        PotentialMatrix matrix(2);
        Shared const first = edge(radius_fm);
        matrix.set(0, 0, first);
        matrix.set(1, 1, gaussian(7.8, 0.41));
        auto const expected = CorrelationSolver(k, mu, 1e-10).solve(*first, *source).correlation;
        for (double tolerance : {1e-6, 1e-9}) {
            CoupledCorrelationSolver solver({{mu, 0.0}, {228.4, 2.885}}, k, tolerance);
            auto const result = solver.solve(matrix, {{source.get()}, {source.get(), 1.3}});
            EXPECT_LE(((result.correlation - expected).abs() / expected.max(1.0)).maxCoeff(), tolerance) << radius_fm;
        }
    }
}

// The jump of another entry, at a node of every level, hides no edge beside it.
TEST(CoupledCorrelation, SharpEdgesBesideAJump) {
    double const mu = 2219.11;
    Shared const edge = make_potential(
        "woods_saxon", {{"depth_MeV", {-1.28994}}, {"diffuseness_fm", {0.0116814}}, {"radius_fm", {1.84156}}}, 1.0);
    Shared const well = make_potential("square_well", {{"depth_MeV", {-15.4589}}, {"radius_fm", {1.85238}}}, 1.0);
    PotentialMatrix matrix(2);
    matrix.set(0, 0, edge);
    matrix.set(1, 1, well);
    GaussianSource const source(2.1);
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(4, 1.7, 65.0);
    std::vector<SpinChannel> const alone{{1.0, Exchange::none, {{1, edge}}}};
    auto const expected = PairCorrelationSolver(k, mu, 0, 1e-9).solve(alone, source).correlation;
    CoupledCorrelationSolver solver({{mu, 0.0, 1}, {274.9, 1.28, 1}}, k, 1e-6);
    auto const result = solver.solve(matrix, {{&source}, {&source}});
    EXPECT_LE(((result.correlation - expected).abs() / expected.max(1.0)).maxCoeff(), result.error_estimate + 1e-9);
}

// Pairs of charges in a source of 722 fm, by the integral over all of them: what one momentum is does not depend on
// which others are solved.
TEST(CoupledCorrelation, ChargesInALargeSource) {
    double const mu = 437.183, r0 = 722.706;
    GaussianSource const source(r0);
    for (double charge : {1.0, -1.0})
        for (double k_MeV : {6.61087, 12.0}) {
            Eigen::ArrayXd const k = Eigen::ArrayXd::Constant(1, k_MeV);
            double const c = CoupledCorrelationSolver({{mu, 0.0, 2, charge}}, k, 1e-7)
                                 .solve(PotentialMatrix(1), {{&source}})
                                 .correlation[0];
            double const eta = units::sommerfeld_parameter(charge, mu, k_MeV);
            auto const integrand = [&](double r) {
                Eigen::ArrayXd const kr = Eigen::ArrayXd::Constant(1, units::wave_number_per_fm(k_MeV) * r);
                return r * r * testing::coupled::gaussian_source(r0, r) * (coulomb_density(eta, kr)[0] - 1.0);
            };
            using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
            double exact = 1.0;
            for (double r = 0.0; r < 10.0 * r0; r += 100.0)
                exact += Quadrature::integrate(integrand, r + 1e-8, r + 100.0, 4, 1e-12);
            EXPECT_NEAR(c, exact, 1e-7) << charge << " " << k_MeV;
        }
}

TEST(CoupledCorrelation, NamesTheChannelThatIsTooCloseToItsThreshold) {
    // 2 MeV above the first: k* = sqrt(2 mu 2 MeV) = 44.721 MeV/c.
    Eigen::ArrayXd const k = Eigen::ArrayXd::Constant(1, std::sqrt(2000.0) * (1.0 - 1e-9));
    EXPECT_NE(message_of([&] {
                  CoupledCorrelationSolver({{500.0, 0.0}, {500.0, 2.0, 0, 1.0}}, k);
              }).find("threshold of channel 2"),
              std::string::npos);
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
    PotentialMatrix strong(1);
    strong.set(0, 0, gaussian(-60.0, 1.5));
    EXPECT_NE(message_of([&] { slow.solve(strong, {{levy.get()}}); }).find("without heavy tails"), std::string::npos);
    EXPECT_NE(message_of([&] {
                  CoupledCorrelationSolver({{500.0, 0.0, 0}, {500.0, 0.0, 1}}, k);
              }).find("one l"),
              std::string::npos);
    EXPECT_THROW(CoupledCorrelationSolver({{500.0, 0.0}}, k, 0.0), InputError);
    EXPECT_THROW(CoupledCorrelationSolver({{500.0, 0.0}}, Eigen::ArrayXd::Constant(1, 0.0)), InputError);
}

}  // namespace
}  // namespace hadronforce
