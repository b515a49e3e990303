#include "lattice/kernel_loss.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/gauss_panels.hpp"
#include "hadronforce/units/constants.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

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

/// Columns of the parameters that move, turned.
Eigen::MatrixXd along(Eigen::MatrixXd const& derivatives, std::vector<Eigen::Index> const& moving,
                      Eigen::MatrixXd const& turned) {
    bool const all = static_cast<Eigen::Index>(moving.size()) == derivatives.cols();
    if (turned.size() == 0) return all ? derivatives : Eigen::MatrixXd(derivatives(Eigen::all, moving));
    return derivatives(Eigen::all, moving) * turned;
}

/// Eigenvectors of a normal matrix over the roots of their eigenvalues.
Eigen::MatrixXd whitening(Eigen::MatrixXd const& matrix) {
    if (matrix.size() == 0) return {};
    constexpr double rounding = 1e-15;
    Eigen::VectorXd const unit =
        matrix.diagonal().cwiseMax(1e-30 * matrix.diagonal().mean()).cwiseSqrt().cwiseInverse();
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const eigen(unit.asDiagonal() * matrix * unit.asDiagonal());
    double const least = rounding * eigen.eigenvalues().maxCoeff();
    return unit.asDiagonal() * eigen.eigenvectors() *
           eigen.eigenvalues().cwiseMax(least).cwiseSqrt().cwiseInverse().asDiagonal();
}

}  // namespace

FitDirections FitDirections::turned(Eigen::MatrixXd const& matrix) const {
    auto const kernel = static_cast<Eigen::Index>(of_kernel.size()), local = static_cast<Eigen::Index>(of_local.size());
    FitDirections result = *this;
    result.turned_kernel = whitening(matrix.topLeftCorner(kernel, kernel));
    result.turned_local = whitening(matrix.bottomRightCorner(local, local));
    return result;
}

Eigen::VectorXd FitDirections::step(Eigen::VectorXd const& along, Eigen::Index parameters,
                                    Eigen::Index local_offset) const {
    auto const kernel = static_cast<Eigen::Index>(of_kernel.size()), local = static_cast<Eigen::Index>(of_local.size());
    Eigen::VectorXd result = Eigen::VectorXd::Zero(parameters);
    Eigen::VectorXd const first = along.head(kernel), second = along.tail(local);
    result.head(local_offset)(of_kernel) = turned_kernel.size() > 0 ? Eigen::VectorXd(turned_kernel * first) : first;
    result.tail(parameters - local_offset)(of_local) =
        turned_local.size() > 0 ? Eigen::VectorXd(turned_local * second) : second;
    return result;
}

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

