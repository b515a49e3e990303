#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace hadronforce {

/// A progress line with rate and time left on rank 0: a bar that is redrawn on a terminal, a plain line now and then in
/// a log.
class Progress {
  public:
    /// `what`: the thing that is counted, "samples".
    Progress(Communicator const& comm, std::string what, std::int64_t total);
    ~Progress();
    Progress(Progress const&) = delete;
    Progress& operator=(Progress const&) = delete;

    /// `done` of the total, of which `before` were there at the start; `note` is appended ("validation loss 1e-4").
    void update(std::int64_t done, std::int64_t before, std::string const& note = "");

  private:
    using Clock = std::chrono::steady_clock;
    bool prints_;
    bool terminal_;
    bool line_is_open_ = false;
    std::string what_;
    std::int64_t total_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point last_{};
};

}  // namespace hadronforce
