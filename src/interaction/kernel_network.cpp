#include "hadronforce/interaction/kernel_network.hpp"

#include "hadronforce/error.hpp"

#include <cmath>

namespace hadronforce {
namespace {

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

/// How many numbers f and v see of r.
Eigen::Index inputs_of_r(KernelNetworkSettings const& settings) {
    if (settings.inputs == "decays") return 3;
    if (settings.inputs == "logarithm") return 1;
    throw InputError("inputs " + settings.inputs + " are not known; use decays or logarithm");
}

double logarithm(double x) { return 0.5 * std::log1p(x * x); }

SmoothNetwork::Activation activation(std::string const& name) {
    if (name == "silu") return SmoothNetwork::Activation::silu;
    if (name == "tanh") return SmoothNetwork::Activation::tanh;
    throw InputError("activation " + name + " is not known; use silu or tanh");
}

}  // namespace

KernelNetwork::KernelNetwork(KernelNetworkSettings settings) : settings_(std::move(settings)) {
    auto const act = activation(settings_.activation);
    if (settings_.latent != 0) {
        f_.emplace(sizes(inputs_of_r(settings_), settings_.widths_f, settings_.latent), act);
        g_.emplace(sizes(settings_.latent, settings_.widths_g, 1), act);
    }
    if (!settings_.widths_local.empty()) v_.emplace(sizes(inputs_of_r(settings_), settings_.widths_local, 1), act);
    if (!f_ && !v_) throw InputError("a potential needs a kernel or a local part; give latent or widths_local");
    parameters_.setZero(parameter_count());
    if (settings_.tail.exists()) {
        tail_form(settings_.tail.form);
        if (!settings_.tapers)
            throw InputError("a tail begins where the potential tapers off; asymptotics must be cut");
        if (!(settings_.tail.scale > 0.0) || !std::isfinite(settings_.tail.scale) ||
            !(settings_.tail.scale_error >= 0.0) || !std::isfinite(settings_.tail.scale_error))
            throw InputError("the scale of the tail must be positive and finite, its error not negative");
    }
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
    bool const is_logarithm = settings_.inputs == "logarithm";
    double const spread = is_logarithm ? 3.0 : 1.0, bias_spread = is_logarithm ? 1.0 : 0.3;
    double const farthest = logarithm(settings_.cut / settings_.r_scale);
    double* position = parameters_.data();
    for (auto const* network : {&f_, &g_, &v_}) {
        if (!*network) continue;
        auto const& widths = (*network)->sizes();
        for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
            bool const last = l + 2 == widths.size();
            bool const is_output = network != &f_;
            Eigen::Map<Eigen::ArrayXd> weight(position, widths[l] * widths[l + 1]);
            Eigen::Map<Eigen::ArrayXd> bias(position + weight.size(), widths[l + 1]);
            weight *= last && is_output ? 0.0 : (last ? 1.0 : spread) / std::sqrt(static_cast<double>(widths[l]));
            if (is_logarithm && l == 0 && network != &g_)
                bias = bias.unaryExpr([&](double n) { return -0.5 * std::erfc(-n / std::sqrt(2.0)) * farthest; }) *
                       weight;  // one input: as many weights as biases
            else
                bias *= last ? 0.0 : bias_spread;
            position += weight.size() + bias.size();
        }
    }
    parameters_.tail(settings_.tail.parameter_count()).setZero();
}

IndexSpan KernelNetwork::output_of_kernel() const {
    if (!g_) return {};
    Eigen::Index const size = g_->sizes()[g_->sizes().size() - 2] + 1;
    return {local_offset() - size, size};
}

IndexSpan KernelNetwork::output_of_local() const {
    if (!v_) return {};
    Eigen::Index const size = v_->sizes()[v_->sizes().size() - 2] + 1;
    return {local_offset() + v_->parameter_count() - size, size};
}

