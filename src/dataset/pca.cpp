#include "hadronforce/dataset/pca.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>

namespace hadronforce {

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
    return result;
}

}  // namespace hadronforce
