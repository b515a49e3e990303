#include "hadronforce/learning/error_family.hpp"
#include "hadronforce/learning/trainer.hpp"
#include "hadronforce/learning/transforms.hpp"

#include "hadronforce/random/random.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr Eigen::Index momenta = 6;
Eigen::ArrayXd k_star() { return Eigen::ArrayXd::LinSpaced(momenta, 50.0, 300.0); }

/// C = 1 + 0.3 z (100 MeV/c / k), z standard normal: `count` samples from `first` on.
Eigen::VectorXd strengths(std::int64_t first, std::int64_t count) {
    Eigen::VectorXd z(count);
    for (std::int64_t i = 0; i < count; ++i) z[i] = normal_draw(3, static_cast<std::uint64_t>(first + i), 0);
    return z;
}
RowMatrixXd correlations(Eigen::VectorXd const& z) {
    return ((0.3 * z * (100.0 / k_star()).matrix().transpose()).array() + 1.0).matrix();
}

// Deviations of 4,000 sights in units of the errors with which they were drawn: mean 0, width 1, uncorrelated; a common
// factor moves all bins alike.
TEST(ErrorFamily, DrawsWhatItSays) {
    ErrorFamily const family{
        {Prior::Kind::fixed, 0.02, 0.0}, {Prior::Kind::fixed, -1.0, 0.0}, {Prior::Kind::fixed, 0.5, 0.0}, 0.0};
    Eigen::RowVectorXd const truth = correlations(Eigen::VectorXd::Ones(1)).row(0);
    Eigen::RowVectorXd const error = 0.02 * (100.0 / k_star()).matrix().transpose().cwiseProduct(truth.cwiseSqrt());
    constexpr int sights = 4000;
    Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(momenta);
    Eigen::MatrixXd second = Eigen::MatrixXd::Zero(momenta, momenta);
    for (int i = 0; i < sights; ++i) {
        auto const seen = seen_with_errors(family, k_star(), truth, 1, i);
        Eigen::RowVectorXd const pull = (seen.correlation - truth).cwiseQuotient(error);
        mean += pull / sights;
        second += pull.transpose() * pull / sights;
        EXPECT_NEAR(seen.error[0] / (0.02 * 2.0 * std::sqrt(seen.correlation[0])), 1.0, 1e-12) << "as measured";
    }
    double const spread = 5.0 / std::sqrt(sights);
    EXPECT_LE(mean.cwiseAbs().maxCoeff(), spread);
    EXPECT_LE((second - Eigen::MatrixXd::Identity(momenta, momenta)).cwiseAbs().maxCoeff(), 1.5 * spread);
    auto const once = seen_with_errors(family, k_star(), truth, 1, 7),
               again = seen_with_errors(family, k_star(), truth, 1, 7);
    EXPECT_EQ(once.correlation, again.correlation);
    EXPECT_NE(once.correlation, seen_with_errors(family, k_star(), truth, 1, 8).correlation);
    EXPECT_NE(once.correlation, seen_with_errors(family, k_star(), truth, 2, 7).correlation);

    auto common = family;
    common.size.first = 1e-9;
    common.normalisation = 0.05;
    double squares = 0.0;
    for (int i = 0; i < sights; ++i) {
        Eigen::RowVectorXd const ratio =
            seen_with_errors(common, k_star(), truth, 1, i).correlation.cwiseQuotient(truth);
        EXPECT_NEAR(ratio.maxCoeff(), ratio.minCoeff(), 1e-7);
        squares += std::pow((ratio[0] - 1.0) / 0.05, 2) / sights;
    }
    EXPECT_NEAR(squares, 1.0, 5.0 * std::sqrt(2.0 / sights));
}

FeatureTransform transform(ErrorFamily const& errors) {
    auto const c = correlations(strengths(0, 3000));
    return with_errors(make_feature_transform(k_star(), c, false, 1e-6, 1), errors, c, 1);
}

