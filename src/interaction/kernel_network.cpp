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
        derivatives_.push_back(network.f_.sample_gradients(pass, deltas));
    }
    if (!network.v_ || volumes.size() == 0) return;
    auto const local_pass = network.v_->forward(network.parameters_of_v(), inputs);
    Eigen::ArrayXd const scale = network.settings_.v_scale * taper_ / volumes;
    local_ = scale * local_pass.output.col(0).array();
    network.v_->backward(network.parameters_of_v(), local_pass, Eigen::MatrixXd::Ones(r.size(), 1), deltas);
    local_derivatives_ = (network.v_->sample_gradients(local_pass, deltas).array().colwise() * scale).matrix();
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

Eigen::MatrixXd KernelNetwork::OnGrid::rows_with_derivatives(std::vector<Eigen::Index> const& rows,
                                                             Eigen::MatrixXd const& waves,
                                                             Eigen::MatrixXd& jacobian) const {
    auto const count = static_cast<Eigen::Index>(rows.size());
    Eigen::MatrixXd values = Eigen::MatrixXd::Zero(count, taper_.size());
    jacobian.setZero(count * waves.cols(), network_.parameter_count());
    if (with_kernel_) add_kernel(rows, waves, values, jacobian);
    if (local_.size() == 0) return values;
    for (Eigen::Index n = 0; n < count; ++n) {
        Eigen::Index const i = rows[static_cast<std::size_t>(n)];
        values(n, i) += local_[i];
        jacobian.middleRows(n * waves.cols(), waves.cols()).rightCols(local_derivatives_.cols()).noalias() +=
            waves.row(i).transpose() * local_derivatives_.row(i);
    }
    return values;
}

void KernelNetwork::OnGrid::add_kernel(std::vector<Eigen::Index> const& rows, Eigen::MatrixXd const& waves,
                                       Eigen::MatrixXd& values, Eigen::MatrixXd& jacobian) const {
    Eigen::VectorXd const g_parameters = network_.parameters_of_g();
    Eigen::Index const of_f = network_.f_.parameter_count(), sums = waves.cols();
    // dU_ij = g'_q (df_q(r_i) + df_q(r_j)): the second part of all rows in one product.
    std::vector<Eigen::MatrixXd> factors(derivatives_.size(), Eigen::MatrixXd(waves.rows(), jacobian.rows()));
    std::vector<Eigen::MatrixXd> deltas;
    for (std::size_t n = 0; n < rows.size(); ++n) {
        Eigen::Index const i = rows[n], first = static_cast<Eigen::Index>(n) * sums;
        auto const pass = network_.g_.forward(g_parameters, features_.rowwise() + features_.row(i));
        Eigen::MatrixXd const slope =
            network_.g_.backward(g_parameters, pass, Eigen::MatrixXd::Ones(waves.rows(), 1), deltas);
        Eigen::ArrayXd const scale = network_.settings_.u_scale * taper_[i] * taper_;
        values.row(static_cast<Eigen::Index>(n)) = (scale * pass.output.col(0).array()).matrix().transpose();
        Eigen::MatrixXd const weighted = waves.array().colwise() * scale;
        jacobian.block(first, of_f, sums, g_parameters.size()) =
            network_.g_.parameter_gradients(pass, deltas, weighted);
        for (std::size_t q = 0; q < factors.size(); ++q) {
            auto factor = factors[q].middleCols(first, sums);
            factor = weighted.array().colwise() * slope.col(static_cast<Eigen::Index>(q)).array();
            jacobian.block(first, 0, sums, of_f).noalias() +=
                factor.colwise().sum().transpose() * derivatives_[q].row(i);
        }
    }
    for (std::size_t q = 0; q < factors.size(); ++q)
        jacobian.leftCols(of_f).noalias() += factors[q].transpose() * derivatives_[q];
}

}  // namespace hadronforce
