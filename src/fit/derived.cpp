#include "hadronforce/fit/derived.hpp"

#include "hadronforce/error.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace hadronforce {
namespace {

using Function = std::function<Eigen::VectorXd(Eigen::VectorXd const&)>;

std::optional<Eigen::VectorXd> where_possible(Function const& function, Eigen::VectorXd const& parameters) {
    try {
        return function(parameters);
    } catch (InputError const&) {
    } catch (ConvergenceError const&) {
    }
    return std::nullopt;
}

}  // namespace

Eigen::VectorXd propagated_errors(std::function<Eigen::VectorXd(Eigen::VectorXd const&)> const& function,
                                  Eigen::VectorXd const& values, Eigen::MatrixXd const& covariance) {
    // Of the correlation matrix, so that parameters of any size will do.
    Eigen::VectorXd const scale = covariance.diagonal().cwiseSqrt();
    Eigen::VectorXd const inverse = scale.unaryExpr([](double s) { return s > 0.0 ? 1.0 / s : 0.0; });
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const eigen(inverse.asDiagonal() * covariance *
                                                               inverse.asDiagonal());
    Eigen::VectorXd const center = function(values);
    Eigen::VectorXd squares = Eigen::VectorXd::Zero(center.size());
    for (Eigen::Index i = 0; i < values.size(); ++i) {
        Eigen::VectorXd const step =
            std::sqrt(std::max(eigen.eigenvalues()[i], 0.0)) * scale.cwiseProduct(eigen.eigenvectors().col(i));
        if (step.isZero(0.0)) continue;
        auto const up = where_possible(function, values + step), down = where_possible(function, values - step);
        if (!up || !down) return Eigen::VectorXd::Constant(center.size(), std::numeric_limits<double>::quiet_NaN());
        squares += (0.5 * (*up - *down)).cwiseAbs2() + 3.0 * (0.5 * (*up + *down) - center).cwiseAbs2();
    }
    return squares.cwiseSqrt();
}

Derived derived(Function const& function, LeastSquaresFit const& fit) {
    Derived result{function(fit.values), {}, {}};
    result.errors = propagated_errors(function, fit.values, fit.covariance);
    result.determined.assign(static_cast<std::size_t>(result.values.size()), true);
    for (Eigen::Index i = 0; i < fit.undetermined.cols(); ++i) {
        Eigen::VectorXd const direction = fit.undetermined.col(i);
        Eigen::Index most = 0;
        direction.cwiseAbs().maxCoeff(&most);
        double const step = 0.1 * std::max(std::fabs(fit.values[most]), 1e-2);
        for (double const sign : {-1.0, 1.0}) {
            auto const moved = where_possible(function, fit.values + sign * step * direction);
            if (!moved) continue;
            for (Eigen::Index j = 0; j < result.values.size(); ++j) {
                double const seen = std::max(0.1 * result.errors[j], 1e-5 * std::fabs(result.values[j]));
                if (!(std::fabs((*moved)[j] - result.values[j]) <= seen))
                    result.determined[static_cast<std::size_t>(j)] = false;
            }
        }
    }
    return result;
}

}  // namespace hadronforce
