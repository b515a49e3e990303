#include "hadronforce/learning/components_of_points.hpp"

#include "hadronforce/random/random.hpp"

#include <gtest/gtest.h>
#include <Eigen/LU>

#include <cmath>

namespace hadronforce {
namespace {

Eigen::ArrayXd nodes() { return Eigen::ArrayXd::LinSpaced(30, 5.0, 295.0); }

/// ln C of a sample: a parabola, which every interpolation meets.
Eigen::ArrayXd log_correlation(std::int64_t sample, Eigen::ArrayXd const& k) {
    Eigen::ArrayXd const x = k / 150.0 - 1.0;
    auto const draw = [&](std::uint32_t i) { return normal_draw(5, static_cast<std::uint64_t>(sample), i); };
    return 0.4 * draw(0) + 0.2 * draw(1) * x + 0.01 * draw(2) * x.square();
}

FeatureTransform transform(ErrorFamily const& errors, Eigen::Index components) {
    RowMatrixXd c(2000, nodes().size());
    for (Eigen::Index i = 0; i < c.rows(); ++i) c.row(i) = log_correlation(i, nodes()).exp().matrix().transpose();
    auto t = make_feature_transform(nodes(), c, true, 1e-12, components);
    t.views.emplace();
    return with_errors(t, errors, c, 1);
}

ErrorFamily family(double normalisation) {
    return {{Prior::Kind::log_uniform, 1e-3, 0.1}, {}, {Prior::Kind::fixed, 1.0, 0.0}, normalisation};
}

// At the training's momenta, with equal errors of ln C, components are independent: each is z / (1 + s^2), and what is
// left of it has the part 1 - 1/(1 + s^2) of the prior's variance.
TEST(ComponentsOfPoints, AreTheShrunkOnesAtTheTrainingsMomenta) {
    auto const t = transform(family(0.0), 3);
    Eigen::ArrayXd const c = log_correlation(5000, nodes()).exp();
    for (double const size : {1e-4, 0.03, 0.5}) {
        auto const found = ComponentsOfPoints(t).of({{nodes(), c, size * c}});
        auto const expected = t.shrunk(t.features(c.matrix().transpose(), size * c.matrix().transpose()));
        EXPECT_LE((found.value - expected.value).cwiseAbs().maxCoeff(), 1e-7) << size;
        EXPECT_LE((found.error - expected.error).cwiseAbs().maxCoeff(), 1e-7) << size;
    }
}

// At other momenta, with any errors and a common factor: the mean and variance of z given y of a joint normal
// distribution of both, by the covariance of the points rather than by the precision of z.
TEST(ComponentsOfPoints, AreThePosteriorAtAnyMomenta) {
    for (double const factor : {0.0, 0.05}) {
        auto const t = transform(family(factor), 2);
        Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(9, 20.0, 240.0) + 3.0;
        Eigen::ArrayXd error(k.size());
        for (Eigen::Index i = 0; i < k.size(); ++i) error[i] = 0.01 * (1.0 + static_cast<double>(i % 4));
        Eigen::ArrayXd const log_c = log_correlation(5001, k), c = log_c.exp();
        RowMatrixXd curves(2 + t.components.dropped.cols(), nodes().size());
        curves << (t.components.projection * t.components.variance.asDiagonal()).transpose(),
            t.components.dropped.transpose();
        auto const at = [&](Eigen::RowVectorXd const& curve) {
            return Eigen::VectorXd(interpolated(nodes(), curve, false, k).matrix());
        };
        Eigen::MatrixXd slopes(k.size(), 2);
        for (Eigen::Index i = 0; i < 2; ++i) slopes.col(i) = at(curves.row(i));
        Eigen::MatrixXd covariance = slopes * slopes.transpose();
        covariance.array() += factor * factor;
        covariance.diagonal().array() += error.square();
        for (Eigen::Index i = 2; i < curves.rows(); ++i)
            covariance.diagonal().array() += at(curves.row(i)).array().square();
        Eigen::MatrixXd const gain = slopes.transpose() * covariance.inverse();
        Eigen::VectorXd const mean = gain * (log_c.matrix() - at(t.components.mean));
        Eigen::VectorXd const variance = (Eigen::Matrix2d::Identity() - gain * slopes).diagonal();
        auto const found = ComponentsOfPoints(t).of({{k, c, error * c}});
        EXPECT_LE((found.value.transpose() - mean).cwiseAbs().maxCoeff(), 1e-9) << factor;
        EXPECT_LE((found.error - errors_of_variances(variance.transpose())).cwiseAbs().maxCoeff(), 1e-6) << factor;
    }
}

// What training sees at its sights is what the points of each say.
TEST(ComponentsOfPoints, AreWhatSightsSee) {
    auto const t = transform(family(0.0), 3);
    RowMatrixXd c(4, nodes().size());
    for (Eigen::Index i = 0; i < 4; ++i) c.row(i) = log_correlation(6000 + i, nodes()).exp().matrix().transpose();
    auto const rows = features_at_sights(t, c, 7, {10, 11, -3, 12});
    auto const k = momenta_of_view(*t.views, nodes(), 7, -3);
    auto const seen = t.seen_at({k}, {log_correlation(6002, k).exp()}, t.errors, 7, -3);
    EXPECT_LE((rows.row(2) - t.joined(ComponentsOfPoints(t).of(seen))).cwiseAbs().maxCoeff(), 1e-6);
    EXPECT_EQ(rows.cols(), t.inputs());
}

}  // namespace
}  // namespace hadronforce
