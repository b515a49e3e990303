#include "hadronforce/random/permutation.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/random/random.hpp"

#include <cmath>
#include <limits>

namespace hadronforce {

Permutation::Permutation(std::uint64_t seed, std::uint64_t stream, std::int64_t count)
    : count_(static_cast<std::uint64_t>(count)) {
    if (count < 0) throw InputError("an order of fewer than no numbers was asked for");
    for (int round = 0; round < rounds; ++round)
        key_[round] = index_draw(seed, stream * rounds + static_cast<std::uint64_t>(round) + 1,
                                 std::numeric_limits<std::uint64_t>::max());
    left_ = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(count_)));
    while (left_ < 1 || left_ * left_ < count_) ++left_;
    right_ = left_;
    while (right_ > 1 && left_ * (right_ - 1) >= count_) --right_;
}

/// The finaliser of splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
std::uint64_t Permutation::mixed(int round, std::uint64_t half) const noexcept {
    std::uint64_t z = key_[round] + half * 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
}

std::int64_t Permutation::at(std::int64_t place) const noexcept {
    auto value = static_cast<std::uint64_t>(place);
    do {
        std::uint64_t left = value / right_, right = value % right_;
        for (int round = 0; round < rounds; round += 2) {
            left = (left + mixed(round, right) % left_) % left_;
            right = (right + mixed(round + 1, left) % right_) % right_;
        }
        value = left * right_ + right;
    } while (value >= count_);
    return static_cast<std::int64_t>(value);
}

std::int64_t Permutation::place_of(std::int64_t value) const noexcept {
    auto place = static_cast<std::uint64_t>(value);
    do {
        std::uint64_t left = place / right_, right = place % right_;
        for (int round = rounds - 2; round >= 0; round -= 2) {
            right = (right + right_ - mixed(round + 1, left) % right_) % right_;
            left = (left + left_ - mixed(round, right) % left_) % left_;
        }
        place = left * right_ + right;
    } while (place >= count_);
    return static_cast<std::int64_t>(place);
}

}  // namespace hadronforce
