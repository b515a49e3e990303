#include "fit/levenberg_marquardt.hpp"

#include <Eigen/QR>

#include <algorithm>
#include <cmath>
#include <optional>

namespace hadronforce {
namespace {

constexpr double first_damping = 1e-2, smallest_damping = 1e-16, largest_damping = 1e12;
constexpr double less_damping = 5.0;           ///< after a step that led down
constexpr double part_of_step = 0.1;           ///< over which the second derivative along a step is taken
constexpr double largest_acceleration = 0.75;  ///< of a step's length, twice
constexpr double smallest_fall = 1e-10;        ///< of the sum, actual and expected
constexpr double smallest_step = 1e-8;         ///< of the variables' length
constexpr int steps_watched = 10;              ///< in which the sum must fall by
constexpr double fall_of_steps = 1e-2;         ///< times the larger of 1 and its value for each degree of freedom

/// Lengths by which steps are damped.
class StepSizes {
  public:
    explicit StepSizes(std::vector<bool> const& is_angle) : is_angle_(is_angle) {}

    Eigen::VectorXd const& of(Eigen::MatrixXd const& jacobian) {
        Eigen::VectorXd lengths = jacobian.colwise().norm();
        double const largest = lengths.maxCoeff();
        double angles = 0.0;
        for (Eigen::Index i = 0; i < lengths.size(); ++i)
            if (is_angle_[static_cast<std::size_t>(i)]) angles = std::max(angles, lengths[i]);
        for (Eigen::Index i = 0; i < lengths.size(); ++i)
            lengths[i] = std::max(is_angle_[static_cast<std::size_t>(i)] ? angles : lengths[i], 1e-12 * largest);
        if (sizes_.size() == 0)
            sizes_ = (lengths.array() > 0.0).select(lengths, 1.0);
        else
            for (Eigen::Index i = 0; i < lengths.size(); ++i)
                if (!is_angle_[static_cast<std::size_t>(i)]) sizes_[i] = std::max(sizes_[i], lengths[i]);
        return sizes_;
    }

  private:
    std::vector<bool> const& is_angle_;
    Eigen::VectorXd sizes_;
};

struct Step {
    Eigen::VectorXd change;
    double expected_fall;
};

/// None where the residuals bend too much for a step so long.
std::optional<Step> bent_step(SquaresProblem const& problem, Eigen::VectorXd const& variables,
                              Eigen::VectorXd const& residuals, Eigen::MatrixXd const& jacobian,
                              Eigen::VectorXd const& damping) {
    auto const m = jacobian.rows(), n = jacobian.cols();
    Eigen::MatrixXd damped(m + n, n);
    damped << jacobian, Eigen::MatrixXd(damping.asDiagonal());
    Eigen::HouseholderQR<Eigen::MatrixXd> const qr(damped);
    auto const solution = [&](Eigen::VectorXd const& wanted) -> Eigen::VectorXd {
        Eigen::VectorXd right = Eigen::VectorXd::Zero(m + n);
        right.head(m) = wanted;
        return qr.solve(right);
    };
    Eigen::VectorXd const straight = solution(-residuals), along = jacobian * straight;
    double const length = damping.cwiseProduct(straight).norm();
    Step step{straight, along.squaredNorm() + 2.0 * length * length};
    if (!(length > 0.0)) return step;
    Eigen::VectorXd const on_the_way = problem.residuals(variables + part_of_step * straight);
    if (on_the_way[0] == SquaresProblem::no_value) return std::nullopt;
    Eigen::VectorXd const second = (2.0 / part_of_step) * ((on_the_way - residuals) / part_of_step - along);
    Eigen::VectorXd const bend = solution(-0.5 * second);
    if (!(2.0 * damping.cwiseProduct(bend).norm() <= largest_acceleration * length)) return std::nullopt;
    step.change += bend;
    return step;
}

}  // namespace

Eigen::VectorXd levenberg_marquardt(SquaresProblem const& problem, Eigen::VectorXd start) {
    Eigen::VectorXd variables = std::move(start), residuals = problem.residuals(variables);
    auto const n = variables.size();
    double sum = residuals.squaredNorm(), damping = first_damping;
    StepSizes sizes(problem.is_angle);
    std::vector<double> sums{sum};
    while (problem.may_go_on()) {
        Eigen::MatrixXd const jacobian = problem.jacobian(variables);
        Eigen::VectorXd const& size = sizes.of(jacobian);
        double more_damping = 2.0, fall = 0.0;
        std::optional<Step> step;
        while (damping < largest_damping && problem.may_go_on()) {
            step = bent_step(problem, variables, residuals, jacobian, std::sqrt(damping) * size);
            if (step) {
                Eigen::VectorXd const there = variables + step->change, found = problem.residuals(there);
                fall = sum - found.squaredNorm();
                if (fall > 0.0) {
                    variables = there;
                    residuals = found;
                    sum -= fall;
                    damping = std::max(damping / less_damping, smallest_damping);
                    break;
                }
                if (step->expected_fall <= smallest_fall * sum) return variables;
            }
            damping *= more_damping;
            more_damping *= 2.0;
        }
        if (!(fall > 0.0)) return variables;
        bool const as_expected = fall <= smallest_fall * sum && step->expected_fall <= smallest_fall * sum;
        double const length = size.cwiseProduct(variables).norm();
        if (as_expected || size.cwiseProduct(step->change).norm() <= smallest_step * length) return variables;
        sums.push_back(sum);
        double const scale = std::max(1.0, sum / static_cast<double>(std::max<Eigen::Index>(1, residuals.size() - n)));
        if (sums.size() > steps_watched && sums[sums.size() - 1 - steps_watched] - sum < fall_of_steps * scale)
            return variables;
    }
    return variables;
}

}  // namespace hadronforce
