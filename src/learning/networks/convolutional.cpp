#include "learning/networks/activation.hpp"
#include "learning/networks/architecture.hpp"
#include "learning/networks/dense_layers.hpp"
#include "learning/networks/points.hpp"

#include <algorithm>

namespace hadronforce::networks {
namespace {

constexpr std::int64_t kernel = 5;

/// Convolutions along ascending momenta, one of `widths[i]` channels after the other, each of which sees five points;
/// sums over the points, and, of all measurements together, a layer of the last one's width. Any number of points.
class Convolutional final : public Architecture {
  public:
    Convolutional(NetworkSettings const& settings, std::int64_t inputs, std::int64_t outputs)
        : activation_(activation_of(settings.activation)),
          widths_(settings.widths),
          outputs_(outputs),
          measurements_(measurements_of(settings, inputs)) {}

    std::vector<WeightShape> weights() const override {
        std::vector<WeightShape> all;
        std::int64_t from = point_channels;
        for (std::size_t i = 0; i < widths_.size(); from = widths_[i++]) {
            std::string const layer = "convolution_" + std::to_string(i);
            all.push_back({layer + "/weight",
                           {widths_[i], from, kernel},
                           kernel * from,
                           "weights of the convolution",
                           {"output", "input", "place"}});
            all.push_back({layer + "/bias", {widths_[i]}, 0, "bias of the convolution", {"output"}});
        }
        add_layer(all, "pooled", widths_.back(), 2 * measurements_ * from);
        add_layer(all, "last", outputs_, widths_.back());
        return all;
    }

    torch::Tensor forward(std::vector<torch::Tensor> const& weights, torch::Tensor x) const override {
        LayersInOrder layer(weights);
        auto const points = as_points(x, measurements_);
        auto const present = points.narrow(1, is_point, 1);
        auto along = points;
        for (std::size_t i = 0; i < widths_.size(); ++i) {
            auto const &weight = layer.weight(), &bias = layer.weight();
            along = activation_(torch::conv1d(along, weight, bias, 1, kernel / 2)) * present;
        }
        return layer(activation_(layer(joined_measurements(pooled(along, points), measurements_))));
    }

    std::int64_t widest() const override {
        return 200 * measurements_ * *std::max_element(widths_.begin(), widths_.end());
    }

  private:
    Activation activation_;
    std::vector<std::int64_t> widths_;
    std::int64_t outputs_, measurements_;
};

}  // namespace

NetworkForm convolutional() { return form_of<Convolutional>("convolutional", true); }

}  // namespace hadronforce::networks
