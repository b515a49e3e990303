#include "lattice/kernel_loss.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/gauss_panels.hpp"
#include "hadronforce/units/constants.hpp"

#include <Eigen/Cholesky>

#include <cmath>

namespace hadronforce {
namespace {

/// Nodes of the penalty and what U^2 between them weighs in the loss.
Eigen::MatrixXd penalty_weights(KernelFitData const& data, KernelFitSettings const& settings, double cut,
                                Eigen::ArrayXd& r) {
    if (settings.penalty == 0.0) return {};
    double const from = settings.penalty_from;
    if (!(from < cut)) throw InputError("no radius lies where the penalty begins; lower penalty_from");
    GaussPanels const panels(from > 0.0 ? std::vector<double>{0.0, from, cut} : std::vector<double>{0.0, cut});
    r = panels.r();
    Eigen::ArrayXd const volume = 4.0 * units::pi * r.square() * panels.weights();
    double const norm_of_waves = (data.waves.array().square().colwise() * data.measure).sum();
    double const norm_of_targets = (data.targets.array().square().colwise() * data.measure).sum();
    Eigen::MatrixXd weights =
        settings.penalty * norm_of_waves / norm_of_targets * volume.matrix() * volume.matrix().transpose();
    for (Eigen::Index i = 0; i < r.size(); ++i)
        for (Eigen::Index j = 0; j < r.size(); ++j) {
            bool const counts =
                settings.penalty_beyond_both ? r[i] >= from && r[j] >= from : r[i] >= from || r[j] >= from;
            if (!counts) weights(i, j) = 0.0;
        }
    return weights;
}

std::vector<Eigen::Index> all_of(Eigen::ArrayXd const& r) {
    std::vector<Eigen::Index> rows;
    for (Eigen::Index i = 0; i < r.size(); ++i) rows.push_back(i);
    return rows;
}

}  // namespace

KernelNodes::KernelNodes(KernelFitData const& data, double cut) {
    GaussPanels const panels({0.0, 0.05 * cut, 0.25 * cut, cut});
    if (data.r.size() <= 2 * panels.r().size()) {
        r_ = data.r;
        interpolation_ = Eigen::MatrixXd::Identity(r_.size(), r_.size());
        return;
    }
    r_ = panels.r();
    interpolation_ = panels.interpolation(data.r);
}

KernelLoss::KernelLoss(KernelNetwork const& network, KernelFitData const& data, KernelFitSettings const& settings)
    : network_(network), r_(data.r), nodes_(data, network.settings().cut) {
    Eigen::Index const waves = data.waves.cols();
    auto const& L = nodes_.interpolation();
    auto const& w = data.weights.array();
    auto const& psi = data.waves.array();
    auto const& t = data.targets.array();
    sources_ = L.transpose() * (psi.colwise() * data.measure).matrix();
    VV_ = (w * psi.square()).rowwise().sum();
    V_targets_ = (w * psi * t).rowwise().sum().matrix();
    U_targets_ = L.transpose() * (w * t).matrix();
    squares_of_targets_ = (w * t.square()).sum();
    for (Eigen::Index s = 0; network.has_kernel() && s < waves; ++s) {
        Eigen::MatrixXd const weighted = (L.array().colwise() * data.weights.col(s).array()).matrix();
        UU_.emplace_back(L.transpose() * weighted);
        UV_.emplace_back((weighted.array().colwise() * data.waves.col(s).array()).matrix().transpose());
    }
    if (data.offset_covariance.size() > 0) {
        V_offset_ = (w * psi.square()).matrix();
        U_offset_ = L.transpose() * (w * psi).matrix();
        offset_targets_ = (w * psi * t).colwise().sum().matrix().transpose();
        Eigen::MatrixXd matrix = data.offset_covariance.ldlt().solve(Eigen::MatrixXd::Identity(waves, waves));
        matrix.diagonal() += V_offset_.colwise().sum().transpose();
        offset_matrix_ = matrix.ldlt().solve(Eigen::MatrixXd::Identity(waves, waves));
    }
    if (network.has_kernel()) penalty_weights_ = penalty_weights(data, settings, network.settings().cut, penalty_r_);
    set_prior(settings.l2, data.is_chi2);
}

void KernelLoss::set_prior(double l2, bool outputs_alone) {
    precision_ = Eigen::VectorXd::Constant(network_.parameter_count(), l2);
    if (outputs_alone) {  // the others are not fitted, and must not decide which start is best
        precision_.setZero();
        for (auto const& span : {network_.output_of_kernel(), network_.output_of_local()})
            precision_.segment(span.begin, span.size).setConstant(l2);
    }
    auto const& tail = network_.settings().tail;
    precision_.tail(tail.parameter_count()).setZero();  // how strong the tail is, the data alone shall say
    if (auto const scale = network_.tail_scale_position(); scale >= 0)
        precision_[scale] = 1.0 / (tail.scale_error * tail.scale_error);
}

KernelLoss::Prediction KernelLoss::predict(bool local_only, bool derivatives) const {
    Prediction result;
    result.V = network_.local(r_, derivatives ? &result.V_derivatives : nullptr);
    if (local_only || !network_.has_kernel()) return result;
    Eigen::Index const nodes = nodes_.r().size(), waves = sources_.cols();
    KernelNetwork::OnGrid const grid(network_, nodes_.r());
    if (!derivatives) {
        result.U = grid.matrix() * sources_;
        return result;
    }
    Eigen::MatrixXd jacobian;
    result.U = grid.rows_with_derivatives(all_of(nodes_.r()), sources_, jacobian) * sources_;
    for (Eigen::Index s = 0; s < waves; ++s)
        result.U_derivatives.emplace_back(jacobian(Eigen::seqN(s, nodes, waves), Eigen::all));
    return result;
}

/// Of half the loss with respect to each offset, where it is zero.
Eigen::VectorXd KernelLoss::offset_slopes(Prediction const& p) const {
    Eigen::VectorXd slopes = V_offset_.transpose() * p.V.matrix() - offset_targets_;
    if (p.U.size() > 0) slopes += (U_offset_.array() * p.U.array()).colwise().sum().matrix().transpose();
    return slopes;
}

Eigen::VectorXd KernelLoss::offsets() const {
    if (offset_matrix_.size() == 0) return {};
    return -offset_matrix_ * offset_slopes(predict(false, false));
}

void KernelLoss::add_data(Prediction const& p, NormalEquations& equations) const {
    Eigen::Index const waves = sources_.cols(), of_kernel = network_.local_offset();
    bool const has_kernel = p.U.size() > 0, derivatives = equations.matrix.size() > 0;
    Eigen::VectorXd V_slope = (VV_ * p.V).matrix() - V_targets_;
    double loss = squares_of_targets_ + p.V.matrix().dot(V_slope - V_targets_);
    Eigen::MatrixXd U_slope;
    if (has_kernel) {
        U_slope = -U_targets_;
        for (Eigen::Index s = 0; s < waves; ++s) {
            auto const& uu = UU_[static_cast<std::size_t>(s)];
            auto const& uv = UV_[static_cast<std::size_t>(s)];
            Eigen::VectorXd const from_V = uv * p.V.matrix(), from_U = uu * p.U.col(s);
            U_slope.col(s) += from_V + from_U;
            V_slope += uv.transpose() * p.U.col(s);
            loss += p.U.col(s).dot(from_U + 2.0 * from_V - 2.0 * U_targets_.col(s));
        }
    }
    Eigen::VectorXd slopes;
    if (offset_matrix_.size() > 0) {
        slopes = offset_slopes(p);
        loss -= slopes.dot(offset_matrix_ * slopes);
        Eigen::VectorXd const b = offset_matrix_ * slopes;
        V_slope -= V_offset_ * b;
        if (has_kernel) U_slope -= (U_offset_.array().rowwise() * b.transpose().array()).matrix();
    }
    equations.data_loss = loss;
    equations.loss += loss;
    if (!derivatives) return;
    auto const& dV = p.V_derivatives;
    Eigen::Index const of_local = dV.cols();
    auto& N = equations.matrix;
    N.bottomRightCorner(of_local, of_local).noalias() += dV.transpose() * (dV.array().colwise() * VV_).matrix();
    equations.gradient.tail(of_local) += dV.transpose() * V_slope;
    Eigen::MatrixXd of_offsets = Eigen::MatrixXd::Zero(waves, N.cols());
    if (slopes.size() > 0) of_offsets.rightCols(of_local) = V_offset_.transpose() * dV;
    for (Eigen::Index s = 0; has_kernel && s < waves; ++s) {
        auto const& dU = p.U_derivatives[static_cast<std::size_t>(s)];
        N.topLeftCorner(of_kernel, of_kernel).noalias() += dU.transpose() * (UU_[static_cast<std::size_t>(s)] * dU);
        if (of_local > 0)
            N.topRightCorner(of_kernel, of_local).noalias() += dU.transpose() * (UV_[static_cast<std::size_t>(s)] * dV);
        equations.gradient.head(of_kernel) += dU.transpose() * U_slope.col(s);
        if (slopes.size() > 0) of_offsets.row(s).head(of_kernel) = U_offset_.col(s).transpose() * dU;
    }
    if (slopes.size() > 0) N.noalias() -= of_offsets.transpose() * (offset_matrix_ * of_offsets);
    N.bottomLeftCorner(of_local, of_kernel) = N.topRightCorner(of_kernel, of_local).transpose();
}

void KernelLoss::add_penalty(NormalEquations& equations) const {
    KernelNetwork::OnGrid const grid(network_, penalty_r_);
    Eigen::Index const n = penalty_r_.size(), of_kernel = network_.local_offset();
    if (equations.matrix.size() == 0) {
        equations.loss += (penalty_weights_.array() * grid.matrix().array().square()).sum();
        return;
    }
    Eigen::MatrixXd jacobian;
    Eigen::MatrixXd const U = grid.rows_with_derivatives(all_of(penalty_r_), Eigen::MatrixXd::Identity(n, n), jacobian);
    // Rows of the derivatives run over r' fastest, as weights and values do row by row: both are symmetric.
    Eigen::ArrayXd const weights = penalty_weights_.reshaped().array();
    Eigen::MatrixXd const weighted = (jacobian.array().colwise() * weights).matrix();
    equations.loss += (weights * U.reshaped<Eigen::RowMajor>().array().square()).sum();
    equations.matrix.topLeftCorner(of_kernel, of_kernel).noalias() += jacobian.transpose() * weighted;
    equations.gradient.head(of_kernel) += weighted.transpose() * U.reshaped<Eigen::RowMajor>().matrix();
}

void KernelLoss::add_prior(NormalEquations& equations) const {
    auto const& theta = network_.parameters();
    equations.loss += precision_.dot(theta.cwiseAbs2());
    if (equations.matrix.size() == 0) return;
    equations.matrix.diagonal() += precision_;
    equations.gradient += precision_.cwiseProduct(theta);
}

NormalEquations KernelLoss::evaluate(bool local_only, bool derivatives) const {
    NormalEquations equations;
    Eigen::Index const parameters = network_.parameter_count();
    if (derivatives) {
        equations.matrix.setZero(parameters, parameters);
        equations.gradient.setZero(parameters);
    }
    add_data(predict(local_only, derivatives), equations);
    if (!local_only && penalty_weights_.size() > 0) add_penalty(equations);
    add_prior(equations);
    return equations;
}

}  // namespace hadronforce
