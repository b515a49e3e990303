#include "hadronforce/fit/derived.hpp"

#include "hadronforce/error.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace hadronforce {
namespace {

/// Of a standard deviation, over which slopes and bends are differences: at a whole one what is beyond bends enters,
/// and a0 of a potential whose depth and range are strongly correlated got 1.7 times its error.
constexpr double reach = 0.3;

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

std::vector<ErrorAxis> error_axes(Eigen::MatrixXd const& covariance) {
    // Of the correlation matrix, so that parameters of any size will do.
    Eigen::VectorXd const scale = covariance.diagonal().cwiseSqrt();
    Eigen::VectorXd const inverse = scale.unaryExpr([](double s) { return s > 0.0 ? 1.0 / s : 0.0; });
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const eigen(inverse.asDiagonal() * covariance *
                                                               inverse.asDiagonal());
    std::vector<ErrorAxis> axes;
    for (Eigen::Index i = 0; i < scale.size(); ++i) {
        Eigen::VectorXd const step =
            std::sqrt(std::max(eigen.eigenvalues()[i], 0.0)) * scale.cwiseProduct(eigen.eigenvectors().col(i));
        if (!step.isZero(0.0)) axes.push_back({step, {}});
    }
    return axes;
}

std::vector<ErrorAxis> error_axes(LeastSquaresFit const& fit, Residuals const& residuals) {
    auto axes = error_axes(fit.covariance);
    for (auto& axis : axes) {
        auto const up = where_possible(residuals, fit.values + reach * axis.step),
                   down = where_possible(residuals, fit.values - reach * axis.step);
        if (!up || !down) continue;
        Eigen::VectorXd const second = (*up + *down - 2.0 * fit.residuals) / (reach * reach);
        axis.bend = -0.5 * (fit.covariance * (fit.jacobian.transpose() * second));
    }
    return axes;
}

Eigen::VectorXd propagated_errors(Function const& function, Eigen::VectorXd const& values,
                                  std::vector<ErrorAxis> const& axes) {
    Eigen::VectorXd const center = function(values);
    Eigen::VectorXd squares = Eigen::VectorXd::Zero(center.size());
    for (auto const& axis : axes) {
        bool const is_bent = axis.bend.size() > 0;
        Eigen::VectorXd const middle = is_bent ? Eigen::VectorXd(values + reach * reach * axis.bend) : values;
        auto const up = where_possible(function, middle + reach * axis.step),
                   down = where_possible(function, middle - reach * axis.step);
        if (!up || !down) return Eigen::VectorXd::Constant(center.size(), std::numeric_limits<double>::quiet_NaN());
        squares += (0.5 * (*up - *down) / reach).cwiseAbs2();
        if (is_bent) squares += 3.0 * ((0.5 * (*up + *down) - center) / (reach * reach)).cwiseAbs2();
    }
    return squares.cwiseSqrt();
}

Derived derived(Function const& function, LeastSquaresFit const& fit, std::vector<ErrorAxis> const& axes) {
    Derived result{function(fit.values), {}, {}};
    result.errors = propagated_errors(function, fit.values, axes);
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
