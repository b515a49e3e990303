#include "hadronforce/learning/network.hpp"
#include "hadronforce/learning/network_forms.hpp"
#include "hadronforce/learning/trainer.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/random/random.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>

#include <cmath>

namespace hadronforce {
namespace {

NetworkSettings gaussian(std::vector<std::int64_t> widths) {
    return {"mlp", std::move(widths), "tanh", Precision::float64, "gaussian"};
}

// A linear map of one input to (m0, m1; l00, l10, l11): the loss is -2 ln of the normal density, but for a constant,
// and the covariance that of its factor, all by hand.
TEST(GaussianEstimator, IsItsFormula) {
    Network network(gaussian({}), 1, 2, 1);
    ASSERT_EQ(network.parameter_count(), 10);
    network.set_parameters({0.5, -1.0, 0.3, 0.8, -0.2, 0.1, 0.2, -0.4, 0.6, 0.7});
    RowMatrixXd x(1, 1), y(1, 2);
    x << 0.9;
    y << 1.2, -0.4;
    auto const output = [&](int i) {
        double const weight[] = {0.5, -1.0, 0.3, 0.8, -0.2}, bias[] = {0.1, 0.2, -0.4, 0.6, 0.7};
        return weight[i] * 0.9 + bias[i];
    };
    Eigen::Matrix2d factor;
    factor << std::exp(output(2)), 0.0, output(3), std::exp(output(4));
    Eigen::Vector2d const deviation(1.2 - output(0), -0.4 - output(1));
    double const expected = (factor * deviation).squaredNorm() - 2.0 * std::log(factor.determinant());
    EXPECT_NEAR(network.loss(x, y), expected, 1e-12);
    EXPECT_NEAR(network.predict(x)(0, 0), output(0), 1e-14);
    EXPECT_NEAR(network.predict(x)(0, 1), output(1), 1e-14);
    auto const covariance = network.covariances(x).at(0);
    Eigen::Matrix2d const inverse = (factor.transpose() * factor).inverse();
    EXPECT_LE((covariance - inverse).cwiseAbs().maxCoeff(), 1e-12);
    EXPECT_TRUE(Network({"mlp", {}, "tanh", Precision::float64}, 1, 2, 1).covariances(x).empty());
}

/// y0 = x + s n0, y1 = s n0 + 0.5 s n1 with s = 0.2 + 0.3 x^2: mean and covariance depend on x.
Shard noisy_lines(std::int64_t first, std::int64_t count) {
    auto const rows = share_of(count, world().rank(), world().size());
    Shard shard{rows, count, RowMatrixXd(rows.size(), 1), RowMatrixXd(rows.size(), 2)};
    for (std::int64_t i = 0; i < rows.size(); ++i) {
        auto const sample = static_cast<std::uint64_t>(first + rows.begin + i);
        double const x = 2.0 * uniform_draw(23, sample, 0) - 1.0, s = 0.2 + 0.3 * x * x;
        double const n0 = normal_draw(23, sample, 1), n1 = normal_draw(23, sample, 2);
        shard.inputs(i, 0) = x;
        shard.targets.row(i) << x + s * n0, s * n0 + 0.5 * s * n1;
    }
    return shard;
}

// Learnt covariances are those that the samples were drawn with, and pulls of samples that it never saw have the width
// one: 4,000 of them know it to 1.1 %.
TEST(GaussianEstimator, LearnsErrorsAndCorrelations) {
    Network network(gaussian({32, 32}), 1, 2, 3);
    TrainingSettings s;
    s.batch_size = 100;
    s.epochs = 40;
    s.learning_rate = 5e-3;
    s.average_decay = 0.99;
    s.clip_norm = 10.0;
    train(world(), network, s, noisy_lines(0, 8000), noisy_lines(8000, 1000), std::nullopt,
          {[](TrainingState const&) {}, [](TrainingState const&) {}});
    RowMatrixXd at(3, 1);
    at << -0.8, 0.0, 0.5;
    auto const means = network.predict(at);
    auto const covariances = network.covariances(at);
    for (Eigen::Index i = 0; i < at.rows(); ++i) {
        double const x = at(i, 0), s2 = std::pow(0.2 + 0.3 * x * x, 2);
        EXPECT_NEAR(means(i, 0), x, 0.05);
        EXPECT_NEAR(means(i, 1), 0.0, 0.05);
        auto const& c = covariances[static_cast<std::size_t>(i)];
        EXPECT_NEAR(c(0, 0) / s2, 1.0, 0.15) << x;
        EXPECT_NEAR(c(0, 1) / s2, 1.0, 0.15) << x;
        EXPECT_NEAR(c(1, 1) / s2, 1.25, 0.18) << x;
    }
    auto const unseen = noisy_lines(20000, 4000);
    auto const answer = network.predict(unseen.inputs);
    auto const errors = network.covariances(unseen.inputs);
    double sums[2] = {0.0, static_cast<double>(answer.size())};
    for (Eigen::Index i = 0; i < answer.rows(); ++i)
        for (Eigen::Index t = 0; t < 2; ++t)
            sums[0] += std::pow(answer(i, t) - unseen.targets(i, t), 2) / errors[static_cast<std::size_t>(i)](t, t);
    world().sum(sums, 2);
    EXPECT_NEAR(std::sqrt(sums[0] / sums[1]), 1.0, 0.05);
}

TEST(Estimators, AreKnownByName) {
    EXPECT_EQ(estimator_names(), (std::vector<std::string>{"mean", "gaussian"}));
    EXPECT_THROW(Network({"mlp", {4}, "tanh", Precision::float64, "median"}, 1, 1, 1), InputError);
}

// A clipped gradient takes a step of the same direction; Adam's first step has the length of the rate whatever the
// gradient's, so the second shows it. The mean of weights follows them.
TEST(Trainer, ClipsAndAverages) {
    auto const trained = [](double clip, double decay) {
        Network network({"mlp", {8}, "tanh", Precision::float64}, 1, 2, 3);
        TrainingSettings s;
        s.batch_size = 100;
        s.epochs = 1;
        s.clip_norm = clip;
        s.average_decay = decay;
        train(world(), network, s, noisy_lines(0, 500), noisy_lines(8000, 100), std::nullopt,
              {[](TrainingState const&) {}, [](TrainingState const&) {}});
        return network.parameters();
    };
    EXPECT_EQ(trained(0.0, 0.0), trained(1e9, 0.0));
    EXPECT_NE(trained(0.0, 0.0), trained(1e-2, 0.0));
    EXPECT_NE(trained(0.0, 0.0), trained(0.0, 0.9));
}

TEST(Schedule, TheRateMayFollowTheBatch) {
    TrainingSettings s;
    s.learning_rate = 1.0;
    s.schedule = "constant";
    s.batch_size = 512;
    EXPECT_EQ(scheduled_learning_rate(s, 0, 10), 1.0);
    s.batch_scaling = BatchScaling::square_root;
    EXPECT_EQ(scheduled_learning_rate(s, 0, 10), 2.0);
    s.batch_scaling = BatchScaling::linear;
    EXPECT_EQ(scheduled_learning_rate(s, 0, 10), 4.0);
}

}  // namespace
}  // namespace hadronforce
