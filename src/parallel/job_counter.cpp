#include "hadronforce/parallel/job_counter.hpp"

namespace hadronforce {

JobCounter::JobCounter(Communicator const& comm) {
    std::int64_t* memory = nullptr;
    MPI_Aint const bytes = comm.is_root() ? sizeof(std::int64_t) : 0;
    MPI_Win_allocate(bytes, sizeof(std::int64_t), MPI_INFO_NULL, comm.handle(), &memory, &window_);
    MPI_Win_lock_all(0, window_);
    if (comm.is_root()) {
        *memory = 0;
        MPI_Win_sync(window_);
    }
    comm.barrier();
}

JobCounter::~JobCounter() {
    MPI_Win_unlock_all(window_);
    MPI_Win_free(&window_);
}

std::int64_t JobCounter::next() {
    std::int64_t const one = 1;
    std::int64_t number = 0;
    MPI_Fetch_and_op(&one, &number, MPI_INT64_T, 0, 0, MPI_SUM, window_);
    MPI_Win_flush(0, window_);
    return number;
}

}  // namespace hadronforce
