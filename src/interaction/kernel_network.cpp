#include "hadronforce/interaction/kernel_network.hpp"

#include "hadronforce/error.hpp"

#include <cmath>

namespace hadronforce {
namespace {

constexpr Eigen::Index inputs_of_r = 3;
constexpr Eigen::Index most_units = 1000;

std::vector<Eigen::Index> sizes(Eigen::Index inputs, std::vector<Eigen::Index> widths, Eigen::Index outputs) {
    widths.insert(widths.begin(), inputs);
    widths.push_back(outputs);
    for (auto width : widths)
        if (width < 1 || width > most_units)
            throw InputError("every layer of the kernel's networks needs between 1 and " + std::to_string(most_units) +
                             " units");
    return widths;
}

SmoothNetwork::Activation activation(std::string const& name) {
    if (name == "silu") return SmoothNetwork::Activation::silu;
    if (name == "tanh") return SmoothNetwork::Activation::tanh;
    throw InputError("activation " + name + " is not known; use silu or tanh");
}

}  // namespace

KernelNetwork::KernelNetwork(KernelNetworkSettings settings)
    : settings_(std::move(settings)),
      f_(sizes(inputs_of_r, settings_.widths_f, settings_.latent), activation(settings_.activation)),
      g_(sizes(settings_.latent, settings_.widths_g, 1), activation(settings_.activation)) {
    if (!settings_.widths_local.empty())
        v_.emplace(sizes(inputs_of_r, settings_.widths_local, 1), activation(settings_.activation));
    parameters_.setZero(parameter_count());
    for (double const scale : {settings_.cut, settings_.r_scale, settings_.u_scale, settings_.v_scale})
        if (!(scale > 0.0) || !std::isfinite(scale))
            throw InputError("the kernel network's cut and scales must be positive and finite");
}

void KernelNetwork::set_parameters(Eigen::VectorXd parameters) {
    if (parameters.size() != parameter_count() || !parameters.allFinite())
        throw InputError("the kernel network needs " + std::to_string(parameter_count()) + " finite parameters");
    parameters_ = std::move(parameters);
}

void KernelNetwork::set_initial_parameters(Eigen::VectorXd const& normal_numbers) {
    set_parameters(normal_numbers);
    double* position = parameters_.data();
    for (SmoothNetwork const* network : {&f_, &g_, v_ ? &*v_ : nullptr}) {
        if (network == nullptr) continue;
        auto const& widths = network->sizes();
        for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
            bool const last = l + 2 == widths.size();
            bool const is_output = network != &f_;
            Eigen::Map<Eigen::ArrayXd> weight(position, widths[l] * widths[l + 1]);
            Eigen::Map<Eigen::ArrayXd> bias(position + weight.size(), widths[l + 1]);
            weight *= last && is_output ? 0.0 : 1.0 / std::sqrt(static_cast<double>(widths[l]));
            bias *= last ? 0.0 : 0.3;
            position += weight.size() + bias.size();
        }
    }
}

Eigen::ArrayXd KernelNetwork::taper(Eigen::Ref<Eigen::ArrayXd const> const& r) const {
    if (!settings_.tapers) return (r < settings_.cut).cast<double>();
    return (1.0 - (r / settings_.cut).square()).max(0.0).square();
}

Eigen::MatrixXd KernelNetwork::inputs(Eigen::Ref<Eigen::ArrayXd const> const& r) const {
    Eigen::ArrayXd const x = r / settings_.r_scale;
    Eigen::MatrixXd result(r.size(), inputs_of_r);
    result << x.matrix(), (-x).exp().matrix(), (-x.square()).exp().matrix();
    return result;
}

Eigen::MatrixXd KernelNetwork::features(Eigen::Ref<Eigen::ArrayXd const> const& r) const {
    return f_.forward(parameters_of_f(), inputs(r)).output;
}

void KernelNetwork::fill(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd const> const& r_prime,
                         Eigen::Ref<Eigen::ArrayXXd> u) const {
    Eigen::MatrixXd const rows = features(r);
    Eigen::MatrixXd const columns = features(r_prime);
    Eigen::ArrayXd const row_taper = settings_.u_scale * taper(r);
    Eigen::ArrayXd const column_taper = taper(r_prime);
    for (Eigen::Index j = 0; j < r_prime.size(); ++j)
        u.col(j) = column_taper[j] * row_taper *
                   g_.forward(parameters_of_g(), rows.rowwise() + columns.row(j)).output.col(0).array();
}

Eigen::ArrayXd KernelNetwork::local(Eigen::Ref<Eigen::ArrayXd const> const& r) const {
    if (!v_) return Eigen::ArrayXd::Zero(r.size());
    return settings_.v_scale * taper(r) * v_->forward(parameters_of_v(), inputs(r)).output.col(0).array();
}

