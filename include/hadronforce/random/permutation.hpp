#pragma once

#include <cstdint>

namespace hadronforce {

/// A random order of [0, count), of which any place is known in constant time and without memory: an alternating
/// Feistel network over the pairs (left, right) of [0, a) x [0, b), a b >= count, walked on where it leaves the range
/// (Black and Rogaway, CT-RSA 2002). A function of its arguments alone, equal on every machine and number of ranks.
class Permutation {
  public:
    /// `stream`: which of the orders that belong to `seed`. Throws InputError for a count below zero.
    Permutation(std::uint64_t seed, std::uint64_t stream, std::int64_t count);

    std::int64_t count() const noexcept { return static_cast<std::int64_t>(count_); }
    /// What stands at `place`, both in [0, count).
    std::int64_t at(std::int64_t place) const noexcept;
    /// Where `value` stands: the inverse.
    std::int64_t place_of(std::int64_t value) const noexcept;

  private:
    static constexpr int rounds = 10;
    std::uint64_t mixed(int round, std::uint64_t half) const noexcept;

    std::uint64_t key_[rounds];
    std::uint64_t count_, left_ = 1, right_ = 1;  ///< sizes
};

}  // namespace hadronforce
