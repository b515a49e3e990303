#pragma once

#include <string>

namespace hadronforce {

/// Names a file that is worth nothing once this process is gone: for the life of the object a signal that ends the
/// program at once removes it. Neither creates nor removes it otherwise. Of more than 16 at a time the rest stay.
class UnfinishedFile {
  public:
    explicit UnfinishedFile(std::string const& path);
    ~UnfinishedFile();
    UnfinishedFile(UnfinishedFile const&) = delete;
    UnfinishedFile& operator=(UnfinishedFile const&) = delete;

  private:
    int slot_ = -1;
};

/// What a handler of signals calls before it ends the program.
void remove_unfinished_files() noexcept;

}  // namespace hadronforce
