#include "learning/networks/activation.hpp"
#include "learning/networks/architecture.hpp"
#include "learning/networks/dense_layers.hpp"
#include "learning/networks/points.hpp"

#include <algorithm>

namespace hadronforce::networks {
namespace {

/// A deep set (Zaheer et al., arXiv:1703.06114): each point by itself through layers of `widths` units, sums of these
/// over the points, and those, of all measurements together, through layers of the same widths again. Any number of
/// points in any order.
class Set final : public Architecture {
  public:
    Set(NetworkSettings const& settings, std::int64_t inputs, std::int64_t outputs)
        : activation_(activation_of(settings.activation)),
          widths_(settings.widths),
          outputs_(outputs),
          measurements_(measurements_of(settings, inputs)) {}

    std::vector<WeightShape> weights() const override {
        std::vector<WeightShape> all;
        std::int64_t from = 3;
        for (std::size_t i = 0; i < widths_.size(); from = widths_[i++])
            add_layer(all, "point_" + std::to_string(i), widths_[i], from);
        from = 2 * measurements_ * widths_.back();
        for (std::size_t i = 0; i < widths_.size(); from = widths_[i++])
            add_layer(all, "set_" + std::to_string(i), widths_[i], from);
        add_layer(all, "last", outputs_, widths_.back());
        return all;
    }

    torch::Tensor forward(std::vector<torch::Tensor> const& weights, torch::Tensor x) const override {
        LayersInOrder layer(weights);
        auto const points = as_points(x, measurements_);
        auto each = points.narrow(1, 0, 3).transpose(1, 2);
        for (std::size_t i = 0; i < widths_.size(); ++i) each = activation_(layer(each));
        auto set = joined_measurements(pooled(each.transpose(1, 2), points), measurements_);
        for (std::size_t i = 0; i < widths_.size(); ++i) set = activation_(layer(set));
        return layer(set);
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

NetworkForm set() { return form_of<Set>("set", true); }

}  // namespace hadronforce::networks
