#include "hadronforce/fit/job_table.hpp"

#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/job_counter.hpp"

#include <algorithm>
#include <chrono>

namespace hadronforce {
namespace {

constexpr double least_round_s = 20.0;
constexpr double jobs_in_round = 4.0;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

}  // namespace

std::vector<Eigen::Index> JobTable::left() const {
    std::vector<Eigen::Index> jobs;
    for (Eigen::Index j = 0; j < done_.size(); ++j)
        if (done_[j] == 0.0) jobs.push_back(j);
    return jobs;
}

void JobTable::enter(Communicator const& comm, std::vector<Eigen::Index> const& left,
                     std::map<std::size_t, Eigen::VectorXd> const& found) {
    // Sums over the ranks: a job is entered by the rank that did it, zeros by the others.
    std::vector<std::int64_t> finished(left.size(), 0);
    for (auto const& [i, row] : found) finished[i] = 1;
    comm.sum(finished.data(), finished.size());
    std::vector<std::size_t> entered;
    for (std::size_t i = 0; i < left.size(); ++i)
        if (finished[i] != 0) entered.push_back(i);
    Eigen::MatrixXd numbers = Eigen::MatrixXd::Zero(results_.cols(), static_cast<Eigen::Index>(entered.size()));
    for (std::size_t n = 0; n < entered.size(); ++n)
        if (auto const own = found.find(entered[n]); own != found.end())
            numbers.col(static_cast<Eigen::Index>(n)) = own->second;
    comm.sum(numbers.data(), static_cast<std::size_t>(numbers.size()));
    for (std::size_t n = 0; n < entered.size(); ++n) {
        results_.row(left[entered[n]]) = numbers.col(static_cast<Eigen::Index>(n)).transpose();
        done_[left[entered[n]]] = 1.0;
    }
}

void JobTable::work(Communicator const& comm, std::function<Eigen::VectorXd(Eigen::Index job)> const& job,
                    std::function<void()> const& round_done) {
    double longest_s = 0.0, round_s = 0.0;
    for (auto jobs = left(); !jobs.empty(); jobs = left()) {
        std::map<std::size_t, Eigen::VectorXd> found;
        std::int64_t interrupted = 0;
        JobCounter counter(comm);
        agree(comm, [&] {
            auto const begin = Clock::now();
            do {
                auto const i = static_cast<std::size_t>(counter.next());
                if (i >= jobs.size()) return;
                auto const of_job = Clock::now();
                try {
                    found[i] = job(jobs[i]);
                } catch (Interrupted const&) {
                    interrupted = 1;
                    return;
                }
                longest_s = std::max(longest_s, seconds_since(of_job));
            } while (!round_done || seconds_since(begin) < round_s);
        });
        enter(comm, jobs, found);
        longest_s = comm.max(longest_s);
        round_s = std::max(least_round_s, jobs_in_round * longest_s);
        if (round_done) round_done();
        if (comm.max(interrupted) != 0) throw Interrupted("stopped by a signal");
    }
}

void JobTable::grow_to(Eigen::Index jobs) {
    auto const before = done_.size();
    results_.conservativeResize(jobs, Eigen::NoChange);
    done_.conservativeResize(jobs);
    results_.bottomRows(jobs - before).setZero();
    done_.tail(jobs - before).setZero();
}

JobTable& table_of(FinishedJobs& jobs, std::string const& name, Eigen::Index count, Eigen::Index numbers) {
    auto& table = jobs.tables[name];
    if (table.results().rows() != count || table.results().cols() != numbers) table = JobTable(count, numbers);
    return table;
}

}  // namespace hadronforce
