#include "hadronforce/learning/trainer.hpp"
#include "hadronforce/learning/checkpoint.hpp"
#include "hadronforce/learning/metrics.hpp"
#include "hadronforce/learning/model_file.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/random/random.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <csignal>
#include <functional>
#include <limits>

namespace hadronforce {
namespace {

/// Samples [first, first + count) of a smooth map from two numbers to two, this rank's share of them.
Shard samples(std::int64_t first, std::int64_t count, int rank, int size) {
    auto const rows = share_of(count, rank, size);
    Shard shard{rows, count, RowMatrixXd(rows.size(), 2), RowMatrixXd(rows.size(), 2)};
    for (std::int64_t i = 0; i < rows.size(); ++i) {
        auto const sample = static_cast<std::uint64_t>(first + rows.begin + i);
        double const x = 2.0 * uniform_draw(17, sample, 0) - 1.0;
        double const y = 2.0 * uniform_draw(17, sample, 1) - 1.0;
        shard.inputs.row(i) << x, y;
        shard.targets.row(i) << std::sin(2.0 * x) * y, x - y * y;
    }
    return shard;
}

Shard mine(std::int64_t first, std::int64_t count) { return samples(first, count, world().rank(), world().size()); }

TrainingCallbacks nothing() {
    return {[](TrainingState const&) {}, [](TrainingState const&) {}};
}

Network network() { return {{"mlp", {16, 16}, "tanh", Precision::float64}, 2, 2, 3}; }

TrainingSettings settings(std::int64_t epochs) {
    TrainingSettings s;
    s.batch_size = 50;
    s.epochs = epochs;
    s.learning_rate = 1e-2;
    return s;
}

TEST(Trainer, LearnsAKnownMap) {
    auto net = network();
    auto const state = train(world(), net, settings(150), mine(0, 1000), mine(1000, 200), std::nullopt, nothing());
    // The targets' variance is near 0.3; less than a third of a per cent of it is left.
    EXPECT_LT(mean_loss(world(), net, mine(2000, 200)), 1e-3);
    EXPECT_NEAR(mean_loss(world(), net, mine(1000, 200)), state.best_loss, 1e-15) << "the best parameters are kept";
}

// One rank alone takes the same steps as all together, to the rounding of sums in another order. 997 is uneven for any
// split, and of the 7 samples of the last batch some rank may hold none.
TEST(Trainer, AllRanksTakeTheStepsOfOne) {
    auto together = network();
    auto alone = network();
    auto const state = train(world(), together, settings(2), mine(0, 997), mine(1000, 100), std::nullopt, nothing());
    auto const self = world().split(world().rank());
    auto const reference =
        train(self, alone, settings(2), samples(0, 997, 0, 1), samples(1000, 100, 0, 1), std::nullopt, nothing());
    auto const a = together.parameters(), b = alone.parameters();
    for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-10) << i;
    ASSERT_EQ(state.curve.size(), 2u);
    EXPECT_NEAR(state.curve[1].training_loss, reference.curve[1].training_loss, 1e-10);
}

// Batches smaller than the number of ranks leave some ranks without a sample.
TEST(Trainer, RanksWithoutSamplesNeitherHangNorDistort) {
    auto together = network();
    auto alone = network();
    auto s = settings(1);
    s.batch_size = 1;
    train(world(), together, s, mine(0, 5), mine(1000, 10), std::nullopt, nothing());
    auto const self = world().split(world().rank());
    train(self, alone, s, samples(0, 5, 0, 1), samples(1000, 10, 0, 1), std::nullopt, nothing());
    auto const a = together.parameters(), b = alone.parameters();
    for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-12) << i;
}

// Stopped in the middle of an epoch by a signal, written to a file, read back and finished.
TEST(Trainer, ResumingEqualsNeverHavingStopped) {
    TemporaryFile const file("checkpoint.h5");
    auto undisturbed = network();
    auto const whole = train(world(), undisturbed, settings(4), mine(0, 997), mine(1000, 100), std::nullopt, nothing());

    auto interrupted = network();
    TrainingCallbacks callbacks = nothing();
    callbacks.epoch_done = [&](TrainingState const& state) {
        if (state.epoch == 1 && world().is_root()) std::raise(SIGTERM);
    };
    callbacks.save = [&](TrainingState const& state) {
        write_checkpoint(world(), file.path(), state, RunIdentity{"a: 1", {}, {}, {}});
    };
    EXPECT_THROW(train(world(), interrupted, settings(4), mine(0, 997), mine(1000, 100), std::nullopt, callbacks),
                 Stopped);

    auto resumed = network();
    CheckpointSize const size{4, 20, resumed.parameter_count(), false};
    auto const state = read_checkpoint(world(), file.path(), RunIdentity{"a: 1", {}, {}, {}}, size);
    EXPECT_GT(state.step, 0);
    auto const rest = train(world(), resumed, settings(4), mine(0, 997), mine(1000, 100), state, nothing());
    EXPECT_EQ(resumed.parameters(), undisturbed.parameters());
    ASSERT_EQ(rest.curve.size(), whole.curve.size());
    for (std::size_t i = 0; i < whole.curve.size(); ++i) {
        EXPECT_EQ(rest.curve[i].training_loss, whole.curve[i].training_loss);
        EXPECT_EQ(rest.curve[i].validation_loss, whole.curve[i].validation_loss);
    }
    EXPECT_THROW(read_checkpoint(world(), file.path(), RunIdentity{"a: 2", {}, {}, {}}, size), InputError);
    EXPECT_THROW(read_checkpoint(world(), file.path(), RunIdentity{"a: 1", {}, {}, {}}, {4, 20, 3, false}), InputError);
}

