#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <cstdint>

namespace hadronforce {

/// Numbers 0, 1, 2, ... of jobs, each given to the rank that asks first (MPI_Fetch_and_op on a window of rank 0): ranks
/// whose jobs are short do more of them.
class JobCounter {
  public:
    /// Collective, as is the destructor.
    explicit JobCounter(Communicator const& comm);
    JobCounter(JobCounter const&) = delete;
    JobCounter& operator=(JobCounter const&) = delete;
    ~JobCounter();

    /// Not collective.
    std::int64_t next();

  private:
    MPI_Win window_ = MPI_WIN_NULL;
};

}  // namespace hadronforce
