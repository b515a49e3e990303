#include "hadronforce/fit/derived.hpp"

#include "hadronforce/error.hpp"

#include <gtest/gtest.h>
#include <Eigen/LU>

#include <cmath>

namespace hadronforce {
namespace {

// Of linear functions C a, whatever the axes and sizes.
TEST(PropagatedErrors, AreThoseOfLinearFunctions) {
    Eigen::Matrix2d covariance;
    covariance << 4.0, 3.0, 3.0, 9.0;
    Eigen::MatrixXd slopes(3, 2);
    slopes << 1.0, 0.0, 1.0, -1.0, 1e3, 2e3;
    auto const linear = [&](Eigen::VectorXd const& p) -> Eigen::VectorXd { return slopes * p; };
    auto const errors = propagated_errors(linear, Eigen::Vector2d(1.0, 2.0), error_axes(covariance));
    Eigen::VectorXd const expected = (slopes * covariance * slopes.transpose()).diagonal().cwiseSqrt();
    EXPECT_LE((errors - expected).cwiseQuotient(expected).cwiseAbs().maxCoeff(), 1e-12);
    EXPECT_EQ(propagated_errors(linear, Eigen::Vector2d(1.0, 2.0), error_axes(Eigen::Matrix2d::Zero())).norm(), 0.0);
}

// A measurement of m = x in other coordinates, y = log x: what is measured has its own error, and a function (m - m0)^2
// of it, without slope, the root mean square of a normal draw's square.
TEST(PropagatedErrors, SeeThroughCurvedCoordinates) {
    double const m0 = 2.0, sigma = 0.5;
    Residuals const residuals = [&](Eigen::VectorXd const& y) {
        return Eigen::VectorXd::Constant(1, (m0 - std::exp(y[0])) / sigma);
    };
    LeastSquaresFit fit;
    fit.values = Eigen::VectorXd::Constant(1, std::log(m0));
    fit.residuals = residuals(fit.values);
    fit.jacobian = Eigen::MatrixXd::Constant(1, 1, -m0 / sigma);
    fit.covariance = Eigen::MatrixXd::Constant(1, 1, std::pow(sigma / m0, 2));
    auto const axes = error_axes(fit, residuals);
    auto const of = [&](Eigen::VectorXd const& y) {
        double const m = std::exp(y[0]);
        return Eigen::VectorXd(Eigen::Vector2d(m, std::pow(m - m0, 2)));
    };
    auto const errors = propagated_errors(of, fit.values, axes);
    EXPECT_NEAR(errors[0], sigma, 0.01 * sigma);  // along a straight axis with its bend 9 % off
    EXPECT_NEAR(errors[1], std::sqrt(3.0) * sigma * sigma, 0.05 * sigma * sigma);
    EXPECT_NEAR(axes[0].bend[0], -0.5 * std::pow(sigma / m0, 2), 2e-3);
}

// A depth d and a radius R of which d R^2 is known to 0.4 % and R to 80 %: the valley bends within a small part of a
// standard deviation, and what is known has its own error all the same.
TEST(PropagatedErrors, FollowLongValleys) {
    double const g = 67.0, g_error = 0.3, radius = 0.73, radius_error = 0.58;
    Residuals const residuals = [&](Eigen::VectorXd const& p) {
        return Eigen::VectorXd(Eigen::Vector2d((p[0] * p[1] * p[1] - g) / g_error, (p[1] - radius) / radius_error));
    };
    LeastSquaresFit fit;
    fit.values = Eigen::Vector2d(g / (radius * radius), radius);
    fit.residuals = residuals(fit.values);
    fit.jacobian.resize(2, 2);
    fit.jacobian << radius * radius / g_error, 2.0 * g / radius / g_error, 0.0, 1.0 / radius_error;
    fit.covariance = (fit.jacobian.transpose() * fit.jacobian).inverse();
    ASSERT_GT(std::sqrt(fit.covariance(0, 0)), fit.values[0]);
    auto const of = [&](Eigen::VectorXd const& p) {
        return Eigen::VectorXd(Eigen::Vector2d(p[0] * p[1] * p[1], p[1]));
    };
    auto const errors = propagated_errors(of, fit.values, error_axes(fit, residuals));
    EXPECT_NEAR(errors[0], g_error, 0.05 * g_error);
    EXPECT_NEAR(errors[1], radius_error, 0.05 * radius_error);
}

/// Of one measurement of a product p q = 1, so that a line is open, and of r = 0, which depends on it in no way.
LeastSquaresFit fit_of_a_product(Residuals const& residuals) {
    LeastSquaresFit fit;
    fit.values = Eigen::Vector3d(1.0, 1.0, 0.0);
    fit.residuals = residuals(fit.values);
    fit.jacobian.resize(2, 3);
    fit.jacobian << 1e3, 1e3, 0.0, 0.0, 0.0, 1e3;
    fit.covariance = Eigen::Matrix3d::Zero();
    fit.covariance.topLeftCorner(2, 2).setConstant(0.25e-6);
    fit.covariance(2, 2) = 1e-6;
    fit.undetermined = Eigen::Vector3d(1.0, -1.0, 0.0);
    return fit;
}

// p q is determined along its bent valley; what changes there is not, also where it does so to second order only.
TEST(Derived, TellsABentLineFromAnOpenOne) {
    Residuals const residuals = [&](Eigen::VectorXd const& p) {
        return Eigen::VectorXd(1e3 * Eigen::Vector2d(p[0] * p[1] - 1.0, p[2]));
    };
    auto const fit = fit_of_a_product(residuals);
    auto const open = open_points(fit, residuals);
    ASSERT_EQ(open.size(), 2u);
    for (auto const& point : open) {
        EXPECT_NEAR(point[0] * point[1], 1.0, 1e-5);
        EXPECT_GT(std::fabs(point[0] - 1.0), 0.05);
    }
    auto const of = [](Eigen::VectorXd const& p) {
        Eigen::VectorXd numbers(5);
        numbers << p[0] * p[1], p[0], std::pow(p[0] - p[1], 2), p[2], p[0] + p[1];
        return numbers;
    };
    auto const result = derived(of, fit, error_axes(fit, residuals), open);
    EXPECT_EQ(result.determined, (std::vector<bool>{true, false, false, true, false}));
    EXPECT_NEAR(result.errors[0], 1e-3, 1e-5);
}

// Data that see a direction to second order determine what changes along it to first order no better than that.
TEST(Derived, GoesAsFarAsTheDataAllow) {
    Residuals const residuals = [&](Eigen::VectorXd const& p) {
        return Eigen::VectorXd(1e3 * Eigen::Vector2d(p[0] - 1.0, std::pow(p[1] - 1.0, 2)));
    };
    LeastSquaresFit fit;
    fit.values = Eigen::Vector2d(1.0, 1.0);
    fit.residuals = residuals(fit.values);
    fit.jacobian.resize(2, 2);
    fit.jacobian << 1e3, 0.0, 0.0, 0.0;
    fit.covariance.setZero(2, 2);
    fit.covariance(0, 0) = 1e-6;
    fit.undetermined = Eigen::Vector2d(0.0, 1.0);
    auto const open = open_points(fit, residuals);
    ASSERT_EQ(open.size(), 2u);
    EXPECT_LE(std::fabs(open[0][1] - 1.0), std::sqrt(1e-5));
    auto const result = derived([](Eigen::VectorXd const& p) { return p; }, fit, error_axes(fit, residuals), open);
    EXPECT_EQ(result.determined, (std::vector<bool>{true, false}));
}

TEST(PropagatedErrors, OfWhatCannotBeComputedOneDeviationOffAreUnknown) {
    auto const above = [](Eigen::VectorXd const& p) {
        if (p[0] < 0.0) throw InputError("negative");
        return Eigen::VectorXd::Constant(2, p[0]);
    };
    Eigen::MatrixXd const one = Eigen::MatrixXd::Identity(1, 1);
    EXPECT_TRUE(propagated_errors(above, Eigen::VectorXd::Constant(1, 0.2), error_axes(one)).array().isNaN().all());
    EXPECT_NEAR(propagated_errors(above, Eigen::VectorXd::Constant(1, 1.5), error_axes(one))[1], 1.0, 1e-12);
    EXPECT_EQ(propagated_errors(above, Eigen::VectorXd::Constant(1, 0.5), error_axes(0.0 * one)).norm(), 0.0);
}

}  // namespace
}  // namespace hadronforce
