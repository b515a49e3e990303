#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <string>

namespace hadronforce {

/// HDF5 1.10 crashes on some damaged files instead of reporting them. While one of these lives, a crash of this process
/// ends it with exit code 2 and one message that names the file. Not nested; for code inside of HDF5 alone.
class CrashGuard {
  public:
    CrashGuard(Communicator const& comm, std::string const& path);
    CrashGuard(CrashGuard const&) = delete;
    CrashGuard& operator=(CrashGuard const&) = delete;
    ~CrashGuard();
};

}  // namespace hadronforce