// Errors that hide nothing leave the whitened component; those that hide all, nothing of it. In between it is the mean
// of the posterior of unit prior and likelihood of width s, the projection of the bins' errors.
TEST(FeatureTransform, ShrinksWhatErrorsHide) {
    auto const t = transform({});
    EXPECT_EQ(t.inputs(), 2);
    EXPECT_EQ(t.steps(), (std::vector<std::string>{"centre", "whiten", "shrink", "standardise"}));
    RowMatrixXd const c = correlations(strengths(5000, 20));
    RowMatrixXd const z = t.features(c);
    for (double size : {1e-7, 0.1, 1e7}) {
        RowMatrixXd const error = RowMatrixXd::Constant(20, momenta, size);
        RowMatrixXd const raw = (t.features(c, error).array().rowwise() * t.scale.array()).matrix().rowwise() + t.mean;
        double const s2 = size * size * t.components.projection.squaredNorm();
        EXPECT_LE((raw.col(0) - z.col(0) / (1.0 + s2)).cwiseAbs().maxCoeff(), 1e-9) << size;
        EXPECT_NEAR(raw(0, 1), std::log1p(s2), 1e-9 * std::max(1.0, std::log1p(s2))) << size;
        EXPECT_NEAR(t.error_size(t.features(c, error))[0], std::log1p(s2), 1e-6 * std::max(1.0, std::log1p(s2)));
    }
}

