#include "hadronforce/scattering/gauss_panels.hpp"
#include "hadronforce/error.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

// Gauss-Legendre with n nodes integrates degree 2n - 1; to a node in between, the interpolating polynomial of degree n
// - 1.
TEST(GaussPanels, IntegrateAndInterpolatePolynomialsExactly) {
    GaussPanels const panels({0.0, 0.5, 2.0, 3.0});
    Eigen::ArrayXd const& r = panels.r();
    for (int degree : {0, 1, 7, 23}) {
        Eigen::ArrayXd const values = (r / 3.0).pow(degree);
        double const scale = 3.0 / (degree + 1);
        EXPECT_NEAR((panels.weights() * values).sum(), scale, 1e-14) << degree;
        Eigen::ArrayXd const integrals = panels.integrals_to_nodes(values.matrix());
        EXPECT_LE((integrals - scale * (r / 3.0).pow(degree + 1)).abs().maxCoeff(), 2e-14) << degree;
        Eigen::ArrayXd const where = Eigen::ArrayXd::LinSpaced(31, 0.0, 3.0);
        Eigen::ArrayXd const there = panels.interpolation(where) * values.matrix();
        EXPECT_LE((there - (where / 3.0).pow(degree)).abs().maxCoeff(), 2e-13) << degree;
    }
    EXPECT_NEAR((panels.weights() * (r / 3.0).pow(47)).sum(), 3.0 / 48, 1e-14);
}

TEST(GaussPanels, CumulativeMatrixIsTheSameOperation) {
    GaussPanels const panels({0.0, 1.0, 4.0});
    Eigen::MatrixXd const values = (panels.r().cos()).matrix();
    EXPECT_LE((panels.cumulative() * values - panels.integrals_to_nodes(values)).cwiseAbs().maxCoeff(), 1e-14);
}

// sqrt(r) is no polynomial at 0: the panels there shrink until it is one to the tolerance, and its integral is right.
TEST(GaussPanels, AdaptToASingularity) {
    auto const panels = GaussPanels::adapted(
        1.0, {0.3}, 1e-6, [](Eigen::ArrayXd const& r) { return Eigen::MatrixXd(r.sqrt().matrix()); });
    EXPECT_NEAR((panels.weights() * panels.r().sqrt()).sum(), 2.0 / 3.0, 1e-9);
    EXPECT_LT(panels.breakpoints()[1], 1e-2);
    EXPECT_NE(std::find(panels.breakpoints().begin(), panels.breakpoints().end(), 0.3), panels.breakpoints().end());
}

TEST(GaussPanels, RefuseWhatIsNotFiniteOrTooRough) {
    EXPECT_THROW(GaussPanels::adapted(1.0, {}, 1e-6,
                                      [](Eigen::ArrayXd const& r) { return Eigen::MatrixXd((r * NAN).matrix()); }),
                 InputError);
    auto const noise = [](Eigen::ArrayXd const& r) { return Eigen::MatrixXd((1e9 * r).sin().matrix()); };
    EXPECT_THROW(GaussPanels::adapted(1.0, {}, 1e-6, noise), ConvergenceError);
}

}  // namespace
}  // namespace hadronforce
