#pragma once

#include "learning/batches.hpp"
#include "learning/network_tensors.hpp"
#include "learning/repeated_work.hpp"

#include <map>

namespace hadronforce {

/// Loss and gradient of batches, on the network's device.
class BatchGradient {
  public:
    explicit BatchGradient(Network::Tensors& tensors) : tensors_(tensors) {}

    /// Adds the batch's gradient to the network's buffer, and returns its loss, summed.
    double add(Batch const& batch);

  private:
    /// Of batches of one size, on a CUDA device: memory that stays, for a graph.
    struct OfSize {
        torch::Tensor inputs, targets, loss;
        RepeatedWork work;
    };

    torch::Tensor backward(torch::Tensor const& inputs, torch::Tensor const& targets);
    double replay(Batch const& batch);

    Network::Tensors& tensors_;
    std::map<std::vector<std::int64_t>, OfSize> of_sizes_;  ///< by the inputs' shape
};

}  // namespace hadronforce
