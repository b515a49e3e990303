#pragma once

#include "hadronforce/config/run_files.hpp"
#include "hadronforce/parallel/communicator.hpp"
#include "hadronforce/storage/file_lock.hpp"

#include <vector>

namespace hadronforce {

/// Rank 0 has them, one for each output that is a file.
using OutputLocks = std::vector<FileLock>;

/// Collective. Throws where an output cannot be written or would destroy a file that the run needs: InputError where it
/// is an input (or what the run keeps beside an output, NAME.part, NAME.checkpoint, is), another output, standard
/// output, a folder, a pipe or device that HDF5 cannot write, or where its folder is missing or closed;
/// std::runtime_error for a full disk. Leaves nothing behind.
void check_places(Communicator const& comm, RunFiles const& files);

/// Collective. Takes the outputs for this run alone. Throws InputError where another run has one of them.
OutputLocks lock_outputs(Communicator const& comm, RunFiles const& files);

}  // namespace hadronforce
