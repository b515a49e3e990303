#include "hadronforce/lattice/stencils.hpp"

#include "hadronforce/units/constants.hpp"
#include "lattice/cubic_operations.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <utility>
#include <vector>

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

/// sum_i weight_i f(offset - reach + i): the derivative at 0.
double applied(std::vector<double> const& weights, int offset, std::function<double(double)> const& f) {
    double sum = 0.0;
    double const first = offset - static_cast<double>(weights.size() / 2);
    for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * f(first + static_cast<double>(i));
    return sum;
}

// A slice at the end of the data: five (three) slices fix the same polynomials wherever they lie.
TEST(OneSidedTimeDerivatives, AreExactOnPolynomials) {
    for (StencilOrder const order : orders) {
        int const reach = reach_of(order);
        for (int offset = -reach; offset <= reach; ++offset)
            for (int power = 0; power <= 2 * reach; ++power) {
                auto const monomial = [&](double t) { return std::pow(t, power); };
                EXPECT_NEAR(applied(first_derivative_weights(order, offset), offset, monomial), power == 1 ? 1.0 : 0.0,
                            1e-11)
                    << "offset " << offset << ", power " << power;
                EXPECT_NEAR(applied(second_derivative_weights(order, offset), offset, monomial), power == 2 ? 2.0 : 0.0,
                            1e-11)
                    << "offset " << offset << ", power " << power;
            }
    }
}

// The textbook's: f' = (-3 f0 + 4 f1 - f2)/2, f'' = f0 - 2 f1 + f2, and f' = (-25 f0 + 48 f1 - 36 f2 + 16 f3 - 3
// f4)/12, f'' = (35 f0 - 104 f1 + 114 f2 - 56 f3 + 11 f4)/12; mirrored at the other end, where f' changes sign.
TEST(OneSidedTimeDerivatives, HaveTheKnownWeights) {
    auto const expect = [](std::vector<double> const& weights, std::vector<double> const& known) {
        ASSERT_EQ(weights.size(), known.size());
        for (std::size_t i = 0; i < known.size(); ++i) EXPECT_NEAR(weights[i], known[i], 1e-12) << "weight " << i;
    };
    auto const [second, fourth] = std::pair(StencilOrder::second, StencilOrder::fourth);
    expect(first_derivative_weights(second, 1), {-1.5, 2.0, -0.5});
    expect(second_derivative_weights(second, 1), {1.0, -2.0, 1.0});
    expect(first_derivative_weights(second, -1), {0.5, -2.0, 1.5});
    expect(first_derivative_weights(fourth, 2), {-25.0 / 12, 4.0, -3.0, 4.0 / 3, -0.25});
    expect(second_derivative_weights(fourth, 2), {35.0 / 12, -26.0 / 3, 19.0 / 2, -14.0 / 3, 11.0 / 12});
    expect(first_derivative_weights(fourth, -2), {0.25, -4.0 / 3, 3.0, -4.0, 25.0 / 12});
    expect(second_derivative_weights(fourth, -2), {11.0 / 12, -14.0 / 3, 19.0 / 2, -26.0 / 3, 35.0 / 12});
}

// On exp(ht) the error falls as h to the order: 2 or 4 for the first derivative, one less for the second.
TEST(OneSidedTimeDerivatives, ConvergeAsTheirOrderSays) {
    for (StencilOrder const order : orders) {
        int const reach = reach_of(order);
        for (int const offset : {-reach, reach}) {
            auto const errors = [&](double h) {
                auto const f = [h](double t) { return std::exp(h * t); };
                return std::pair(applied(first_derivative_weights(order, offset), offset, f) / h - 1.0,
                                 applied(second_derivative_weights(order, offset), offset, f) / (h * h) - 1.0);
            };
            auto const coarse = errors(0.04), fine = errors(0.02);
            EXPECT_NEAR(std::log2(coarse.first / fine.first), 2.0 * reach, 0.1);
            EXPECT_NEAR(std::log2(coarse.second / fine.second), 2.0 * reach - 1.0, 0.1);
        }
    }
}

}  // namespace
}  // namespace hadronforce
