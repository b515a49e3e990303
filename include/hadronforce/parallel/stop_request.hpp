#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <string>

namespace hadronforce {

/// Keeps stop signals (SIGTERM, SIGINT, SIGUSR1, and SIGHUP unless it is ignored, as nohup has it) waiting, across exec
/// too, until note_stop_signals.
void hold_stop_signals();

/// From now on a stop signal, also one that waited, only sets a flag, for the StopRequest to come.
void note_stop_signals();

/// From now on a stop signal, also one that was noted, ends the process with exit code 1, after `last_words` on
/// standard error. For work that saves nothing on the way.
void end_at_stop_signals();

/// What a process says that a stop signal ends; nothing by default.
void set_last_words(std::string const& last_words);

/// Notes stop signals for its life, and finds those noted before. Afterwards they end the process. One at a time.
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
