#include "hadronforce/fit/job_table.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/job_counter.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace hadronforce {
namespace {

Eigen::VectorXd numbers_of(Eigen::Index job) {
    return Eigen::Vector3d{1.0 / (1.0 + static_cast<double>(job)), static_cast<double>(job * job), 7.0};
}

Eigen::MatrixXd all_numbers(Eigen::Index jobs) {
    Eigen::MatrixXd all(jobs, 3);
    for (Eigen::Index j = 0; j < jobs; ++j) all.row(j) = numbers_of(j).transpose();
    return all;
}

TEST(JobCounter, GivesEachNumberToOneRank) {
    auto const world = Communicator::world();
    constexpr std::int64_t count = 1000;
    for (int repeat = 0; repeat < 3; ++repeat) {
        JobCounter counter(world);
        std::vector<std::int64_t> taken(count, 0);
        std::int64_t last = -1;
        for (auto i = counter.next(); i < count; i = counter.next()) {
            EXPECT_GT(i, last);
            last = i;
            ++taken[static_cast<std::size_t>(i)];
        }
        world.sum(taken.data(), taken.size());
        EXPECT_EQ(taken, std::vector<std::int64_t>(count, 1));
    }
}

TEST(JobTable, FindsTheSameOnAnyNumberOfRanks) {
    auto const world = Communicator::world();
    for (Eigen::Index jobs : {0, 1, 2, 50})
        for (bool const in_rounds : {false, true}) {
            JobTable table(jobs, 3);
            std::int64_t done_here = 0, rounds = 0;
            auto const job = [&](Eigen::Index j) {
                ++done_here;
                return numbers_of(j);
            };
            table.work(world, job, in_rounds ? std::function<void()>([&] { ++rounds; }) : std::function<void()>());
            EXPECT_EQ(table.results(), all_numbers(jobs));
            EXPECT_EQ(world.sum(done_here), jobs);
            EXPECT_EQ(table.done().sum(), static_cast<double>(jobs));
            EXPECT_EQ(rounds, !in_rounds || jobs == 0 ? 0 : jobs <= world.size() ? 1 : 2);
            table.work(world, job);
            EXPECT_EQ(world.sum(done_here), jobs) << "finished jobs were done again";
        }
}

TEST(JobTable, RanksWithShortJobsDoMoreOfThem) {
    auto const world = Communicator::world();
    JobTable table(60, 3);
    std::int64_t done_here = 0;
    table.work(world, [&](Eigen::Index j) {
        ++done_here;
        if (world.is_root() && world.size() > 1) std::this_thread::sleep_for(std::chrono::milliseconds(100));
        return numbers_of(j);
    });
    EXPECT_EQ(table.results(), all_numbers(60));
    if (world.size() > 1 && world.is_root()) {
        EXPECT_LT(done_here, 15);
    }
}

TEST(JobTable, GoesOnAfterAnInterruption) {
    auto const world = Communicator::world();
    JobTable table(20, 3);
    std::int64_t saved = 0;
    bool stop = true;
    auto const job = [&](Eigen::Index j) -> Eigen::VectorXd {
        if (stop && j == 11) throw Interrupted("stopped");
        return numbers_of(j);
    };
    EXPECT_THROW(table.work(world, job, [&] { saved = static_cast<std::int64_t>(table.done().sum()); }), Interrupted);
    EXPECT_GE(saved, 11);
    EXPECT_LT(saved, 20);
    EXPECT_EQ(table.done()[11], 0.0);
    stop = false;
    table.work(world, job);
    EXPECT_EQ(table.results(), all_numbers(20));
}

TEST(JobTable, AFailureOfOneJobIsThatOfAllRanks) {
    auto const world = Communicator::world();
    JobTable table(20, 3);
    EXPECT_THROW(table.work(world,
                            [&](Eigen::Index j) -> Eigen::VectorXd {
                                if (j == 3) throw InputError("job 3");
                                return numbers_of(j);
                            }),
                 InputError);
}

}  // namespace
}  // namespace hadronforce