bool KernelNetwork::is_zero() const {
    auto const kernel = output_of_kernel(), local = output_of_local();
    return parameters_of_tail().isZero(0.0) && parameters_.segment(kernel.begin, kernel.size).isZero(0.0) &&
           parameters_.segment(local.begin, local.size).isZero(0.0);
}

Eigen::ArrayXd KernelNetwork::taper(Eigen::Ref<Eigen::ArrayXd const> const& r) const {
    if (!settings_.tapers) return (r < settings_.cut).cast<double>();
    return (1.0 - (r / settings_.cut).square()).max(0.0).square();
}

Eigen::MatrixXd KernelNetwork::inputs(Eigen::Ref<Eigen::ArrayXd const> const& r) const {
    Eigen::ArrayXd const x = r / settings_.r_scale;
    if (settings_.inputs == "logarithm") return x.unaryExpr(&logarithm).matrix();
    Eigen::MatrixXd result(r.size(), 3);
    result << x.matrix(), (-x).exp().matrix(), (-x.square()).exp().matrix();
    return result;
}

Eigen::MatrixXd KernelNetwork::features(Eigen::Ref<Eigen::ArrayXd const> const& r) const {
    return f_->values(parameters_of_f(), inputs(r));
}

void KernelNetwork::fill(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd const> const& r_prime,
                         Eigen::Ref<Eigen::ArrayXXd> u) const {
    if (!has_kernel()) {
        u.setZero();
        return;
    }
    Eigen::MatrixXd const rows = features(r);
    Eigen::MatrixXd const columns = features(r_prime);
    Eigen::ArrayXd const row_taper = settings_.u_scale * taper(r);
    Eigen::ArrayXd const column_taper = taper(r_prime);
    bool const symmetric = r.size() == r_prime.size() && (r == r_prime).all();
    for (Eigen::Index j = 0; j < r_prime.size(); ++j) {
        Eigen::Index const rest = symmetric ? r.size() - j : r.size();
        u.col(j).tail(rest) =
            column_taper[j] * row_taper.tail(rest) *
            g_->values(parameters_of_g(), rows.bottomRows(rest).rowwise() + columns.row(j)).col(0).array();
        if (symmetric) u.row(j).tail(rest) = u.col(j).tail(rest).transpose();
    }
}

Eigen::ArrayXd KernelNetwork::inside_at_cut(Eigen::Ref<Eigen::ArrayXd const> const& r) const {
    if (!jumps_at()) return r;
    return (r == settings_.cut).select(std::nextafter(settings_.cut, 0.0), r);
}

Eigen::ArrayXd KernelNetwork::rise(Eigen::Ref<Eigen::ArrayXd const> const& r) const {
    Eigen::ArrayXd const square = (r / settings_.cut).square().min(1.0);
    return square * (2.0 - square);
}

Eigen::ArrayXd KernelNetwork::local(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::MatrixXd* derivatives) const {
    Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(r.size());
    if (derivatives != nullptr) derivatives->setZero(r.size(), parameter_count() - local_offset());
    if (v_) {
        auto const pass = v_->forward(parameters_of_v(), inputs(r));
        Eigen::ArrayXd const scale = settings_.v_scale * taper(r);
        sum += scale * pass.output.col(0).array();
        if (derivatives != nullptr) {
            std::vector<Eigen::MatrixXd> deltas;
            v_->backward(parameters_of_v(), pass, Eigen::MatrixXd::Ones(r.size(), 1), deltas);
            derivatives->leftCols(v_->parameter_count()) =
                (v_->sample_gradients(pass, deltas).array().colwise() * scale).matrix();
        }
    }
    if (settings_.tail.exists()) {
        // exp(-2 m r)/r^2 times 1 - c(r) is finite at r = 0.
        Eigen::ArrayXd const away = r.max(1e-12 * settings_.cut);
        Eigen::ArrayXd const scale = settings_.v_scale * rise(away);
        Eigen::MatrixXd of_tail;
        sum += scale * settings_.tail.values(away, settings_.cut, settings_.v_scale, parameters_of_tail(),
                                             derivatives != nullptr ? &of_tail : nullptr);
        if (derivatives != nullptr)
            derivatives->rightCols(of_tail.cols()) = (of_tail.array().colwise() * scale).matrix();
    }
    return sum;
}

