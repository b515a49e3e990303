#include "hadronforce/fit/job_table.hpp"

#include "hadronforce/parallel/agreement.hpp"

#include <algorithm>

namespace hadronforce {

void JobTable::work(Communicator const& comm, std::function<Eigen::VectorXd(Eigen::Index job)> const& job,
                    std::function<void()> const& round_done) {
    std::vector<Eigen::Index> left;
    for (Eigen::Index j = 0; j < done_.size(); ++j)
        if (done_[j] == 0.0) left.push_back(j);
    std::size_t const in_round = round_done ? static_cast<std::size_t>(comm.size()) : left.size();
    for (std::size_t begin = 0; begin < left.size(); begin += in_round) {
        std::size_t const end = std::min(begin + in_round, left.size());
        // Sums over the ranks: a job is entered by the rank that did it, zeros by the others.
        Eigen::MatrixXd found = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(end - begin), results_.cols());
        Eigen::ArrayXd finished = Eigen::ArrayXd::Zero(found.rows());
        agree(comm, [&] {
            for (auto i = begin + static_cast<std::size_t>(comm.rank()); i < end;
                 i += static_cast<std::size_t>(comm.size()))
                try {
                    auto const row = static_cast<Eigen::Index>(i - begin);
                    found.row(row) = job(left[i]);
                    finished[row] = 1.0;
                } catch (Interrupted const&) {
                    return;
                }
        });
        comm.sum(found.data(), static_cast<std::size_t>(found.size()));
        comm.sum(finished.data(), static_cast<std::size_t>(finished.size()));
        for (auto i = begin; i < end; ++i) {
            auto const row = static_cast<Eigen::Index>(i - begin);
            results_.row(left[i]) += found.row(row);
            done_[left[i]] = finished[row];
        }
        if (round_done) round_done();
        if ((finished == 0.0).any()) throw Interrupted("stopped by a signal");
    }
}

}  // namespace hadronforce
