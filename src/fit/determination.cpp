#include "fit/determination.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include <cmath>
#include <limits>

namespace hadronforce {
namespace {

/// Of J^T J with unit diagonal: rounding and the solver's tolerance leave smaller eigenvalues of what changes nothing.
constexpr double smallest_eigenvalue = 1e-9;
/// A direction may be called flat up to here: its error is a thousand times those of single parameters.
constexpr double flat_eigenvalue = 1e-6;

/// A parameter with a smaller part in every undetermined direction, by its own error, is determined.
constexpr double no_part = 1e-3;

/// Lengths of the Jacobian's columns: 1/error of each parameter alone; 1 where it changes nothing.
Eigen::VectorXd sizes_of(Eigen::MatrixXd const& jacobian) {
    Eigen::VectorXd sizes = jacobian.colwise().norm();
    for (auto& size : sizes)
        if (!(size > 0.0)) size = 1.0;
    return sizes;
}

/// Of a unit vector where each parameter counts in its own error: what has no part in it is no part of it.
Eigen::VectorXd without_small(Eigen::VectorXd const& vector) {
    return (vector.array().abs() > no_part * vector.cwiseAbs().maxCoeff()).select(vector, 0.0);
}

/// The largest entry becomes 1.
Eigen::VectorXd scaled(Eigen::VectorXd const& vector) {
    Eigen::Index largest = 0;
    vector.cwiseAbs().maxCoeff(&largest);
    return vector / vector[largest];
}

}  // namespace

double determine(std::vector<Eigen::Index> const& free, std::optional<double> const& close_enough,
                 LeastSquaresFit& fit) {
    Eigen::Index const all = fit.jacobian.cols();
    std::vector<Eigen::Index> moving, idle;  // idle: what changes nothing, each a direction of its own
    for (auto i : free) (fit.jacobian.col(i).norm() > 0.0 ? moving : idle).push_back(i);
    auto const n = static_cast<Eigen::Index>(moving.size()), m = static_cast<Eigen::Index>(idle.size());
    fit.covariance = Eigen::MatrixXd::Zero(all, all);
    fit.undetermined = Eigen::MatrixXd::Zero(all, m);
    for (Eigen::Index i = 0; i < m; ++i) fit.undetermined(idle[static_cast<std::size_t>(i)], i) = 1.0;
    if (n == 0) return 0.0;
    Eigen::MatrixXd const j = fit.jacobian(Eigen::all, moving);
    Eigen::VectorXd const scale = sizes_of(j).cwiseInverse();
    Eigen::MatrixXd const scaled_j = j * scale.asDiagonal();
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const eigen(scaled_j.transpose() * scaled_j);
    Eigen::VectorXd const slopes = eigen.eigenvectors().transpose() * (scaled_j.transpose() * fit.residuals);
    auto const expected_fall = [&](Eigen::Index from) {
        double sum = 0.0;
        for (Eigen::Index i = from; i < n; ++i) sum += slopes[i] * slopes[i] / eigen.eigenvalues()[i];
        return sum;
    };
    Eigen::Index flat = 0;  // eigenvalues ascend
    while (flat < n && !(eigen.eigenvalues()[flat] > smallest_eigenvalue)) ++flat;
    while (close_enough && flat < n && eigen.eigenvalues()[flat] < flat_eigenvalue &&
           expected_fall(flat) >= *close_enough)
        ++flat;
    Eigen::VectorXd inverse = Eigen::VectorXd::Zero(n);
    inverse.tail(n - flat) = eigen.eigenvalues().tail(n - flat).cwiseInverse();
    fit.covariance(moving, moving) = scale.asDiagonal() * eigen.eigenvectors() * inverse.asDiagonal() *
                                     eigen.eigenvectors().transpose() * scale.asDiagonal();
    fit.undetermined.conservativeResize(Eigen::NoChange, m + flat);
    fit.undetermined.rightCols(flat).setZero();
    for (Eigen::Index i = 0; i < flat; ++i)
        fit.undetermined(moving, m + i) = scaled(scale.cwiseProduct(without_small(eigen.eigenvectors().col(i))));
    return expected_fall(flat);
}

bool LeastSquaresFit::is_determined(Eigen::Index parameter) const {
    Eigen::VectorXd const sizes = sizes_of(jacobian);
    for (Eigen::Index i = 0; i < undetermined.cols(); ++i) {
        Eigen::VectorXd const direction = sizes.cwiseProduct(undetermined.col(i));
        if (std::fabs(direction[parameter]) > no_part * direction.norm()) return false;
    }
    return true;
}

Eigen::VectorXd LeastSquaresFit::errors() const {
    Eigen::VectorXd result = covariance.diagonal().cwiseSqrt();
    for (Eigen::Index i = 0; i < result.size(); ++i)
        if (!is_determined(i)) result[i] = std::numeric_limits<double>::quiet_NaN();
    return result;
}

Eigen::MatrixXd LeastSquaresFit::correlations() const {
    Eigen::VectorXd const scale = errors().unaryExpr([](double e) { return e > 0.0 ? 1.0 / e : 0.0; });
    Eigen::MatrixXd result = scale.asDiagonal() * covariance * scale.asDiagonal();
    result.diagonal().setOnes();
    return result;
}

std::vector<Combination> determined_combinations(LeastSquaresFit const& fit) {
    std::vector<Eigen::Index> loose;
    for (Eigen::Index i = 0; i < fit.values.size(); ++i)
        if (!fit.is_determined(i)) loose.push_back(i);
    std::vector<Combination> result;
    if (loose.empty()) return result;
    // What is orthogonal to the directions, where each parameter counts in its own error.
    Eigen::VectorXd const sizes = sizes_of(fit.jacobian)(loose);
    Eigen::MatrixXd const directions = sizes.asDiagonal() * fit.undetermined(loose, Eigen::all);
    Eigen::ColPivHouseholderQR<Eigen::MatrixXd> const qr(directions);
    auto const n = static_cast<Eigen::Index>(loose.size());
    Eigen::MatrixXd const basis = qr.householderQ() * Eigen::MatrixXd::Identity(n, n);
    for (Eigen::Index i = qr.rank(); i < n; ++i) {
        Combination combination{Eigen::VectorXd::Zero(fit.values.size()), 0.0, 0.0};
        combination.coefficients(loose) = scaled(sizes.cwiseProduct(without_small(basis.col(i))));
        combination.value = combination.coefficients.dot(fit.values);
        combination.error =
            std::sqrt(std::max(combination.coefficients.dot(fit.covariance * combination.coefficients), 0.0));
        result.push_back(combination);
    }
    return result;
}

}  // namespace hadronforce
