#include "hadronforce/inference/reference_answer.hpp"

#include "hadronforce/random/random.hpp"

#include <gtest/gtest.h>
#include <Eigen/LU>

#include <cmath>
#include <utility>

namespace hadronforce {
namespace {

Eigen::ArrayXd k_star(Eigen::Index bins = 12) { return Eigen::ArrayXd::LinSpaced(bins, 20.0, 240.0); }

FeatureTransform transform(ErrorFamily const& errors, Eigen::Index bins = 12) {
    FeatureTransform t;
    t.logarithm = false;
    t.k_star_MeV = k_star(bins);
    t.measurements = single_measurement(bins);
    t.errors = errors;
    return t;
}

/// C = 1 + theta exp(-k/100) of theta with a unit normal prior.
Eigen::ArrayXd correlation(double theta, Eigen::Index bins = 12) { return 1.0 + theta * (-k_star(bins) / 100.0).exp(); }

References references(Eigen::Index bins = 12) {
    References all{RowMatrixXd(4096, bins), RowMatrixXd(4096, 1)};
    for (Eigen::Index i = 0; i < 4096; ++i) {
        double const theta = normal_draw(3, static_cast<std::uint64_t>(i), 0);
        all.coordinates(i, 0) = theta;
        all.correlation.row(i) = correlation(theta, bins).matrix().transpose();
    }
    return all;
}

Prior fixed(double value) { return {Prior::Kind::fixed, value, 0.0}; }

// A line with normal prior and errors that do not depend on it: the posterior is known in closed form, whatever the
// errors' correlations.
TEST(ReferenceAnswer, IsThePosteriorOfALine) {
    constexpr Eigen::Index bins = 12;
    auto const t = transform({{Prior::Kind::log_uniform, 1e-3, 0.1}, fixed(0.0), fixed(0.0), 0.0});
    auto const known = references();
    Eigen::VectorXd const slope = (-k_star() / 100.0).exp();
    for (double const size : {0.3, 1.0, 5.0})
        for (double const common : {0.0, 0.5}) {
            Eigen::MatrixXd covariance = Eigen::MatrixXd::Constant(bins, bins, common * size * size);
            covariance.diagonal().array() += size * size;
            Eigen::ArrayXd noise(bins);
            for (Eigen::Index i = 0; i < bins; ++i) noise[i] = size * normal_draw(4, 0, static_cast<std::uint32_t>(i));
            SeenPoints const data{k_star(), correlation(0.7) + noise, covariance.diagonal().array().sqrt()};
            auto const answer = answer_of_references(t, known, known.correlation, {data}, Whitening(covariance), false);
            ASSERT_TRUE(answer);
            Eigen::VectorXd const weighed = covariance.inverse() * slope;
            double const variance = 1.0 / (1.0 + weighed.dot(slope));
            double const mean = variance * weighed.dot((data.correlation - 1.0).matrix());
            double const of_draws = std::sqrt(variance / answer->effective_samples);
            EXPECT_NEAR(answer->mean[0], mean, 4.0 * of_draws + 0.02) << size;
            EXPECT_NEAR(answer->covariance(0, 0) / variance, 1.0, 0.1) << size;
        }
    SeenPoints const exact{k_star(), correlation(0.7), Eigen::ArrayXd::Constant(bins, 1e-6)};
    EXPECT_FALSE(
        answer_of_references(t, known, known.correlation, {exact}, Whitening(exact.error.square().eval()), false))
        << "no sample meets it";
}

/// Mean and mean square of the pulls of mocks of the prior.
std::pair<double, double> pulls(ErrorFamily const& family, Eigen::Index bins) {
    constexpr std::uint64_t seed = 11;
    constexpr int mocks = 200;
    ::testing::Test::RecordProperty("seed", static_cast<int>(seed));
    auto const known = references(bins);
    RowMatrixXd const positive = known.correlation.cwiseMax(0.05);
    auto const t = transform(family, bins);
    double squares = 0.0, sum = 0.0, answers = 0.0;
    for (int mock = 0; mock < mocks; ++mock) {
        double const theta = normal_draw(seed, static_cast<std::uint64_t>(mock), 7);
        auto const noisy =
            seen_with_errors(family, k_star(bins), correlation(theta, bins).max(0.05).matrix().transpose(), seed, mock);
        SeenPoints const data{k_star(bins), noisy.correlation.transpose().array(), noisy.error.transpose().array()};
        auto const answer =
            answer_of_references(t, known, positive, {data}, Whitening(data.error.square().eval()), true);
        if (!answer) continue;
        double const pull = (answer->mean[0] - theta) / std::sqrt(answer->covariance(0, 0));
        sum += pull;
        squares += pull * pull;
        answers += 1.0;
    }
    EXPECT_GE(answers, 0.97 * mocks) << "of the prior's ends there are few references";
    return {sum / answers, squares / answers};
}

// Errors that grow with C, whose quoted size follows the noise, and a common factor: over samples of the training as
// data the answers' pulls are normal. With 120 bins of errors as large as C the factor that fits is far from 1.
TEST(ReferenceAnswer, CoversErrorsThatFollowC) {
    for (double const power : {0.5, 1.0})
        for (double const size : {0.3, 2.0}) {
            auto const [mean, square] = pulls({fixed(size), fixed(-0.5), fixed(power), 0.2}, 12);
            EXPECT_NEAR(mean, 0.0, 0.2) << power << ' ' << size;
            EXPECT_NEAR(square, 1.0, 0.25) << power << ' ' << size;
        }
    for (double const size : {1.0, 3.0}) {
        auto const [mean, square] = pulls({fixed(size), fixed(0.0), fixed(1.0), 0.1}, 120);
        EXPECT_NEAR(mean, 0.0, 0.2) << size;
        EXPECT_NEAR(square, 1.0, 0.25) << size;
    }
}

// A reference whose C has no logarithm, or overflows, has no weight; the others answer.
TEST(ReferenceAnswer, LeavesOutWhatIsNotFinite) {
    auto const t = transform({{Prior::Kind::log_uniform, 1e-3, 0.1}, fixed(0.0), fixed(0.0), 0.0});
    auto const known = references();
    auto predicted = known.correlation;
    predicted(17, 3) = std::nan("");
    SeenPoints const data{k_star(), correlation(0.7), Eigen::ArrayXd::Constant(12, 1.0)};
    auto const answer = answer_of_references(t, known, predicted, {data}, Whitening(data.error.square().eval()), false);
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->mean.allFinite());
}

}  // namespace
}  // namespace hadronforce
