#include "learning/stream_order.hpp"

#include <algorithm>

namespace hadronforce {
namespace {

std::int64_t parts(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

// Streams of one seed: those of epochs' blocks, and those of windows.
constexpr std::uint64_t of_windows = std::uint64_t{1} << 55U;

}  // namespace

StreamOrder::StreamOrder(std::int64_t total, StreamSettings const& settings, std::int64_t seed, std::int64_t epoch)
    : total_(total),
      block_(std::min(settings.block_samples, std::max<std::int64_t>(1, total))),
      blocks_(parts(total, block_)),
      blocks_a_window_(std::max<std::int64_t>(1, settings.window_samples / block_)),
      seed_(static_cast<std::uint64_t>(seed)),
      epoch_(static_cast<std::uint64_t>(epoch)),
      order_(seed_, epoch_, blocks_),
      short_at_(blocks_ > 0 ? order_.place_of(blocks_ - 1) : 0) {}

std::int64_t StreamOrder::samples_before(std::int64_t block) const {
    return block * block_ - (block > short_at_ ? blocks_ * block_ - total_ : 0);
}

std::int64_t StreamOrder::windows() const { return parts(blocks_, blocks_a_window_); }

StreamOrder::Window StreamOrder::window(std::int64_t number) const {
    IndexRange const blocks{number * blocks_a_window_, std::min(blocks_, (number + 1) * blocks_a_window_)};
    return {number, {samples_before(blocks.begin), samples_before(blocks.end)}, blocks};
}

StreamOrder::Window StreamOrder::window_of(std::int64_t place) const {
    auto const full = blocks_a_window_ * block_;
    auto found = window(std::min(place / full, windows() - 1));
    // The short block moves what comes after it to the front by less than a block.
    return place < found.places.end ? found : window(found.number + 1);
}

IndexRange StreamOrder::samples_of(std::int64_t block) const {
    auto const in_file = order_.at(block);
    return {in_file * block_, std::min(total_, (in_file + 1) * block_)};
}

Permutation StreamOrder::mixed(Window const& window) const {
    return {seed_, of_windows + (epoch_ << 30U) + static_cast<std::uint64_t>(window.number), window.places.size()};
}

std::vector<std::int64_t> streamed_order(std::int64_t total, StreamSettings const& settings, std::int64_t seed,
                                         std::int64_t epoch, IndexRange places) {
    StreamOrder const order(total, settings, seed, epoch);
    std::vector<std::int64_t> samples;
    for (auto place = places.begin; place < places.end; ++place) {
        auto const window = order.window_of(place);
        auto rest = order.mixed(window).at(place - window.places.begin);
        auto block = window.blocks.begin;
        for (; rest >= order.samples_of(block).size(); ++block) rest -= order.samples_of(block).size();
        samples.push_back(order.samples_of(block).begin + rest);
    }
    return samples;
}

}  // namespace hadronforce
