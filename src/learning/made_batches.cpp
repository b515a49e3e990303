#include "learning/batches.hpp"

#include <future>

namespace hadronforce {
namespace {

class Made final : public Batches {
  public:
    Made(Communicator const& comm, std::vector<SampleMaker> makers, SamplePreparation prepare, bool on_this_thread,
         std::int64_t total, Precision precision)
        : rank_(comm.rank()),
          ranks_(comm.size()),
          makers_(std::move(makers)),
          prepare_(std::move(prepare)),
          on_this_thread_(on_this_thread),
          total_(total),
          precision_(precision) {}

    ~Made() override { forget(); }

    std::int64_t total() const override { return total_; }

    Batch part(std::int64_t epoch, IndexRange places) override {
        auto const wanted = mine(epoch, places);
        if (on_this_thread_) return batch_of(makers_.front()(wanted));
        if (coming_.empty() || coming_is_.begin != wanted.begin || coming_is_.end != wanted.end) begin(wanted);
        std::vector<SampleValues> pieces;
        for (auto& piece : coming_) pieces.push_back(piece.get());
        coming_.clear();
        // A batch is as large as the one before it, but for an epoch's last.
        largest_ = std::max(largest_, places.size());
        auto const next = places.end < total_ ? mine(epoch, {places.end, std::min(total_, places.end + places.size())})
                                              : mine(epoch + 1, {0, std::min(total_, largest_)});
        begin(next);
        return batch_of(joined(pieces));
    }

  private:
    /// The numbers of this rank's samples.
    IndexRange mine(std::int64_t epoch, IndexRange places) const {
        auto const share = share_of(places.size(), rank_, ranks_);
        auto const first = epoch * total_ + places.begin;
        return {first + share.begin, first + share.end};
    }

    /// What is being made, unless it threw when it was asked for.
    void forget() {
        for (auto& piece : coming_)
            if (piece.valid()) piece.wait();
        coming_.clear();
    }

    void begin(IndexRange samples) {
        forget();
        coming_is_ = samples;
        auto const threads = static_cast<int>(makers_.size());
        for (int t = 0; t < threads; ++t) {
            auto const share = share_of(samples.size(), t, threads);
            coming_.push_back(std::async(std::launch::async, [this, t, share, samples] {
                return makers_[static_cast<std::size_t>(t)]({samples.begin + share.begin, samples.begin + share.end});
            }));
        }
    }

    Batch batch_of(SampleValues const& samples) const {
        auto const prepared = prepare_(samples);
        return {tensor_of(prepared.inputs, precision_), tensor_of(prepared.targets, precision_), samples.which};
    }

    int rank_, ranks_;
    std::vector<SampleMaker> makers_;
    SamplePreparation prepare_;
    bool on_this_thread_;
    std::int64_t total_, largest_ = 0;
    Precision precision_;
    std::vector<std::future<SampleValues>> coming_;
    IndexRange coming_is_;
};

}  // namespace

BatchesPointer made_batches(Communicator const& comm, std::vector<SampleMaker> makers, SamplePreparation prepare,
                            bool on_this_thread, std::int64_t total, Precision precision) {
    return std::make_shared<Made>(comm, std::move(makers), std::move(prepare), on_this_thread, total, precision);
}

}  // namespace hadronforce
