#pragma once

#include "hadronforce/interaction/kernel_network.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace hadronforce {

/// What a non-local kernel must explain: integral d^3r' U(r, r') wave_s(r') = target_s(r) at every radius, for every
/// wave s. Points of equal |r| share a radius, as U depends on |r| alone.
struct KernelFitData {
    Eigen::ArrayXd r;         ///< distinct radii
    Eigen::ArrayXd measure;   ///< volume that each radius stands for
    Eigen::MatrixXd waves;    ///< radii x waves
    Eigen::MatrixXd targets;  ///< radii x waves: (E - H0) wave
    Eigen::MatrixXd weights;  ///< radii x waves: of squared residuals in the loss
    /// Whether weights are inverse variances, so that the loss is a chi^2; else it is one for U = 0.
    bool is_chi2 = false;
    /// Of offsets b_s psi_s(r) that noise adds to the targets, the same at all radii; energies. Empty: there are none.
    Eigen::MatrixXd offset_covariance;
};

/// Weights that divide each wave's squared residual, integrated over space, by that of its target and by the number of
/// waves.
Eigen::MatrixXd norm_weights(Eigen::ArrayXd const& measure, Eigen::MatrixXd const& targets);

struct KernelFitSettings {
    double l2 = 1e-10;  ///< times the square of all parameters that are fitted but the tail's, added to the loss
    /// Times the integral of U(r, r')^2 over r or r' >= penalty_from, relative to that of the smallest kernel that
    /// explains the data, |target|^2/|wave|^2; added to the loss.
    double penalty = 0.0;
    double penalty_from = 0.0;
    bool penalty_beyond_both = false;  ///< r and r' >= penalty_from instead
    double goal = 3e-5;                ///< relative residual at which the fit is done
    /// Distance from the minimum at which the fit has converged: what a whole Gauss-Newton step would still gain, in
    /// units of chi^2 where the loss is one, else relative to the loss.
    double tolerance = 1e-4;
    std::int64_t patience = 100;   ///< steps in which ...
    double least_progress = 0.01;  ///< ... the loss must have fallen by this part, else the fit ends
    std::int64_t most_steps = 3000;
    std::int64_t seed = 1;    ///< of the first parameters;
    std::int64_t starts = 1;  ///< so many fits, from seed, seed + 1, ...; that with the lowest loss is taken
};

/// A line of the learning curve.
struct KernelFitStep {
    std::int64_t step;
    double residual;  ///< root of the data's loss relative to that of U = 0
    double loss;
    double damping;
    double seconds;
};

enum class FitEnd { goal_reached, minimum, no_more_progress, most_steps };

/// Where a fit ended.
struct KernelFitResult {
    FitEnd end = FitEnd::most_steps;
    Eigen::VectorXd parameters;
    double loss = std::numeric_limits<double>::quiet_NaN();
    double data_loss = std::numeric_limits<double>::quiet_NaN();  ///< without l2, penalty and the tail's prior
    double residual = std::numeric_limits<double>::quiet_NaN();   ///< of the last step
    std::vector<KernelFitStep> curve;
    bool converged = false;

    std::int64_t steps() const { return curve.empty() ? 0 : curve.back().step; }
};

/// First parameters of a network: the standard normal numbers of `seed`.
void initialise(KernelNetwork& network, std::int64_t seed);

/// Minimises the weighted squares of U wave - target plus l2 |parameters|^2 plus the penalty, by Levenberg and
/// Marquardt's method in the space of parameters, from those that the network has: the residual is linear in U, so a
/// step needs the derivatives of U alone. Where there are a local part and a kernel, and the network is still as
/// `initialise` left it, the local part is fitted first, alone. The network is left with the best parameters. Not
/// collective. Throws Stopped when `should_stop`, which may be empty, says so, std::runtime_error naming the step where
/// the loss is not finite.
KernelFitResult fit_kernel(KernelNetwork& network, KernelFitData const& data, KernelFitSettings const& settings,
                           std::function<bool()> const& should_stop = {});

/// Residual of each wave and radius, radii x waves: (U wave + V wave - target) times the root of its weight.
Eigen::MatrixXd weighted_residuals(KernelNetwork const& network, KernelFitData const& data);

/// Most likely offsets of the waves for the network's parameters, energies; empty where the data have none.
Eigen::VectorXd fitted_offsets(KernelNetwork const& network, KernelFitData const& data,
                               KernelFitSettings const& settings);

/// Throws InputError where sizes do not fit, numbers are not finite, radii do not increase, a wave or a target is zero.
void check(KernelFitData const& data);

}  // namespace hadronforce
