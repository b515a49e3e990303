#pragma once

#include "hadronforce/storage/file.hpp"

#include <memory>
#include <string>
#include <vector>

namespace hadronforce {

struct NetworkSettings {
    std::string form = "mlp";
    std::vector<std::int64_t> widths{128, 128, 128};  ///< of the hidden layers
    std::string activation = "silu";                  ///< silu, tanh, relu or gelu
    Precision precision = Precision::float32;
};

/// A fully connected network. All weights live in one flat buffer, layer by layer: weight (outputs x inputs,
/// row-major), then bias.
class Network {
  public:
    /// Weights are drawn by a counter-based generator from `seed`: equal on all ranks and machines.
    Network(NetworkSettings settings, std::int64_t inputs, std::int64_t outputs, std::int64_t seed);
    ~Network();
    Network(Network&&) noexcept;
    Network& operator=(Network&&) noexcept;

    NetworkSettings const& settings() const noexcept;
    /// Inputs, hidden widths, outputs.
    std::vector<std::int64_t> const& sizes() const noexcept;
    std::int64_t parameter_count() const noexcept;

    std::vector<double> parameters() const;
    void set_parameters(std::vector<double> const& values);

    /// samples x inputs -> samples x outputs.
    RowMatrixXd predict(RowMatrixXd const& inputs) const;

    /// Sum over samples and outputs of (prediction - target)^2, and its gradient in `gradient` (parameter_count
    /// numbers).
    double loss_and_gradient(RowMatrixXd const& inputs, RowMatrixXd const& targets, std::vector<double>& gradient);

    struct Tensors;  ///< LibTorch's side, for the trainer
    Tensors& tensors() noexcept;

  private:
    std::unique_ptr<Tensors> tensors_;
};

}  // namespace hadronforce
