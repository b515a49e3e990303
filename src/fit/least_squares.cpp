#include "hadronforce/fit/least_squares.hpp"

#include "fit/bounded_variable.hpp"
#include "hadronforce/error.hpp"

#include <fmt/format.h>
#include <Eigen/Eigenvalues>
#include <boost/math/special_functions/gamma.hpp>
#include <unsupported/Eigen/NonLinearOptimization>

#include <cmath>

namespace hadronforce {
namespace {

/// Residuals and their derivatives, as Eigen's Levenberg-Marquardt asks for them: functions of unbounded variables.
class Problem {
  public:
    using Scalar = double;
    using InputType = Eigen::VectorXd;
    using ValueType = Eigen::VectorXd;
    using JacobianType = Eigen::MatrixXd;
    enum { InputsAtCompileTime = Eigen::Dynamic, ValuesAtCompileTime = Eigen::Dynamic };

    Problem(Residuals const& residuals, std::vector<FitParameter> const& parameters)
        : residuals_(&residuals), parameters_(&parameters), steps_(Eigen::VectorXd::Zero(inputs())) {
        for (auto const& p : parameters) variables_.emplace_back(p);
        Eigen::VectorXd start(inputs());
        for (int i = 0; i < inputs(); ++i) start[i] = parameters[static_cast<std::size_t>(i)].start;
        values_ = static_cast<int>(residuals(start).size());  // what the model says of the start is the caller's
        evaluations_ = 1;
    }

    int inputs() const { return static_cast<int>(parameters_->size()); }
    int values() const { return values_; }
    int evaluations() const { return evaluations_; }

    Eigen::VectorXd parameters(Eigen::VectorXd const& x) const {
        Eigen::VectorXd p(inputs());
        for (int i = 0; i < inputs(); ++i) p[i] = variables_[static_cast<std::size_t>(i)].parameter(x[i]);
        return p;
    }
    Eigen::VectorXd variables(Eigen::VectorXd const& p) const {
        Eigen::VectorXd x(inputs());
        for (int i = 0; i < inputs(); ++i) x[i] = variables_[static_cast<std::size_t>(i)].variable(p[i]);
        return x;
    }

    /// Residuals, huge where the model refuses the parameters.
    Eigen::VectorXd at(Eigen::VectorXd const& p) const {
        ++evaluations_;
        try {
            Eigen::VectorXd r = (*residuals_)(p);
            if (r.allFinite()) return r;
        } catch (InputError const&) {
        } catch (ConvergenceError const&) {
        }
        return Eigen::VectorXd::Constant(values_, outside);
    }

    int operator()(Eigen::VectorXd const& x, Eigen::VectorXd& residuals) const {
        residuals = at(parameters(x));
        return 0;
    }

    int df(Eigen::VectorXd const& x, Eigen::MatrixXd& jacobian) const {
        jacobian = this->jacobian(parameters(x));
        for (int i = 0; i < inputs(); ++i) jacobian.col(i) *= variables_[static_cast<std::size_t>(i)].slope(x[i]);
        return 0;
    }

    /// By parameters, over a tenth of a standard deviation either way, less at a bound.
    Eigen::MatrixXd jacobian(Eigen::VectorXd const& p) const {
        Eigen::MatrixXd result(values_, inputs());
        for (int i = 0; i < inputs(); ++i) {
            if (steps_[i] == 0.0) {  // a first guess, then better
                steps_[i] = 1e-3 * std::max(std::fabs(p[i]), 1.0);
                better_step(i, column(p, i));
            }
            result.col(i) = column(p, i);
            better_step(i, result.col(i));
        }
        return result;
    }

    /// For parameters that the model refuses: a step there is never taken.
    static constexpr double outside = 1e30;

  private:
    Eigen::VectorXd column(Eigen::VectorXd const& p, int i) const {
        auto const& parameter = (*parameters_)[static_cast<std::size_t>(i)];
        double step = std::min(steps_[i], 0.25 * (parameter.high - parameter.low));
        Eigen::VectorXd above = p, below = p;
        for (int attempt = 0; attempt < 20; ++attempt, step *= 0.5) {
            above[i] = std::min(p[i] + step, parameter.high);
            below[i] = std::max(p[i] - step, parameter.low);
            Eigen::VectorXd const r_above = at(above), r_below = at(below);
            if (r_above[0] != outside && r_below[0] != outside) return (r_above - r_below) / (above[i] - below[i]);
        }
        throw ConvergenceError(fmt::format("the model has no derivative by {} at {:.6g}; bound it or start elsewhere",
                                           parameter.name, p[i]));
    }

    void better_step(int i, Eigen::VectorXd const& column) const {
        if (double const size = column.norm(); size > 0.0) steps_[i] = 0.1 / size;
    }

