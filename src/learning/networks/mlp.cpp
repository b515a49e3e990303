#include "learning/networks/activation.hpp"
#include "learning/networks/architecture.hpp"
#include "learning/networks/dense_layers.hpp"

#include <algorithm>

namespace hadronforce::networks {
namespace {

/// Fully connected layers with an activation between them.
class Mlp final : public Architecture {
  public:
    Mlp(NetworkSettings const& settings, std::int64_t inputs, std::int64_t outputs)
        : activation_(activation_of(settings.activation)) {
        sizes_.push_back(inputs);
        sizes_.insert(sizes_.end(), settings.widths.begin(), settings.widths.end());
        sizes_.push_back(outputs);
    }

    std::vector<WeightShape> weights() const override {
        std::vector<WeightShape> all;
        for (std::size_t i = 0; i + 1 < sizes_.size(); ++i)
            add_layer(all, "layer_" + std::to_string(i), sizes_[i + 1], sizes_[i]);
        return all;
    }

    torch::Tensor forward(std::vector<torch::Tensor> const& weights, torch::Tensor x) const override {
        LayersInOrder layer(weights);
        for (std::size_t i = 0; i + 1 < sizes_.size(); ++i) {
            x = layer(x);
            if (i + 2 < sizes_.size()) x = activation_(x);
        }
        return x;
    }

    std::int64_t widest() const override { return *std::max_element(sizes_.begin(), sizes_.end()); }

  private:
    Activation activation_;
    std::vector<std::int64_t> sizes_;
};

}  // namespace

NetworkForm mlp() { return form_of<Mlp>("mlp"); }

}  // namespace hadronforce::networks
