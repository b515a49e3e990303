#include "learning/batches.hpp"
#include "learning/stream_order.hpp"

#include <future>
#include <optional>

namespace hadronforce {
namespace {

/// This rank's share of a window, and where it lies among the window's samples, counted block by block.
struct LoadedWindow {
    std::int64_t epoch = -1;
    StreamOrder::Window window;
    IndexRange mine;
    Batch samples;
};

class Streamed final : public Batches {
  public:
    Streamed(Communicator const& comm, SampleReader reader, std::int64_t total, StreamSettings const& settings,
             std::int64_t seed, Precision precision)
        : rank_(comm.rank()),
          ranks_(comm.size()),
          reader_(std::move(reader)),
          total_(total),
          settings_(settings),
          seed_(seed),
          precision_(precision) {}

    ~Streamed() override {
        if (coming_.valid()) coming_.wait();
    }

    std::int64_t total() const override { return total_; }

    Batch part(std::int64_t epoch, IndexRange places) override {
        std::vector<Batch> parts;
        StreamOrder const order(total_, settings_, seed_, epoch);
        while (places.size() > 0) {
            auto const window = order.window_of(places.begin);
            IndexRange const here{places.begin, std::min(places.end, window.places.end)};
            parts.push_back(part_of_window(order, epoch, window, here));
            places.begin = here.end;
        }
        return joined(parts);
    }

  private:
    Batch part_of_window(StreamOrder const& order, std::int64_t epoch, StreamOrder::Window const& window,
                         IndexRange places) {
        enter(epoch, window);
        auto const mixed = order.mixed(window);
        std::vector<std::int64_t> mine, sights;
        for (auto place = places.begin; place < places.end; ++place)
            if (auto const sample = mixed.at(place - window.places.begin);
                sample >= here_.mine.begin && sample < here_.mine.end) {
                mine.push_back(sample - here_.mine.begin);
                sights.push_back(epoch * total_ + place);
            }
        return selected(here_.samples, mine, std::move(sights));
    }

    /// Has this window in memory and begins to read what follows it.
    void enter(std::int64_t epoch, StreamOrder::Window const& window) {
        if (here_.epoch == epoch && here_.window.number == window.number) return;
        if (coming_.valid()) here_ = coming_.get();
        if (here_.epoch != epoch || here_.window.number != window.number) here_ = load(epoch, window.number);
        auto const next = window.number + 1;
        bool const is_last = next == StreamOrder(total_, settings_, seed_, epoch).windows();
        coming_ = std::async(std::launch::async,
                             [this, epoch, next, is_last] { return is_last ? load(epoch + 1, 0) : load(epoch, next); });
    }

    LoadedWindow load(std::int64_t epoch, std::int64_t number) const {
        StreamOrder const order(total_, settings_, seed_, epoch);
        auto const window = order.window(number);
        LoadedWindow loaded{epoch, window, share_of(window.places.size(), rank_, ranks_), {}};
        std::vector<Batch> parts;
        std::int64_t begin = 0;  // of a block among the window's samples
        for (auto block = window.blocks.begin; block < window.blocks.end; ++block) {
            auto samples = order.samples_of(block);
            auto const end = begin + samples.size();
            samples.begin += std::max<std::int64_t>(0, loaded.mine.begin - begin);
            samples.end -= std::max<std::int64_t>(0, end - loaded.mine.end);
            begin = end;
            if (samples.size() > 0) parts.push_back(read(samples));
        }
        if (parts.empty()) parts.push_back(read({0, 0}));
        loaded.samples = joined(parts);
        return loaded;
    }

    Batch read(IndexRange samples) const {
        auto const values = reader_(samples);
        return {tensor_of(values.inputs, precision_), tensor_of(values.targets, precision_), {}};
    }

    int rank_, ranks_;
    SampleReader reader_;
    std::int64_t total_;
    StreamSettings settings_;
    std::int64_t seed_;
    Precision precision_;
    LoadedWindow here_;
    std::future<LoadedWindow> coming_;
};

}  // namespace

BatchesPointer streamed_batches(Communicator const& comm, SampleReader reader, std::int64_t total,
                                StreamSettings const& settings, std::int64_t seed, Precision precision) {
    return std::make_shared<Streamed>(comm, std::move(reader), total, settings, seed, precision);
}

}  // namespace hadronforce
