#include "hadronforce/inference/feature_estimate.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/random/random.hpp"

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

FeatureTransform transform(Eigen::Index components = features) {
    return make_feature_transform(momenta, curves(momenta, 4000, 1), true, 1e-10, components);
}

Eigen::MatrixXd covariance_of(FeatureEstimate const& estimate) {
    Eigen::MatrixXd const deviations = estimate.draws.rowwise() - estimate.draws.colwise().mean();
    return deviations.transpose() * deviations / static_cast<double>(deviations.rows() - 1);
}

double squared_pull(FeatureEstimate const& found, Eigen::RowVectorXd const& truth) {
    Eigen::VectorXd const difference = found.value - truth.transpose();
    return difference.dot(covariance_of(found).ldlt().solve(difference));
}

MeasuredCorrelation data_at(Eigen::ArrayXd const& k, Eigen::ArrayXd const& correlation) {
    MeasuredCorrelation data;
    data.path = "data.csv";
    data.k_low_MeV = data.k_high_MeV = data.k_star_MeV = k;
    data.correlation = correlation;
    return data;
}

// The features of exact data are those of the transform itself, up to an error that moves none of them.
TEST(FeatureEstimate, ExactDataHaveTheFeaturesOfTheTransform) {
    auto const t = transform();
    auto const correlation = curves(momenta, 1, 2);
    auto const expected = t.features(correlation);
    auto const found = estimate_features(t, data_at(momenta, correlation.row(0).transpose().array()), {});
    EXPECT_LE((found.value.transpose() - expected).cwiseAbs().maxCoeff(), 1e-5);
}

// Every second momentum and the last determine three features as well; nothing is interpolated.
TEST(FeatureEstimate, FewerMomentaHaveTheSameFeatures) {
    auto const t = transform();
    auto const expected = t.features(curves(momenta, 1, 3));
    Eigen::ArrayXd k(16);
    for (Eigen::Index i = 0; i < 15; ++i) k[i] = momenta[2 * i];
    k[15] = momenta[29];
    auto const found = estimate_features(t, data_at(k, curves(k, 1, 3).row(0).transpose().array()), {});
    EXPECT_LE((found.value.transpose() - expected).cwiseAbs().maxCoeff(), 1e-5);
}

// Between the model's momenta, and averaged over bins: right within what the estimate says of itself, and that is
// little.
TEST(FeatureEstimate, InterpolationIsInTheError) {
    auto const t = transform();
    auto const expected = t.features(curves(momenta, 1, 4));
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(24, 12.0, 288.0);
    auto const found = estimate_features(t, data_at(k, curves(k, 1, 4).row(0).transpose().array()), {});
    Eigen::VectorXd const difference = found.value - expected.row(0).transpose();
    Eigen::VectorXd const error = covariance_of(found).diagonal().cwiseSqrt();
    EXPECT_GT(error.maxCoeff(), 1e-6);
    EXPECT_LE(error.maxCoeff(), 0.05);
    EXPECT_LE(difference.cwiseQuotient(error).cwiseAbs().maxCoeff(), 3.0);
}

// Averages over bins that begin and end half a bin beyond the model's momenta, without errors, by the midpoint rule on
// 200 points: squared pulls of three features over 100 mocks have a mean of at most 3.
TEST(FeatureEstimate, BinsMayReachBeyondTheMomenta) {
    auto const t = transform();
    constexpr std::uint64_t seed = 50;
    RecordProperty("seed", static_cast<int>(seed));
    MeasuredCorrelation data = data_at(momenta, momenta);
    data.k_low_MeV = momenta - 5.0;
    data.k_high_MeV = momenta + 5.0;
    double sum = 0.0;
    for (std::uint64_t mock = 0; mock < 100; ++mock) {
        for (Eigen::Index i = 0; i < 30; ++i) {
            Eigen::ArrayXd const k = momenta[i] - 5.0 + 0.05 * (Eigen::ArrayXd::LinSpaced(200, 0.0, 199.0) + 0.5);
            data.correlation[i] =
                (k.square() * curves(k, 1, seed + mock).row(0).transpose().array()).sum() / k.square().sum();
        }
        sum += squared_pull(estimate_features(t, data, {}), t.features(curves(momenta, 1, seed + mock)));
    }
    EXPECT_LE(sum / 100.0, 3.0);
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
        auto const found = estimate_features(t, data_at(momenta, correlation), covariance);
        sum += squared_pull(found, t.components.whitened(truths.row(i)));
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
        sum += estimate_features(t, data_at(momenta, correlation), {}).error;
    }
    EXPECT_NEAR(sum / 300.0, 0.02, 0.0006);
}

