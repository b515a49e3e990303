#pragma once

#include "hadronforce/learning/trainer.hpp"
#include "learning/network_tensors.hpp"

#include <torch/torch.h>

#include <vector>

namespace hadronforce {

/// Some samples, in a network's precision.
struct Batch {
    torch::Tensor inputs, targets;  ///< samples x inputs, samples x outputs
};

/// Where samples come from.
class Batches {
  public:
    virtual ~Batches() = default;
    virtual std::int64_t total() const = 0;  ///< over all ranks
    /// Of these samples those that this rank has.
    virtual std::vector<std::int64_t> mine(std::vector<std::int64_t> const& samples) const = 0;
    virtual Batch of(std::vector<std::int64_t> const& mine) = 0;
};

/// A share of samples that is kept whole.
class InMemory final : public Batches {
  public:
    InMemory(Network::Tensors const& network, Shard const& shard)
        : rows_(shard.rows),
          total_(shard.total),
          inputs_(network.to_tensor(shard.inputs)),
          targets_(network.to_tensor(shard.targets)) {}

    std::int64_t total() const override { return total_; }

    std::vector<std::int64_t> mine(std::vector<std::int64_t> const& samples) const override {
        std::vector<std::int64_t> rows;
        for (auto const sample : samples)
            if (sample >= rows_.begin && sample < rows_.end) rows.push_back(sample - rows_.begin);
        return rows;
    }

    Batch of(std::vector<std::int64_t> const& mine) override {
        auto const rows = torch::from_blob(const_cast<std::int64_t*>(mine.data()),
                                           {static_cast<std::int64_t>(mine.size())}, torch::kInt64);
        return {inputs_.index_select(0, rows), targets_.index_select(0, rows)};
    }

  private:
    IndexRange rows_;
    std::int64_t total_;
    torch::Tensor inputs_, targets_;
};

}  // namespace hadronforce
