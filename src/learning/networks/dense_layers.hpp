#pragma once

#include "hadronforce/learning/network.hpp"

#include <torch/torch.h>

#include <string>
#include <vector>

namespace hadronforce::networks {

/// The weights of a fully connected layer, which begin as Kaiming has them; with `begins_at_zero` as nothing.
inline void add_layer(std::vector<WeightShape>& all, std::string const& name, std::int64_t to, std::int64_t from,
                      bool begins_at_zero = false) {
    all.push_back(
        {name + "/weight", {to, from}, begins_at_zero ? 0 : from, "weights of the layer", {"output", "input"}});
    all.push_back({name + "/bias", {to}, 0, "bias of the layer", {"output"}});
}

/// Takes the weights of one layer after the other.
class LayersInOrder {
  public:
    explicit LayersInOrder(std::vector<torch::Tensor> const& weights) : next_(weights.begin()) {}
    torch::Tensor operator()(torch::Tensor const& x) {
        auto const &weight = *next_++, &bias = *next_++;
        return torch::linear(x, weight, bias);
    }
    torch::Tensor const& weight() { return *next_++; }

  private:
    std::vector<torch::Tensor>::const_iterator next_;
};

}  // namespace hadronforce::networks
