#include "hadronforce/dataset/dataset_components.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/random/random.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace hadronforce {
namespace {

Communicator const& world() {
    static Communicator const communicator = Communicator::world();
    return communicator;
}

/// Point i: independent normal numbers of standard deviations 3, 2, 1 along three orthogonal directions, far away.
Eigen::Matrix3d directions() {
    Eigen::Matrix3d axes;
    axes << 1.0, 1.0, 1.0, 1.0, -1.0, 1.0, 1.0, 0.0, -2.0;
    return axes.colwise().normalized();
}

RowMatrixXd cloud(IndexRange rows, double far) {
    auto const axes = directions();
    RowMatrixXd points(rows.size(), 3);
    for (std::int64_t i = 0; i < rows.size(); ++i) {
        auto const point = static_cast<std::uint64_t>(rows.begin + i);
        double const along[] = {3.0 * normal_draw(7, point, 0), 2.0 * normal_draw(7, point, 1),
                                normal_draw(7, point, 2)};
        for (Eigen::Index d = 0; d < 3; ++d)
            points(i, d) = far + axes(d, 0) * along[0] + axes(d, 1) * along[1] + axes(d, 2) * along[2];
    }
    return points;
}

Moments moments_of(std::int64_t points, double far, std::int64_t block) {
    return moments_of_rows(
        world(), points, [&](IndexRange rows) { return cloud(rows, far); }, block);
}

// 40,000 points: variances are known to 0.7 %, directions to about 1 %.
TEST(StreamedMoments, FindTheCovarianceThatPointsAreDrawnFrom) {
    auto const moments = moments_of(40000, 50.0, 1000);
    EXPECT_EQ(moments.points, 40000);
    auto const spectrum = component_spectrum(moments.covariance, 3);
    EXPECT_NEAR(spectrum.variance[0], 9.0, 0.3);
    EXPECT_NEAR(spectrum.variance[1], 4.0, 0.15);
    EXPECT_NEAR(spectrum.variance[2], 1.0, 0.04);
    for (Eigen::Index i = 0; i < 3; ++i)
        EXPECT_NEAR(std::fabs(spectrum.components.col(i).dot(directions().col(i))), 1.0, 1e-3) << i;
    EXPECT_NEAR(spectrum.explained()[0], 9.0 / 14.0, 0.01);
    EXPECT_EQ(spectrum.reaching(0.5), 1);
    EXPECT_EQ(spectrum.reaching(0.9), 2);
    EXPECT_EQ(spectrum.reaching(1.0), 3);
}

// Two passes over all points at once, in long double, know nothing of blocks, ranks and origins. The points lie 1e7
// standard deviations from 0, where a naive sum of squares has lost 14 of its 16 digits.
TEST(StreamedMoments, AreThoseOfAllPointsAtOnce) {
    std::int64_t const points = 1003;
    for (double far : {0.0, 1e7}) {
        auto const all = cloud({0, points}, far);
        using Wide = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
        Wide const wide = all.cast<long double>();
        Wide const mean = wide.colwise().mean();
        Wide const centred = wide.rowwise() - mean.row(0);
        Eigen::MatrixXd const covariance =
            (centred.transpose() * centred / static_cast<long double>(points - 1)).cast<double>();
        for (std::int64_t block : {1, 7, 100, 5000}) {
            auto const moments = moments_of(points, far, block);
            EXPECT_EQ(moments.points, points);
            EXPECT_LE((moments.mean - mean.cast<double>()).cwiseAbs().maxCoeff(), 1e-15 * std::max(far, 10.0));
            EXPECT_LE((moments.covariance - covariance).cwiseAbs().maxCoeff(), 1e-12 * covariance(0, 0)) << block;
        }
    }
}

// This program runs on 1, 2 and 3 ranks: one rank alone gets the same, to the bit.
TEST(StreamedMoments, DoNotDependOnTheNumberOfRanks) {
    for (std::int64_t points : {2, 5, 1000, 3001}) {
        auto const moments = moments_of(points, 3.0, 64);
        auto const alone = moments_of_rows(
            Communicator::self(), points, [&](IndexRange rows) { return cloud(rows, 3.0); }, 64);
        EXPECT_EQ(moments.points, alone.points);
        EXPECT_EQ(moments.mean, alone.mean);
        EXPECT_EQ(moments.covariance, alone.covariance);
    }
}

TEST(StreamedMoments, NeedTwoPoints) {
    EXPECT_NE(message_of([] { moments_of(1, 0.0, 10); }), "");
}

TEST(StreamedMoments, BlocksCoverAllRowsOnce) {
    for (std::int64_t rows : {0, 1, 9, 10, 11, 100})
        for (std::int64_t block : {1, 3, 10, 200}) {
            std::vector<std::int64_t> seen(static_cast<std::size_t>(rows), 0);
            std::int64_t calls = 0;
            for_each_block(world(), rows, block, [&](IndexRange range) {
                ++calls;
                EXPECT_LE(range.size(), block);
                for (std::int64_t i = range.begin; i < range.end; ++i) ++seen[static_cast<std::size_t>(i)];
            });
            EXPECT_EQ(world().max(calls), world().min(calls)) << "all ranks take part in every reading";
            if (rows > 0) world().sum(seen.data(), seen.size());
            for (auto count : seen) EXPECT_EQ(count, 1);
        }
}

TEST(DatasetComponents, InputIsCorrelationOrItsLogarithmOverAnError) {
    RowMatrixXd correlation(2, 2);
    correlation << 1.0, 4.0, 2.0, 8.0;
    EXPECT_EQ(ComponentInput{}.of(correlation), correlation);
    EXPECT_NEAR(ComponentInput{true}.of(correlation)(1, 1), std::log(8.0), 1e-15);
    Eigen::RowVectorXd const error = (Eigen::RowVectorXd(2) << 0.5, 0.25).finished();
    EXPECT_EQ((ComponentInput{false, error}.of(correlation))(1, 1), 32.0);
    correlation(0, 0) = 0.0;
    EXPECT_NE(message_of([&] { ComponentInput{true}.of(correlation); }), "");
    // A curve beside C is taken as it is, of whatever sign.
    RowMatrixXd both(1, 3);
    both << 8.0, -2.0, 3.0;
    RowMatrixXd const seen = ComponentInput{true, {}, {{"pp", "phases"}, {1, 2}, {"", "delta_rad"}}}.of(both);
    EXPECT_NEAR(seen(0, 0), std::log(8.0), 1e-15);
    EXPECT_EQ(seen.rightCols(2), both.rightCols(2));
}

TEST(DatasetComponents, ErrorsScaleMomentsAsTheyScalePoints) {
    Eigen::RowVectorXd const error = (Eigen::RowVectorXd(3) << 0.5, 0.01, 3.0).finished();
    auto const scaled = over_errors(moments_of(100, 1.0, 30), error);
    auto const direct = moments_of_rows(
        world(), 100,
        [&](IndexRange rows) {
            return ComponentInput{false, error}.of(cloud(rows, 1.0));
        },
        30);
    EXPECT_TRUE(scaled.mean.isApprox(direct.mean, 1e-13));
    EXPECT_TRUE(scaled.covariance.isApprox(direct.covariance, 1e-13));
}

TEST(DatasetComponents, OnlySuchAsRoundingLeavesSomethingOfAreKept) {
    Eigen::MatrixXd const covariance = Eigen::Vector4d(1.0, 1e-3, 1e-12, 1e-20).asDiagonal();
    EXPECT_EQ(component_spectrum(covariance, 10).components.cols(), 3);
    EXPECT_EQ(component_spectrum(covariance, 2).components.cols(), 2);
    EXPECT_EQ(component_spectrum(covariance, 10).variance.size(), 4);
    EXPECT_NE(message_of([] { component_spectrum(Eigen::MatrixXd::Zero(2, 2), 1); }), "");
}

}  // namespace
}  // namespace hadronforce
