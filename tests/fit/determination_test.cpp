// What data leave open: which directions, and what is determined all the same.

#include "hadronforce/fit/least_squares.hpp"
#include "hadronforce/random/random.hpp"

#include <gtest/gtest.h>
#include <Eigen/LU>

#include <cmath>
#include <cstdio>

namespace hadronforce {
namespace {

Eigen::ArrayXd const x = Eigen::ArrayXd::LinSpaced(20, 0.0, 4.0);
std::vector<Parameter> const four{{"floor", 0.0}, {"first", 0.3}, {"second", 0.1, -5.0, 5.0}, {"nothing", 7.0}};

/// floor + (first + 2 second) x, in which the fourth parameter does not occur.
Residuals sum(Eigen::ArrayXd const& data, double error) {
    return [=](Eigen::VectorXd const& p) -> Eigen::VectorXd {
        return ((p[0] + (p[1] + 2.0 * p[2]) * x - data) / error).matrix();
    };
}

/// Covariance of floor and slope in closed form.
Eigen::Matrix2d line_covariance(double error) {
    Eigen::MatrixXd design(x.size(), 2);
    design << Eigen::VectorXd::Ones(x.size()), x.matrix();
    return (design.transpose() * design).inverse() * error * error;
}

TEST(Determination, NamesTheOpenDirectionsAndWhatIsDetermined) {
    double const error = 0.1;
    auto const fit = least_squares(sum(1.0 + 3.0 * x, error), four);
    EXPECT_LE(fit.chi2, 1e-8);
    ASSERT_EQ(fit.undetermined.cols(), 2);
    EXPECT_TRUE(fit.is_determined(0));
    for (Eigen::Index i : {1, 2, 3}) {
        EXPECT_FALSE(fit.is_determined(i));
        EXPECT_TRUE(std::isnan(fit.errors()[i]));
    }
    // The space of the directions: (0, 2, -1, 0) and (0, 0, 0, 1).
    for (Eigen::Index i = 0; i < 2; ++i) {
        EXPECT_NEAR(fit.undetermined(0, i), 0.0, 1e-6);
        EXPECT_NEAR(fit.undetermined(1, i), -2.0 * fit.undetermined(2, i), 1e-6);
    }
    auto const expected = line_covariance(error);
    EXPECT_NEAR(fit.values[0], 1.0, 1e-5);
    EXPECT_NEAR(fit.errors()[0], std::sqrt(expected(0, 0)), 1e-6);
    auto const combinations = determined_combinations(fit);
    ASSERT_EQ(combinations.size(), 1U);  // the largest coefficient is 1: second + first/2
    EXPECT_NEAR(combinations[0].coefficients[1], 0.5, 1e-6);
    EXPECT_NEAR(combinations[0].coefficients[2], 1.0, 1e-12);
    EXPECT_NEAR(combinations[0].value, 1.5, 1e-5);
    EXPECT_NEAR(combinations[0].error, 0.5 * std::sqrt(expected(1, 1)), 1e-6);
    EXPECT_EQ(fit.correlations()(0, 1), 0.0);
}

// Only the product counts: the direction is (a, -b) where the fit ended, and the product's error is in the sum.
TEST(Determination, OfAProductIsLocal) {
    auto const fit = least_squares(
        [](Eigen::VectorXd const& p) -> Eigen::VectorXd { return ((p[0] * p[1] - 6.0) * x.matrix() / 0.1); },
        {{"a", 2.0}, {"b", 1.0}});
    ASSERT_EQ(fit.undetermined.cols(), 1);
    double const a = fit.values[0], b = fit.values[1];
    EXPECT_NEAR(a * b, 6.0, 1e-5);
    EXPECT_NEAR(fit.undetermined(0, 0) / fit.undetermined(1, 0), -a / b, 1e-4);
    auto const sum = determined_combinations(fit).at(0);
    double const to_product = b / sum.coefficients[0];
    EXPECT_NEAR(sum.error * to_product, 0.1 / x.matrix().norm(), 1e-5);
}

TEST(Determination, FindsNothingOpenWhereAllIsDetermined) {
    auto const fit =
        least_squares([](Eigen::VectorXd const& p) -> Eigen::VectorXd { return (p[0] + p[1] * x - 1.0).matrix(); },
                      {{"a", 0.0}, {"b", 0.0}});
    EXPECT_EQ(fit.undetermined.cols(), 0);
    EXPECT_TRUE(determined_combinations(fit).empty());
}

// Pulls of 400 mock experiments: of n, the mean has the error 1/sqrt(n), the width 1/sqrt(2n); four of these.
TEST(Determination, ErrorsOfWhatIsDeterminedCover) {
    constexpr std::uint64_t seed = 20250817;
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    int const count = 400;
    double const error = 0.1;
    Eigen::ArrayXXd pulls(count, 2);
    for (int experiment = 0; experiment < count; ++experiment) {
        Eigen::ArrayXd data = 1.0 + 3.0 * x;
        for (Eigen::Index i = 0; i < x.size(); ++i)
            data[i] += error * normal_draw(seed, static_cast<std::uint64_t>(experiment), static_cast<std::uint32_t>(i));
        auto const fit = least_squares(sum(data, error), four);
        auto const slope = determined_combinations(fit).at(0);
        pulls(experiment, 0) = (fit.values[0] - 1.0) / fit.errors()[0];
        pulls(experiment, 1) = (slope.value - 3.0 * slope.coefficients[1]) / slope.error;
    }
    for (Eigen::Index i = 0; i < 2; ++i) {
        double const mean = pulls.col(i).mean();
        double const width = std::sqrt((pulls.col(i) - mean).square().sum() / (count - 1.0));
        EXPECT_NEAR(mean, 0.0, 4.0 / std::sqrt(count)) << i;
        EXPECT_NEAR(width, 1.0, 4.0 / std::sqrt(2.0 * count)) << i;
    }
}

// Rosenbrock's valley, which takes longer.
TEST(LeastSquares, EndsAfterTheEvaluationsItMayTakeAndSaysWhereItStands) {
    int calls = 0;
    Residuals const valley = [&](Eigen::VectorXd const& p) -> Eigen::VectorXd {
        ++calls;
        return Eigen::Vector2d(1e4 * (p[1] - p[0] * p[0]), 1e3 * (1.0 - p[0]));
    };
    std::vector<Parameter> const start{{"a", -1.2}, {"b", 1.0}};
    try {
        least_squares(valley, start, 20);
        FAIL() << "converged after " << calls;
    } catch (NotConverged const& end) {
        EXPECT_EQ(end.fit.values.size(), 2);
        EXPECT_NEAR(end.fit.chi2, end.fit.residuals.squaredNorm(), 1e-9 * end.fit.chi2);
        EXPECT_LE(end.fit.evaluations, 40);  // the last derivatives included
        EXPECT_LE(calls, 40);
    }
    EXPECT_NEAR(least_squares(valley, start).values[0], 1.0, 1e-6);
}

}  // namespace
}  // namespace hadronforce
