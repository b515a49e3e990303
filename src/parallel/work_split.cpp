#include "hadronforce/parallel/work_split.hpp"

#include <algorithm>

namespace hadronforce {

IndexRange share_of(std::int64_t count, int rank, int size) {
    std::int64_t const base = count / size;
    std::int64_t const larger = count % size;
    std::int64_t const begin = rank * base + std::min<std::int64_t>(rank, larger);
    return {begin, begin + base + (rank < larger ? 1 : 0)};
}

}  // namespace hadronforce
