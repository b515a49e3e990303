#include "hadronforce/interaction/tabulated_kernel.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/scattering/nonlocal_solver.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/lattice_radii.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace hadronforce {
namespace {

/// Not a product, even in r and r': what a kernel on the lattice may look like.
Eigen::MatrixXd smooth_kernel(Eigen::ArrayXd const& r, Eigen::ArrayXd const& r_prime) {
    Eigen::MatrixXd u(r.size(), r_prime.size());
    for (Eigen::Index j = 0; j < r_prime.size(); ++j) {
        Eigen::ArrayXd const sum = r.square() + r_prime[j] * r_prime[j];
        u.col(j) = (-(-sum / 2.0).exp() * (1.0 + 0.3 * r * r_prime[j]) / (1.0 + 0.2 * sum)).matrix();
    }
    return u;
}

Eigen::ArrayXd gauss_radii() { return GaussPanels({0.0, 2.0, 4.0, 8.0}).r(); }

double largest_error(Eigen::ArrayXd const& radii, int order, Eigen::MatrixXd const& added) {
    TabulatedKernel const kernel(radii, smooth_kernel(radii, radii) + added, order);
    Eigen::ArrayXd const x = Eigen::ArrayXd::LinSpaced(801, 0.0, radii[radii.size() - 1]);
    Eigen::ArrayXXd u(x.size(), x.size());
    kernel.fill(x, x, u);
    return (u.matrix() - smooth_kernel(x, x)).cwiseAbs().maxCoeff();
}

TEST(TabulatedKernel, InterpolatesASmoothKernel) {
    for (auto const& [order, on_gauss, on_lattice] : {std::tuple{3, 4e-6, 3e-4}, {5, 2e-7, 3e-5}}) {
        Eigen::ArrayXd const gauss = gauss_radii(), lattice = testing::lattice_radii(0.2, 32);
        EXPECT_LE(largest_error(gauss, order, Eigen::MatrixXd::Zero(gauss.size(), gauss.size())), on_gauss) << order;
        EXPECT_LE(largest_error(lattice, order, Eigen::MatrixXd::Zero(lattice.size(), lattice.size())), on_lattice)
            << order;
    }
}

// Twice the points, 2^(order + 1) times more accurate.
TEST(TabulatedKernel, ConvergesWithItsOrder) {
    for (int order : {3, 5}) {
        auto const error = [&](int points) {
            return largest_error(Eigen::ArrayXd::LinSpaced(points, 0.0, 8.0), order,
                                 Eigen::MatrixXd::Zero(points, points));
        };
        EXPECT_GE(std::log2(error(81) / error(161)), order + 0.5) << order;
    }
}

// Tables have rounding and statistical errors: they must not grow, however the density of the radii varies.
TEST(TabulatedKernel, KeepsNoiseSmall) {
    std::mt19937_64 generator(1);
    std::normal_distribution<double> normal;
    for (Eigen::ArrayXd const& r : {gauss_radii(), testing::lattice_radii(0.25, 32)}) {
        Eigen::MatrixXd noise(r.size(), r.size());
        for (Eigen::Index j = 0; j < r.size(); ++j)
            for (Eigen::Index i = 0; i <= j; ++i) noise(i, j) = noise(j, i) = 1e-2 * normal(generator);
        EXPECT_LE(largest_error(r, 3, noise), 20 * noise.cwiseAbs().maxCoeff());
    }
}

TEST(TabulatedKernel, PhaseShiftsOfTheSeparableKernelAgreeWithTheClosedForm) {
    double const omega = -0.017, mass = 3.30;
    SeparableExponential const exact(omega, 1.0, std::numeric_limits<double>::infinity());
    Eigen::ArrayXd const k = end_points(0.05, 3.0, 40);
    auto const largest_change = [&](Eigen::ArrayXd const& r, int order) {
        Eigen::ArrayXXd u(r.size(), r.size());
        exact.fill(r, r, u);
        TabulatedKernel const table(r, u.matrix(), order);
        auto const delta = NonlocalSolver({nullptr, &table, 2.0 * mass}, 3.0, 1e-6).scatter(k).delta_rad;
        double largest = 0.0;
        for (Eigen::Index j = 0; j < k.size(); ++j) {
            double const x = k[j] * k[j], sum = 1.0 + x;
            double const k_cot_delta = -0.25 * (2.0 * (1.0 - x) - (3.0 + x) * sum * sum / 4.0 +
                                                std::pow(sum, 4) / (8.0 * units::pi * mass * omega));
            largest = std::max(largest, std::fabs(std::remainder(delta[j] - std::atan2(k[j], k_cot_delta), units::pi)));
        }
        return largest;
    };
    Eigen::ArrayXd const gauss = GaussPanels({0.0, 5.0, 10.0, 28.0}).r();
    EXPECT_LE(largest_change(gauss, 3), 1e-6);
    EXPECT_LE(largest_change(gauss, 5), 2e-8);
    Eigen::ArrayXd const lattice = testing::lattice_radii(0.5, 900);
    EXPECT_LE(largest_change(lattice, 3), 1e-4);
    EXPECT_LE(largest_change(lattice, 5), 3e-5);  // of which the cut at 15 makes 2.8e-5
}

TEST(TabulatedKernel, BelowTheFirstAndBeyondTheLastRadius) {
    Eigen::ArrayXd const outside = (Eigen::ArrayXd(3) << 0.0, 8.0, 8.0 + 1e-9).finished();
    Eigen::ArrayXXd u(3, 3);

    TabulatedKernel const near(gauss_radii(), smooth_kernel(gauss_radii(), gauss_radii()));
    near.fill(outside, outside, u);
    EXPECT_NEAR(u(0, 0), -1.0, 1e-7);
    EXPECT_EQ(u(2, 0), 0.0);
    EXPECT_EQ(u(0, 2), 0.0);
    EXPECT_TRUE(near.kinks().empty());

    Eigen::ArrayXd const far = Eigen::ArrayXd::LinSpaced(30, 0.7, 8.0);  // steps of 0.25
    TabulatedKernel const clamped(far, smooth_kernel(far, far));
    clamped.fill(outside, outside, u);
    EXPECT_DOUBLE_EQ(u(0, 0), smooth_kernel(far, far)(0, 0));
    EXPECT_DOUBLE_EQ(u(1, 1), smooth_kernel(far, far)(29, 29));
    EXPECT_EQ(clamped.kinks(), std::vector<double>{0.7});
    EXPECT_EQ(clamped.range(1e-10), 8.0);
}

TEST(TabulatedKernel, RefusesWhatIsNoTable) {
    Eigen::ArrayXd const r = Eigen::ArrayXd::LinSpaced(6, 0.0, 5.0);
    Eigen::MatrixXd const u = smooth_kernel(r, r);
    auto const message = [&](Eigen::Index i, double radius, Eigen::Index row, double value, int order = 3) {
        auto radii = r;
        auto values = u;
        radii[i] = radius;
        values(row, 2) = value;
        return message_of([&] { TabulatedKernel(radii, values, order); });
    };
    double const nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(message(0, 0.0, 2, u(2, 2)), "");
    EXPECT_EQ(message(0, 0.0, 1, u(1, 2) + 0.1), "U must be symmetric; U[2][1] differs from U[1][2]");
    EXPECT_EQ(message(0, 0.0, 4, nan), "U[4][2] is not finite");
    EXPECT_EQ(message(3, nan, 2, u(2, 2)), "has a radius that is not finite");
    EXPECT_EQ(message(3, 1.0, 2, u(2, 2)), "radii must increase; r[3] does not");
    EXPECT_EQ(message(0, -1.0, 2, u(2, 2)), "has a negative radius");
    EXPECT_EQ(message(0, 0.0, 2, u(2, 2), 0), "the interpolation's order must lie between 1 and 9");
    EXPECT_EQ(message(0, 0.0, 2, u(2, 2), 6), "has 6 radii; interpolation of order 6 needs at least 7");
    EXPECT_EQ(message_of([&] { TabulatedKernel(r, u.leftCols(5)); }),
              "U has shape 6 x 5 with 6 radii; it needs one row and one column for each");
}

}  // namespace
}  // namespace hadronforce
