#pragma once

#include "hadronforce/parallel/unfinished_file.hpp"

#include <memory>
#include <string>

namespace hadronforce {

/// Keeps all other runs from a file for its life: a file NAME.lock beside it, created exclusively, which tells host,
/// process, job and time, and on which the operating system holds a lock (flock) where the file system has them.
/// What a run that is gone left behind is taken over: one whose process ended on this machine, or an earlier start of
/// the same Slurm job. Not collective.
class FileLock {
  public:
    /// Throws InputError at once where another run has the lock, or may have it on another host, and where no file can
    /// be made there; std::runtime_error for a full disk.
    explicit FileLock(std::string const& path);
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    FileLock(FileLock const&) = delete;
    FileLock& operator=(FileLock const&) = delete;
    /// Removes NAME.lock.
    ~FileLock();

  private:
    std::string lock_path_;
    int descriptor_ = -1;
    std::unique_ptr<UnfinishedFile> unfinished_;
};

/// The name of a temporary file beside `path` that no other run uses: "path.part.HOST-PID". Not collective.
std::string temporary_name(std::string const& path);

}  // namespace hadronforce
