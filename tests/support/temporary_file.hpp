#pragma once

#include "hadronforce/parallel/communicator.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <string>

namespace hadronforce {

/// The ranks that run the test.
inline Communicator const& world() {
    static Communicator const communicator = Communicator::world();
    return communicator;
}

/// The name of a file of this run's own, the same on all ranks, removed at the end. Collective.
class TemporaryFile {
  public:
    explicit TemporaryFile(std::string const& stem)
        : path_(world().broadcast(::testing::TempDir() + "hadronforce_" + std::to_string(::getpid()) + "_" + stem)) {}
    ~TemporaryFile() {
        world().barrier();
        if (world().is_root()) std::remove(path_.c_str());
    }
    TemporaryFile(TemporaryFile const&) = delete;
    TemporaryFile& operator=(TemporaryFile const&) = delete;
    std::string const& path() const { return path_; }

  private:
    std::string path_;
};

}  // namespace hadronforce
