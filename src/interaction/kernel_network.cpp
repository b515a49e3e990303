#include "hadronforce/interaction/kernel_network.hpp"

#include "hadronforce/error.hpp"

#include <cmath>

namespace hadronforce {
namespace {

std::vector<Eigen::Index> sizes(Eigen::Index inputs, std::vector<Eigen::Index> widths, Eigen::Index outputs) {
    widths.insert(widths.begin(), inputs);
    widths.push_back(outputs);
    for (auto width : widths)
        if (width < 1) throw InputError("every layer of the kernel's networks needs at least one unit");
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
      f_(sizes(1, settings_.widths_f, settings_.latent), activation(settings_.activation)),
      g_(sizes(settings_.latent, settings_.widths_g, 1), activation(settings_.activation)),
      parameters_(Eigen::VectorXd::Zero(parameter_count())) {
    if (!(settings_.cut > 0.0) || !(settings_.r_scale > 0.0) || !(settings_.u_scale > 0.0))
        throw InputError("the kernel network's cut and scales must be positive");
}

void KernelNetwork::set_parameters(Eigen::VectorXd parameters) {
    if (parameters.size() != parameter_count() || !parameters.allFinite())
        throw InputError("the kernel network needs " + std::to_string(parameter_count()) + " finite parameters");
    parameters_ = std::move(parameters);
}

void KernelNetwork::set_initial_parameters(Eigen::VectorXd const& normal_numbers) {
    set_parameters(normal_numbers);
    double* position = parameters_.data();
    for (SmoothNetwork const* network : {&f_, &g_}) {
        auto const& widths = network->sizes();
        for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
            bool const last = l + 2 == widths.size();
            bool const of_g = network == &g_;
            Eigen::Map<Eigen::ArrayXd> weight(position, widths[l] * widths[l + 1]);
            Eigen::Map<Eigen::ArrayXd> bias(position + weight.size(), widths[l + 1]);
            weight *= last && of_g ? 0.0 : 1.0 / std::sqrt(static_cast<double>(widths[l]));
            bias *= last ? 0.0 : 0.3;
            position += weight.size() + bias.size();
        }
    }
}

Eigen::ArrayXd KernelNetwork::taper(Eigen::Ref<Eigen::ArrayXd const> const& r) const {
    if (!settings_.tapers) return (r < settings_.cut).cast<double>();
    return (1.0 - (r / settings_.cut).square()).max(0.0).square();
}

Eigen::MatrixXd KernelNetwork::features(Eigen::Ref<Eigen::ArrayXd const> const& r) const {
    return f_.forward(parameters_of_f(), (r / settings_.r_scale).matrix()).output;
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

KernelNetwork::OnGrid::OnGrid(KernelNetwork const& network, Eigen::ArrayXd const& r)
    : network_(network), taper_(network.taper(r)) {
    auto const pass = network.f_.forward(network.parameters_of_f(), (r / network.settings_.r_scale).matrix());
    features_ = pass.output;
    for (Eigen::Index q = 0; q < features_.cols(); ++q) {
        Eigen::MatrixXd seed = Eigen::MatrixXd::Zero(r.size(), features_.cols());
        seed.col(q).setOnes();
        std::vector<Eigen::MatrixXd> deltas;
        network.f_.backward(network.parameters_of_f(), pass, seed, deltas);
        Eigen::MatrixXd derivative(r.size(), network.f_.parameter_count());
        for (Eigen::Index i = 0; i < r.size(); ++i) {
            Eigen::ArrayXd only = Eigen::ArrayXd::Zero(r.size());
            only[i] = 1.0;
            derivative.row(i) = network.f_.parameter_gradient(pass, deltas, only).transpose();
        }
        derivatives_.push_back(std::move(derivative));
    }
}

Eigen::VectorXd KernelNetwork::OnGrid::row(Eigen::Index i) const {
    auto const pass = network_.g_.forward(network_.parameters_of_g(), features_.rowwise() + features_.row(i));
    return (network_.settings_.u_scale * taper_[i]) * (taper_ * pass.output.col(0).array()).matrix();
}

Eigen::VectorXd KernelNetwork::OnGrid::row_with_derivatives(Eigen::Index i, Eigen::MatrixXd const& waves,
                                                            Eigen::MatrixXd& jacobian) const {
    Eigen::VectorXd const g_parameters = network_.parameters_of_g();
    auto const pass = network_.g_.forward(g_parameters, features_.rowwise() + features_.row(i));
    std::vector<Eigen::MatrixXd> deltas;
    Eigen::MatrixXd const slope =
        network_.g_.backward(g_parameters, pass, Eigen::MatrixXd::Ones(waves.rows(), 1), deltas);
    Eigen::ArrayXd const scale = network_.settings_.u_scale * taper_[i] * taper_;
    Eigen::MatrixXd const weighted = waves.array().colwise() * scale;
    Eigen::Index const of_f = network_.f_.parameter_count();
    jacobian.setZero(waves.cols(), network_.parameter_count());
    for (Eigen::Index q = 0; q < slope.cols(); ++q) {
        // dU_ij = g'_q (df_q(r_i) + df_q(r_j))
        Eigen::MatrixXd const factor = weighted.array().colwise() * slope.col(q).array();
        auto const& df = derivatives_[static_cast<std::size_t>(q)];
        jacobian.leftCols(of_f).noalias() += factor.transpose() * df;
        jacobian.leftCols(of_f).noalias() += factor.colwise().sum().transpose() * df.row(i);
    }
    for (Eigen::Index s = 0; s < waves.cols(); ++s)
        jacobian.row(s).tail(g_parameters.size()) =
            network_.g_.parameter_gradient(pass, deltas, weighted.col(s).array()).transpose();
    return (scale * pass.output.col(0).array()).matrix();
}

}  // namespace hadronforce
