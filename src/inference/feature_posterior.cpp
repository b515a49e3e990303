#include "inference/feature_posterior.hpp"

#include "hadronforce/error.hpp"

#include <Eigen/QR>
#include <unsupported/Eigen/NonLinearOptimization>

#include <cmath>

namespace hadronforce {
namespace {

/// Deviations of C from the data in standard errors, and z / scale: the squares' sum is chi^2 + |z / scale|^2, as
/// Eigen's Levenberg-Marquardt asks for it.
struct Deviations {
    using Scalar = double;
    using InputType = Eigen::VectorXd;
    using ValueType = Eigen::VectorXd;
    using JacobianType = Eigen::MatrixXd;
    enum { InputsAtCompileTime = Eigen::Dynamic, ValuesAtCompileTime = Eigen::Dynamic };

    TrainingCurve const& curve;
    Eigen::VectorXd const& correlation;
    Whitening const& errors;
    double scale;

    int inputs() const { return static_cast<int>(curve.components()); }
    int values() const { return inputs() + static_cast<int>(correlation.size()); }
    int operator()(Eigen::VectorXd const& z, Eigen::VectorXd& deviations) const {
        deviations << errors.whiten(curve.at(z) - correlation), z / scale;
        return 0;
    }
    int df(Eigen::VectorXd const& z, Eigen::MatrixXd& jacobian) const {
        jacobian << errors.whiten(curve.slopes(z)), Eigen::MatrixXd::Identity(inputs(), inputs()) / scale;
        return 0;
    }
};

}  // namespace

FeaturePosterior feature_posterior(TrainingCurve const& curve, Eigen::VectorXd const& correlation,
                                   Whitening const& errors, double scale, Eigen::Index features,
                                   Eigen::VectorXd const& start) {
    Deviations const problem{curve, correlation, errors, scale};
    FeaturePosterior result{0.0, start, {}, 0.0, 0.0};
    Eigen::LevenbergMarquardt<Deviations const> solver(problem);
    solver.parameters.ftol = 1e-8;
    solver.parameters.xtol = 0.0;  // relative to z, whose components' errors differ by many orders of magnitude
    solver.minimize(result.z);
    Eigen::VectorXd deviations(problem.values());
    Eigen::MatrixXd jacobian(problem.values(), problem.inputs());
    problem(result.z, deviations);
    problem.df(result.z, jacobian);
    // Of the slopes, not of their squares, among which rounding would lose what is known worst.
    Eigen::MatrixXd const r = Eigen::HouseholderQR<Eigen::MatrixXd>(jacobian).matrixQR().topRows(problem.inputs());
    Eigen::MatrixXd const identity = Eigen::MatrixXd::Identity(problem.inputs(), problem.inputs());
    Eigen::MatrixXd const rows = r.triangularView<Eigen::Upper>().solve(identity).topRows(features);
    Eigen::MatrixXd const square = Eigen::HouseholderQR<Eigen::MatrixXd>(rows.transpose()).matrixQR().topRows(features);
    result.root = Eigen::MatrixXd(square.triangularView<Eigen::Upper>()).transpose();
    result.distance = deviations.head(correlation.size()).squaredNorm() + result.z.head(features).squaredNorm();
    result.log_evidence = -0.5 * (deviations.squaredNorm() + errors.log_determinant()) -
                          r.diagonal().array().abs().log().sum() -
                          static_cast<double>(problem.inputs()) * std::log(scale);
    if (!std::isfinite(result.log_evidence) || !result.root.allFinite())
        throw InputError("is so far from what the model was trained on that numbers overflow; check both");
    return result;
}

}  // namespace hadronforce
