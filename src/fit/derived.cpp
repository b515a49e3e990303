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
/// Of the value that moves most along an open direction, and of that step.
constexpr double open_step = 0.1, smallest_open_step = 1e-3;
/// In standard deviations of the data: a point whose residuals differ by less is as good as the fit.
constexpr double unseen = 0.01;  // times the root of their number

using Function = std::function<Eigen::VectorXd(Eigen::VectorXd const&)>;

std::optional<Eigen::VectorXd> where_possible(Function const& function, Eigen::VectorXd const& parameters) {
    try {
        return function(parameters);
    } catch (InputError const&) {
    } catch (ConvergenceError const&) {
    }
    return std::nullopt;
}

/// From a point beside the fit to one where the data see no change, by Newton's steps with the fit's slopes: what the
/// data leave open is a straight line to first order only. Nothing where there is none nearby.
std::optional<Eigen::VectorXd> brought_back(Eigen::VectorXd point, LeastSquaresFit const& fit,
                                            Residuals const& residuals) {
    double before = std::numeric_limits<double>::infinity();
    for (;;) {
        auto const there = where_possible(residuals, point);
        if (!there) return std::nullopt;
        Eigen::VectorXd const change = *there - fit.residuals;
        if (change.norm() <= unseen * std::sqrt(static_cast<double>(change.size()))) return point;
        if (!(change.norm() < 0.5 * before)) return std::nullopt;
        before = change.norm();
        point -= fit.covariance * (fit.jacobian.transpose() * change);
    }
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
        if (!step.isZero(0.0)) axes.push_back({step, {}});
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

std::vector<Eigen::VectorXd> open_points(LeastSquaresFit const& fit, Residuals const& residuals) {
    std::vector<Eigen::VectorXd> points;
    for (Eigen::Index i = 0; i < fit.undetermined.cols(); ++i) {
        Eigen::VectorXd const direction = fit.undetermined.col(i);
        Eigen::Index most = 0;
        direction.cwiseAbs().maxCoeff(&most);
        double const largest = open_step * std::max(std::fabs(fit.values[most]), 1e-2);
        for (double const side : {largest, -largest}) {
            std::optional<Eigen::VectorXd> point;
            double step = side;
            for (; !point && std::fabs(step) > smallest_open_step * largest; step *= shorter)
                point = brought_back(fit.values + step * direction, fit, residuals);
            points.push_back(point ? *point : Eigen::VectorXd(fit.values + step * direction));
        }
    }
    return points;
}

Derived derived(Function const& function, LeastSquaresFit const& fit, std::vector<ErrorAxis> const& axes,
                std::vector<Eigen::VectorXd> const& open) {
    Derived result{function(fit.values), {}, {}};
    result.errors = propagated_errors(function, fit.values, axes);
    result.determined.assign(static_cast<std::size_t>(result.values.size()), true);
    for (auto const& point : open) {
        auto const there = where_possible(function, point);
        if (!there) continue;
        for (Eigen::Index j = 0; j < result.values.size(); ++j) {
            double const seen = std::max(0.1 * result.errors[j], 1e-5 * std::fabs(result.values[j]));
            if (!(std::fabs((*there)[j] - result.values[j]) <= seen))
                result.determined[static_cast<std::size_t>(j)] = false;
        }
    }
    return result;
}

}  // namespace hadronforce
