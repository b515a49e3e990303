#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <functional>

namespace hadronforce {

/// Collective. `values` (same length everywhere; the root's are the start) goes from rank to rank in their order;
/// `add_own` adds this rank's part to it in place; all ranks end with the result. Ranks that hold consecutive terms and
/// add them one after the other get the same bits for any number of ranks. `add_own` must not throw.
void add_in_rank_order(Communicator const& comm, double* values, std::size_t count,
                       std::function<void()> const& add_own);

/// Point to point: `values` from and to one other rank, in pieces that MPI can count.
void send(Communicator const& comm, double const* values, std::size_t count, int to);
void receive(Communicator const& comm, double* values, std::size_t count, int from);

}  // namespace hadronforce
