#pragma once

#include <torch/torch.h>

namespace hadronforce {

/// What a network's outputs say of the targets, and what training makes smallest.
class Estimator {
  public:
    virtual ~Estimator() = default;
    /// Summed over samples and outputs: the only loss of training, validation and tests.
    virtual torch::Tensor loss(torch::Tensor const& outputs, torch::Tensor const& targets) const = 0;
};

/// The targets' mean: squared errors.
class MeanEstimator final : public Estimator {
  public:
    torch::Tensor loss(torch::Tensor const& outputs, torch::Tensor const& targets) const override {
        return (outputs - targets).square().sum();
    }
};

}  // namespace hadronforce
