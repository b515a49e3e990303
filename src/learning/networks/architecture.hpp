#pragma once

#include "hadronforce/learning/network.hpp"

#include <torch/torch.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hadronforce {

/// What a network computes of its inputs and named weights; the Network keeps those in one flat buffer.
class Architecture {
  public:
    virtual ~Architecture() = default;
    /// In the order of the buffer.
    virtual std::vector<WeightShape> weights() const = 0;
    /// samples x inputs -> samples x outputs. `weights`: tensors of these shapes.
    virtual torch::Tensor forward(std::vector<torch::Tensor> const& weights, torch::Tensor x) const = 0;
    /// The most numbers that one sample makes at once between inputs and outputs.
    virtual std::int64_t widest() const = 0;
};

/// A kind of network.
struct NetworkForm {
    std::string name;
    /// Throws InputError for settings that it refuses.
    std::unique_ptr<Architecture> (*make)(NetworkSettings const& settings, std::int64_t inputs, std::int64_t outputs);
    /// Whether the inputs are any number of points (points.hpp), numbers_a_point of each, in place of features.
    bool takes_points = false;
};

/// A form of this name whose architecture is a Kind.
template <class Kind>
NetworkForm form_of(std::string name, bool takes_points = false) {
    return {std::move(name),
            [](NetworkSettings const& settings, std::int64_t inputs, std::int64_t outputs) {
                return std::unique_ptr<Architecture>(new Kind(settings, inputs, outputs));
            },
            takes_points};
}

/// All registered forms. Each is a file in this folder, a line in all_networks.hpp, a test of its own and a row in
/// docs/config_keys.md.
std::vector<NetworkForm> const& network_forms();

namespace networks {
#define HADRONFORCE_NETWORK(name) NetworkForm name();
#include "learning/networks/all_networks.hpp"
#undef HADRONFORCE_NETWORK
}  // namespace networks

}  // namespace hadronforce
