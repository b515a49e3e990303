#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace hadronforce {

/// A progress line with rate and time left on rank 0: a bar that is redrawn on a terminal, a plain line now and then in
/// a log.
class Progress {
  public:
    /// `what`: the thing that is counted, "samples". Without a total, where nobody knows when it ends, the line has
    /// count, rate and time so far, and no bar.
    Progress(Communicator const& comm, std::string what, std::optional<std::int64_t> total);
    ~Progress();
    Progress(Progress const&) = delete;
    Progress& operator=(Progress const&) = delete;

    /// `done` of the total, of which `before` were there at the start; `note` is appended ("validation loss 1e-4").
    void update(std::int64_t done, std::int64_t before, std::string const& note = "");

  private:
    /// "40 of 100 samples, 3.2 per s, 19 s left", "40 steps, 3.2 per s, for 12 s".
    std::string line(std::int64_t done, double per_s, double seconds) const;

    using Clock = std::chrono::steady_clock;
    bool prints_;
    bool terminal_;
    bool line_is_open_ = false;
    std::string what_;
    std::optional<std::int64_t> total_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point last_{};
};

}  // namespace hadronforce
