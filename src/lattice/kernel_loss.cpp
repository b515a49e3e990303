#include "lattice/kernel_loss.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/work_split.hpp"

#include <cmath>

namespace hadronforce {
namespace {

ResidualRows data_rows(KernelFitData const& data) {
    ResidualRows rows{
        {}, (data.waves.array().colwise() * data.measure).matrix(), data.targets, data.weights.cwiseSqrt()};
    for (Eigen::Index i = 0; i < data.r.size(); ++i) rows.radii.push_back(i);
    return rows;
}

/// U itself between some radii from penalty_from on and some of all radii.
ResidualRows penalty_rows(KernelFitData const& data, KernelFitSettings const& settings) {
    constexpr Eigen::Index most_radii = 48, most_partners = 16;
    ResidualRows rows;
    if (settings.penalty == 0.0) return rows;
    Eigen::Index const n = data.r.size();
    Eigen::Index const begin = (data.r < settings.penalty_from).count();
    if (begin == n) throw InputError("no radius lies where the penalty begins; lower penalty_from");
    Eigen::Index const stride = (n - begin + most_radii - 1) / most_radii;
    Eigen::Index const partner_stride = (n + most_partners - 1) / most_partners;
    Eigen::Index const partners = (n + partner_stride - 1) / partner_stride;
    double const norm_of_waves = (data.waves.array().square().colwise() * data.measure).sum();
    double const norm_of_targets = (data.targets.array().square().colwise() * data.measure).sum();
    rows.sources = rows.targets = rows.root_weights = Eigen::MatrixXd::Zero(n, partners);
    for (Eigen::Index p = 0; p < partners; ++p) rows.sources(p * partner_stride, p) = 1.0;
    for (Eigen::Index i = begin; i < n; i += stride) {
        rows.radii.push_back(i);
        for (Eigen::Index p = 0; p < partners; ++p)
            rows.root_weights(i, p) =
                std::sqrt(settings.penalty * norm_of_waves / norm_of_targets * static_cast<double>(stride) *
                          data.measure[i] * static_cast<double>(partner_stride) * data.measure[p * partner_stride]);
    }
    return rows;
}

}  // namespace

void NormalEquations::sum(Communicator const& comm) {
    own_loss = loss;
    auto const n = matrix.rows();
    std::vector<double> buffer;
    buffer.reserve(static_cast<std::size_t>(n * (n + 1) / 2 + n + 2));
    for (Eigen::Index j = 0; j < n; ++j)
        for (Eigen::Index i = 0; i <= j; ++i) buffer.push_back(matrix(i, j));
    buffer.insert(buffer.end(), gradient.begin(), gradient.end());
    buffer.push_back(loss);
    buffer.push_back(data_loss);
    comm.sum(buffer.data(), buffer.size());
    auto value = buffer.begin();
    for (Eigen::Index j = 0; j < n; ++j)
        for (Eigen::Index i = 0; i <= j; ++i) matrix(i, j) = matrix(j, i) = *value++;
    for (double& entry : gradient) entry = *value++;
    loss = *value++;
    data_loss = *value;
}

KernelLoss::KernelLoss(Communicator const& comm, KernelNetwork const& network, KernelFitData const& data,
                       KernelFitSettings const& settings)
    : comm_(comm),
      network_(network),
      r_(data.r),
      measure_(data.measure),
      data_(data_rows(data)),
      penalty_(penalty_rows(data, settings)),
      l2_(settings.l2) {}

double KernelLoss::l2_term() const { return l2_ * network_.parameters().squaredNorm(); }

template <class Work>
void KernelLoss::for_own(ResidualRows const& rows, Work const& work) const {
    auto const own = share_of(static_cast<std::int64_t>(rows.radii.size()), comm_.rank(), comm_.size());
    for (std::int64_t n = own.begin; n < own.end; ++n) work(rows.radii[static_cast<std::size_t>(n)]);
}

/// Adds this rank's rows to matrix and gradient; returns their squares.
double KernelLoss::add(ResidualRows const& rows, KernelNetwork::OnGrid const& grid, NormalEquations& equations) const {
    // Derivatives of some rows at a time, so that memory stays bounded and the products are large.
    constexpr std::size_t tile_rows = 16;
    Eigen::Index const waves = rows.sources.cols();
    Eigen::MatrixXd derivatives;
    std::vector<Eigen::Index> tile;
    double squares = 0.0;
    auto const flush = [&] {
        Eigen::MatrixXd const values = grid.rows_with_derivatives(tile, rows.sources, derivatives);
        Eigen::VectorXd residual(derivatives.rows());
        for (std::size_t n = 0; n < tile.size(); ++n) {
            Eigen::Index const first = static_cast<Eigen::Index>(n) * waves;
            derivatives.middleRows(first, waves).array().colwise() *=
                rows.root_weights.row(tile[n]).transpose().array();
            residual.segment(first, waves) =
                rows.residual(values.row(static_cast<Eigen::Index>(n)).transpose(), tile[n]);
        }
        equations.matrix.selfadjointView<Eigen::Upper>().rankUpdate(derivatives.transpose());
        equations.gradient.noalias() += derivatives.transpose() * residual;
        squares += residual.squaredNorm();
        tile.clear();
    };
    for_own(rows, [&](Eigen::Index i) {
        tile.push_back(i);
        if (tile.size() == tile_rows) flush();
    });
    if (!tile.empty()) flush();
    return squares;
}

NormalEquations KernelLoss::normal_equations(bool local_only) const {
    KernelNetwork::OnGrid const grid(network_, r_, measure_, !local_only);
    Eigen::Index const parameters = network_.parameter_count();
    NormalEquations equations{Eigen::MatrixXd::Zero(parameters, parameters), Eigen::VectorXd::Zero(parameters)};
    equations.data_loss = add(data_, grid, equations);
    equations.loss = equations.data_loss;
    if (!penalty_.radii.empty()) equations.loss += add(penalty_, KernelNetwork::OnGrid(network_, r_), equations);
    equations.sum(comm_);
    equations.matrix.diagonal().array() += l2_;
    equations.gradient += l2_ * network_.parameters();
    equations.loss += l2_term();
    return equations;
}

double KernelLoss::loss(bool local_only) const {
    KernelNetwork::OnGrid const grid(network_, r_, measure_, !local_only);
    double sum = 0.0;
    for_own(data_, [&](Eigen::Index i) { sum += data_.residual(grid.row(i), i).squaredNorm(); });
    if (!local_only && !penalty_.radii.empty()) {
        KernelNetwork::OnGrid const kernel(network_, r_);
        for_own(penalty_, [&](Eigen::Index i) { sum += penalty_.residual(kernel.row(i), i).squaredNorm(); });
    }
    comm_.sum(&sum, 1);
    return sum + l2_term();
}

}  // namespace hadronforce
