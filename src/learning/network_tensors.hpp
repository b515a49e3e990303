#pragma once

#include "hadronforce/learning/network.hpp"
#include "learning/estimator.hpp"
#include "learning/networks/architecture.hpp"

#include <torch/torch.h>

#include <memory>
#include <stdexcept>
#include <utility>

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

/// The weights as LibTorch sees them: all tensors are views into `flat`, their gradients views into
/// `gradient`.
struct Network::Tensors {
    NetworkSettings settings;
    std::unique_ptr<Architecture> architecture;
    std::unique_ptr<Estimator> estimator;
    std::int64_t inputs = 0, targets = 0;
    torch::Tensor flat;
    torch::Tensor
        gradient;  ///< parameter_count numbers, then `extra_sums` free ones that travel with them in one reduction
    std::vector<torch::Tensor> weights;  ///< of the architecture

    static constexpr std::int64_t extra_sums = 5;

    torch::ScalarType scalar_type() const {
        return settings.precision == Precision::float32 ? torch::kFloat32 : torch::kFloat64;
    }
    /// The buffers and their views, all zero, in place of those there were.
    void allocate(torch::Device device);
    torch::Tensor forward(torch::Tensor x) const { return architecture->forward(weights, std::move(x)); }
    /// Copies rows to the network's precision.
    torch::Tensor to_tensor(RowMatrixXd const& values) const;
};

}  // namespace hadronforce
