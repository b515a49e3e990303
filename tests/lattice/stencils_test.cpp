#include "hadronforce/lattice/stencils.hpp"

#include "hadronforce/units/constants.hpp"
#include "lattice/cubic_operations.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace hadronforce {
namespace {

constexpr StencilOrder orders[] = {StencilOrder::second, StencilOrder::fourth};

Eigen::ArrayXd on_orbits(CubicOrbits const& orbits, std::function<double(CubicOrbits::Site const&)> const& f) {
    Eigen::ArrayXd values(orbits.size());
    for (Eigen::Index i = 0; i < orbits.size(); ++i)
        values[i] = f(orbits.representatives()[static_cast<std::size_t>(i)]);
    return values;
}

/// What the one-dimensional stencil makes of exp(ikx): 2 cos k - 2, and (-2 cos 2k + 32 cos k - 30)/12.
double stencil_eigenvalue(StencilOrder order, double k) {
    return order == StencilOrder::second ? 2.0 * std::cos(k) - 2.0
                                         : (-2.0 * std::cos(2.0 * k) + 32.0 * std::cos(k) - 30.0) / 12.0;
}

// A1+ projection of exp(i k.x) with k = 2 pi/L (a, b, c): the symmetric sum of cos cos cos over permutations. It is an
// eigenfunction of the stencil with the sum of the three one-dimensional eigenvalues.
TEST(CubicLaplacian, PlaneWavesHaveTheStencilsEigenvalue) {
    for (int const L : {7, 8})
        for (StencilOrder const order : orders) {
            CubicOrbits const orbits(L);
            CubicLaplacian const laplacian(orbits, order);
            std::array<int, 3> n{0, 1, 3};
            double eigenvalue = 0.0;
            for (int const i : n) eigenvalue += stencil_eigenvalue(order, 2.0 * units::pi * i / L);
            auto const wave = on_orbits(orbits, [&](auto const& site) {
                double sum = 0.0;
                std::array<int, 3> axis{0, 1, 2};
                do {
                    double product = 1.0;
                    for (std::size_t i = 0; i < 3; ++i)
                        product *= std::cos(2.0 * units::pi * n[i] * site[static_cast<std::size_t>(axis[i])] / L);
                    sum += product;
                } while (std::next_permutation(axis.begin(), axis.end()));
                return sum;
            });
            EXPECT_LT((laplacian(wave) - eigenvalue * wave).abs().maxCoeff(), 1e-13);
        }
}

// The same stencil applied to all sites of the unfolded lattice, written out as loops.
TEST(CubicLaplacian, EqualsTheStencilOnTheFullLattice) {
    for (int const L : {4, 5, 6}) {
        CubicOrbits const orbits(L);
        std::mt19937_64 generator(3);
        std::normal_distribution<double> normal;
        Eigen::ArrayXd const values = Eigen::ArrayXd::NullaryExpr(orbits.size(), [&] { return normal(generator); });
        Eigen::ArrayXd const field = orbits.unfold(values);
        for (StencilOrder const order : orders) {
            double const w0 = order == StencilOrder::second ? -6.0 : -7.5;
            double const w1 = order == StencilOrder::second ? 1.0 : 4.0 / 3.0;
            double const w2 = order == StencilOrder::second ? 0.0 : -1.0 / 12.0;
            auto const expected = on_orbits(orbits, [&](auto const& site) {
                auto const at = [&](std::size_t axis, int step) {
                    auto moved = site;
                    moved[axis] += step;
                    return field[testing::site_index(moved, L)];
                };
                double sum = w0 * at(0, 0);
                for (std::size_t axis = 0; axis < 3; ++axis)
                    sum += w1 * (at(axis, 1) + at(axis, -1)) + w2 * (at(axis, 2) + at(axis, -2));
                return sum;
            });
            EXPECT_LT((CubicLaplacian(orbits, order)(values) - expected).abs().maxCoeff(), 1e-13);
        }
    }
}

// lap exp(-b r^2) = (4 b^2 r^2 - 6 b) exp(-b r^2). The error of the stencil is h^2/12 (or h^4/90) times fourth (sixth)
// derivatives, so a Gaussian twice as wide has 4 (16) times less of it relative to the Laplacian at the origin.
TEST(CubicLaplacian, ConvergesOnGaussiansAsItsOrderSays) {
    CubicOrbits const orbits(96);  // wide enough: exp(-0.01 48^2) = 1e-10
    for (StencilOrder const order : orders) {
        CubicLaplacian const laplacian(orbits, order);
        auto const error_at_origin = [&](double b) {
            Eigen::ArrayXd const gauss = (-b * orbits.r().square()).exp();
            Eigen::ArrayXd const exact = (4.0 * b * b * orbits.r().square() - 6.0 * b) * gauss;
            Eigen::ArrayXd const error = (laplacian(gauss) - exact).abs();
            EXPECT_LT(error.maxCoeff(), 1.01 * error[0]);  // nowhere worse than there
            return error[0] / (6.0 * b);
        };
        double const ratio = error_at_origin(0.04) / error_at_origin(0.01);
        EXPECT_NEAR(std::log2(ratio), 2.0 * reach_of(order), 0.1);
    }
}

// Exact on polynomials up to the degree that fixes the weights.
TEST(TimeDerivatives, AreExactOnPolynomials) {
    for (StencilOrder const order : orders) {
        int const reach = reach_of(order);
        auto const first = first_derivative_weights(order), second = second_derivative_weights(order);
        for (int power = 0; power <= 2 * reach; ++power) {
            double d1 = 0.0, d2 = 0.0;
            for (int step = -reach; step <= reach; ++step) {
                d1 += first[static_cast<std::size_t>(step + reach)] * std::pow(step, power);
                d2 += second[static_cast<std::size_t>(step + reach)] * std::pow(step, power);
            }
            EXPECT_NEAR(d1, power == 1 ? 1.0 : 0.0, 1e-14) << "power " << power;
            EXPECT_NEAR(d2, power == 2 ? 2.0 : 0.0, 1e-14) << "power " << power;
        }
    }
}

}  // namespace
}  // namespace hadronforce
