#include "hadronforce/random/permutation.hpp"
#include "learning/batches.hpp"

namespace hadronforce {
namespace {

class InMemory final : public Batches {
  public:
    InMemory(IndexRange rows, std::int64_t total, Batch samples, std::int64_t seed)
        : rows_(rows), total_(total), seed_(static_cast<std::uint64_t>(seed)), samples_(std::move(samples)) {}

    std::int64_t total() const override { return total_; }

    Batch part(std::int64_t epoch, IndexRange places) override {
        Permutation const order(seed_, static_cast<std::uint64_t>(epoch), total_);
        std::vector<std::int64_t> mine, sights;
        for (auto place = places.begin; place < places.end; ++place)
            if (auto const sample = order.at(place); sample >= rows_.begin && sample < rows_.end) {
                mine.push_back(sample - rows_.begin);
                sights.push_back(epoch * total_ + place);
            }
        return selected(samples_, mine, std::move(sights));
    }

  private:
    IndexRange rows_;
    std::int64_t total_;
    std::uint64_t seed_;
    Batch samples_;
};

}  // namespace

BatchesOfSeed batches_in_memory(Shard const& shard, Precision precision, std::string const& device) {
    torch::Device const there(device);
    Batch const samples{
        tensor_of(shard.inputs, precision).to(there), tensor_of(shard.targets, precision).to(there), {}};
    return [rows = shard.rows, total = shard.total, samples](std::int64_t seed) -> BatchesPointer {
        return std::make_shared<InMemory>(rows, total, samples, seed);
    };
}

BatchesPointer batches_in_memory(Shard const& shard, std::int64_t seed, Precision precision) {
    return batches_in_memory(shard, precision)(seed);
}

}  // namespace hadronforce
