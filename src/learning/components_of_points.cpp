#include "hadronforce/learning/components_of_points.hpp"

#include <Eigen/Cholesky>

#include <cmath>

namespace hadronforce {

ComponentsOfPoints::ComponentsOfPoints(FeatureTransform const& transform)
    : transform_(transform),
      curves_(transform.components.projection * transform.components.variance.asDiagonal()),
      dropped_(transform.components.dropped) {}

Eigen::RowVectorXd errors_of_variances(Eigen::RowVectorXd const& variances) {
    return -(1.0 - variances.array()).max(1e-9).log().matrix();
}

ShrunkComponents ComponentsOfPoints::of(std::vector<SeenPoints> const& seen) const {
    auto const& measurements = transform_.measurements;
    auto const components = curves_.cols(), unknowns = components + static_cast<Eigen::Index>(measurements.count());
    Eigen::MatrixXd precision = Eigen::MatrixXd::Identity(unknowns, unknowns);
    Eigen::VectorXd weighed = Eigen::VectorXd::Zero(unknowns);
    for (std::size_t m = 0; m < measurements.count(); ++m) {
        auto const part = measurements.part(m);
        auto const& own = seen[m];
        auto const points = own.k_star_MeV.size();
        Eigen::ArrayXd input = own.correlation, error = own.error;
        double const factor = transform_.errors_of(*transform_.errors, m).normalisation;
        Eigen::MatrixXd slopes(points, components);
        Eigen::VectorXd by_factor = factor * own.correlation.matrix();
        if (transform_.takes_logarithm(m)) {
            input = input.max(error);
            error /= input;
            input = input.log().eval();
            by_factor.setConstant(factor);
        }
        Eigen::ArrayXd variance = error.square();
        auto const nodes = transform_.momenta_of(m);
        for (Eigen::Index p = 0; p < points; ++p) {
            auto const at = interpolation_at(nodes, own.k_star_MeV[p]);
            auto const first = part.begin + at.first;
            auto const count = at.weights.size();
            slopes.row(p) = at.weights * curves_.middleRows(first, count);
            input[p] -= at.weights.dot(transform_.components.mean.segment(first, count));
            if (dropped_.cols() > 0) variance[p] += (at.weights * dropped_.middleRows(first, count)).squaredNorm();
        }
        Eigen::ArrayXd const root = variance.max(1e-30).sqrt().inverse();
        Eigen::MatrixXd all = Eigen::MatrixXd::Zero(points, unknowns);
        all.leftCols(components) = root.matrix().asDiagonal() * slopes;
        all.col(components + static_cast<Eigen::Index>(m)) = root.matrix().cwiseProduct(by_factor);
        precision.selfadjointView<Eigen::Lower>().rankUpdate(all.transpose());
        weighed += all.transpose() * (root * input).matrix();
    }
    Eigen::LLT<Eigen::MatrixXd> const llt(precision);
    Eigen::MatrixXd inverse_root = Eigen::MatrixXd::Identity(unknowns, unknowns);
    llt.matrixL().solveInPlace(inverse_root);
    Eigen::VectorXd const mean = inverse_root.transpose() * (inverse_root * weighed);
    Eigen::RowVectorXd const variances = inverse_root.leftCols(components).colwise().squaredNorm();
    return {mean.head(components).transpose(), errors_of_variances(variances)};
}

}  // namespace hadronforce
