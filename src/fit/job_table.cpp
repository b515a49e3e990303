#include "hadronforce/fit/job_table.hpp"

#include "hadronforce/parallel/agreement.hpp"

namespace hadronforce {

void JobTable::work(Communicator const& comm, std::function<Eigen::VectorXd(Eigen::Index job)> const& job) {
    // Sums over the ranks: a job is entered by the rank that did it, zeros by the others.
    Eigen::MatrixXd found = Eigen::MatrixXd::Zero(results_.rows(), results_.cols());
    Eigen::ArrayXd finished = Eigen::ArrayXd::Zero(done_.size());
    agree(comm, [&] {
        Eigen::Index turn = 0;
        for (Eigen::Index j = 0; j < done_.size(); ++j) {
            if (done_[j] != 0.0 || turn++ % comm.size() != comm.rank()) continue;
            try {
                found.row(j) = job(j);
                finished[j] = 1.0;
            } catch (Interrupted const&) {
                return;
            }
        }
    });
    comm.sum(found.data(), static_cast<std::size_t>(found.size()));
    comm.sum(finished.data(), static_cast<std::size_t>(finished.size()));
    results_ += found;
    done_ += finished;
    if ((done_ == 0.0).any()) throw Interrupted("stopped by a signal");
}

}  // namespace hadronforce
