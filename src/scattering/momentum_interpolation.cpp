#include "hadronforce/scattering/momentum_interpolation.hpp"

#include <Eigen/QR>
#include <Eigen/SVD>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace hadronforce {
namespace {

constexpr double pi = 3.14159265358979323846;
/// At least so many more nodes than functions: values that must vanish say whether the wave lies within the band.
constexpr Eigen::Index spare_nodes = 2;

}  // namespace

MomentumInterpolation::MomentumInterpolation(Eigen::ArrayXd const& targets_per_fm)
    : band_fm_(std::numeric_limits<double>::infinity()), targets_(targets_per_fm.size()) {
    std::set<double> nodes(targets_per_fm.begin(), targets_per_fm.end());
    nodes.insert(0.0);
    nodes_.resize(static_cast<Eigen::Index>(nodes.size()));
    std::copy(nodes.begin(), nodes.end(), nodes_.begin());
    find_nodes_below(targets_per_fm);
}

MomentumInterpolation::MomentumInterpolation(Eigen::ArrayXd const& targets_per_fm, double band_fm, double accuracy)
    : band_fm_(band_fm), targets_(targets_per_fm.size()) {
    double const k_max = targets_per_fm.maxCoeff();
    auto const points = 64 + static_cast<Eigen::Index>(k_max * band_fm);
    // Rows: candidates for nodes, then targets. Columns: cos(kt) at Gauss-Chebyshev t.
    Eigen::ArrayXd k(points + targets_);
    k.head(points) = 0.5 * k_max * (1.0 - Eigen::ArrayXd::LinSpaced(points, 0.0, pi).cos());
    k[0] = 0.0;
    k[points - 1] = k_max;
    k.tail(targets_) = targets_per_fm;
    Eigen::ArrayXd const t = 0.5 * band_fm * (1.0 - Eigen::ArrayXd::LinSpaced(points, 0.0, pi).cos());
    Eigen::MatrixXd const cosines = (k.matrix() * t.matrix().transpose()).array().cos().matrix();
    Eigen::BDCSVD<Eigen::MatrixXd> const svd(cosines, Eigen::ComputeThinU);
    auto const functions_above = [&](double least) {
        auto const& values = svd.singularValues();
        return (values.array() > least * values[0]).count();
    };
    Eigen::Index const count = (functions_above(accuracy) + spare_nodes + 3) / 4 * 4;
    // More nodes allow for more functions, but vectors of singular values near rounding are none of the band.
    Eigen::Index const functions = std::min(count - spare_nodes, functions_above(1e-13));
    Eigen::MatrixXd const basis = svd.matrixU().leftCols(functions);

    // Pivots of a rank-revealing QR are where the functions differ most; both ends are wanted anyway.
    Eigen::ColPivHouseholderQR<Eigen::MatrixXd> const qr(basis.topRows(points).transpose());
    std::set<Eigen::Index> chosen{0, points - 1};
    for (Eigen::Index i = 0; i < points && static_cast<Eigen::Index>(chosen.size()) < count; ++i)
        chosen.insert(qr.colsPermutation().indices()[i]);
    nodes_.resize(count);
    Eigen::MatrixXd at_nodes(count, functions);
    Eigen::Index n = 0;
    for (Eigen::Index const row : chosen) {
        nodes_[n] = k[row];
        at_nodes.row(n++) = basis.row(row);
    }
    Eigen::HouseholderQR<Eigen::MatrixXd> const solver(at_nodes);
    Eigen::MatrixXd const q = solver.householderQ() * Eigen::MatrixXd::Identity(count, count);
    matrix_ =
        solver.matrixQR().topRows(functions).template triangularView<Eigen::Upper>().template solve<Eigen::OnTheRight>(
            basis.bottomRows(targets_)) *
        q.leftCols(functions).transpose();
    matrix_.conservativeResizeLike(
        Eigen::MatrixXd::Zero((targets_ + rows_at_once - 1) / rows_at_once * rows_at_once, count));
    outside_ = q.rightCols(count - functions);
    find_nodes_below(targets_per_fm);
}

void MomentumInterpolation::find_nodes_below(Eigen::ArrayXd const& targets_per_fm) {
    below_.resize(targets_);
    for (Eigen::Index j = 0; j < targets_; ++j) {
        auto const above = std::upper_bound(nodes_.begin(), nodes_.end(), targets_per_fm[j]);
        below_[j] = static_cast<int>(std::min(above - nodes_.begin(), nodes_.size()) - 1);
    }
}

}  // namespace hadronforce
