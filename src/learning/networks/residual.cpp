#include "learning/networks/activation.hpp"
#include "learning/networks/architecture.hpp"
#include "learning/networks/dense_layers.hpp"

#include "hadronforce/error.hpp"

#include <algorithm>

namespace hadronforce::networks {
namespace {

/// A trunk of widths[0] units, to which each block of widths[i] hidden units adds what it makes of it: x += W a(V
/// n(x)), n normalising over the units (layer normalisation). Blocks begin as nothing, so that deep ones train. What
/// the targets are made of is not normalised: how large the trunk is says how large they are.
class Residual final : public Architecture {
  public:
    Residual(NetworkSettings const& settings, std::int64_t inputs, std::int64_t outputs)
        : activation_(activation_of(settings.activation)),
          normalises_last_(settings.normalises_last),
          inputs_(inputs),
          outputs_(outputs) {
        if (settings.widths.empty()) throw InputError("a residual network needs the width of its trunk");
        trunk_ = settings.widths.front();
        blocks_.assign(settings.widths.begin() + 1, settings.widths.end());
    }

    std::vector<WeightShape> weights() const override {
        std::vector<WeightShape> all;
        add_layer(all, "first", trunk_, inputs_);
        for (std::size_t i = 0; i < blocks_.size(); ++i) {
            std::string const block = "block_" + std::to_string(i) + "/";
            add_norm(block + "norm", all);
            add_layer(all, block + "hidden", blocks_[i], trunk_);
            add_layer(all, block + "added", trunk_, blocks_[i], true);
        }
        if (normalises_last_) add_norm("norm", all);
        add_layer(all, "last", outputs_, trunk_);
        return all;
    }

    torch::Tensor forward(std::vector<torch::Tensor> const& weights, torch::Tensor x) const override {
        LayersInOrder layer(weights);
        auto const norm = [&layer, this](torch::Tensor const& y) {
            auto const &gain = layer.weight(), &shift = layer.weight();
            return torch::layer_norm(y, {trunk_}, 1.0 + gain, shift);
        };
        x = layer(x);
        for (std::size_t i = 0; i < blocks_.size(); ++i) {
            auto const hidden = activation_(layer(norm(x)));
            x = x + layer(hidden);
        }
        return layer(normalises_last_ ? norm(x) : x);
    }

    std::int64_t widest() const override {
        return blocks_.empty() ? trunk_ : std::max(trunk_, *std::max_element(blocks_.begin(), blocks_.end()));
    }

  private:
    void add_norm(std::string const& name, std::vector<WeightShape>& all) const {
        all.push_back({name + "/gain", {trunk_}, 0, "1 + gain multiplies what is normalised", {"unit"}});
        all.push_back({name + "/shift", {trunk_}, 0, "added to what is normalised", {"unit"}});
    }

    Activation activation_;
    bool normalises_last_;
    std::int64_t inputs_, outputs_, trunk_ = 0;
    std::vector<std::int64_t> blocks_;
};

}  // namespace

NetworkForm residual() { return form_of<Residual>("residual"); }

}  // namespace hadronforce::networks
