#include "hadronforce/inference/feature_estimate.hpp"

#include "hadronforce/dataset/random.hpp"
#include "hadronforce/error.hpp"

#include <gtest/gtest.h>
#include <Eigen/Cholesky>

#include <cmath>

namespace hadronforce {
namespace {

constexpr Eigen::Index features = 3;

/// log C = a exp(-k/40) + b exp(-k/80) + c exp(-k/160) with normal a, b, c: three features, normal too.
RowMatrixXd curves(Eigen::ArrayXd const& k, Eigen::Index count, std::uint64_t seed) {
    RowMatrixXd result(count, k.size());
    for (Eigen::Index i = 0; i < count; ++i) {
        auto const draw = [&](std::uint32_t n) { return 0.2 * normal_draw(seed, static_cast<std::uint64_t>(i), n); };
        result.row(i) =
            (draw(0) * (-k / 40.0).exp() + draw(1) * (-k / 80.0).exp() + draw(2) * (-k / 160.0).exp()).exp().matrix();
    }
    return result;
}

Eigen::ArrayXd const momenta = Eigen::ArrayXd::LinSpaced(30, 5.0, 295.0);

FeatureTransform transform(bool logarithm = true) {
    return make_feature_transform(momenta, curves(momenta, 4000, 1), logarithm, 1e-10, features);
}

MeasuredCorrelation data_at(Eigen::ArrayXd const& k, Eigen::ArrayXd const& correlation) {
    MeasuredCorrelation data;
    data.path = "data.csv";
    data.k_low_MeV = data.k_high_MeV = data.k_star_MeV = k;
    data.correlation = correlation;
    return data;
}

// The features of exact data are those of the transform itself, up to the assumed error of 1e-8.
TEST(FeatureEstimate, ExactDataHaveTheFeaturesOfTheTransform) {
    auto const t = transform();
    auto const correlation = curves(momenta, 1, 2);
    auto const expected = t.features(correlation);
    auto const found = estimate_features(t, data_at(momenta, correlation.row(0).transpose().array()), {}, false, 1e-8);
    EXPECT_LE((found.value.transpose() - expected).cwiseAbs().maxCoeff(), 1e-5);
}

// Every second momentum and the last determine three features as well; nothing is interpolated.
TEST(FeatureEstimate, FewerMomentaHaveTheSameFeatures) {
    auto const t = transform();
    auto const expected = t.features(curves(momenta, 1, 3));
    Eigen::ArrayXd k(16);
    for (Eigen::Index i = 0; i < 15; ++i) k[i] = momenta[2 * i];
    k[15] = momenta[29];
    auto const found = estimate_features(t, data_at(k, curves(k, 1, 3).row(0).transpose().array()), {}, false, 1e-8);
    EXPECT_LE((found.value.transpose() - expected).cwiseAbs().maxCoeff(), 1e-5);
}

// Between the model's momenta, and averaged over bins: right within what the estimate says of itself, and that is
// little.
TEST(FeatureEstimate, InterpolationIsInTheError) {
    auto const t = transform();
    auto const expected = t.features(curves(momenta, 1, 4));
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(24, 12.0, 288.0);
    auto const found = estimate_features(t, data_at(k, curves(k, 1, 4).row(0).transpose().array()), {}, false, 1e-8);
    Eigen::VectorXd const difference = found.value - expected.row(0).transpose();
    Eigen::VectorXd const error = found.root.rowwise().norm();
    EXPECT_GT(error.maxCoeff(), 1e-6);
    EXPECT_LE(error.maxCoeff(), 0.05);
    EXPECT_LE(difference.cwiseQuotient(error).cwiseAbs().maxCoeff(), 3.0);
}

// Bayes' theorem for a normal prior and normal noise: over the prior, the squared pull of m features has the mean m.
// 2000 mocks: its standard deviation is sqrt(2 m/2000) = 0.055; without the logarithm all is linear and this is exact.
TEST(FeatureEstimate, PullsHaveUnitVarianceOverThePrior) {
    constexpr std::uint64_t seed = 20;
    RecordProperty("seed", static_cast<int>(seed));
    constexpr Eigen::Index mocks = 2000;
    RowMatrixXd const truths = curves(momenta, mocks, seed).array().log();
    FeatureTransform t = transform();
    t.logarithm = false;  // the very curves, as if C were their logarithm
    Eigen::ArrayXd const error = Eigen::ArrayXd::LinSpaced(30, 0.2, 0.02);
    Eigen::MatrixXd const covariance = error.square().matrix().asDiagonal();
    double sum = 0.0;
    for (Eigen::Index i = 0; i < mocks; ++i) {
        Eigen::ArrayXd correlation = truths.row(i).transpose().array();
        for (Eigen::Index n = 0; n < 30; ++n)
            correlation[n] +=
                error[n] * normal_draw(seed + 1, static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(n));
        auto const found = estimate_features(t, data_at(momenta, correlation), covariance, false, 1e-8);
        Eigen::VectorXd const difference = found.value - t.components.whitened(truths.row(i)).row(0).transpose();
        sum += difference.dot((found.root * found.root.transpose()).ldlt().solve(difference));
    }
    EXPECT_NEAR(sum / static_cast<double>(mocks), static_cast<double>(features), 5 * 0.055);
}

// For data without errors the evidence finds the noise: of 300 mocks with 2 % the mean is 2 % within 3 %.
TEST(FeatureEstimate, TheErrorOfDataWithoutErrorsIsFound) {
    auto const t = transform();
    double sum = 0.0;
    for (std::uint64_t mock = 0; mock < 300; ++mock) {
        Eigen::ArrayXd correlation = curves(momenta, 1, 100 + mock).row(0).transpose().array();
        for (Eigen::Index n = 0; n < 30; ++n)
            correlation[n] += 0.02 * normal_draw(7, mock, static_cast<std::uint32_t>(n));
        sum += estimate_features(t, data_at(momenta, correlation), {}, false, 1e-8).error;
    }
    EXPECT_NEAR(sum / 300.0, 0.02, 0.0006);
}

// Noise may make C negative, where it has no logarithm; none is taken.
TEST(FeatureEstimate, NegativeValuesAreData) {
    auto const t = transform();
    Eigen::ArrayXd correlation = curves(momenta, 1, 5).row(0).transpose().array();
    Eigen::ArrayXd error = Eigen::ArrayXd::Constant(30, 0.05);
    correlation[0] = -0.5;
    error[0] = 2.0;
    auto const found =
        estimate_features(t, data_at(momenta, correlation), error.square().matrix().asDiagonal(), false, 1e-8);
    EXPECT_LE((found.value.transpose() - t.features(curves(momenta, 1, 5))).norm(), 1.0);
}

// A C(k*) of the training has chi^2 + |z|^2 of about bins + features; one that rises where they fall has not.
TEST(FeatureEstimate, OtherCurvesAreFarAway) {
    auto const t = transform();
    Eigen::MatrixXd const covariance = 1e-4 * Eigen::MatrixXd::Identity(30, 30);
    auto const near = estimate_features(t, data_at(momenta, curves(momenta, 1, 6).row(0).transpose().array()),
                                        covariance, false, 1e-8);
    EXPECT_LE(near.distance, 30.0);
    Eigen::ArrayXd const other = 1.0 + 0.5 * (momenta / 30.0).sin();
    EXPECT_GT(estimate_features(t, data_at(momenta, other), covariance, false, 1e-8).distance, 1e4);
}

TEST(FeatureEstimate, MomentaOutsideTheModelAreLeftOut) {
    auto const t = transform();
    Eigen::ArrayXd const outside = Eigen::ArrayXd::LinSpaced(5, 400.0, 500.0);
    EXPECT_THROW(estimate_features(t, data_at(outside, Eigen::ArrayXd::Ones(5)), {}, false, 1e-8), InputError);
    Eigen::ArrayXd k(31);
    k << momenta, 400.0;
    EXPECT_EQ(bins_within(t, data_at(k, Eigen::ArrayXd::Ones(31))).size(), 30U);
}

}  // namespace
}  // namespace hadronforce
