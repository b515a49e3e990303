#include "hadronforce/interaction/kernel_network.hpp"

#include <cmath>

namespace hadronforce {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

SmoothNetwork::SmoothNetwork(std::vector<Eigen::Index> sizes, Activation activation)
    : sizes_(std::move(sizes)), activation_(activation) {}

Eigen::Index SmoothNetwork::parameter_count() const noexcept {
    Eigen::Index count = 0;
    for (std::size_t l = 0; l + 1 < sizes_.size(); ++l) count += (sizes_[l] + 1) * sizes_[l + 1];
    return count;
}

SmoothNetwork::Pass SmoothNetwork::forward(Eigen::Ref<Eigen::VectorXd const> const& parameters,
                                           Eigen::MatrixXd const& input) const {
    Pass pass;
    pass.inputs.push_back(input);
    double const* position = parameters.data();
    for (std::size_t l = 0; l + 1 < sizes_.size(); ++l) {
        Eigen::Map<RowMajor const> const weight(position, sizes_[l + 1], sizes_[l]);
        position += weight.size();
        Eigen::Map<Eigen::RowVectorXd const> const bias(position, sizes_[l + 1]);
        position += bias.size();
        Eigen::MatrixXd const z = (pass.inputs.back() * weight.transpose()).rowwise() + bias;
        if (l + 2 == sizes_.size()) {
            pass.output = z;
        } else if (activation_ == Activation::tanh) {
            pass.inputs.emplace_back(z.array().tanh());
            pass.slopes.emplace_back(1.0 - pass.inputs.back().array().square());
        } else {
            Eigen::ArrayXXd const sigmoid = 1.0 / (1.0 + (-z.array()).exp());
            pass.inputs.emplace_back(z.array() * sigmoid);
            pass.slopes.emplace_back(sigmoid * (1.0 + z.array() * (1.0 - sigmoid)));
        }
    }
    return pass;
}

Eigen::MatrixXd SmoothNetwork::values(Eigen::Ref<Eigen::VectorXd const> const& parameters,
                                      Eigen::MatrixXd input) const {
    double const* position = parameters.data();
    for (std::size_t l = 0; l + 1 < sizes_.size(); ++l) {
        Eigen::Map<RowMajor const> const weight(position, sizes_[l + 1], sizes_[l]);
        position += weight.size();
        Eigen::Map<Eigen::RowVectorXd const> const bias(position, sizes_[l + 1]);
        position += bias.size();
        Eigen::ArrayXXd const z = (input * weight.transpose()).rowwise() + bias;
        if (l + 2 == sizes_.size())
            input = z;
        else if (activation_ == Activation::tanh)
            input = z.tanh();
        else
            input = z / (1.0 + (-z).exp());
    }
    return input;
}

Eigen::MatrixXd SmoothNetwork::backward(Eigen::Ref<Eigen::VectorXd const> const& parameters, Pass const& pass,
                                        Eigen::MatrixXd const& seed, std::vector<Eigen::MatrixXd>& deltas) const {
    std::size_t const layers = sizes_.size() - 1;
    deltas.resize(layers);
    double const* end = parameters.data() + parameters.size();
    Eigen::MatrixXd delta = seed;
    for (std::size_t l = layers; l-- > 0;) {
        deltas[l] = delta;
        end -= (sizes_[l] + 1) * sizes_[l + 1];
        Eigen::Map<RowMajor const> const weight(end, sizes_[l + 1], sizes_[l]);
        delta = delta * weight;
        if (l > 0) delta.array() *= pass.slopes[l - 1].array();
    }
    return delta;
}

Eigen::MatrixXd SmoothNetwork::sample_gradients(Pass const& pass, std::vector<Eigen::MatrixXd> const& deltas) const {
    Eigen::MatrixXd gradients(pass.output.rows(), parameter_count());
    Eigen::Index position = 0;
    for (std::size_t l = 0; l < deltas.size(); ++l) {
        for (Eigen::Index output = 0; output < sizes_[l + 1]; ++output, position += sizes_[l])
            gradients.middleCols(position, sizes_[l]) =
                pass.inputs[l].array().colwise() * deltas[l].col(output).array();
        gradients.middleCols(position, sizes_[l + 1]) = deltas[l];
        position += sizes_[l + 1];
    }
    return gradients;
}

Eigen::MatrixXd SmoothNetwork::parameter_gradients(Pass const& pass, std::vector<Eigen::MatrixXd> const& deltas,
                                                   Eigen::Ref<Eigen::MatrixXd const> const& factors) const {
    Eigen::Index const sums = factors.cols();
    Eigen::MatrixXd gradients(sums, parameter_count());
    Eigen::Index position = 0;
    for (std::size_t l = 0; l < deltas.size(); ++l) {
        // Deltas times the factors of each sum side by side: one product for all.
        Eigen::Index const outputs = sizes_[l + 1], inputs = sizes_[l];
        Eigen::MatrixXd weighted(deltas[l].rows(), sums * outputs);
        for (Eigen::Index s = 0; s < sums; ++s)
            weighted.middleCols(s * outputs, outputs) = deltas[l].array().colwise() * factors.col(s).array();
        Eigen::MatrixXd const weights = pass.inputs[l].transpose() * weighted;
        Eigen::RowVectorXd const biases = weighted.colwise().sum();
        for (Eigen::Index s = 0; s < sums; ++s) {
            gradients.row(s).segment(position, inputs * outputs) =
                weights.middleCols(s * outputs, outputs).reshaped().transpose();
            gradients.row(s).segment(position + inputs * outputs, outputs) = biases.segment(s * outputs, outputs);
        }
        position += (inputs + 1) * outputs;
    }
    return gradients;
}

}  // namespace hadronforce
