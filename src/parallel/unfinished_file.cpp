#include "hadronforce/parallel/unfinished_file.hpp"

#include <atomic>
#include <climits>
#include <csignal>
#include <cstring>

#include <unistd.h>

namespace hadronforce {
namespace {

/// Memory that a handler may read at any moment.
struct Slot {
    char path[PATH_MAX];
    volatile std::sig_atomic_t used;
};
Slot slots[16];

}  // namespace

UnfinishedFile::UnfinishedFile(std::string const& path) {
    if (path.size() >= PATH_MAX) return;
    for (int i = 0; i < 16 && slot_ < 0; ++i)
        if (slots[i].used == 0) slot_ = i;
    if (slot_ < 0) return;
    std::memcpy(slots[slot_].path, path.c_str(), path.size() + 1);
    std::atomic_signal_fence(std::memory_order_release);
    slots[slot_].used = 1;
}

UnfinishedFile::~UnfinishedFile() {
    if (slot_ >= 0) slots[slot_].used = 0;
}

void remove_unfinished_files() noexcept {
    for (auto const& slot : slots)
        if (slot.used != 0) unlink(slot.path);
}

}  // namespace hadronforce