Eigen::MatrixXd acted_on_waves(KernelNetwork const& network, KernelFitData const& data) {
    Eigen::MatrixXd acted = network.local(data.r).matrix().asDiagonal() * data.waves;
    if (!network.has_kernel()) return acted;
    KernelNodes const nodes(data, network.settings().cut);
    auto const& L = nodes.interpolation();
    Eigen::MatrixXd const sources = L.transpose() * (data.waves.array().colwise() * data.measure).matrix();
    return acted + L * (KernelNetwork::OnGrid(network, nodes.r()).matrix() * sources);
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

KernelLoss::Prediction KernelLoss::predict(bool local_only, FitDirections const* directions) const {
    Prediction result;
    result.V = network_.local(r_, directions != nullptr ? &result.V_derivatives : nullptr);
    if (directions != nullptr)
        result.V_derivatives = along(result.V_derivatives, directions->of_local, directions->turned_local);
    if (local_only || !network_.has_kernel()) return result;
    Eigen::Index const nodes = nodes_.r().size(), waves = sources_.cols();
    KernelNetwork::OnGrid const grid(network_, nodes_.r());
    if (directions == nullptr) {
        result.U = grid.matrix() * sources_;
        return result;
    }
    Eigen::MatrixXd jacobian;
    result.U = grid.rows_with_derivatives(all_of(nodes_.r()), sources_, jacobian) * sources_;
    for (Eigen::Index s = 0; s < waves; ++s)
        result.U_derivatives.push_back(along(jacobian(Eigen::seqN(s, nodes, waves), Eigen::all), directions->of_kernel,
                                             directions->turned_kernel));
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
    return -offset_matrix_ * offset_slopes(predict(false, nullptr));
}

void KernelLoss::add_data(Prediction const& p, NormalEquations& equations) const {
    Eigen::Index const waves = sources_.cols();
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
    auto& N = equations.matrix;
    Eigen::Index const of_local = dV.cols(), of_kernel = N.cols() - of_local;
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

void KernelLoss::add_penalty(FitDirections const* directions, NormalEquations& equations) const {
    KernelNetwork::OnGrid const grid(network_, penalty_r_);
    Eigen::Index const n = penalty_r_.size();
    if (equations.matrix.size() == 0) {
        equations.loss += (penalty_weights_.array() * grid.matrix().array().square()).sum();
        return;
    }
    Eigen::MatrixXd jacobian;
    Eigen::MatrixXd const U = grid.rows_with_derivatives(all_of(penalty_r_), Eigen::MatrixXd::Identity(n, n), jacobian);
    jacobian = along(jacobian, directions->of_kernel, directions->turned_kernel);
    Eigen::Index const of_kernel = jacobian.cols();
    // Rows of the derivatives run over r' fastest, as weights and values do row by row: both are symmetric.
    Eigen::ArrayXd const weights = penalty_weights_.reshaped().array();
    Eigen::MatrixXd const weighted = (jacobian.array().colwise() * weights).matrix();
    equations.loss += (weights * U.reshaped<Eigen::RowMajor>().array().square()).sum();
    equations.matrix.topLeftCorner(of_kernel, of_kernel).noalias() += jacobian.transpose() * weighted;
    equations.gradient.head(of_kernel) += weighted.transpose() * U.reshaped<Eigen::RowMajor>().matrix();
}

void KernelLoss::add_prior(FitDirections const* directions, NormalEquations& equations) const {
    auto const& theta = network_.parameters();
    equations.loss += precision_.dot(theta.cwiseAbs2());
    if (directions == nullptr) return;
    Eigen::Index const split = network_.local_offset();
    auto const add = [&](auto const& precision, auto const& values, std::vector<Eigen::Index> const& moving,
                         Eigen::MatrixXd const& turned, Eigen::Index begin) {
        auto const n = static_cast<Eigen::Index>(moving.size());
        Eigen::VectorXd const weight = precision(moving);
        Eigen::VectorXd const slope = weight.cwiseProduct(values(moving));
        auto block = equations.matrix.block(begin, begin, n, n);
        if (turned.size() == 0) {
            block.diagonal() += weight;
            equations.gradient.segment(begin, n) += slope;
        } else {
            block += turned.transpose() * weight.asDiagonal() * turned;
            equations.gradient.segment(begin, n) += turned.transpose() * slope;
        }
    };
    Eigen::Index const local = theta.size() - split;
    add(precision_.head(split), theta.head(split), directions->of_kernel, directions->turned_kernel, 0);
    add(precision_.tail(local), theta.tail(local), directions->of_local, directions->turned_local,
        static_cast<Eigen::Index>(directions->of_kernel.size()));
}

NormalEquations KernelLoss::evaluate(bool local_only, FitDirections const* directions) const {
    NormalEquations equations;
    if (directions != nullptr) {
        equations.matrix.setZero(directions->size(), directions->size());
        equations.gradient.setZero(directions->size());
    }
    add_data(predict(local_only, directions), equations);
    if (!local_only && penalty_weights_.size() > 0) add_penalty(directions, equations);
    add_prior(directions, equations);
    return equations;
}

}  // namespace hadronforce