// Outside the errors of the training: smaller ones count as its smallest, so that nothing that a network sees is larger
// than what it saw; of larger ones C says as little as it does, and the network is told the training's largest.
TEST(FeatureTransform, TakesErrorsAsTheTrainingHadThem) {
    ErrorFamily const family{
        {Prior::Kind::log_uniform, 0.1, 5.0}, {Prior::Kind::fixed, 0.0, 0.0}, {Prior::Kind::fixed, 0.0, 0.0}, 0.0};
    auto const t = transform(family);
    RowMatrixXd const c = correlations(strengths(5000, 20));
    RowMatrixXd const z = t.features(c);
    auto const raw_of = [&](double size) {
        auto const trained = t.as_trained(t.features(c, RowMatrixXd::Constant(20, momenta, size)));
        return RowMatrixXd((trained.array().rowwise() * t.scale.array()).matrix().rowwise() + t.mean);
    };
    double const of_unit = t.components.projection.squaredNorm();
    for (double size : {1e-4, 0.05, 0.3, 4.0, 6.0, 1e3}) {
        auto const raw = raw_of(size);
        double const shrinks = std::max(size, 0.1), told = std::clamp(size, 0.1, 5.0);
        // Of 3,000 sights the extremes lie within 1 % of the prior's ends.
        EXPECT_LE((raw.col(0).array() / z.col(0).array() * (1.0 + shrinks * shrinks * of_unit) - 1.0).abs().maxCoeff(),
                  0.02)
            << size;
        EXPECT_NEAR(raw(0, 1), std::log1p(told * told * of_unit), 0.02) << size;
    }
    auto const inside = t.features(c, RowMatrixXd::Constant(20, momenta, 0.7));
    EXPECT_LE((t.as_trained(inside) - inside).cwiseAbs().maxCoeff(), 1e-13);
    // With a contrast it is the same of what that makes of the components.
    auto const points = correlations(strengths(0, 3000));
    auto const contrasted =
        with_errors(make_feature_transform(k_star(), points, false, 1e-6, 1, 0.01), family, points, 1);
    for (double size : {1e-4, 0.3, 1e3}) {
        RowMatrixXd const seen =
            contrasted.as_trained(contrasted.features(c, RowMatrixXd::Constant(20, momenta, size)));
        RowMatrixXd const raw =
            (seen.array().rowwise() * contrasted.scale.array()).matrix().rowwise() + contrasted.mean;
        auto const of_plain = raw_of(size);
        RowMatrixXd const expected = contrasted.features_of_components(RowMatrixXd(of_plain.col(0)));
        ASSERT_EQ(raw.cols(), expected.cols() + 1);
        EXPECT_LE((raw.col(0) - expected.col(0)).cwiseAbs().maxCoeff(), 1e-9);
        EXPECT_LE((raw.col(1) - of_plain.col(1)).cwiseAbs().maxCoeff(), 1e-9);
        EXPECT_LE((raw.rightCols(1) - expected.rightCols(1)).cwiseAbs().maxCoeff(), 1e-9);
        EXPECT_NEAR(contrasted.error_size(seen)[0], of_plain(0, 1), 1e-9);
    }
    // Errors beyond the training's: rows of what its largest would show. Of unit components, of which C with the error
    // s shows z + s n and C with t less, t n', both have the joint distribution that independent errors give them.
    double const s2 = of_unit * 8.0 * 8.0, t2 = std::expm1(t.highest_error[0]);
    constexpr Eigen::Index draws = 4000;
    RowMatrixXd const seen =
        t.features_of_components(RowMatrixXd::Constant(1, 1, 1.7), RowMatrixXd::Constant(1, 1, std::sqrt(s2)));
    auto const drawn = t.shrunk(t.with_largest_errors(seen, draws));
    ASSERT_EQ(drawn.value.rows(), draws);
    // E(z + t n' | z + s n = d) = d (1 + t^2)/(1 + s^2), its variance (1 + t^2) - (1 + t^2)^2/(1 + s^2), shrunk.
    double const mean = 1.7 / (1.0 + s2), variance = 1.0 / (1.0 + t2) - 1.0 / (1.0 + s2);
    EXPECT_NEAR(drawn.value.mean(), mean, 5.0 * std::sqrt(variance / draws));
    EXPECT_NEAR((drawn.value.array() - mean).square().mean() / variance, 1.0, 5.0 * std::sqrt(2.0 / draws));
    EXPECT_LE((drawn.error.array() - t.highest_error[0]).abs().maxCoeff(), 1e-12);
    EXPECT_EQ(t.with_largest_errors(inside.topRows(1), draws).rows(), 0);
    // Errors below the training's: noise makes up for what is missing, before it is shrunk.
    double const small2 = of_unit * 0.02 * 0.02, least2 = std::expm1(t.lowest_error[0]);
    RowMatrixXd const precise =
        t.features_of_components(RowMatrixXd::Constant(1, 1, 1.7), RowMatrixXd::Constant(1, 1, std::sqrt(small2)));
    auto const noisier = t.shrunk(t.with_smallest_errors(precise, draws));
    double const added = (least2 - small2) / std::pow(1.0 + least2, 2);
    EXPECT_NEAR(noisier.value.mean(), 1.7 / (1.0 + least2), 5.0 * std::sqrt(added / draws));
    EXPECT_NEAR((noisier.value.array() - noisier.value.mean()).square().mean() / added, 1.0,
                5.0 * std::sqrt(2.0 / draws));
    EXPECT_LE((noisier.error.array() - t.lowest_error[0]).abs().maxCoeff(), 1e-12);
    auto old = t;
    old.lowest_error.resize(0);
    auto const below = t.features(c, RowMatrixXd::Constant(20, momenta, 1e-4));
    EXPECT_EQ(old.as_trained(below), below);
}

/// A rank's share of samples, C and z.
Shard correlations_of(Communicator const& comm, std::int64_t first, std::int64_t count) {
    auto const rows = share_of(count, comm.rank(), comm.size());
    auto const z = strengths(first + rows.begin, rows.size());
    return {rows, count, correlations(z), RowMatrixXd(z)};
}

/// The same as a network sees it, at sights of which no training has any.
Shard seen_once(FeatureTransform const& t, Shard shard) {
    std::vector<std::int64_t> sights;
    for (auto row = shard.rows.begin; row < shard.rows.end; ++row) sights.push_back(-1 - row);
    shard.inputs = features_at_sights(t, shard.inputs, 1, sights);
    return shard;
}