KernelNetwork::OnGrid::OnGrid(KernelNetwork const& network, Eigen::ArrayXd const& r)
    : network_(network), taper_(network.taper(r)) {
    std::vector<Eigen::MatrixXd> deltas;
    auto const pass = network.f_->forward(network.parameters_of_f(), network.inputs(r));
    features_ = pass.output;
    for (Eigen::Index q = 0; q < features_.cols(); ++q) {
        Eigen::MatrixXd seed = Eigen::MatrixXd::Zero(r.size(), features_.cols());
        seed.col(q).setOnes();
        network.f_->backward(network.parameters_of_f(), pass, seed, deltas);
        derivatives_.push_back(network.f_->sample_gradients(pass, deltas));
    }
}

Eigen::MatrixXd KernelNetwork::OnGrid::matrix() const {
    Eigen::MatrixXd result(taper_.size(), taper_.size());
    for (Eigen::Index j = 0; j < result.cols(); ++j) {
        Eigen::Index const rest = result.rows() - j;
        result.col(j).tail(rest) =
            (network_.settings_.u_scale * taper_[j]) *
            (taper_.tail(rest) *
             network_.g_->values(network_.parameters_of_g(), features_.bottomRows(rest).rowwise() + features_.row(j))
                 .col(0)
                 .array())
                .matrix();
        result.row(j).tail(rest) = result.col(j).tail(rest).transpose();
    }
    return result;
}

Eigen::MatrixXd KernelNetwork::OnGrid::rows_with_derivatives(std::vector<Eigen::Index> const& rows,
                                                             Eigen::MatrixXd const& waves,
                                                             Eigen::MatrixXd& jacobian) const {
    auto const count = static_cast<Eigen::Index>(rows.size());
    Eigen::MatrixXd values = Eigen::MatrixXd::Zero(count, taper_.size());
    jacobian.setZero(count * waves.cols(), network_.local_offset());
    Eigen::VectorXd const g_parameters = network_.parameters_of_g();
    Eigen::Index const of_f = network_.f_->parameter_count(), sums = waves.cols();
    // dU_ij = g'_q (df_q(r_i) + df_q(r_j)): the second part of all rows in one product.
    std::vector<Eigen::MatrixXd> factors(derivatives_.size(), Eigen::MatrixXd(waves.rows(), jacobian.rows()));
    std::vector<Eigen::MatrixXd> deltas;
    for (std::size_t n = 0; n < rows.size(); ++n) {
        Eigen::Index const i = rows[n], first = static_cast<Eigen::Index>(n) * sums;
        auto const pass = network_.g_->forward(g_parameters, features_.rowwise() + features_.row(i));
        Eigen::MatrixXd const slope =
            network_.g_->backward(g_parameters, pass, Eigen::MatrixXd::Ones(waves.rows(), 1), deltas);
        Eigen::ArrayXd const scale = network_.settings_.u_scale * taper_[i] * taper_;
        values.row(static_cast<Eigen::Index>(n)) = (scale * pass.output.col(0).array()).matrix().transpose();
        Eigen::MatrixXd const weighted = waves.array().colwise() * scale;
        jacobian.block(first, of_f, sums, g_parameters.size()) =
            network_.g_->parameter_gradients(pass, deltas, weighted);
        for (std::size_t q = 0; q < factors.size(); ++q) {
            auto factor = factors[q].middleCols(first, sums);
            factor = weighted.array().colwise() * slope.col(static_cast<Eigen::Index>(q)).array();
            jacobian.block(first, 0, sums, of_f).noalias() +=
                factor.colwise().sum().transpose() * derivatives_[q].row(i);
        }
    }
    for (std::size_t q = 0; q < factors.size(); ++q)
        jacobian.leftCols(of_f).noalias() += factors[q].transpose() * derivatives_[q];
    return values;
}

}  // namespace hadronforce
