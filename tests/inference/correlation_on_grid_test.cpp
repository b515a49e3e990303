#include "hadronforce/inference/correlation_on_grid.hpp"

#include "hadronforce/error.hpp"

#include <gtest/gtest.h>
#include <cmath>

namespace hadronforce {
namespace {

MeasuredCorrelation curve(Eigen::ArrayXd const& k) {
    MeasuredCorrelation data;
    data.path = "data.csv";
    data.k_low_MeV = data.k_high_MeV = data.k_star_MeV = k;
    data.correlation = 1.0 + (-k / 50.0).exp();
    for (int i = 0; i < static_cast<int>(k.size()); ++i) data.lines.push_back(i + 2);
    return data;
}

TEST(OnGrid, EqualMomentaAreTakenAsTheyAre) {
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(30, 5.0, 300.0);
    auto const result = on_grid(curve(k * (1.0 + 1e-12)), k);
    EXPECT_FALSE(result.interpolated);
    EXPECT_TRUE((result.correlation == curve(k * (1.0 + 1e-12)).correlation).all());
}

// Modified Akima's error is of third order in the spacing, 5 MeV/c here: (5/50)^3 = 1e-3 of the curve's scale is
// generous.
TEST(OnGrid, OtherMomentaAreInterpolated) {
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(30, 5.0, 300.0);
    auto const result = on_grid(curve(Eigen::ArrayXd::LinSpaced(60, 5.0, 300.0)), k);
    EXPECT_TRUE(result.interpolated);
    EXPECT_LE((result.correlation - curve(k).correlation).abs().maxCoeff(), 1e-3);
    EXPECT_GT((result.correlation - curve(k).correlation).abs().maxCoeff(), 0.0);
}

TEST(OnGrid, MomentaOutsideTheModelAreRefused) {
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(30, 5.0, 300.0);
    EXPECT_THROW(on_grid(curve(Eigen::ArrayXd::LinSpaced(30, 5.0, 310.0)), k), InputError);
    EXPECT_THROW(on_grid(curve(Eigen::ArrayXd::LinSpaced(30, 4.0, 300.0)), k), InputError);
    EXPECT_THROW(on_grid(curve(Eigen::ArrayXd::LinSpaced(30, 10.0, 290.0)), k), InputError);
}

}  // namespace
}  // namespace hadronforce
