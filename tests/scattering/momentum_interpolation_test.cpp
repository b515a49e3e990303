#include "hadronforce/scattering/momentum_interpolation.hpp"

#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "support/five_parameter_potential.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

Eigen::ArrayXd targets() { return bin_centres(5.0, 300.0, 60) / units::hbar_c_MeV_fm; }

Eigen::VectorXd at_targets(MomentumInterpolation const& interpolation, Eigen::VectorXd const& at_nodes) {
    Eigen::VectorXd values;
    interpolation.at_targets(at_nodes, values);
    return values;
}

// cos(kt) for every t of the band, and nothing but the band: a function beyond it leaves a residual.
TEST(MomentumInterpolation, GivesEveryFunctionOfTheBand) {
    for (double band : {3.0, 12.0, 25.0}) {
        MomentumInterpolation const interpolation(targets(), band, 1e-10);
        Eigen::ArrayXd const& k = interpolation.nodes_per_fm();
        EXPECT_LT(k.size(), 60);
        EXPECT_EQ(k[0], 0.0);
        EXPECT_EQ(k[k.size() - 1], targets().maxCoeff());
        for (double t = 0.0; t <= band; t += band / 97.0) {
            Eigen::VectorXd const at_nodes = (k * t).cos();
            EXPECT_LE((at_targets(interpolation, at_nodes).array() - (targets() * t).cos()).abs().maxCoeff(), 1e-9)
                << t;
            EXPECT_LE(interpolation.residual(at_nodes)[0], 1e-9);
        }
        Eigen::VectorXd const beyond = (k * (3.0 * band + 20.0)).cos();
        EXPECT_GT(interpolation.residual(beyond)[0], 1e-3);
    }
}

// u = sin(kr)/k outside a wave's own distortion: the square of the free wave has the band 2r.
TEST(MomentumInterpolation, GivesSquaresOfWaves) {
    double const r = 7.0;
    MomentumInterpolation const interpolation(targets(), 2.0 * r, 1e-10);
    auto const square = [&](Eigen::ArrayXd const& k) -> Eigen::VectorXd {
        return k.unaryExpr([&](double q) { return q == 0.0 ? r * r : std::pow(std::sin(q * r) / q, 2); });
    };
    Eigen::VectorXd const values = at_targets(interpolation, square(interpolation.nodes_per_fm()));
    EXPECT_LE((values - square(targets())).cwiseAbs().maxCoeff(), 1e-8 * r * r);
}

TEST(MomentumInterpolation, OfTheTargetsThemselvesIsExact) {
    MomentumInterpolation const interpolation(targets());
    EXPECT_TRUE(interpolation.exact());
    EXPECT_EQ(interpolation.nodes_per_fm().size(), 61);
    Eigen::VectorXd const values = interpolation.nodes_per_fm().cube();
    EXPECT_EQ(at_targets(interpolation, values), targets().cube().matrix());
    EXPECT_EQ(interpolation.residual(values)[0], 0.0);
}

// Fewer momenta than targets, or every target by itself: the same phase shifts, the same multiples of pi.
TEST(MomentumInterpolation, DoesNotChangePhaseShifts) {
    unsigned const seed = 20260105;
    std::mt19937_64 generator(seed);
    Eigen::ArrayXd const k_MeV = bin_centres(5.0, 300.0, 60);
    for (int i = 0; i < 100; ++i) {
        auto const s = testing::draw_five_parameters(generator, i % 2 == 1);
        auto const potential = testing::five_parameter_potential(s.b1, s.b2, s.b3, s.b4);
        double const mu = testing::p_omega_reduced_mass_MeV;
        auto const together = scatter(*potential, k_MeV, mu);
        for (Eigen::Index j : {0, 17, 59}) {
            auto const alone = scatter(*potential, k_MeV.segment(j, 1), mu);
            EXPECT_NEAR(together.delta_rad[j], alone.delta_rad[0], 2e-8) << "seed " << seed << ", draw " << i;
            EXPECT_EQ(together.bound_states, alone.bound_states) << "seed " << seed << ", draw " << i;
        }
    }
}

}  // namespace
}  // namespace hadronforce
