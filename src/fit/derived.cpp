#include "hadronforce/fit/derived.hpp"

#include "hadronforce/error.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace hadronforce {
namespace {

/// Along a bent axis residuals change as by their slopes, but for at most this part. Where they do not, the valley
/// bends otherwise within the reach, which is then shortened, as far as the solver's tolerance leaves differences.
constexpr double straight = 0.1, shorter = 0.3, shortest = 5e-4;

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

Eigen::VectorXd ErrorAxis::at(Eigen::VectorXd const& values, double z) const {
    Eigen::VectorXd const moved = values + z * step;
    return bend.size() > 0 ? Eigen::VectorXd(moved + z * z * bend) : moved;
}

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
        if (!step.isZero(0.0)) axes.push_back({step, {}, 0.3});
    }
    return axes;
}

std::vector<ErrorAxis> error_axes(LeastSquaresFit const& fit, Residuals const& residuals) {
    auto axes = error_axes(fit.covariance);
    for (auto& axis : axes) {
        Eigen::VectorXd const slope = fit.jacobian * axis.step;
        double least = std::numeric_limits<double>::infinity();
        for (double reach = axis.reach; reach > shortest && least > straight; reach *= shorter) {
            ErrorAxis trial{axis.step, {}, reach};
            auto const at = [&](double z) { return where_possible(residuals, trial.at(fit.values, z)); };
            auto const up = at(reach), down = at(-reach);
            if (!up || !down) continue;
            Eigen::VectorXd const second = (*up + *down - 2.0 * fit.residuals) / (reach * reach);
            trial.bend = -0.5 * (fit.covariance * (fit.jacobian.transpose() * second));
            double otherwise = 0.0;
            for (double const z : {reach, -reach}) {
                auto const there = at(z);
                double const part = there ? (*there - fit.residuals - z * slope).norm() / (reach * slope.norm())
                                          : std::numeric_limits<double>::infinity();
                otherwise = std::max(otherwise, part);
            }
            if (otherwise >= least) continue;
            least = otherwise;
            axis = trial;
        }
    }
    return axes;
}

Eigen::VectorXd propagated_errors(Function const& function, Eigen::VectorXd const& values,
                                  std::vector<ErrorAxis> const& axes) {
    Eigen::VectorXd const center = function(values);
    Eigen::VectorXd squares = Eigen::VectorXd::Zero(center.size());
    for (auto const& axis : axes) {
        bool const is_bent = axis.bend.size() > 0;
        double const reach = axis.reach;
        auto const up = where_possible(function, axis.at(values, reach)),
                   down = where_possible(function, axis.at(values, -reach));
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
        auto const up = where_possible(function, fit.values + step * direction),
                   down = where_possible(function, fit.values - step * direction);
        if (!up && !down) continue;
        // Both sides together, as what data leave open is a straight line to first order only.
        Eigen::VectorXd const change = !up     ? Eigen::VectorXd(*down - result.values)
                                       : !down ? Eigen::VectorXd(*up - result.values)
                                               : Eigen::VectorXd(0.5 * (*up - *down));
        for (Eigen::Index j = 0; j < result.values.size(); ++j) {
            double const seen = std::max(0.1 * result.errors[j], 1e-5 * std::fabs(result.values[j]));
            if (!(std::fabs(change[j]) <= seen)) result.determined[static_cast<std::size_t>(j)] = false;
        }
    }
    return result;
}

}  // namespace hadronforce