namespace {

/// Derivatives of each sample's output, samples x parameters.
Eigen::MatrixXd derivatives_of_samples(SmoothNetwork const& network, SmoothNetwork::Pass const& pass,
                                       std::vector<Eigen::MatrixXd> const& deltas) {
    Eigen::Index const samples = pass.output.rows();
    Eigen::MatrixXd result(samples, network.parameter_count());
    for (Eigen::Index i = 0; i < samples; ++i) {
        Eigen::ArrayXd only = Eigen::ArrayXd::Zero(samples);
        only[i] = 1.0;
        result.row(i) = network.parameter_gradient(pass, deltas, only).transpose();
    }
    return result;
}

}  // namespace

KernelNetwork::OnGrid::OnGrid(KernelNetwork const& network, Eigen::ArrayXd const& r, Eigen::ArrayXd const& volumes,
                              bool with_kernel)
    : network_(network), with_kernel_(with_kernel), taper_(network.taper(r)) {
    Eigen::MatrixXd const inputs = network.inputs(r);
    std::vector<Eigen::MatrixXd> deltas;
    auto const pass = network.f_.forward(network.parameters_of_f(), inputs);
    features_ = pass.output;
    for (Eigen::Index q = 0; with_kernel && q < features_.cols(); ++q) {
        Eigen::MatrixXd seed = Eigen::MatrixXd::Zero(r.size(), features_.cols());
        seed.col(q).setOnes();
        network.f_.backward(network.parameters_of_f(), pass, seed, deltas);
        derivatives_.push_back(derivatives_of_samples(network.f_, pass, deltas));
    }
    if (!network.v_ || volumes.size() == 0) return;
    auto const local_pass = network.v_->forward(network.parameters_of_v(), inputs);
    Eigen::ArrayXd const scale = network.settings_.v_scale * taper_ / volumes;
    local_ = scale * local_pass.output.col(0).array();
    network.v_->backward(network.parameters_of_v(), local_pass, Eigen::MatrixXd::Ones(r.size(), 1), deltas);
    local_derivatives_ = (derivatives_of_samples(*network.v_, local_pass, deltas).array().colwise() * scale).matrix();
}

Eigen::VectorXd KernelNetwork::OnGrid::row(Eigen::Index i) const {
    Eigen::VectorXd u = Eigen::VectorXd::Zero(taper_.size());
    if (with_kernel_) {
        auto const pass = network_.g_.forward(network_.parameters_of_g(), features_.rowwise() + features_.row(i));
        u = (network_.settings_.u_scale * taper_[i]) * (taper_ * pass.output.col(0).array()).matrix();
    }
    if (local_.size() > 0) u[i] += local_[i];
    return u;
}

Eigen::MatrixXd KernelNetwork::OnGrid::matrix() const {
    Eigen::MatrixXd result(taper_.size(), taper_.size());
    for (Eigen::Index i = 0; i < result.rows(); ++i) result.row(i) = row(i).transpose();
    return result;
}

Eigen::VectorXd KernelNetwork::OnGrid::row_with_derivatives(Eigen::Index i, Eigen::MatrixXd const& waves,
                                                            Eigen::MatrixXd& jacobian) const {
    Eigen::VectorXd u = Eigen::VectorXd::Zero(taper_.size());
    jacobian.setZero(waves.cols(), network_.parameter_count());
    if (with_kernel_) u = kernel_row_with_derivatives(i, waves, jacobian);
    if (local_.size() > 0) {
        u[i] += local_[i];
        jacobian.rightCols(local_derivatives_.cols()).noalias() += waves.row(i).transpose() * local_derivatives_.row(i);
    }
    return u;
}

Eigen::VectorXd KernelNetwork::OnGrid::kernel_row_with_derivatives(Eigen::Index i, Eigen::MatrixXd const& waves,
                                                                   Eigen::MatrixXd& jacobian) const {
    Eigen::VectorXd const g_parameters = network_.parameters_of_g();
    auto const pass = network_.g_.forward(g_parameters, features_.rowwise() + features_.row(i));
    std::vector<Eigen::MatrixXd> deltas;
    Eigen::MatrixXd const slope =
        network_.g_.backward(g_parameters, pass, Eigen::MatrixXd::Ones(waves.rows(), 1), deltas);
    Eigen::ArrayXd const scale = network_.settings_.u_scale * taper_[i] * taper_;
    Eigen::MatrixXd const weighted = waves.array().colwise() * scale;
    Eigen::Index const of_f = network_.f_.parameter_count();
    for (Eigen::Index q = 0; q < slope.cols(); ++q) {
        // dU_ij = g'_q (df_q(r_i) + df_q(r_j))
        Eigen::MatrixXd const factor = weighted.array().colwise() * slope.col(q).array();
        auto const& df = derivatives_[static_cast<std::size_t>(q)];
        jacobian.leftCols(of_f).noalias() += factor.transpose() * df;
        jacobian.leftCols(of_f).noalias() += factor.colwise().sum().transpose() * df.row(i);
    }
    for (Eigen::Index s = 0; s < waves.cols(); ++s)
        jacobian.row(s).segment(of_f, g_parameters.size()) =
            network_.g_.parameter_gradient(pass, deltas, weighted.col(s).array()).transpose();
    return (scale * pass.output.col(0).array()).matrix();
}

}  // namespace hadronforce
