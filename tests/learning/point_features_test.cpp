#include "hadronforce/learning/point_features.hpp"

#include "hadronforce/error.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

Eigen::ArrayXd grid() { return Eigen::ArrayXd::LinSpaced(60, 5.0, 300.0); }

TEST(PointFeatures, AreStandardisedAndPadded) {
    RowMatrixXd training(3, 60);
    for (Eigen::Index i = 0; i < 60; ++i)
        training.col(i) << 1.0, std::exp(0.3 * (1.0 + 0.1 * static_cast<double>(i))), 1.0;
    auto const scales = make_point_scales(grid(), training, true);
    EXPECT_NEAR(scales.mean[10], 0.2, 1e-14);
    EXPECT_NEAR(scales.scale[10], 0.6 * std::sqrt(2.0) / 3.0, 1e-14);
    Eigen::ArrayXd k(3), c(3), error(3);
    k << 55.0, 152.5, 300.0;
    c << 1.0, 2.0, 0.5;
    error << 0.01, 0.2, 0.05;
    Eigen::RowVectorXd const row = scales.row(k, c, error, 5);
    ASSERT_EQ(row.size(), 25);
    EXPECT_NEAR(row[0], 2.0 * 50.0 / 295.0 - 1.0, 1e-14);
    EXPECT_NEAR(row[2], 1.0, 1e-14);
    EXPECT_NEAR(row[5], -scales.mean[10] / scales.scale[10], 1e-12);
    EXPECT_NEAR(
        row[6],
        (std::log(2.0) - 0.5 * (scales.mean[29] + scales.mean[30])) / (0.5 * (scales.scale[29] + scales.scale[30])),
        1e-12);
    EXPECT_NEAR(row[10], 1.0 + std::log10(0.01 / scales.scale[10]) / 3.0, 1e-12);
    EXPECT_NEAR(row.segment(15, 5).sum(), 1.0 * (300.0 - 55.0) / 295.0, 1e-14) << "parts of the range between the ends";
    EXPECT_EQ(row.tail(5).sum(), 3.0);
    for (Eigen::Index channel = 0; channel < 5; ++channel) EXPECT_EQ(row[5 * channel + 4], 0.0);
    c[1] = -0.1;
    EXPECT_NO_THROW(scales.row(k, c, error, 5)) << "it is known to 0.2 only";
    EXPECT_THROW(scales.row(k, c, {}, 5), InputError);
}

// With a contrast the value is asinh((C - 1)/near), the error that of it: weak forces, and C of any sign.
TEST(PointFeatures, HaveContrast) {
    double const near = 0.01;
    RowMatrixXd training(2, 60);
    training.row(0).setConstant(1.0 + near * std::sinh(1.0));
    training.row(1).setConstant(1.0 - near * std::sinh(3.0));
    auto const scales = make_point_scales(grid(), training, true, near);
    EXPECT_NEAR(scales.mean[7], -1.0, 1e-12);
    EXPECT_NEAR(scales.scale[7], 2.0, 1e-12);
    Eigen::ArrayXd k(2), c(2), error(2);
    k << 10.0, 290.0;
    c << 1.003, -0.2;
    error << 0.02, 0.1;
    Eigen::RowVectorXd const row = scales.row(k, c, error, 2);
    for (Eigen::Index i = 0; i < 2; ++i) {
        EXPECT_NEAR(row[2 + i], (std::asinh((c[i] - 1.0) / near) + 1.0) / 2.0, 1e-12);
        double const moved = std::asinh((c[i] + 1e-6 - 1.0) / near) - std::asinh((c[i] - 1e-6 - 1.0) / near);
        EXPECT_NEAR(row[4 + i], 1.0 + std::log10(error[i] * moved / 2e-6 / 2.0) / 3.0, 1e-6);
    }
}

TEST(PointFeatures, ViewsLieWithinTheirFamily) {
    ViewFamily const family;
    Eigen::Index fewest = 1000, most = 0;
    double lowest_end = 300.0;
    for (std::int64_t sight = -500; sight < 1500; ++sight) {
        auto const k = momenta_of_view(family, grid(), 1, sight);
        ASSERT_GE(k.size(), 3);
        ASSERT_GE(k[0], 5.0);
        ASSERT_LE(k[k.size() - 1], 300.0 + 1e-9);
        ASSERT_TRUE((k.tail(k.size() - 1) >= k.head(k.size() - 1)).all());
        fewest = std::min(fewest, k.size());
        most = std::max(most, k.size());
        lowest_end = std::min(lowest_end, k[k.size() - 1]);
    }
    EXPECT_LT(fewest, 15);
    EXPECT_GT(most, 180);
    EXPECT_LE(most, 200);
    EXPECT_LT(lowest_end, 230.0) << "cut";
    ViewFamily alike = family;
    alike.largest_cut = alike.largest_missing = 0.0;
    alike.sights_alike = 64;
    for (std::int64_t const sight : {-128, -64, 0, 64, 128}) {
        auto const first = momenta_of_view(alike, grid(), 1, sight).size();
        EXPECT_EQ(momenta_of_view(alike, grid(), 1, sight + 63).size(), first);
        EXPECT_NE(momenta_of_view(alike, grid(), 1, sight + 64).size(), first);
    }
    // Of epochs of 100 sights: two batches, the second of them of 36 sights.
    alike.sights_an_epoch = 100;
    for (std::int64_t const epoch : {0, 1, 2}) {
        auto const size_of = [&](std::int64_t place) {
            return momenta_of_view(alike, grid(), 1, 100 * epoch + place).size();
        };
        EXPECT_EQ(size_of(0), size_of(63));
        EXPECT_EQ(size_of(64), size_of(99));
        EXPECT_NE(size_of(63), size_of(64));
    }
    EXPECT_TRUE((momenta_of_view(family, grid(), 1, 3) == momenta_of_view(family, grid(), 1, 3)).all());
}

// A resonance of 40 MeV/c on the dataset's steps of 5 MeV/c: fifth order leaves 1e-5.
TEST(PointFeatures, InterpolatesBetweenMomenta) {
    auto const c = [](Eigen::ArrayXd const& k) {
        return Eigen::ArrayXd(1.0 + 20.0 * (-k / 50.0).exp() + 0.8 / (1.0 + ((k - 120.0) / 40.0).square()));
    };
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(137, 5.0, 300.0);
    for (bool logarithm : {true, false}) {
        auto const between = interpolated(grid(), c(grid()).matrix().transpose(), logarithm, k);
        EXPECT_LE((between / c(k) - 1.0).abs().maxCoeff(), 2e-5) << logarithm;
    }
}

}  // namespace
}  // namespace hadronforce
