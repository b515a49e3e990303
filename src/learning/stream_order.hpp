#pragma once

#include "hadronforce/learning/batches.hpp"
#include "hadronforce/random/permutation.hpp"

namespace hadronforce {

/// The order of one epoch of a stream. Blocks of samples that lie beside each other come in a random order; so many of
/// them as fill a window are mixed sample by sample. All of it is known in constant time and memory.
class StreamOrder {
  public:
    StreamOrder(std::int64_t total, StreamSettings const& settings, std::int64_t seed, std::int64_t epoch);

    /// A window: which places of the order it has, and which of the order's blocks.
    struct Window {
        std::int64_t number = 0;
        IndexRange places, blocks;
    };
    Window window_of(std::int64_t place) const;
    std::int64_t windows() const;
    Window window(std::int64_t number) const;

    /// The samples of a block, counted in the order of blocks.
    IndexRange samples_of(std::int64_t block) const;
    /// Where in its window, counted block by block, the sample of a place stands; `mixed`: of that window.
    Permutation mixed(Window const& window) const;

  private:
    /// Samples before a block in the order of blocks: all blocks are full but the last of the file.
    std::int64_t samples_before(std::int64_t block) const;

    std::int64_t total_, block_, blocks_, blocks_a_window_;
    std::uint64_t seed_, epoch_;
    Permutation order_;
    std::int64_t short_at_;  ///< where in the order the file's last block stands
};

}  // namespace hadronforce
