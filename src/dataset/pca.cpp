#include "hadronforce/dataset/pca.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr Eigen::Index most_dropped = 100;
constexpr double smallest_dropped = 1e-4;

}  // namespace

RowMatrixXd PrincipalComponents::whitened(Eigen::Ref<RowMatrixXd const> const& points) const {
    return (points.rowwise() - mean) * projection;
}

PrincipalComponents principal_components(Eigen::Ref<RowMatrixXd const> const& points, double smallest_variance,
                                         Eigen::Index most) {
    PrincipalComponents result;
    result.mean = points.colwise().mean();
    RowMatrixXd const centred = points.rowwise() - result.mean;
    Eigen::MatrixXd const covariance = centred.transpose() * centred / static_cast<double>(points.rows() - 1);
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const solver(covariance);
    // Eigen sorts upward.
    Eigen::VectorXd const variance = solver.eigenvalues().reverse();
    Eigen::MatrixXd const vectors = solver.eigenvectors().rowwise().reverse();
    Eigen::Index kept = 0;
    while (kept < std::min(most, variance.size()) && variance[kept] > smallest_variance * variance[0]) ++kept;
    kept = std::max<Eigen::Index>(kept, 1);
    result.variance = variance.head(kept);
    result.explained = variance.head(kept).sum() / variance.cwiseMax(0.0).sum();
    result.projection.resize(points.cols(), kept);
    for (Eigen::Index c = 0; c < kept; ++c) {
        Eigen::Index largest = 0;
        vectors.col(c).cwiseAbs().maxCoeff(&largest);
        double const sign = vectors(largest, c) < 0.0 ? -1.0 : 1.0;
        double const width = variance[c] > 0.0 ? std::sqrt(variance[c]) : 1.0;
        result.projection.col(c) = vectors.col(c) * (sign / width);
    }
    // Beside the largest, variances of small components are lost in rounding; among themselves they are not.
    result.dropped.resize(points.cols(), 0);
    if (kept == variance.size()) return result;
    Eigen::MatrixXd const others = vectors.middleCols(kept, std::min(variance.size() - kept, most_dropped));
    Eigen::MatrixXd const rest = centred * others;
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const small(rest.transpose() * rest /
                                                               static_cast<double>(points.rows() - 1));
    Eigen::ArrayXd const width = small.eigenvalues().cwiseMax(0.0).cwiseSqrt().reverse();
    auto const above = (width > smallest_dropped * std::sqrt(std::max(result.variance[kept - 1], 0.0))).count();
    auto const count = std::max<Eigen::Index>(above, 1);
    result.dropped =
        others * small.eigenvectors().rowwise().reverse().leftCols(count) * width.head(count).matrix().asDiagonal();
    return result;
}

}  // namespace hadronforce