TEST(Batches, WithErrorsAreThoseOfOneRank) {
    auto const t = transform({});
    auto const self = world().split(world().rank());
    auto const trained = [&](Communicator const& comm) {
        auto const validation = seen_once(t, correlations_of(comm, 900, 50));
        Network network({"mlp", {8}, "tanh", Precision::float64}, 2, 1, 3);
        TrainingSettings s;
        s.epochs = 2;
        s.batch_size = 70;
        auto const batches = batches_at_sights(batches_in_memory(correlations_of(comm, 0, 501), 1, Precision::float64),
                                               t, 1, Precision::float64);
        train(comm, network, s, batches, validation, std::nullopt,
              {[](TrainingState const&) {}, [](TrainingState const&) {}});
        return network.parameters();
    };
    auto const together = trained(world()), alone = trained(self);
    for (std::size_t i = 0; i < alone.size(); ++i) ASSERT_NEAR(together[i], alone[i], 1e-10);
}

// z is normal and so are the errors: its posterior is known, of mean and variance that depend on the size of errors,
// over two decades of it. A network that takes errors learns both.
TEST(Errors, AreLearntAsAnInput) {
    ErrorFamily const errors{
        {Prior::Kind::log_uniform, 0.1, 5.0}, {Prior::Kind::fixed, 0.0, 0.0}, {Prior::Kind::fixed, 0.0, 0.0}, 0.0};
    auto const t = transform(errors);
    auto const validation = seen_once(t, correlations_of(world(), 20000, 500));
    Network network({"mlp", {32, 32}, "silu", Precision::float64, "gaussian"}, 2, 1, 3);
    TrainingSettings s;
    s.batch_size = 100;
    s.epochs = 60;
    s.learning_rate = 1e-2;
    s.average_decay = 0.99;
    train(world(), network, s,
          batches_at_sights(batches_in_memory(correlations_of(world(), 0, 10000), 1, Precision::float64), t, 1,
                            Precision::float64),
          validation, std::nullopt, {[](TrainingState const&) {}, [](TrainingState const&) {}});
    Eigen::ArrayXd const slope = 0.3 * 100.0 / k_star();
    for (double size : {0.2, 0.5, 1.0, 3.0})
        for (double z : {-1.5, 0.0, 1.0}) {
            double const information = slope.square().sum() / (size * size);
            double const variance = 1.0 / (1.0 + information), mean = z * information * variance;
            RowMatrixXd const c = correlations(Eigen::VectorXd::Constant(1, z));
            RowMatrixXd const input = t.features(c, RowMatrixXd::Constant(1, momenta, size));
            EXPECT_NEAR(network.predict(input)(0, 0), mean, 0.15 * std::sqrt(variance) + 0.02) << size << " " << z;
            EXPECT_NEAR(std::sqrt(network.covariances(input).at(0)(0, 0) / variance), 1.0, 0.12) << size << " " << z;
        }
}

// What a bin's quoted error was before its power of C, also where C counts as what it can be told from zero.
TEST(ErrorFamily, TellsErrorsOfOtherTruths) {
    for (double const power : {0.0, 0.5, 1.0, 1.7})
        for (double const at_one : {1e-4, 0.03, 0.8, 1.3, 20.0})
            for (double const c : {-0.5, 1e-5, 0.02, 0.7, 1.0, 90.0}) {
                // At 100 MeV/c the size is the error at C = 1.
                auto const quoted = ErrorFamily{}.quoted(Eigen::ArrayXd::Constant(1, 100.0),
                                                         Eigen::RowVectorXd::Constant(1, c), at_one, -0.5, power);
                EXPECT_NEAR(error_at_one(c, quoted[0], power) / at_one, 1.0, 1e-12)
                    << power << ' ' << at_one << ' ' << c;
            }
    ErrorFamily const family{{Prior::Kind::log_uniform, 1e-3, 0.3},
                             {Prior::Kind::uniform, -1.0, 0.0},
                             {Prior::Kind::uniform, 0.0, 1.0},
                             0.0};
    Eigen::ArrayXd const k = k_star();
    Eigen::RowVectorXd const c = (1.0 + 3.0 * (-k / 60.0).exp()).matrix().transpose();
    for (double const power : {0.1, 0.5, 0.9}) {
        auto const quoted = family.quoted(k, c, 0.02, -0.6, power);
        EXPECT_NEAR(family.likely_correlation_power(k, c.transpose().array(), quoted.transpose().array()), power, 0.03);
    }
}

}  // namespace
}  // namespace hadronforce
