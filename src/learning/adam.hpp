#pragma once

#include "learning/repeated_work.hpp"

#include <torch/torch.h>

namespace hadronforce {

/// AdamW (Loshchilov and Hutter, arXiv:1711.05101) of one flat buffer: with a weight decay of 0, Adam.
class Adam {
  public:
    /// Views of the buffers are kept. Not to be moved.
    Adam(torch::Tensor parameters, torch::Tensor gradient, double weight_decay);

    void step(double learning_rate);

    std::int64_t steps = 0;
    torch::Tensor first_moment, second_moment;

  private:
    /// The same with `coefficients_`, which are on the device: what a graph holds must not depend on the step.
    void update();

    torch::Tensor parameters_, gradient_, scratch_;
    torch::Tensor coefficients_;  ///< of the weights, of the root of the second moment, of the step
    double weight_decay_;
    RepeatedWork update_;
};

}  // namespace hadronforce
