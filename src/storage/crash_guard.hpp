#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <string>

namespace hadronforce {

/// HDF5 1.10 crashes on some damaged files, or goes round in circles, instead of reporting them. While one of these
/// lives, a crash of this process ends it with exit code 2 and one message that names the file, and so does more
/// processor time than metadata ever take, where `Reads` says that nothing else is read. Not nested; for code inside of
/// HDF5 alone.
class CrashGuard {
  public:
    enum class Reads { metadata, rows };
    CrashGuard(Communicator const& comm, std::string const& path, Reads reads = Reads::metadata);
    CrashGuard(CrashGuard const&) = delete;
    CrashGuard& operator=(CrashGuard const&) = delete;
    ~CrashGuard();
};

}  // namespace hadronforce
