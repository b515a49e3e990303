#include "hadronforce/parallel/ordered_sum.hpp"

#include <algorithm>

namespace hadronforce {
namespace {

constexpr std::size_t largest_piece = std::size_t{1} << 27U;
constexpr int tag = 1;

}  // namespace

void send(Communicator const& comm, double const* values, std::size_t count, int to) {
    for (std::size_t done = 0; done < count; done += largest_piece)
        MPI_Send(values + done, static_cast<int>(std::min(largest_piece, count - done)), MPI_DOUBLE, to, tag,
                 comm.handle());
}

void receive(Communicator const& comm, double* values, std::size_t count, int from) {
    for (std::size_t done = 0; done < count; done += largest_piece)
        MPI_Recv(values + done, static_cast<int>(std::min(largest_piece, count - done)), MPI_DOUBLE, from, tag,
                 comm.handle(), MPI_STATUS_IGNORE);
}

void add_in_rank_order(Communicator const& comm, double* values, std::size_t count,
                       std::function<void()> const& add_own) {
    int const last = comm.size() - 1;
    if (comm.rank() > 0) receive(comm, values, count, comm.rank() - 1);
    add_own();
    if (comm.rank() < last) send(comm, values, count, comm.rank() + 1);
    comm.broadcast(values, count, last);
}

}  // namespace hadronforce