// With two of three components as features, exact data at the training's momenta have the transform's own: the third is
// no noise of theirs, of any size that it has. At every second momentum it is not orthogonal to them, and known all the
// same.
TEST(FeatureEstimate, WhatFeaturesLeaveOutIsNoNoise) {
    auto const t = transform(2);
    auto const correlation = curves(momenta, 1, 8);
    auto const expected = t.features(correlation);
    for (Eigen::Index every : {1, 2}) {
        auto const kept = Eigen::seqN(0, 30 / every, every);
        Eigen::ArrayXd const k = momenta(kept);
        auto const found = estimate_features(t, data_at(k, correlation.row(0).transpose().array()(kept)), {});
        EXPECT_LE((found.value.transpose() - expected).cwiseAbs().maxCoeff(), 0.01);
        EXPECT_LE(covariance_of(found).diagonal().cwiseSqrt().maxCoeff(), 0.01);
    }
}

// One error of unknown size beside a component that is left out: over the prior squared pulls of two features have the
// mean 2 whether the noise is well below what is left out, of its very size, or far above. All is normal and, without
// the logarithm, linear; 300 mocks: the mean's standard deviation is 0.12.
TEST(FeatureEstimate, PullsHaveUnitVarianceForNoiseOfAnySize) {
    constexpr std::uint64_t seed = 60;
    RecordProperty("seed", static_cast<int>(seed));
    constexpr Eigen::Index mocks = 300;
    RowMatrixXd const truths = curves(momenta, mocks, seed).array().log();
    FeatureTransform t = transform(2);
    t.logarithm = false;  // the very curves, as if C were their logarithm
    double const left_out = t.components.dropped.col(0).norm();
    for (double noise : {0.03 * left_out, left_out, 0.05}) {
        double sum = 0.0, sum_of_logarithms = 0.0;
        for (Eigen::Index i = 0; i < mocks; ++i) {
            Eigen::ArrayXd correlation = truths.row(i).transpose().array();
            for (Eigen::Index n = 0; n < 30; ++n)
                correlation[n] +=
                    noise * normal_draw(seed + 1, static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(n));
            auto const found = estimate_features(t, data_at(momenta, correlation), {});
            sum += squared_pull(found, t.components.whitened(truths.row(i)));
            sum_of_logarithms += std::log(found.error);
        }
        EXPECT_NEAR(sum / static_cast<double>(mocks), 2.0, 0.4) << noise;
        EXPECT_NEAR(std::exp(sum_of_logarithms / static_cast<double>(mocks)), noise, 0.05 * noise);
    }
}

