#pragma once

#include <cstdint>

namespace hadronforce {

/// Half-open range of indices.
struct IndexRange {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t size() const { return end - begin; }
};

/// The share of rank `rank` of `size` in [0, count): contiguous, sizes differ by at most one, larger shares first.
IndexRange share_of(std::int64_t count, int rank, int size);

}  // namespace hadronforce
