#pragma once

#include <torch/torch.h>

namespace hadronforce {

/// AdamW (Loshchilov and Hutter, arXiv:1711.05101) of one flat buffer: with a weight decay of 0, Adam.
class Adam {
  public:
    /// Views of the buffers are kept.
    Adam(torch::Tensor parameters, torch::Tensor gradient, double weight_decay);

    void step(double learning_rate);

    std::int64_t steps = 0;
    torch::Tensor first_moment, second_moment;

  private:
    torch::Tensor parameters_, gradient_, scratch_;
    double weight_decay_;
};

}  // namespace hadronforce
