#include "hadronforce/femtoscopy/potential_directions.hpp"

#include "hadronforce/femtoscopy/correlation_gradient.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "support/solved_pair.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

// Two radii seen by one momentum each, a third by none: everything can be read off.
TEST(PotentialDirections, AreRadiiWhereMomentaSeeOneEach) {
    Eigen::MatrixXd gradient(2, 3);
    gradient << 0.0, 0.01, 0.0, 0.05, 0.0, 0.0;
    Eigen::MatrixXd const covariance = Eigen::Vector3d(9.0, 400.0, 1e6).asDiagonal();
    Eigen::ArrayXd const error = (Eigen::ArrayXd(2) << 0.1, 0.3).finished();
    auto const directions = potential_directions(gradient, covariance, error);
    EXPECT_NEAR(directions.signal_to_noise[0], 0.01 * 20.0 / 0.1, 1e-12);
    EXPECT_NEAR(directions.signal_to_noise[1], 0.05 * 3.0 / 0.3, 1e-12);
    EXPECT_EQ(directions.determined(), 1);
    EXPECT_NEAR(directions.delta_v_MeV(1, 0), 20.0, 1e-9);
    EXPECT_NEAR(directions.delta_v_MeV(0, 1), 3.0, 1e-9);
    EXPECT_NEAR(directions.delta_correlation(0, 0), 0.2, 1e-12);
    EXPECT_NEAR(directions.delta_v_MeV.row(2).norm(), 0.0, 1e-6);
}

TEST(PotentialDirections, PriorsAreRelativeOrInMeV) {
    Eigen::ArrayXd const r = (Eigen::ArrayXd(3) << 0.1, 0.3, 0.5).finished();
    Eigen::ArrayXd const v = (Eigen::ArrayXd(3) << -30.0, 0.0, 5.0).finished();
    auto const smooth = PotentialPrior{0.5, 4.0, 0.2}.covariance_MeV2(r, v);
    EXPECT_NEAR(smooth(0, 0), 15.0 * 15.0 + 16.0, 1e-12);
    EXPECT_NEAR(smooth(1, 2), 4.0 * std::sqrt(6.25 + 16.0) * std::exp(-0.5), 1e-12);
    auto const white = PotentialPrior{1.0, 0.0, 0.0}.covariance_MeV2(r, v);
    EXPECT_NEAR(white(0, 0), 900.0 / 0.2, 1e-9);  // of the mean over 1 fm: 30 MeV
    EXPECT_EQ(white(0, 1), 0.0);
}

// What is determined is a property of C and the prior, not of the radii at which V is written.
TEST(PotentialDirections, DoNotDependOnTheSpacingOfRadii) {
    auto const potential = testing::gaussian_force(-60.0, 1.1);
    Eigen::ArrayXd const k = bin_centres(5.0, 205.0, 20);
    auto const signals = [&](double spacing_fm, double correlation_fm) -> Eigen::ArrayXd {
        TentBasis const tents{spacing_fm, static_cast<Eigen::Index>(std::lround(3.0 / spacing_fm))};
        Eigen::ArrayXd v(tents.count);
        potential->fill_MeV(tents.radii_fm(), v);
        return potential_directions(correlation_gradient_per_MeV(*potential, GaussianSource(1.0), k, 600.0, {}, tents),
                                    PotentialPrior{1.0, 0.0, correlation_fm}.covariance_MeV2(tents.radii_fm(), v),
                                    Eigen::ArrayXd::Constant(k.size(), 0.01))
            .signal_to_noise.head(4);
    };
    for (double correlation_fm : {0.0, 0.4}) {
        auto const coarse = signals(0.1, correlation_fm), fine = signals(0.05, correlation_fm);
        for (Eigen::Index i = 0; i < 4; ++i) EXPECT_NEAR(coarse[i] / fine[i], 1.0, 0.02) << i;
        EXPECT_GT(fine[0], 1.0);
        EXPECT_LT(fine[3], fine[0] / 30.0);
    }
}

}  // namespace
}  // namespace hadronforce
