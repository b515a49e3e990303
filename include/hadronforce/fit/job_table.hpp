#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <Eigen/Core>

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace hadronforce {

/// Thrown by residuals that were asked to stop; a job that it ends is done again another time.
struct Interrupted : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Independent jobs that the ranks share, with a row of numbers for what each has found. Finished ones are not done
/// again, so that a table which outlives its run continues it.
class JobTable {
  public:
    JobTable() = default;
    JobTable(Eigen::Index jobs, Eigen::Index numbers)
        : results_(Eigen::MatrixXd::Zero(jobs, numbers)), done_(Eigen::ArrayXd::Zero(jobs)) {}
    JobTable(Eigen::MatrixXd results, Eigen::ArrayXd done) : results_(std::move(results)), done_(std::move(done)) {}

    /// Collective. Does what is left, in the order of the jobs: each is done by the rank that is free first, and all
    /// ranks hear what it found. Throws Interrupted on all ranks where a job was interrupted, after those that were
    /// finished have been entered; what else `job` throws, on all ranks. `round_done`, for saving, is called on all
    /// ranks together: after a job of each, each time that they have worked for 20 s or the time of four jobs, and at
    /// the end.
    void work(Communicator const& comm, std::function<Eigen::VectorXd(Eigen::Index job)> const& job,
              std::function<void()> const& round_done = {});

    /// More jobs behind those that there are.
    void grow_to(Eigen::Index jobs);

    Eigen::MatrixXd const& results() const noexcept { return results_; }  ///< jobs x numbers
    Eigen::ArrayXd const& done() const noexcept { return done_; }         ///< 1 of finished ones, else 0

  private:
    std::vector<Eigen::Index> left() const;
    /// Enters what this rank and the others have found, by number in `left`.
    void enter(Communicator const& comm, std::vector<Eigen::Index> const& left,
               std::map<std::size_t, Eigen::VectorXd> const& found);
    Eigen::MatrixXd results_;
    Eigen::ArrayXd done_;
};

/// All jobs of a fit so far, by what they are for: "starts", "profile 0", ...
struct FinishedJobs {
    std::map<std::string, JobTable> tables;
    /// Called on all ranks together now and then while they work (JobTable::work); may be empty.
    std::function<void()> save{};
};

/// The table of that name; a new one where there is none of this size.
JobTable& table_of(FinishedJobs& jobs, std::string const& name, Eigen::Index count, Eigen::Index numbers);

}  // namespace hadronforce
