#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <functional>
#include <string>

namespace hadronforce {

/// Collective. Lets `write` make a temporary file of this run's own beside `path`, or beside what it links to, then
/// renames it; a failure leaves what was at `path`.
void write_atomically(Communicator const& comm, std::string const& path,
                      std::function<void(std::string const& temporary)> const& write);

/// Collective. The same for a text that rank 0 writes; into a pipe or device that is there it is written as it is.
/// Throws std::runtime_error where the disk is full, or nobody reads the pipe for ten seconds.
void write_text(Communicator const& comm, std::string const& path, std::string const& text);

}  // namespace hadronforce
