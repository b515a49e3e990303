#include "hadronforce/fit/least_squares.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/fit/whitening.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>
#include <Eigen/LU>

#include <cmath>

namespace hadronforce {
namespace {

Eigen::VectorXd const x = Eigen::VectorXd::LinSpaced(9, 0.0, 4.0);
Eigen::VectorXd const y = (Eigen::VectorXd(9) << 1.1, 1.4, 2.2, 2.4, 3.1, 3.3, 4.2, 4.4, 5.1).finished();

/// y = a + b x with one error for all points.
Residuals line(double error) {
    return [error](Eigen::VectorXd const& p) -> Eigen::VectorXd {
        return ((p[0] + p[1] * x.array() - y.array()) / error).matrix();
    };
}

Eigen::MatrixXd design() {
    Eigen::MatrixXd a(9, 2);
    a << Eigen::VectorXd::Ones(9), x;
    return a;
}

// Normal equations: values and covariance in closed form.
TEST(LeastSquares, AStraightLineIsThatOfTheNormalEquations) {
    double const error = 0.2;
    auto const fit = least_squares(line(error), {{"a", 0.0}, {"b", 0.0}});
    Eigen::MatrixXd const covariance = (design().transpose() * design()).inverse() * error * error;
    Eigen::VectorXd const expected = (design().transpose() * design()).inverse() * design().transpose() * y;
    EXPECT_LE((fit.values - expected).norm(), 1e-8);
    EXPECT_LE((fit.covariance - covariance).norm(), 1e-8 * covariance.norm());
    EXPECT_NEAR(fit.chi2, (design() * expected - y).squaredNorm() / (error * error), 1e-9);
    EXPECT_NEAR(fit.correlations()(0, 1), covariance(0, 1) / std::sqrt(covariance(0, 0) * covariance(1, 1)), 1e-8);
}

// Correlated data: (A^T C^-1 A)^-1 A^T C^-1 y. The diagonal chi^2 of the same data gives another slope.
TEST(LeastSquares, ACovarianceWeighsAsAitkenSays) {
    Eigen::MatrixXd c(9, 9);
    for (int i = 0; i < 9; ++i)
        for (int j = 0; j < 9; ++j) c(i, j) = 0.04 * (1.0 + 0.1 * i) * (1.0 + 0.1 * j) * std::pow(0.7, std::abs(i - j));
    auto const fit_with = [](Eigen::MatrixXd const& covariance) {
        Whitening const whitening(covariance);
        return least_squares([&](Eigen::VectorXd const& p) { return whitening.whiten(design() * p - y); },
                             {{"a", 0.0}, {"b", 0.0}});
    };
    auto const full = fit_with(c), diagonal = fit_with(c.diagonal().asDiagonal());
    Eigen::MatrixXd const covariance = (design().transpose() * c.inverse() * design()).inverse();
    Eigen::VectorXd const expected = covariance * design().transpose() * c.inverse() * y;
    EXPECT_LE((full.values - expected).norm(), 1e-8);
    EXPECT_LE((full.covariance - covariance).norm(), 1e-8 * covariance.norm());
    EXPECT_NEAR(full.chi2, (design() * expected - y).dot(c.inverse() * (design() * expected - y)), 1e-9);
    EXPECT_GT((full.values - diagonal.values).norm(), 1e-3);
    EXPECT_GT(full.errors()[0], 1.2 * diagonal.errors()[0]);  // positive correlations: a common shift costs little
    Whitening const whitening(c);
    EXPECT_LE((whitening.unwhiten(whitening.whiten(y)) - y).norm(), 1e-13);
}

TEST(LeastSquares, ACurvedModelReturnsTheTruthOfExactData) {
    auto const model = [](Eigen::VectorXd const& p) -> Eigen::ArrayXd {
        return p[0] * (-x.array() / p[1]).exp() + p[2];
    };
    Eigen::VectorXd const truth = Eigen::Vector3d(2.0, 1.3, 0.5);
    auto const fit = least_squares(
        [&](Eigen::VectorXd const& p) -> Eigen::VectorXd { return ((model(p) - model(truth)) / 0.01).matrix(); },
        {{"height", 1.0, 0.0, 10.0}, {"length", 0.5, 0.1}, {"floor", 0.0, -10.0, 1.0}});
    EXPECT_LE((fit.values - truth).norm(), 1e-5);  // of errors near 0.02
    EXPECT_LE(fit.chi2, 1e-6);
}

// The best slope, near 1.02, lies beyond its bound: the other parameter's best is then that of a line of slope 0.8.
TEST(LeastSquares, AParameterStopsAtItsBound) {
    auto const fit = least_squares(line(0.2), {{"a", 3.0}, {"b", 0.3, 0.0, 0.8}});
    EXPECT_NEAR(fit.values[1], 0.8, 1e-5);
    EXPECT_NEAR(fit.values[0], (y - 0.8 * x).mean(), 1e-5);
    EXPECT_TRUE(fit.at_bound[1]);
    EXPECT_FALSE(fit.at_bound[0]);
    EXPECT_EQ(fit.covariance(1, 1), 0.0);
    EXPECT_NEAR(fit.errors()[0], 0.2 / 3.0, 1e-8);
}

TEST(LeastSquares, AStartAtABoundLeavesIt) {
    for (double start : {0.0, 2.0}) {
        auto const fit = least_squares(line(0.2), {{"a", 1.0}, {"b", start, 0.0, 2.0}});
        EXPECT_NEAR(fit.values[1], least_squares(line(0.2), {{"a", 0.0}, {"b", 1.0}}).values[1], 1e-5);
    }
}

TEST(LeastSquares, ParametersThatTheModelRefusesAreNotEntered) {
    auto const fit = least_squares(
        [](Eigen::VectorXd const& p) -> Eigen::VectorXd {
            if (p[0] <= 0.0) throw InputError("p must be positive");
            return Eigen::Vector2d(std::log(p[0]) + 3.0, 0.1 * (p[0] - std::exp(-3.0)));
        },
        {{"p", 5.0}});
    EXPECT_NEAR(fit.values[0], std::exp(-3.0), 1e-6);
}

// Rosenbrock's, ten thousand times as steep across as along.
TEST(LeastSquares, FollowsACurvedValley) {
    for (bool const bounded : {false, true}) {
        std::vector<Parameter> parameters{{"x", -1.2}, {"y", 1.0}};
        if (bounded)
            for (auto& p : parameters) p.low = -3.0, p.high = 3.0;
        auto const fit = least_squares(
            [](Eigen::VectorXd const& p) -> Eigen::VectorXd {
                return Eigen::Vector3d(100.0 * (1.0 - p[0]), 1e6 * (p[1] - p[0] * p[0]), 0.0);
            },
            parameters);
        EXPECT_NEAR(fit.values[0], 1.0, 1e-3);
        EXPECT_NEAR(fit.values[1], 1.0, 1e-3);
        EXPECT_LT(fit.evaluations, 1500);
    }
}

// What has a log-uniform prior moves in its logarithm: over six decades, from either end.
TEST(LeastSquares, ALogUniformParameterMovesInItsLogarithm) {
    for (double const start : {1e-3, 1e3}) {
        Parameter rate{"rate", start, 1e-4, 1e4};
        rate.prior = {Prior::Kind::log_uniform, rate.low, rate.high};
        auto const fit = least_squares(
            [](Eigen::VectorXd const& p) -> Eigen::VectorXd {
                return ((p[1] * p[0] / (p[0] + x.array() + 0.1) - 2.0 * 1.7 / (1.7 + x.array() + 0.1)) / 0.01).matrix();
            },
            {rate, {"height", 1.0}});
        EXPECT_NEAR(fit.values[0], 1.7, 1e-4);
        EXPECT_NEAR(fit.values[1], 2.0, 1e-4);
    }
}

TEST(LeastSquares, RefusesWhatHasNoAnswer) {
    auto const message = [](Residuals const& residuals, std::vector<Parameter> const& parameters) {
        return message_of([&] { least_squares(residuals, parameters); });
    };
    EXPECT_EQ(message(line(0.2), {{"a", 0.0}, {"b", 0.0}}), "");
    EXPECT_NE(message(line(0.2), {{"a", 2.0, 0.0, 1.0}, {"b", 0.0}}).find("a starts at 2, outside its bounds"),
              std::string::npos);
    EXPECT_NE(message([](Eigen::VectorXd const& p) -> Eigen::VectorXd { return Eigen::VectorXd::Constant(1, p.sum()); },
                      {{"a", 0.0}, {"b", 0.0}})
                  .find("1 data do not determine 2 parameters"),
              std::string::npos);
    EXPECT_NE(
        message([](Eigen::VectorXd const&) -> Eigen::VectorXd { throw InputError("no such source"); }, {{"a", 0.0}})
            .find("no such source"),
        std::string::npos);
}

// Quantiles of tables: 3.841 for one degree of freedom, 18.307 for ten, both at 5 %.
TEST(Chi2, ProbabilityIsThatOfTheTables) {
    EXPECT_NEAR(chi2_probability(3.841459, 1), 0.05, 1e-7);
    EXPECT_NEAR(chi2_probability(18.307038, 10), 0.05, 1e-7);
    EXPECT_EQ(chi2_probability(0.0, 5), 1.0);
    EXPECT_EQ(chi2_probability(0.0, 0), 1.0);
    // Of many degrees: the median is near n - 2/3 + 4/(27 n).
    EXPECT_EQ(chi2_probability(0.0, 30000), 1.0);
    EXPECT_NEAR(chi2_probability(30000.0 - 2.0 / 3.0, 30000), 0.5, 1e-5);
    EXPECT_NEAR(chi2_probability(1e5, 30000), 0.0, 1e-300);
}

}  // namespace
}  // namespace hadronforce
