#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <string>

namespace hadronforce {

/// Catches SIGTERM, SIGINT and SIGUSR1 for its life; the handler only sets a flag. One at a time.
class StopRequest {
  public:
    StopRequest();
    ~StopRequest();
    StopRequest(StopRequest const&) = delete;
    StopRequest& operator=(StopRequest const&) = delete;

    /// Whether this rank was asked to stop. Not collective.
    bool on_this_rank() const noexcept;
    /// Collective. True on all ranks once any rank was asked to stop: save, then throw Stopped.
    bool on_any_rank(Communicator const& comm) const;
};

/// Work was saved after a stop request; the program ends with exit code 75 ("run me again").
struct Stopped {
    std::string how_to_go_on;  ///< "run the same command again"
};

}  // namespace hadronforce
