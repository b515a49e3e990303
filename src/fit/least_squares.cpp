#include "hadronforce/fit/least_squares.hpp"

#include "fit/bounded_variable.hpp"
#include "fit/determination.hpp"
#include "fit/levenberg_marquardt.hpp"
#include "hadronforce/error.hpp"

#include <fmt/format.h>
#include <boost/math/special_functions/gamma.hpp>

#include <cmath>
#include <limits>
#include <optional>

namespace hadronforce {
namespace {

/// Residuals and their derivatives, also as functions of unbounded variables.
class Problem {
  public:
    Problem(Residuals const& residuals, std::vector<Parameter> const& parameters, int largest_evaluations)
        : residuals_(&residuals),
          parameters_(&parameters),
          largest_evaluations_(largest_evaluations),
          steps_(Eigen::VectorXd::Zero(inputs())) {
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

    SquaresProblem by_variables() const {
        SquaresProblem problem{[this](Eigen::VectorXd const& x) { return at(parameters(x)); },
                               [this](Eigen::VectorXd const& x) {
                                   Eigen::MatrixXd by_variable = jacobian(parameters(x));
                                   for (int i = 0; i < inputs(); ++i)
                                       by_variable.col(i) *= variables_[static_cast<std::size_t>(i)].slope(x[i]);
                                   return by_variable;
                               },
                               [this] { return evaluations_ < largest_evaluations_; },
                               {}};
        for (auto const& variable : variables_) problem.is_angle.push_back(variable.is_angle());
        return problem;
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
    static constexpr double outside = SquaresProblem::no_value;

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
    std::vector<Parameter> const* parameters_;
    std::vector<BoundedVariable> variables_;
    int largest_evaluations_;
    int values_ = 0;
    mutable Eigen::VectorXd steps_;
    mutable int evaluations_ = 0;
};

void check(std::vector<Parameter> const& parameters) {
    for (auto const& p : parameters)
        if (!(p.low < p.high && p.start >= p.low && p.start <= p.high && std::isfinite(p.start)))
            throw InputError(
                fmt::format("{} starts at {}, outside its bounds from {} to {}", p.name, p.start, p.low, p.high));
}

enum class Place { inside, at_bound, held_by_mistake };

/// A parameter within a hundredth of its standard deviation of a bound stays there if chi^2 falls towards it.
Place place_of(Parameter const& parameter, double value, double slope_of_chi2, double column_size) {
    if (!(column_size > 0.0)) return Place::inside;
    double const near = 0.01 / column_size;
    bool const at_low = value - parameter.low < near, at_high = parameter.high - value < near;
    if (!at_low && !at_high) return Place::inside;
    return (at_low ? slope_of_chi2 >= 0.0 : slope_of_chi2 <= 0.0) ? Place::at_bound : Place::held_by_mistake;
}

}  // namespace

LeastSquaresFit least_squares(Residuals const& residuals, std::vector<Parameter> const& parameters,
                              int largest_evaluations) {
    check(parameters);
    if (largest_evaluations == 0) largest_evaluations = 1000 + 500 * static_cast<int>(parameters.size());
    Problem problem(residuals, parameters, largest_evaluations);
    int const n = problem.inputs();
    if (problem.values() < n)
        throw InputError(fmt::format("{} data do not determine {} parameters", problem.values(), n));
    Eigen::VectorXd p(n);
    for (int i = 0; i < n; ++i) p[i] = parameters[static_cast<std::size_t>(i)].start;

    LeastSquaresFit fit{};
    fit.chi2 = std::numeric_limits<double>::infinity();
    for (int round = 0; round < 5; ++round) {
        if (n > 0) p = problem.parameters(levenberg_marquardt(problem.by_variables(), problem.variables(p)));
        double const before = fit.chi2;
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
        double const scale = std::max(1.0, fit.chi2 / std::max(1, problem.values() - n));
        bool const falls = before - fit.chi2 > 1e-3 * scale;
        double const close_enough = (falls ? 1e-3 : 1e-2) * scale;
        fit.distance_to_minimum = determine(free, falls ? std::nullopt : std::optional(close_enough), fit);
        fit.evaluations = problem.evaluations();
        if (!held_by_mistake && fit.distance_to_minimum < close_enough) return fit;
        if (fit.evaluations >= largest_evaluations) break;
    }
    throw NotConverged(
        fmt::format("the fit did not converge: after {} evaluations chi2 = {:.6g} may fall by {:.2g} still",
                    fit.evaluations, fit.chi2, fit.distance_to_minimum),
        fit);
}

LeastSquaresFit least_squares_to(double expected_fall, Residuals const& residuals,
                                 std::vector<Parameter> const& parameters) {
    try {
        return least_squares(residuals, parameters);
    } catch (NotConverged const& end) {
        if (end.fit.distance_to_minimum < expected_fall) return end.fit;
        throw;
    }
}

double chi2_probability(double chi2, double degrees_of_freedom) {
    // Certain to 40 digits, where the function below overflows.
    if (degrees_of_freedom > 1000.0 && chi2 < 0.5 * degrees_of_freedom) return 1.0;
    return degrees_of_freedom > 0.0 ? boost::math::gamma_q(0.5 * degrees_of_freedom, 0.5 * chi2) : 1.0;
}

}  // namespace hadronforce
