#include "hadronforce/learning/batches.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/learning/trainer.hpp"
#include "hadronforce/random/random.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>

namespace hadronforce {
namespace {

/// A smooth map from two numbers to two, of sample `i`.
PreparedSamples samples(IndexRange range) {
    PreparedSamples all{RowMatrixXd(range.size(), 2), RowMatrixXd(range.size(), 2)};
    for (std::int64_t i = 0; i < range.size(); ++i) {
        auto const sample = static_cast<std::uint64_t>(range.begin + i);
        double const x = 2.0 * uniform_draw(17, sample, 0) - 1.0, y = 2.0 * uniform_draw(17, sample, 1) - 1.0;
        all.inputs.row(i) << x, y;
        all.targets.row(i) << std::sin(2.0 * x) * y, x - y * y;
    }
    return all;
}

Shard shard(std::int64_t first, std::int64_t count, Communicator const& comm) {
    auto const rows = share_of(count, comm.rank(), comm.size());
    auto mine = samples({first + rows.begin, first + rows.end});
    return {rows, count, mine.inputs, mine.targets};
}

TrainingSettings settings() {
    TrainingSettings s;
    s.batch_size = 70;
    s.epochs = 2;
    s.learning_rate = 1e-2;
    return s;
}

constexpr std::int64_t total = 997;
StreamSettings const windows{300, 17};

BatchesPointer stream_of(Communicator const& comm) {
    return streamed_batches(comm, samples, total, windows, 5, Precision::float64);
}

SampleValues made(IndexRange range) {
    auto const all = samples(range);
    std::vector<std::int64_t> which(static_cast<std::size_t>(range.size()));
    std::iota(which.begin(), which.end(), range.begin);
    return {all.targets, all.inputs, RowMatrixXd(range.size(), 0), which};
}

PreparedSamples prepared(SampleValues const& samples) { return {samples.correlation, samples.parameters}; }

BatchesPointer made_of(Communicator const& comm, std::size_t makers, bool on_this_thread) {
    return made_batches(comm, std::vector<SampleMaker>(makers, made), prepared, on_this_thread, total,
                        Precision::float64);
}

std::vector<double> trained(Communicator const& comm, BatchesPointer const& batches, std::string const& form) {
    Network network({form, {16, 16}, "tanh", Precision::float64}, 2, 2, 3);
    TrainingCallbacks const nothing{[](TrainingState const&) {}, [](TrainingState const&) {}};
    train(comm, network, settings(), batches, shard(5000, 100, comm), std::nullopt, nothing);
    return network.parameters();
}

// All ranks together take the steps of one alone, from whatever source. 997 samples, blocks of 17, windows of 17 blocks
// and batches of 70 are uneven for any number of ranks.
TEST(Batches, OfAnySourceAreThoseOfOneRank) {
    auto const self = world().split(world().rank());
    for (auto const* form : {"mlp", "residual"}) {
        auto const near = [&](BatchesPointer const& together, BatchesPointer const& alone) {
            auto const a = trained(world(), together, form), b = trained(self, alone, form);
            double difference = 0.0;
            for (std::size_t i = 0; i < a.size(); ++i) difference = std::max(difference, std::abs(a[i] - b[i]));
            EXPECT_LE(difference, 1e-10) << form;
        };
        near(batches_in_memory(shard(0, total, world()), 5, Precision::float64),
             batches_in_memory(shard(0, total, self), 5, Precision::float64));
        near(stream_of(world()), stream_of(self));
        near(made_of(world(), 1, true), made_of(self, 3, false));
        near(made_of(world(), 2, false), made_of(self, 1, true));
    }
}

TEST(Batches, AStreamVisitsEverySampleOnceAnEpoch) {
    for (auto const& [count, window, block] : std::vector<std::array<std::int64_t, 3>>{
             {997, 300, 17}, {1000, 1000, 1}, {1, 10, 10}, {50, 7, 100}, {64, 64, 64}, {1025, 256, 64}}) {
        std::vector<std::int64_t> all(static_cast<std::size_t>(count));
        std::iota(all.begin(), all.end(), 0);
        auto const first = streamed_order(count, {window, block}, 1, 0, {0, count});
        for (std::int64_t epoch : {0, 1, 2}) {
            auto order = streamed_order(count, {window, block}, 1, epoch, {0, count});
            if (epoch > 0 && count > 2) {
                EXPECT_NE(order, first) << count << " " << window << " " << block;
            }
            std::sort(order.begin(), order.end());
            ASSERT_EQ(order, all) << count << " " << window << " " << block;
        }
        EXPECT_EQ(first, streamed_order(count, {window, block}, 1, 0, {0, count}));
    }
}

// What a batch of 4,096 of a million holds: at least 64 blocks of the file, and any place in constant time.
TEST(Batches, ABatchOfAStreamIsMixed) {
    StreamSettings const defaults;
    std::int64_t const count = 1000003;
    for (std::int64_t step : {0, 60, 100, 243}) {
        IndexRange const places{step * 4096, std::min(count, (step + 1) * 4096)};
        std::set<std::int64_t> blocks;
        for (auto const sample : streamed_order(count, defaults, 1, 3, places))
            blocks.insert(sample / defaults.block_samples);
        EXPECT_GE(blocks.size(), 64U) << step;
    }
}

// A trainer that resumes asks for a batch in the middle; so does one after a validation.
TEST(Batches, AnyPlaceMayComeFirst) {
    auto const self = world().split(world().rank());
    for (auto const& source :
         {stream_of(self), made_of(self, 2, false), batches_in_memory(shard(0, total, self), 5, Precision::float64)}) {
        TrainingState saved;
        auto s = settings();
        s.checkpoint_every_s = 1e-9;
        TrainingCallbacks callbacks{[](TrainingState const&) {},
                                    [&](TrainingState const& state) {
                                        if (state.epoch == 1 && state.step == 6) saved = state;
                                    }};
        Network undisturbed({"mlp", {16, 16}, "tanh", Precision::float64}, 2, 2, 3);
        auto resumed = Network({"mlp", {16, 16}, "tanh", Precision::float64}, 2, 2, 4);
        train(self, undisturbed, s, source, shard(5000, 100, self), std::nullopt, callbacks);
        train(self, resumed, s, source, shard(5000, 100, self), saved, callbacks);
        EXPECT_EQ(resumed.parameters(), undisturbed.parameters());
    }
}

// One rank's trouble ends the training of all.
TEST(Batches, AFailureReachesAllRanks) {
    auto const last = world().size() - 1;
    auto const fails = [last](IndexRange range) {
        if (world().rank() == last && range.size() > 0) throw InputError("data.h5: row 3 is not what was written");
        return samples(range);
    };
    EXPECT_THROW(trained(world(), streamed_batches(world(), fails, total, windows, 5, Precision::float64), "mlp"),
                 InputError);
    auto const maker = [&](IndexRange range) {
        fails(range);
        return made(range);
    };
    EXPECT_THROW(trained(world(), made_batches(world(), {maker}, prepared, false, total, Precision::float64), "mlp"),
                 InputError);
}

}  // namespace
}  // namespace hadronforce
