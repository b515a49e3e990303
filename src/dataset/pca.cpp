#include "hadronforce/dataset/pca.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <vector>

namespace hadronforce {
namespace {

constexpr Eigen::Index most_dropped = 100;
constexpr double smallest_dropped = 1e-4;
/// Parts of the largest variance: down to which an eigenvalue is good to some 1e-6, and which no double has.
constexpr double exactly_known = 1e-10, rounding = 1e-28;

/// Of centred points: variances, largest first, and the unit vectors (columns) along which they are.
struct Directions {
    Eigen::ArrayXd variance;
    Eigen::MatrixXd vectors;
};

Directions directions_of(RowMatrixXd const& centred) {
    Eigen::MatrixXd const covariance = centred.transpose() * centred / static_cast<double>(centred.rows() - 1);
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const solver(covariance);
    // Eigen sorts upward.
    return {solver.eigenvalues().reverse(), solver.eigenvectors().rowwise().reverse()};
}

}  // namespace

RowMatrixXd PrincipalComponents::whitened(Eigen::Ref<RowMatrixXd const> const& points) const {
    return (points.rowwise() - mean) * projection;
}

PrincipalComponents principal_components(Eigen::Ref<RowMatrixXd const> const& points, double smallest_variance,
                                         Eigen::Index most) {
    PrincipalComponents result;
    result.mean = points.colwise().mean();
    RowMatrixXd const centred = points.rowwise() - result.mean;
    double const floor = std::max(smallest_variance, rounding);
    std::vector<double> variance;
    RowMatrixXd basis = RowMatrixXd::Identity(points.cols(), points.cols());  // of what is not yet a component
    RowMatrixXd kept(points.cols(), 0);
    Directions left = directions_of(centred);
    // Beside the largest, variances of small components are lost in rounding; among themselves they are not.
    for (bool ended = false; !ended;) {
        Eigen::Index const known = (left.variance > exactly_known * left.variance[0]).count();
        Eigen::Index taken = variance.empty() ? 1 : 0;
        if (!variance.empty() && left.variance[0] > floor * variance[0]) taken = 1;
        double const largest = variance.empty() ? left.variance[0] : variance[0];
        while (taken > 0 && taken < known && kept.cols() + taken < most && left.variance[taken] > floor * largest)
            ++taken;
        variance.insert(variance.end(), left.variance.begin(), left.variance.begin() + taken);
        RowMatrixXd const turned = basis * left.vectors;
        kept.conservativeResize(Eigen::NoChange, kept.cols() + taken);
        kept.rightCols(taken) = turned.leftCols(taken);
        basis = turned.rightCols(turned.cols() - taken);
        ended = taken < known || taken == 0 || kept.cols() == most || basis.cols() == 0;
        if (basis.cols() > 0) left = directions_of(centred * basis);
    }
    auto const count = kept.cols();
    result.variance = Eigen::Map<Eigen::VectorXd const>(variance.data(), count).cwiseMax(0.0);
    double const total = centred.squaredNorm() / static_cast<double>(points.rows() - 1);
    result.explained = total > 0.0 ? std::min(1.0, result.variance.sum() / total) : 1.0;
    result.projection.resize(points.cols(), count);
    for (Eigen::Index c = 0; c < count; ++c) {
        Eigen::Index largest = 0;
        kept.col(c).cwiseAbs().maxCoeff(&largest);
        double const sign = kept(largest, c) < 0.0 ? -1.0 : 1.0;
        double const width = result.variance[c] > 0.0 ? std::sqrt(result.variance[c]) : 1.0;
        result.projection.col(c) = kept.col(c) * (sign / width);
    }
    result.dropped.resize(points.cols(), 0);
    if (basis.cols() == 0) return result;
    Eigen::ArrayXd const width = left.variance.max(0.0).sqrt();
    auto const above = (width > smallest_dropped * std::sqrt(result.variance[count - 1])).count();
    auto const dropped = std::clamp<Eigen::Index>(above, 1, most_dropped);
    result.dropped = basis * left.vectors.leftCols(dropped) * width.head(dropped).matrix().asDiagonal();
    return result;
}

}  // namespace hadronforce
