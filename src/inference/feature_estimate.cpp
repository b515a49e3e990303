#include "hadronforce/inference/feature_estimate.hpp"

#include "hadronforce/error.hpp"
#include "inference/training_curve.hpp"

#include <fmt/format.h>
#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

struct Data {
    Eigen::VectorXd correlation;
    Eigen::LLT<Eigen::MatrixXd> root;  ///< of the covariance
};

double distance(TrainingCurve const& curve, Data const& data, Eigen::VectorXd const& z) {
    Eigen::VectorXd const deviations = curve.at(z) - data.correlation;
    double const result = data.root.matrixL().solve(deviations).squaredNorm() + z.squaredNorm();
    return std::isfinite(result) ? result : std::numeric_limits<double>::infinity();
}

/// J^T J + 1, the inverse covariance of z.
Eigen::MatrixXd curvature(TrainingCurve const& curve, Data const& data, Eigen::VectorXd const& z) {
    Eigen::MatrixXd const slopes = data.root.matrixL().solve(curve.slopes(z));
    return slopes.transpose() * slopes + Eigen::MatrixXd::Identity(z.size(), z.size());
}

/// Levenberg and Marquardt's steps from `z`.
Eigen::VectorXd most_probable(TrainingCurve const& curve, Data const& data, Eigen::VectorXd z) {
    double damping = 1e-3, best = distance(curve, data, z);
    for (int step = 0; step < 300; ++step) {
        Eigen::VectorXd const pull = curve.slopes(z).transpose() * data.root.solve(data.correlation - curve.at(z)) - z;
        Eigen::MatrixXd system = curvature(curve, data, z);
        system.diagonal() *= 1.0 + damping;
        Eigen::VectorXd const change = system.ldlt().solve(pull);
        double const next = distance(curve, data, z + change);
        if (!(next <= best)) {
            if (damping > 1e12) break;
            damping *= 10.0;
            continue;
        }
        z += change;
        bool const done = best - next < 1e-9 * (1.0 + best) && damping <= 1e-3;
        best = next;
        damping = std::max(0.1 * damping, 1e-12);
        if (done) break;
    }
    return z;
}

}  // namespace

std::vector<Eigen::Index> bins_within(FeatureTransform const& transform, MeasuredCorrelation const& data) {
    auto const& k = transform.k_star_MeV;
    double const margin = 1e-6 * k[k.size() - 1];
    std::vector<Eigen::Index> bins;
    for (Eigen::Index i = 0; i < data.size(); ++i)
        if (data.k_star_MeV[i] >= k[0] - margin && data.k_star_MeV[i] <= k[k.size() - 1] + margin) bins.push_back(i);
    return bins;
}

FeatureEstimate estimate_features(FeatureTransform const& transform, MeasuredCorrelation const& data,
                                  Eigen::MatrixXd const& covariance, bool averages, double smallest_error) {
    auto const bins = bins_within(transform, data);
    auto const& k = transform.k_star_MeV;
    if (bins.empty())
        throw InputError(fmt::format("{}: has no k* within the {:.6g} to {:.6g} MeV/c that the model was trained on",
                                     data.path, k[0], k[k.size() - 1]));
    TrainingCurve const curve(transform, data, bins, averages);
    Data measured{data.correlation(bins).matrix(), {}};
    auto const set_covariance = [&](Eigen::MatrixXd errors) {
        errors.diagonal() += curve.interpolation_variance();
        measured.root.compute(errors);
        if (measured.root.info() != Eigen::Success)
            throw InputError(data.path + ": the covariance of the data is not positive definite; check it");
    };
    FeatureEstimate result{Eigen::VectorXd::Zero(curve.features()), {}, 0.0, 0.0};
    auto const& z = result.value;
    auto const settle = [&] {
        result.value = most_probable(curve, measured, z);
        Eigen::LLT<Eigen::MatrixXd> const root(curvature(curve, measured, z));
        result.root = root.matrixU().solve(Eigen::MatrixXd::Identity(z.size(), z.size()));
    };
    if (covariance.size() > 0) {
        set_covariance(covariance(bins, bins));
        settle();
    } else {
        auto const n = static_cast<Eigen::Index>(bins.size());
        double const floor = smallest_error * std::max(1.0, measured.correlation.cwiseAbs().maxCoeff());
        double variance =
            std::max((measured.correlation - curve.at(z)).squaredNorm() / static_cast<double>(n), floor * floor);
        for (int round = 0; round < 100; ++round) {
            set_covariance(variance * Eigen::MatrixXd::Identity(n, n));
            settle();
            // So many of the features are the data's; the others are the training's.
            double const determined = static_cast<double>(z.size()) - result.root.squaredNorm();
            double const scatter = (measured.correlation - curve.at(z)).squaredNorm();
            double const next = std::max(scatter / std::max(static_cast<double>(n) - determined, 1.0), floor * floor);
            bool const done = std::fabs(std::log(next / variance)) < 0.01;
            variance = next;
            if (done) break;
        }
        result.error = std::sqrt(variance);
    }
    result.distance = distance(curve, measured, z);
    return result;
}

}  // namespace hadronforce
