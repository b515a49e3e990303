#pragma once

#include "hadronforce/storage/file.hpp"

#include <memory>
#include <string>
#include <vector>

namespace hadronforce {

struct NetworkSettings {
    std::string form = "mlp";
    std::vector<std::int64_t> widths{128, 128, 128};  ///< of hidden layers; what they are the form says
    std::string activation = "silu";                  ///< one of activation_names()
    Precision precision = Precision::float32;
    std::string estimator = "mean";  ///< what is learnt of the targets, one of estimator_names()
    bool normalises_last = false;    ///< of residual networks in models of earlier versions, before their last layer
};

/// Weights and biases that a network may have at most: training then takes about 1 GB, 60 bytes each.
inline constexpr std::int64_t largest_weights = std::int64_t{1} << 24;

/// One of a network's weights, a part of its flat buffer.
struct WeightShape {
    std::string name;  ///< "layer_0/weight"
    std::vector<std::int64_t> shape;
    std::int64_t fan_in = 0;  ///< inputs that it sums over, which set the size it begins with; 0: it begins at zero
    std::string description;
    std::vector<std::string> axes;

    std::int64_t size() const;
};

/// Those of a network, in the order of its buffer. Throws InputError for a form, activation or estimator that is not
/// known, a layer of less than one unit, and for more than largest_weights.
std::vector<WeightShape> weights_of(NetworkSettings const& settings, std::int64_t inputs, std::int64_t targets);

/// A network of a registered form (network_forms.hpp). All weights live in one flat buffer, one after the other,
/// row-major.
class Network {
  public:
    /// Weights are drawn by a counter-based generator from `seed`: equal on all ranks and machines. Throws InputError
    /// for what weights_of refuses.
    Network(NetworkSettings settings, std::int64_t inputs, std::int64_t targets, std::int64_t seed);
    ~Network();
    Network(Network&&) noexcept;
    Network& operator=(Network&&) noexcept;

    /// Has it computed on that device from now on (device_of); it begins on the CPU. Not once it is trained.
    void move_to(std::string const& device);

    NetworkSettings const& settings() const noexcept;
    std::int64_t inputs() const noexcept;
    std::int64_t targets() const noexcept;
    /// In the order of the buffer.
    std::vector<WeightShape> weights() const;
    std::int64_t parameter_count() const noexcept;

    std::vector<double> parameters() const;
    /// Throws InputError unless there are parameter_count of them.
    void set_parameters(std::vector<double> const& values);

    /// samples x inputs -> samples x targets: what they are expected to be.
    RowMatrixXd predict(RowMatrixXd const& inputs) const;
    /// The covariance of each sample's targets, one after the other, targets x targets each; empty where the estimator
    /// says none.
    std::vector<Eigen::MatrixXd> covariances(RowMatrixXd const& inputs) const;

    /// The estimator's loss, summed over samples and targets, in double precision.
    double loss(RowMatrixXd const& inputs, RowMatrixXd const& targets) const;

    /// The same in the network's precision, and its gradient in `gradient` (parameter_count
    /// numbers).
    double loss_and_gradient(RowMatrixXd const& inputs, RowMatrixXd const& targets, std::vector<double>& gradient);

    struct Tensors;  ///< LibTorch's side, for the trainer
    Tensors& tensors() noexcept;
    Tensors const& tensors() const noexcept;

  private:
    /// Shows the outputs of all samples, part by part, in double precision.
    template <class Visit>
    void visit_outputs(RowMatrixXd const& inputs, Visit const& visit) const;

    std::unique_ptr<Tensors> tensors_;
};

}  // namespace hadronforce
