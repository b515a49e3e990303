#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/parallel/twofold_sum.hpp"
#include "hadronforce/parallel/work_split.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <csignal>
#include <stdexcept>
#include <vector>

namespace hadronforce {
namespace {

TEST(WorkSplit, SharesCoverEverythingOnceAndDifferByAtMostOne) {
    for (std::int64_t count : {0, 1, 2, 7, 1000, 1001})
        for (int size : {1, 2, 3, 5, 8}) {
            std::int64_t next = 0;
            for (int rank = 0; rank < size; ++rank) {
                auto const share = share_of(count, rank, size);
                EXPECT_EQ(share.begin, next);
                EXPECT_GE(share.size(), count / size);
                EXPECT_LE(share.size(), count / size + 1);
                next = share.end;
            }
            EXPECT_EQ(next, count);
        }
}

// 1 + 2^-60 has no place in one double.
TEST(TwofoldSum, KeepsWhatOneDoubleLoses) {
    auto const world = Communicator::world();
    TwofoldSum sum(2);
    double const small = std::ldexp(1.0, -60);
    for (int i = 0; i < 16; ++i) {
        if (world.is_root() && i == 3) sum.add(0, 1.0);
        sum.add(0, small);
        sum.add(1, i % 2 == 0 ? 1e17 : -1e17);
        sum.add(1, 1.0);
    }
    sum.reduce(world);
    EXPECT_EQ(sum.minus_product(0, 1.0, 1.0), 16.0 * small * world.size());
    EXPECT_EQ(sum.value(1), 16.0 * world.size());
    double const third = 1.0 / 3.0;
    TwofoldSum product(1);
    product.add(0, third * third);
    EXPECT_EQ(product.minus_product(0, third, third), -std::fma(third, third, -(third * third)));
}

TEST(Communicator, SumsAndBroadcastsOverAllRanks) {
    auto const world = Communicator::world();
    std::vector<double> values{1.0, static_cast<double>(world.rank())};
    world.sum(values.data(), values.size());
    EXPECT_EQ(values[0], world.size());
    EXPECT_EQ(values[1], world.size() * (world.size() - 1) / 2);
    int const last = world.size() - 1;
    EXPECT_EQ(world.broadcast(world.rank() == last ? "from the last" : "unset", last), "from the last");
    EXPECT_EQ(world.broadcast(world.is_root() ? "" : "unset"), "");
    EXPECT_EQ(world.max(std::int64_t{world.rank()}), last);
    EXPECT_EQ(world.min(std::int64_t{world.rank()}), 0);
}

TEST(Communicator, SplitOrdersRanksAsBefore) {
    auto const world = Communicator::world();
    auto const half = world.split(world.rank() % 2);
    EXPECT_EQ(half.rank(), world.rank() / 2);
    EXPECT_EQ(half.sum(std::int64_t{1}), half.size());
    auto const copy = world.duplicate();
    EXPECT_EQ(copy.size(), world.size());
    EXPECT_NE(copy.handle(), world.handle());
}

TEST(Communicator, SelfIsThisRankAlone) {
    auto const self = Communicator::self();
    EXPECT_EQ(self.size(), 1);
    EXPECT_TRUE(self.is_root());
    if (Communicator::world().is_root()) {
        EXPECT_THROW(agree(self, [] { throw InputError("of this rank"); }), InputError);
    }
}

TEST(Agreement, NobodyThrowsWhereNobodyFailed) {
    EXPECT_NO_THROW(agree(Communicator::world(), [] {}));
    EXPECT_NO_THROW(agree_on_root(Communicator::world(), [] {}));
}

// The last rank fails alone: all throw its message, named; on one rank there is nobody to name.
TEST(Agreement, OneRanksFailureReachesAllWithItsRank) {
    auto const world = Communicator::world();
    int const last = world.size() - 1;
    try {
        agree(world, [&] {
            if (world.rank() == last) throw InputError("bad row");
        });
        FAIL() << "must throw on every rank";
    } catch (InputError const& error) {
        std::string const expected =
            world.size() == 1 ? "bad row"
                              : "rank " + std::to_string(last) + " of " + std::to_string(world.size()) + ": bad row";
        EXPECT_EQ(error.what(), expected);
    }
}

TEST(Agreement, WhatAllRanksSayIsSaidOnceWithoutARank) {
    try {
        agree(Communicator::world(), [] { throw InputError("no such file"); });
        FAIL();
    } catch (InputError const& error) {
        EXPECT_STREQ(error.what(), "no such file");
    }
}

TEST(Agreement, OtherFailuresStayOtherFailures) {
    auto const world = Communicator::world();
    EXPECT_THROW(agree_on_root(world, [] { throw std::runtime_error("disk full"); }), std::runtime_error);
    try {
        agree_on_root(world, [] { throw std::runtime_error("disk full"); });
    } catch (InputError const&) {
        FAIL() << "a full disk is not the user's input";
    } catch (std::runtime_error const& error) {
        EXPECT_STREQ(error.what(), "disk full");
    }
    EXPECT_THROW(agree_on_root(world, [] { throw InputError("typo"); }), InputError);
}

TEST(Agreement, WhatDidNotConvergeSaysSoOnAllRanks) {
    auto const world = Communicator::world();
    EXPECT_THROW(agree_on_root(world, [] { throw ConvergenceError("not to 1e-6"); }), ConvergenceError);
    EXPECT_THROW(agree(world,
                       [&] {
                           if (world.is_root()) throw ConvergenceError("not to 1e-6");
                       }),
                 ConvergenceError);
}

TEST(StopRequest, ASignalToOneRankStopsAll) {
    auto const world = Communicator::world();
    {
        StopRequest const stop;
        EXPECT_FALSE(stop.on_any_rank(world));
        if (world.rank() == world.size() - 1) std::raise(SIGUSR1);
        EXPECT_TRUE(stop.on_any_rank(world));
    }
    StopRequest const next;
    EXPECT_FALSE(next.on_any_rank(world));
}

}  // namespace
}  // namespace hadronforce
