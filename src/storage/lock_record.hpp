#pragma once

#include <string>

namespace hadronforce {

/// Who holds a lock, as NAME.lock tells it.
struct LockRecord {
    std::string host;     ///< as the machine calls itself
    std::string boot;     ///< Linux' id of this run of the machine
    std::string process;  ///< its number
    std::string started;  ///< when the process started, in ticks since the machine did
    std::string job;      ///< of the batch system; empty outside
    std::string restart;  ///< how often Slurm has started that job again
    std::string step;     ///< Slurm's number of the job step
    std::string since;    ///< date and time, UTC

    static LockRecord own();
    /// All fields empty for a text that is no record.
    static LockRecord from_text(std::string const& text);
    std::string text() const;

    bool is_complete() const { return !host.empty() && !since.empty(); }
    /// What the temporary files of the run end in: "HOST-PID", safe in a file name.
    std::string id() const;
    /// "process 12 on node7, Slurm job 345, since 2026-01-01T00:00:00Z"
    std::string described() const;
    /// On this machine since it was started last.
    bool is_of_this_boot() const;
    /// Whether a process of this machine is the one that wrote the record.
    bool process_lives() const;
    /// Whether it can only have been left behind by a run that is gone: not of another machine, except by an earlier
    /// start of the same job, and not of a process that lives.
    bool is_stale() const;
};

}  // namespace hadronforce
