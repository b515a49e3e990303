#include "hadronforce/dataset/pca.hpp"

#include "hadronforce/random/random.hpp"

#include <gtest/gtest.h>

namespace hadronforce {
namespace {

/// Points of a known covariance: two independent uniform numbers stretched along (1, 1) and (1, -1), and a dead
/// direction.
RowMatrixXd cloud(std::int64_t points) {
    RowMatrixXd values(points, 3);
    for (std::int64_t i = 0; i < points; ++i) {
        double const u = uniform_draw(5, static_cast<std::uint64_t>(i), 0) - 0.5;
        double const v = uniform_draw(5, static_cast<std::uint64_t>(i), 1) - 0.5;
        values.row(i) << 10.0 * u + v, 10.0 * u - v, 7.0;
    }
    return values;
}

TEST(PrincipalComponents, WhitenedPointsHaveUnitCovariance) {
    auto const points = cloud(4000);
    auto const components = principal_components(points, 1e-9, 10);
    ASSERT_EQ(components.projection.cols(), 2) << "the dead direction is dropped";
    RowMatrixXd const z = components.whitened(points);
    Eigen::MatrixXd const covariance = z.transpose() * z / static_cast<double>(points.rows() - 1);
    EXPECT_LE((covariance - Eigen::MatrixXd::Identity(2, 2)).cwiseAbs().maxCoeff(), 1e-10);
    EXPECT_LE(z.colwise().mean().cwiseAbs().maxCoeff(), 1e-12);
    EXPECT_NEAR(components.explained, 1.0, 1e-12);
}

TEST(PrincipalComponents, FindTheDirections) {
    auto const components = principal_components(cloud(4000), 1e-9, 10);
    // 10 u along (1, 1) has variance 2 * 100/12.
    EXPECT_NEAR(components.variance[0], 200.0 / 12.0, 1.0);
    Eigen::VectorXd const first = components.projection.col(0).normalized();
    EXPECT_NEAR(std::abs(first[0]), std::sqrt(0.5), 0.01);
    EXPECT_GT(first.cwiseAbs().maxCoeff(), 0.0);
}

// What is kept and what is dropped make the whole covariance.
TEST(PrincipalComponents, DroppedOnesAreKnown) {
    auto const points = cloud(4000);
    RowMatrixXd const centred = points.rowwise() - points.colwise().mean();
    Eigen::MatrixXd const covariance = centred.transpose() * centred / static_cast<double>(points.rows() - 1);
    for (Eigen::Index most : {1, 2, 3}) {
        auto const c = principal_components(points, 0.0, most);
        Eigen::MatrixXd const kept = c.projection * c.variance.asDiagonal();
        ASSERT_EQ(c.dropped.cols(), c.projection.cols() < 3 ? 1 : 0);  // the third direction is dead
        Eigen::MatrixXd const both = kept * kept.transpose() + c.dropped * c.dropped.transpose();
        EXPECT_LE((both - covariance).cwiseAbs().maxCoeff(), 1e-12 * covariance.norm()) << most;
    }
}

// A component of 1e-9 of the largest, whose variance vanishes beside that one's in double precision; one far below the
// smallest that is kept is of no use.
TEST(PrincipalComponents, SmallDroppedOnesAreTold) {
    RowMatrixXd points(4000, 4);
    for (std::int64_t i = 0; i < points.rows(); ++i)
        for (std::uint32_t j = 0; j < 4; ++j) points(i, j) = normal_draw(6, static_cast<std::uint64_t>(i), j);
    points.col(1) *= 1e-6;
    points.col(2) *= 1e-9;
    points.col(3) *= 1e-11;
    auto const c = principal_components(points, 1e-13, 4);
    ASSERT_EQ(c.projection.cols(), 2);
    ASSERT_EQ(c.dropped.cols(), 1);
    // 4000 points: standard deviations are known to 1.1 %.
    EXPECT_NEAR(c.dropped.col(0).norm() / 1e-9, 1.0, 0.06);
}

// As many digits as points have, not only those that are left beside the largest variance.
TEST(PrincipalComponents, SmallOnesAreKnown) {
    RowMatrixXd points(4000, 4);
    Eigen::RowVector4d const width(1.0, 1e-6, 1e-9, 1e-12);
    for (std::int64_t i = 0; i < points.rows(); ++i)
        for (std::uint32_t j = 0; j < 4; ++j)
            points(i, j) = width[j] * normal_draw(7, static_cast<std::uint64_t>(i), j);
    Eigen::Matrix4d turn = Eigen::Matrix4d::Identity() - Eigen::Matrix4d::Constant(0.5);  // a mirror
    points = points * turn;
    auto const c = principal_components(points, 0.0, 4);
    ASSERT_EQ(c.projection.cols(), 4);
    EXPECT_EQ(c.dropped.cols(), 0);
    // 4000 points: standard deviations are known to 1.1 %. The last one is rounded, to 1e-16 of the points.
    for (Eigen::Index i = 0; i < 4; ++i) EXPECT_NEAR(std::sqrt(c.variance[i]) / width[i], 1.0, 0.06) << i;
    RowMatrixXd const z = c.whitened(points);
    Eigen::MatrixXd const covariance = z.transpose() * z / static_cast<double>(points.rows() - 1);
    EXPECT_LE((covariance - Eigen::MatrixXd::Identity(4, 4)).cwiseAbs().maxCoeff(), 0.02);
}

TEST(PrincipalComponents, KeepAtMostWhatIsAskedFor) {
    auto const components = principal_components(cloud(100), 0.0, 1);
    EXPECT_EQ(components.projection.cols(), 1);
    EXPECT_GT(components.explained, 0.9);
    EXPECT_LT(components.explained, 1.0);
}

}  // namespace
}  // namespace hadronforce
