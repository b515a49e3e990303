#include "hadronforce/fit/scan.hpp"

#include <gtest/gtest.h>
#include <Eigen/LU>

#include <cmath>

namespace hadronforce {
namespace {

/// A parabola in three parameters: its minimum over one or two of them is known in closed form.
Eigen::MatrixXd const slopes = (Eigen::MatrixXd(3, 3) << 2.0, 0.5, 0.1, 0.0, 1.5, -0.7, 0.0, 0.0, 1.2).finished();
Eigen::VectorXd const truth = (Eigen::VectorXd(3) << 0.3, -1.0, 2.0).finished();

Eigen::VectorXd of_parabola(Eigen::VectorXd const& p) {
    Eigen::VectorXd residuals(4);
    residuals << slopes * (p - truth), 1.0;
    return residuals;
}

std::vector<Parameter> const parameters{{"a", 0.0}, {"b", 0.0}, {"c", 0.0}};

TEST(Scan, OfAParabolaIsTheCovariancesParabola) {
    Communicator const comm = Communicator::world();
    auto const fit = least_squares(of_parabola, parameters);
    Eigen::MatrixXd const covariance = (slopes.transpose() * slopes).inverse();
    MakeScanFunctions const make = [] { return ScanFunctions{of_parabola, {}}; };
    FinishedJobs jobs;
    std::vector<ScanAxis> const axes{{"a", "1", 0, Eigen::ArrayXd::LinSpaced(5, -1.0, 1.0)},
                                     {"c", "1", 2, Eigen::ArrayXd::LinSpaced(4, 0.0, 3.0)}};
    auto const result = scan(comm, make, parameters, fit, axes, jobs);
    Eigen::Matrix2d const of_two = covariance({0, 2}, {0, 2});
    for (Eigen::Index i = 0; i < 5; ++i)
        for (Eigen::Index j = 0; j < 4; ++j) {
            Eigen::Vector2d const d(axes[0].values[i] - truth[0], axes[1].values[j] - truth[2]);
            EXPECT_NEAR(result.chi2[i * 4 + j], 1.0 + d.dot(of_two.inverse() * d), 2e-3) << i << " " << j;
            EXPECT_EQ(result.parameters(i * 4 + j, 0), axes[0].values[i]);
        }
}

TEST(Scan, OverWhatFollowsHoldsIt) {
    // chi^2 over q = a + b c, minimised over all three: no neighbour of a cell's minimum on the same q lies lower.
    Communicator const comm = Communicator::world();
    auto const fit = least_squares(of_parabola, parameters);
    auto const q = [](Eigen::VectorXd const& p) { return p[0] + p[1] * p[2]; };
    MakeScanFunctions const make = [&] { return ScanFunctions{of_parabola, {q}}; };
    FinishedJobs jobs;
    std::vector<ScanAxis> const axes{{"q", "1", std::nullopt, Eigen::ArrayXd::LinSpaced(7, -4.0, 1.0)}};
    auto const result = scan(comm, make, parameters, fit, axes, jobs);
    for (Eigen::Index i = 0; i < 7; ++i) {
        Eigen::VectorXd const p = result.parameters.row(i).transpose();
        EXPECT_NEAR(q(p), axes[0].values[i], 5e-3);
        double const chi2 = of_parabola(p).squaredNorm();
        EXPECT_NEAR(result.chi2[i], chi2, 1e-9);
        for (double const b : {-1e-2, 1e-2})
            for (double const c : {-1e-2, 0.0, 1e-2}) {
                Eigen::VectorXd moved = p;
                moved[1] += b;
                moved[2] += c;
                moved[0] = q(p) - moved[1] * moved[2];
                EXPECT_GT(of_parabola(moved).squaredNorm(), chi2 - 1e-3);
            }
    }
    EXPECT_NEAR(result.chi2.minCoeff(), 1.0, 0.2);  // the fit has q = -1.7
}

TEST(Scan, RisesOfChi2AreTheTabulatedOnes) {  // Particle Data Group, statistics, table of Delta chi^2
    EXPECT_NEAR(chi2_rise(1.0, 1), 1.0, 1e-9);
    EXPECT_NEAR(chi2_rise(2.0, 1), 4.0, 1e-9);
    EXPECT_NEAR(chi2_rise(1.0, 2), 2.30, 5e-3);
    EXPECT_NEAR(chi2_rise(2.0, 2), 6.18, 5e-3);
    EXPECT_NEAR(chi2_rise(3.0, 2), 11.83, 5e-3);
}

}  // namespace
}  // namespace hadronforce
