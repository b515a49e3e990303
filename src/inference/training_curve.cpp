#include "inference/training_curve.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

/// Lagrange's weights of the `count` nodes nearest to `k`; the outermost ones for the part of a bin that lies beyond
/// them.
Eigen::RowVectorXd interpolation_row(Eigen::ArrayXd const& nodes, double k, Eigen::Index count) {
    count = std::min(count, nodes.size());
    auto const above = std::lower_bound(nodes.begin(), nodes.end(), k) - nodes.begin();
    auto const first = std::clamp<Eigen::Index>(above - count / 2, 0, nodes.size() - count);
    Eigen::RowVectorXd row = Eigen::RowVectorXd::Zero(nodes.size());
    for (Eigen::Index i = first; i < first + count; ++i) {
        row[i] = 1.0;
        for (Eigen::Index j = first; j < first + count; ++j)
            if (j != i) row[i] *= (k - nodes[j]) / (nodes[i] - nodes[j]);
    }
    return row;
}

}  // namespace

TrainingCurve::TrainingCurve(FeatureTransform const& transform, MeasuredCorrelation const& data,
                             std::vector<Eigen::Index> const& bins, bool averages)
    : logarithm_(transform.logarithm) {
    auto const& nodes = transform.k_star_MeV;
    // Gauss and Legendre's three points.
    double const far = std::sqrt(0.6);
    double const places[] = {-far, 0.0, far}, weights[] = {5.0, 8.0, 5.0};
    Eigen::Index const points = averages ? 3 : 1, count = static_cast<Eigen::Index>(bins.size());
    Eigen::MatrixXd fifth(count * points, nodes.size()), third(count * points, nodes.size());
    average_ = Eigen::MatrixXd::Zero(count, count * points);
    for (Eigen::Index i = 0; i < count; ++i) {
        auto const bin = bins[static_cast<std::size_t>(i)];
        double const half = 0.5 * (data.k_high_MeV[bin] - data.k_low_MeV[bin]);
        double const centre = 0.5 * (data.k_high_MeV[bin] + data.k_low_MeV[bin]);
        for (Eigen::Index p = 0; p < points; ++p) {
            double const k = averages ? centre + half * places[p] : data.k_star_MeV[bin];
            fifth.row(i * points + p) = interpolation_row(nodes, k, 6);
            third.row(i * points + p) = interpolation_row(nodes, k, 4);
            average_(i, i * points + p) = averages ? weights[p] * k * k : 1.0;
        }
        average_.row(i) /= average_.row(i).sum();
    }
    // The inverse of whitening: a component's curve is its direction times its standard deviation.
    auto const& pca = transform.components;
    Eigen::MatrixXd curves(nodes.size(), pca.projection.cols() + pca.dropped.cols());
    curves << pca.projection * pca.variance.asDiagonal(), pca.dropped;
    mean_ = fifth * pca.mean.transpose();
    components_ = fifth * curves;
    Eigen::VectorXd const scale =
        logarithm_ ? Eigen::VectorXd(mean_.array().exp()) : Eigen::VectorXd::Ones(mean_.size());
    Eigen::VectorXd const variance =
        ((fifth - third) * curves).rowwise().squaredNorm() + ((fifth - third) * pca.mean.transpose()).cwiseAbs2();
    interpolation_variance_ = average_ * variance.cwiseProduct(scale.cwiseAbs2());
}

Eigen::VectorXd TrainingCurve::at_points(Eigen::VectorXd const& z) const {
    Eigen::VectorXd const input = mean_ + components_ * z;
    return logarithm_ ? Eigen::VectorXd(input.array().exp()) : input;
}

Eigen::VectorXd TrainingCurve::at(Eigen::VectorXd const& z) const { return average_ * at_points(z); }

Eigen::MatrixXd TrainingCurve::slopes(Eigen::VectorXd const& z) const {
    if (!logarithm_) return average_ * components_;
    return average_ * at_points(z).asDiagonal() * components_;
}

}  // namespace hadronforce
