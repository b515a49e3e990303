#pragma once

#include "support/temporary_file.hpp"

#include <filesystem>

namespace hadronforce {

/// A folder of this run's own, the same on all ranks, removed with what is in it at the end. Collective.
class TemporaryFolder {
  public:
    explicit TemporaryFolder(std::string const& stem)
        : path_(world().broadcast(::testing::TempDir() + "hadronforce_" + std::to_string(::getpid()) + "_" + stem)) {
        if (world().is_root()) std::filesystem::create_directories(path_);
        world().barrier();
    }
    ~TemporaryFolder() {
        world().barrier();
        std::error_code ignored;
        if (world().is_root()) std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;
    std::string file(std::string const& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

}  // namespace hadronforce