// Five bins without errors determine little of three features and their error: of the truths 68 % lie within the
// central 68 % of the draws, 95 % within 95 %, or more, as far as 300 of them tell.
TEST(FeatureEstimate, FewBinsWithoutErrorsHaveHonestFeatures) {
    constexpr std::uint64_t seed = 70;
    RecordProperty("seed", static_cast<int>(seed));
    auto const t = transform();
    auto const kept = Eigen::seqN(0, 5, 7);
    Eigen::ArrayXd const k = momenta(kept);
    for (double noise : {0.0, 1e-4, 1e-2}) {
        double within_one = 0.0, within_two = 0.0;
        for (std::uint64_t mock = 0; mock < 100; ++mock) {
            auto const truth = curves(momenta, 1, seed + mock);
            Eigen::ArrayXd correlation = truth.row(0).transpose().array()(kept);
            for (Eigen::Index n = 0; n < 5; ++n)
                correlation[n] += noise * normal_draw(7, mock, static_cast<std::uint32_t>(n));
            auto const found = estimate_features(t, data_at(k, correlation), {});
            auto const z = t.features(truth);
            for (Eigen::Index f = 0; f < features; ++f) {
                double const below = (found.draws.col(f).array() < z(0, f)).cast<double>().mean();
                within_one += std::fabs(below - 0.5) < 0.3413;
                within_two += std::fabs(below - 0.5) < 0.4772;
            }
        }
        EXPECT_GT(within_one / 300.0, 0.6) << noise;
        EXPECT_GT(within_two / 300.0, 0.9) << noise;
    }
}

// A curve six standard deviations out in every feature, with an error, not given, as large as the smallest of them, is
// not drawn to the training's mean: the other features tell how far out it lies. Squared pulls of 3 features over 100
// mocks have the mean 3 with a standard deviation of 0.24; drawn half way to the mean they had 12 and more.
TEST(FeatureEstimate, CornersOfThePriorAreFound) {
    FeatureTransform t = transform();
    t.logarithm = false;
    Eigen::VectorXd const truth = Eigen::VectorXd::Constant(features, 6.0);
    Eigen::MatrixXd const curve = t.components.projection * t.components.variance.asDiagonal();
    double const noise = curve.col(features - 1).norm();
    double sum = 0.0;
    for (std::uint64_t mock = 0; mock < 100; ++mock) {
        Eigen::ArrayXd correlation = (t.components.mean.transpose() + curve * truth).array();
        for (Eigen::Index n = 0; n < 30; ++n)
            correlation[n] += noise * normal_draw(9, mock, static_cast<std::uint32_t>(n));
        sum += squared_pull(estimate_features(t, data_at(momenta, correlation), {}), truth.transpose());
    }
    EXPECT_LE(sum / 100.0, 4.2);
}

// Noise may make C negative, where it has no logarithm; none is taken.
TEST(FeatureEstimate, NegativeValuesAreData) {
    auto const t = transform();
    Eigen::ArrayXd correlation = curves(momenta, 1, 5).row(0).transpose().array();
    Eigen::ArrayXd error = Eigen::ArrayXd::Constant(30, 0.05);
    correlation[0] = -0.5;
    error[0] = 2.0;
    auto const found = estimate_features(t, data_at(momenta, correlation), error.square().matrix().asDiagonal());
    EXPECT_LE((found.value.transpose() - t.features(curves(momenta, 1, 5))).norm(), 1.0);
}

// A C(k*) of the training has chi^2 + |z|^2 of about bins + features; one that rises where they fall has not.
TEST(FeatureEstimate, OtherCurvesAreFarAway) {
    auto const t = transform();
    Eigen::MatrixXd const covariance = 1e-4 * Eigen::MatrixXd::Identity(30, 30);
    auto const near =
        estimate_features(t, data_at(momenta, curves(momenta, 1, 6).row(0).transpose().array()), covariance);
    EXPECT_LE(near.distance, 30.0);
    Eigen::ArrayXd const other = 1.0 + 0.5 * (momenta / 30.0).sin();
    EXPECT_GT(estimate_features(t, data_at(momenta, other), covariance).distance, 1e4);
}

TEST(FeatureEstimate, MomentaOutsideTheModelAreLeftOut) {
    auto const t = transform();
    Eigen::ArrayXd const outside = Eigen::ArrayXd::LinSpaced(5, 400.0, 500.0);
    EXPECT_THROW(estimate_features(t, data_at(outside, Eigen::ArrayXd::Ones(5)), {}), InputError);
    Eigen::ArrayXd k(31);
    k << momenta, 400.0;
    EXPECT_EQ(bins_within(t, data_at(k, Eigen::ArrayXd::Ones(31))).size(), 30U);
}

}  // namespace
}  // namespace hadronforce
