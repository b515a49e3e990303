#include "scattering/eighth_order.hpp"

#include "scattering/k_squared_polynomial.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

TEST(NodeDerivatives, AreExactForAPolynomialOfDegreeSix) {
    auto const p = [](double n, int derivative) {
        double const c[] = {2.0, -1.0, 0.5, 0.25, -0.125, 0.03, -0.004};
        double sum = 0.0;
        for (int i = derivative; i <= 6; ++i) {
            double factor = c[i];
            for (int j = 0; j < derivative; ++j) factor *= i - j;
            sum += factor * std::pow(n, i - derivative);
        }
        return sum;
    };
    Eigen::Index const nodes = 21;
    Eigen::ArrayXd values(nodes);
    for (Eigen::Index n = 0; n < nodes; ++n) values[n] = p(static_cast<double>(n), 0);
    NodeDerivatives derivatives;
    derivatives.fill(values);
    for (Eigen::Index n = 1; n < nodes - 3; ++n) {
        auto const i = static_cast<std::size_t>(n);
        double const at = static_cast<double>(n), rounding = 1e-11 * values.abs().maxCoeff();
        EXPECT_NEAR(derivatives.first[i], p(at, 1), rounding) << n;
        EXPECT_NEAR(derivatives.second[i], p(at, 2), rounding) << n;
        EXPECT_NEAR(derivatives.third[i], p(at, 3), rounding) << n;
        EXPECT_NEAR(derivatives.fourth[i], p(at, 4), rounding) << n;
        EXPECT_NEAR(derivatives.sixth[i], p(at, 6), rounding) << n;
    }
}

TEST(KSquaredPolynomial, MultipliesAndAddsAsNumbersDo) {
    KSquaredPolynomial<double, 1> const a{{2.0, -3.0}};
    KSquaredPolynomial<double, 2> const b{{0.5, 4.0, -1.0}};
    auto const at = [](auto const& p, double x) {
        double sum = 0.0, power = 1.0;
        for (double c : p.c) sum += c * power, power *= x;
        return sum;
    };
    for (double x : {-1.5, 0.0, 0.3, 2.0}) {
        EXPECT_NEAR(at(a * b, x), at(a, x) * at(b, x), 1e-13);
        EXPECT_NEAR(at(a + b, x), at(a, x) + at(b, x), 1e-14);
        EXPECT_NEAR(at(b + a, x), at(a, x) + at(b, x), 1e-14);
        EXPECT_NEAR(at(1.0 + 2.0 * b, x), 1.0 + 2.0 * at(b, x), 1e-14);
    }
}

// chi = exp(sin x) solves chi'' = (cos^2 x - sin x) chi.
struct KnownWave {
    double step, x;
    double fifth;
    StepFunction<double> f;

    KnownWave(double step_, double x_) : step(step_), x(x_) {
        // cos^2 x - sin x = 1/2 + cos(2x)/2 - sin x
        auto const derivative = [&](int n) {
            double const quarter = 0.5 * n * 3.14159265358979323846;
            return (n == 0 ? 0.5 : 0.0) + 0.5 * std::pow(2.0, n) * std::cos(2.0 * x + quarter) - std::sin(x + quarter);
        };
        auto const scaled = [&](int n) { return std::pow(step, n + 2) * derivative(n); };
        f = {scaled(0), scaled(1), scaled(2), scaled(3), scaled(4), scaled(6)};
        fifth = scaled(5);
    }
    double chi() const { return std::exp(std::sin(x)); }
    double y() const { return y_over_chi(f) * chi(); }
};

TEST(EighthOrder, StepHasAnErrorOfTenthOrder) {
    auto const error = [](double step) {
        KnownWave const here(step, 0.7);
        double const sum = KnownWave(step, 0.7 + step).y() + KnownWave(step, 0.7 - step).y();
        return std::fabs(sum - (2.0 + step_minus_two(here.f)) * here.y());
    };
    EXPECT_NEAR(std::log2(error(0.4) / error(0.2)), 10.0, 0.3);
    EXPECT_LT(error(0.2), 1e-8);
}

TEST(EighthOrder, SlopeHasAnErrorOfNinthOrder) {
    auto const error = [](double step) {
        KnownWave const here(step, 0.7);
        double const difference = KnownWave(step, 0.7 + step).y() - KnownWave(step, 0.7 - step).y();
        double const slope = y_over_chi(here.f) * (0.5 * difference - slope_from_chi(here.f, here.fifth) * here.chi());
        return std::fabs(slope - step * std::cos(0.7) * here.chi());
    };
    EXPECT_NEAR(std::log2(error(0.2) / error(0.1)), 9.0, 0.3);
    EXPECT_LT(error(0.2), 1e-8);
}

TEST(EighthOrder, TheWeightOfADensityIsTheInverseSquareOfW) {
    auto const error = [](double step) {
        auto const f = KnownWave(step, 0.7).f;
        return std::fabs(chi_squared_over_y_squared(f) * std::pow(y_over_chi(f), 2) - 1.0);
    };
    EXPECT_NEAR(std::log2(error(0.4) / error(0.2)), 8.0, 0.3);
    EXPECT_LT(error(0.2), 1e-8);
}

// Where F is constant the step is that of the hyperbolic cosine.
TEST(EighthOrder, AConstantIsMetToTheNextPower) {
    for (double f : {-0.3, 0.05, 0.4}) {
        double const root = std::sqrt(std::fabs(f));
        double const exact = 2.0 * (f > 0.0 ? std::cosh(root) : std::cos(root)) - 2.0;
        EXPECT_NEAR(step_minus_two(StepFunction<double>{f, 0.0, 0.0, 0.0, 0.0, 0.0}), exact,
                    2.0 * std::pow(std::fabs(f), 5) / 3628800.0 * 1.1);
    }
}

}  // namespace
}  // namespace hadronforce
