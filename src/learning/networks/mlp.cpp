#include "learning/networks/activation.hpp"
#include "learning/networks/architecture.hpp"

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
        for (std::size_t i = 0; i + 1 < sizes_.size(); ++i) {
            std::string const layer = "layer_" + std::to_string(i);
            all.push_back({layer + "/weight",
                           {sizes_[i + 1], sizes_[i]},
                           sizes_[i],
                           "weights of the layer",
                           {"output", "input"}});
            all.push_back({layer + "/bias", {sizes_[i + 1]}, 0, "bias of the layer", {"output"}});
        }
        return all;
    }

    torch::Tensor forward(std::vector<torch::Tensor> const& weights, torch::Tensor x) const override {
        for (std::size_t i = 0; i < weights.size(); i += 2) {
            x = torch::nn::functional::linear(x, weights[i], weights[i + 1]);
            if (i + 2 < weights.size()) x = activation_(x);
        }
        return x;
    }

    std::int64_t widest() const override { return *std::max_element(sizes_.begin(), sizes_.end()); }

  private:
    Activation activation_;
    std::vector<std::int64_t> sizes_;
};

}  // namespace

NetworkForm mlp() {
    return {"mlp", [](NetworkSettings const& settings, std::int64_t inputs, std::int64_t outputs) {
                return std::unique_ptr<Architecture>(new Mlp(settings, inputs, outputs));
            }};
}

}  // namespace hadronforce::networks
