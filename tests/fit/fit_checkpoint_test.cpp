#include "hadronforce/fit/fit_checkpoint.hpp"

#include "hadronforce/error.hpp"
#include "support/message_of.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

RunIdentity const begun{"data: {file: a.csv}\n", {}, {}, {}};

// What did not converge has no numbers; a file that tells so is whole.
TEST(FitCheckpoint, KeepsWhatWasDoneAndWhatWasNot) {
    TemporaryFile const temporary("jobs.h5");
    FinishedJobs jobs;
    Eigen::MatrixXd results(3, 2);
    results << 1.0 / 3.0, 2.0, std::nan(""), std::nan(""), 0.0, 0.0;
    jobs.tables.emplace("scan rows", JobTable(results, Eigen::Array3d(1.0, 1.0, 0.0)));
    jobs.tables.emplace("profile 0", JobTable(2, 1));
    write_finished_jobs(world(), temporary.path(), begun, jobs);
    auto const read = read_finished_jobs(world(), temporary.path(), begun);
    ASSERT_EQ(read.tables.size(), 2U);
    auto const& rows = read.tables.at("scan rows");
    EXPECT_EQ(rows.results().row(0), results.row(0));
    EXPECT_TRUE(rows.results().row(1).array().isNaN().all());
    EXPECT_TRUE((rows.done() == Eigen::Array3d(1.0, 1.0, 0.0)).all());
    EXPECT_EQ(read.tables.at("profile 0").done().sum(), 0.0);
    EXPECT_NE(message_of([&] {
                  read_finished_jobs(world(), temporary.path(), {"data: {file: b.csv}\n", {}, {}, {}});
              }).find("belongs to a fit with another config"),
              std::string::npos);
}

}  // namespace
}  // namespace hadronforce