    Residuals const* residuals_;
    std::vector<FitParameter> const* parameters_;
    std::vector<BoundedVariable> variables_;
    int values_ = 0;
    mutable Eigen::VectorXd steps_;
    mutable int evaluations_ = 0;
};

void check(std::vector<FitParameter> const& parameters) {
    for (auto const& p : parameters)
        if (!(p.low < p.high && p.start >= p.low && p.start <= p.high && std::isfinite(p.start)))
            throw InputError(
                fmt::format("{} starts at {}, outside its bounds from {} to {}", p.name, p.start, p.low, p.high));
}

/// (J^T J)^-1 of the parameters that move. Throws InputError for directions that change nothing.
Eigen::MatrixXd covariance_of(Eigen::MatrixXd const& jacobian, std::vector<FitParameter> const& parameters,
                              std::vector<Eigen::Index> const& free) {
    Eigen::MatrixXd result = Eigen::MatrixXd::Zero(jacobian.cols(), jacobian.cols());
    if (free.empty()) return result;
    auto const n = static_cast<Eigen::Index>(free.size());
    Eigen::MatrixXd const j = jacobian(Eigen::all, free);
    Eigen::VectorXd const size = j.colwise().norm();
    auto const name = [&](Eigen::Index i) {
        return parameters[static_cast<std::size_t>(free[static_cast<std::size_t>(i)])].name;
    };
    for (Eigen::Index i = 0; i < n; ++i)
        if (!(size[i] > 0.0))
            throw InputError(name(i) + " changes nothing in the data; give it a value instead of a start");
    Eigen::VectorXd const scale = size.cwiseInverse();
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const eigen(scale.asDiagonal() * j.transpose() * j *
                                                               scale.asDiagonal());
    if (!(eigen.eigenvalues()[0] > 1e-9)) {
        std::string names;
        for (Eigen::Index i = 0; i < n; ++i)
            if (std::fabs(eigen.eigenvectors()(i, 0)) > 0.2) names += (names.empty() ? "" : ", ") + name(i);
        throw InputError(fmt::format("the data do not determine {} together; give one of them a value", names));
    }
    Eigen::MatrixXd const inverse =
        eigen.eigenvectors() * eigen.eigenvalues().cwiseInverse().asDiagonal() * eigen.eigenvectors().transpose();
    result(free, free) = scale.asDiagonal() * inverse * scale.asDiagonal();
    return result;
}

enum class Place { inside, at_bound, held_by_mistake };

/// A parameter within a hundredth of its standard deviation of a bound stays there if chi^2 falls towards it.
Place place_of(FitParameter const& parameter, double value, double slope_of_chi2, double column_size) {
    double const near = 0.01 / column_size;
    bool const at_low = value - parameter.low < near, at_high = parameter.high - value < near;
    if (!at_low && !at_high) return Place::inside;
    return (at_low ? slope_of_chi2 >= 0.0 : slope_of_chi2 <= 0.0) ? Place::at_bound : Place::held_by_mistake;
}

}  // namespace

Eigen::MatrixXd LeastSquaresFit::correlations() const {
    Eigen::VectorXd const scale = errors().unaryExpr([](double e) { return e > 0.0 ? 1.0 / e : 0.0; });
    Eigen::MatrixXd result = scale.asDiagonal() * covariance * scale.asDiagonal();
    result.diagonal().setOnes();
    return result;
}

LeastSquaresFit least_squares(Residuals const& residuals, std::vector<FitParameter> const& parameters,
                              int largest_evaluations) {
    check(parameters);
    Problem problem(residuals, parameters);
    int const n = problem.inputs();
    if (problem.values() < n)
        throw InputError(fmt::format("{} data do not determine {} parameters", problem.values(), n));
    Eigen::VectorXd p(n);
    for (int i = 0; i < n; ++i) p[i] = parameters[static_cast<std::size_t>(i)].start;

    LeastSquaresFit fit{};
    fit.distance_to_minimum = std::numeric_limits<double>::infinity();
    for (int round = 0; round < 5; ++round) {
        if (n > 0) {
            Eigen::LevenbergMarquardt<Problem> solver(problem);
            solver.parameters.ftol = 1e-10;
            solver.parameters.xtol = 1e-8;
            solver.parameters.maxfev = largest_evaluations;
            Eigen::VectorXd x = problem.variables(p);
            solver.minimize(x);
            p = problem.parameters(x);
        }
        fit.values = p;
        fit.residuals = problem.at(p);
        fit.chi2 = fit.residuals.squaredNorm();
        if (!(fit.chi2 < Problem::outside))
            throw ConvergenceError("the fit left what the model allows; start elsewhere");
        fit.jacobian = problem.jacobian(p);
        Eigen::VectorXd const gradient = fit.jacobian.transpose() * fit.residuals;
        fit.at_bound.assign(static_cast<std::size_t>(n), false);
        std::vector<Eigen::Index> free;
        bool held_by_mistake = false;
        for (int i = 0; i < n; ++i) {
            auto const& parameter = parameters[static_cast<std::size_t>(i)];
            auto const place = place_of(parameter, p[i], gradient[i], fit.jacobian.col(i).norm());
            fit.at_bound[static_cast<std::size_t>(i)] = place == Place::at_bound;
            held_by_mistake = held_by_mistake || place == Place::held_by_mistake;
            if (place != Place::at_bound) free.push_back(i);
        }
        fit.covariance = covariance_of(fit.jacobian, parameters, free);
        fit.distance_to_minimum = gradient.dot(fit.covariance * gradient);
        fit.evaluations = problem.evaluations();
        if (!held_by_mistake && fit.distance_to_minimum < 1e-3) return fit;
    }
    throw ConvergenceError(fmt::format(
        "the fit did not converge: after {} evaluations chi2 = {:.6g} may fall by {:.2g} still; start nearer, "
        "bound the parameters or give one of them a value",
        fit.evaluations, fit.chi2, fit.distance_to_minimum));
}

double chi2_probability(double chi2, double degrees_of_freedom) {
    return degrees_of_freedom > 0.0 ? boost::math::gamma_q(0.5 * degrees_of_freedom, 0.5 * chi2) : 1.0;
}

}  // namespace hadronforce
