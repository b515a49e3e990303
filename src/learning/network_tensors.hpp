#pragma once

#include "hadronforce/learning/network.hpp"

#include <torch/torch.h>

#include <stdexcept>

namespace hadronforce {

/// What `work` returns. LibTorch's own error, of which its users can make nothing, becomes one line.
template <class Work>
auto with_own_words(Work const& work) {
    try {
        return work();
    } catch (c10::Error const&) {
        throw std::runtime_error(
            "LibTorch could not compute the network, most likely for lack of memory; make it narrower "
            "or lower training.batch_size");
    }
}

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
