#include "inference/training_curve.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace hadronforce {
namespace {

Eigen::RowVectorXd interpolation_row(Eigen::ArrayXd const& nodes, double k, Eigen::Index count) {
    auto const at = interpolation_at(nodes, k, count);
    Eigen::RowVectorXd row = Eigen::RowVectorXd::Zero(nodes.size());
    row.segment(at.first, at.weights.size()) = at.weights;
    return row;
}

/// Where C of a measurement is needed, and how bins average over it.
struct PointsOfBins {
    Eigen::MatrixXd fifth, third;  ///< points x momenta of the measurement: polynomials of that order
    Eigen::MatrixXd average;       ///< bins x points
};

PointsOfBins points_of_bins(Eigen::ArrayXd const& nodes, MeasuredCorrelation const& data,
                            std::vector<Eigen::Index> const& bins, bool averages) {
    // Gauss and Legendre's three points.
    double const far = std::sqrt(0.6);
    double const places[] = {-far, 0.0, far}, weights[] = {5.0, 8.0, 5.0};
    Eigen::Index const points = averages ? 3 : 1, count = static_cast<Eigen::Index>(bins.size());
    PointsOfBins result{Eigen::MatrixXd(count * points, nodes.size()), Eigen::MatrixXd(count * points, nodes.size()),
                        Eigen::MatrixXd::Zero(count, count * points)};
    for (Eigen::Index i = 0; i < count; ++i) {
        auto const bin = bins[static_cast<std::size_t>(i)];
        double const half = 0.5 * (data.k_high_MeV[bin] - data.k_low_MeV[bin]);
        double const centre = 0.5 * (data.k_high_MeV[bin] + data.k_low_MeV[bin]);
        for (Eigen::Index p = 0; p < points; ++p) {
            double const k = averages ? centre + half * places[p] : data.k_star_MeV[bin];
            result.fifth.row(i * points + p) = interpolation_row(nodes, k, 6);
            result.third.row(i * points + p) = interpolation_row(nodes, k, 4);
            result.average(i, i * points + p) = averages ? weights[p] * k * k : 1.0;
        }
        result.average.row(i) /= result.average.row(i).sum();
    }
    return result;
}

/// `block` as the lower right corner of a matrix that was all.
void append_corner(Eigen::MatrixXd& all, Eigen::MatrixXd const& block) {
    auto const rows = all.rows(), cols = all.cols();
    Eigen::MatrixXd larger = Eigen::MatrixXd::Zero(rows + block.rows(), cols + block.cols());
    larger.topLeftCorner(rows, cols) = all;
    larger.bottomRightCorner(block.rows(), block.cols()) = block;
    all = std::move(larger);
}

}  // namespace

TrainingCurve::TrainingCurve(FeatureTransform const& transform, MeasuredParts const& data) {
    Eigen::MatrixXd fifth, third;
    std::vector<bool> logarithm;
    takes_logarithm_.resize(transform.k_star_MeV.size());
    for (std::size_t m = 0; m < data.all().size(); ++m) {
        auto const& own = data.all()[m];
        auto const points = points_of_bins(transform.momenta_of(m), own, bins_within(transform, data, m),
                                           own.has_edges() && transform.measurements.is_correlation(m));
        auto const part = transform.measurements.part(m);
        takes_logarithm_.segment(part.begin, part.size()).setConstant(transform.takes_logarithm(m));
        append_corner(fifth, points.fifth);
        append_corner(third, points.third);
        append_corner(average_, points.average);
        logarithm.insert(logarithm.end(), static_cast<std::size_t>(points.fifth.rows()), transform.takes_logarithm(m));
    }
    logarithm_.resize(static_cast<Eigen::Index>(logarithm.size()));
    std::copy(logarithm.begin(), logarithm.end(), logarithm_.begin());
    // The inverse of whitening: a component's curve is its direction times its standard deviation.
    auto const& pca = transform.components;
    Eigen::MatrixXd curves(transform.k_star_MeV.size(), pca.projection.cols() + pca.dropped.cols());
    curves << pca.projection * pca.variance.asDiagonal(), pca.dropped;
    mean_ = fifth * pca.mean.transpose();
    components_ = fifth * curves;
    Eigen::VectorXd const scale = logarithm_.select(mean_.array().exp(), 1.0);
    Eigen::VectorXd const variance =
        ((fifth - third) * curves).rowwise().squaredNorm() + ((fifth - third) * pca.mean.transpose()).cwiseAbs2();
    interpolation_variance_ = average_ * variance.cwiseProduct(scale.cwiseAbs2());
    to_points_ = std::move(fifth);
}

Eigen::VectorXd TrainingCurve::at_points(Eigen::VectorXd const& z) const {
    Eigen::VectorXd const input = mean_ + components_ * z;
    return logarithm_.select(input.array().exp(), input.array());
}

RowMatrixXd TrainingCurve::in_bins(RowMatrixXd const& correlation) const {
    RowMatrixXd result(correlation.rows(), average_.rows());
    for (Eigen::Index i = 0; i < correlation.rows(); ++i) {
        Eigen::ArrayXd const c = correlation.row(i).transpose().array();
        Eigen::ArrayXd const points = (to_points_ * takes_logarithm_.select(c.log(), c).matrix()).array();
        result.row(i) = (average_ * logarithm_.select(points.exp(), points).matrix()).transpose();
    }
    return result;
}

Eigen::VectorXd TrainingCurve::at(Eigen::VectorXd const& z) const { return average_ * at_points(z); }

Eigen::MatrixXd TrainingCurve::slopes(Eigen::VectorXd const& z) const {
    Eigen::VectorXd const slope = logarithm_.select(at_points(z).array(), 1.0);
    return average_ * slope.asDiagonal() * components_;
}

}  // namespace hadronforce