// Whatever is not the state of a training at that place is refused, and not trained from.
TEST(Checkpoint, ContentThatCannotBeOneIsRefused) {
    TrainingState good;
    good.epoch = 1;
    good.step = 3;
    good.optimiser_steps = 23;
    good.loss_sum = 1.0;
    good.best_loss = 0.5;
    good.parameters = good.first_moment = good.second_moment = good.best_parameters = {0.1, 0.2};
    good.curve = {{1, 0.01, 0.6, 0.5, 1.0}};
    auto const accepted = [&](std::function<void(TrainingState&)> const& damage) {
        TemporaryFile const file("damaged.h5");
        auto state = good;
        damage(state);
        write_checkpoint(world(), file.path(), state, RunIdentity{"a: 1", {}, {}, {}});
        try {
            read_checkpoint(world(), file.path(), RunIdentity{"a: 1", {}, {}, {}}, {4, 20, 2, false});
        } catch (InputError const&) {
            return false;
        }
        return true;
    };
    double const nan = std::nan("");
    EXPECT_TRUE(accepted([](TrainingState&) {}));
    EXPECT_FALSE(accepted([&](TrainingState& s) { s.parameters[1] = nan; }));
    EXPECT_FALSE(accepted([&](TrainingState& s) { s.first_moment[0] = nan; }));
    EXPECT_FALSE(accepted([](TrainingState& s) { s.second_moment[0] = -1.0; }));
    EXPECT_FALSE(accepted([](TrainingState& s) { s.best_parameters[0] = std::numeric_limits<double>::infinity(); }));
    EXPECT_FALSE(accepted([](TrainingState& s) { s.best_parameters.pop_back(); }));
    EXPECT_FALSE(accepted([](TrainingState& s) { s.second_moment.push_back(1.0); }));
    EXPECT_FALSE(accepted([](TrainingState& s) { s.epoch = -1; }));
    EXPECT_FALSE(accepted([](TrainingState& s) { s.epoch = 4; }));
    EXPECT_FALSE(accepted([](TrainingState& s) { s.step = 21; }));
    EXPECT_FALSE(accepted([](TrainingState& s) { s.optimiser_steps = 1000; }));
    EXPECT_FALSE(accepted([](TrainingState& s) { s.epochs_since_best = 2; }));
    EXPECT_FALSE(accepted([&](TrainingState& s) { s.best_loss = nan; }));
    EXPECT_FALSE(accepted([&](TrainingState& s) { s.loss_sum = nan; }));
    EXPECT_FALSE(accepted([](TrainingState& s) { s.curve.clear(); }));
    EXPECT_FALSE(accepted([&](TrainingState& s) { s.curve[0].training_loss = nan; }));
}

TEST(Trainer, StopsEarlyAndSaysWhenTheLossIsNotFinite) {
    auto s = settings(50);
    s.patience = 2;
    auto net = network();
    // A network that starts at zero meets a validation part of zeros best before it has learnt anything.
    net.set_parameters(std::vector<double>(static_cast<std::size_t>(net.parameter_count()), 0.0));
    auto zeros = mine(1000, 10);
    zeros.targets.setZero();
    EXPECT_LT(train(world(), net, s, mine(0, 100), zeros, std::nullopt, nothing()).curve.size(), 50u);

    auto broken = mine(0, 100);
    if (world().rank() == world().size() - 1) broken.targets(0, 0) = std::nan("");
    auto other = network();
    EXPECT_THROW(train(world(), other, settings(2), broken, mine(1000, 10), std::nullopt, nothing()),
                 std::runtime_error);
}

TEST(Schedule, OneCycleRisesFallsAndEndsNearZero) {
    TrainingSettings s;
    s.learning_rate = 1.0;
    EXPECT_NEAR(scheduled_learning_rate(s, 0, 1001), 0.04, 1e-12);
    EXPECT_NEAR(scheduled_learning_rate(s, 300, 1001), 1.0, 1e-12);
    EXPECT_NEAR(scheduled_learning_rate(s, 1000, 1001), 1e-4, 1e-12);
    s.schedule = "cosine";
    EXPECT_NEAR(scheduled_learning_rate(s, 500, 1001), 0.5, 1e-12);
}

// p = y + (1, -1, 1, -1): bias 0, RMSE 1, and R^2 = 1 - 4/sum (y - mean)^2.
TEST(Metrics, AreTheirDefinitions) {
    RowMatrixXd truth(4, 1), prediction(4, 1);
    truth << 1.0, 2.0, 3.0, 6.0;
    prediction << 2.0, 1.0, 4.0, 5.0;
    auto const rows = share_of(4, world().rank(), world().size());
    auto const metrics =
        compare(world(), truth.middleRows(rows.begin, rows.size()), prediction.middleRows(rows.begin, rows.size()));
    EXPECT_NEAR(metrics.bias[0], 0.0, 1e-15);
    EXPECT_NEAR(metrics.rmse[0], 1.0, 1e-15);
    EXPECT_NEAR(metrics.r_squared[0], 1.0 - 4.0 / 14.0, 1e-15);
}

}  // namespace
}  // namespace hadronforce
