#pragma once

#include "hadronforce/learning/network.hpp"

#include <torch/torch.h>

namespace hadronforce {

/// The weights as LibTorch sees them: every layer's tensors are views into `flat`, their gradients views into
/// `gradient`.
struct Network::Tensors {
    NetworkSettings settings;
    std::vector<std::int64_t> sizes;
    torch::Tensor flat;
    torch::Tensor
        gradient;  ///< parameter_count numbers, then `extra_sums` free ones that travel with them in one reduction
    std::vector<torch::Tensor> weights;
    std::vector<torch::Tensor> biases;

    static constexpr std::int64_t extra_sums = 4;

    torch::ScalarType scalar_type() const {
        return settings.precision == Precision::float32 ? torch::kFloat32 : torch::kFloat64;
    }
    torch::Tensor forward(torch::Tensor x) const;
    /// Copies rows to the network's precision.
    torch::Tensor to_tensor(RowMatrixXd const& values) const;
};

}  // namespace hadronforce
