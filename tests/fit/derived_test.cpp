#include "hadronforce/fit/derived.hpp"

#include "hadronforce/error.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

Eigen::MatrixXd covariance() { return (Eigen::Matrix2d() << 0.04, 0.03, 0.03, 0.09).finished(); }

// Of a linear function C a, whatever the axes; of products with slopes beside bends the moments of normal draws.
TEST(PropagatedErrors, AreRootMeanSquares) {
    Eigen::Vector2d const at(1.0, -2.0), slope(3.0, -1.0);
    auto const linear = [&](Eigen::VectorXd const& p) { return Eigen::VectorXd::Constant(1, slope.dot(p)); };
    EXPECT_NEAR(propagated_errors(linear, at, covariance())[0],
                std::sqrt((slope.transpose() * covariance() * slope).value()), 1e-12);
    auto const square = [](Eigen::VectorXd const& p) { return Eigen::VectorXd::Constant(1, p[0] * p[0]); };
    Eigen::MatrixXd const one = Eigen::MatrixXd::Constant(1, 1, 0.25);
    // (x + z/2)^2 - x^2 = x z + z^2/4: x^2 + 3/16 squared on average.
    for (double const x : {0.0, 0.3, 5.0})
        EXPECT_NEAR(propagated_errors(square, Eigen::VectorXd::Constant(1, x), one)[0], std::sqrt(x * x + 3.0 / 16.0),
                    1e-12);
}

TEST(PropagatedErrors, OfWhatCannotBeComputedOneDeviationOffAreUnknown) {
    auto const above = [](Eigen::VectorXd const& p) {
        if (p[0] < 0.0) throw InputError("negative");
        return Eigen::VectorXd::Constant(2, p[0]);
    };
    Eigen::MatrixXd const one = Eigen::MatrixXd::Identity(1, 1);
    EXPECT_TRUE(propagated_errors(above, Eigen::VectorXd::Constant(1, 0.5), one).array().isNaN().all());
    EXPECT_NEAR(propagated_errors(above, Eigen::VectorXd::Constant(1, 1.5), one)[1], 1.0, 1e-12);
    EXPECT_EQ(propagated_errors(above, Eigen::VectorXd::Constant(1, 0.5), 0.0 * one).norm(), 0.0);
}

}  // namespace
}  // namespace hadronforce
