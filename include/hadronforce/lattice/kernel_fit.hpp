#pragma once

#include "hadronforce/interaction/kernel_network.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace hadronforce {

/// What a non-local kernel must explain: integral d^3r' U(r, r') wave_s(r') = target_s(r) at every radius, for every
/// wave s. Points of equal |r| share a radius, as U depends on |r| alone.
struct KernelFitData {
    Eigen::ArrayXd r;         ///< distinct radii
    Eigen::ArrayXd measure;   ///< volume that each radius stands for
    Eigen::MatrixXd waves;    ///< radii x waves
    Eigen::MatrixXd targets;  ///< radii x waves: (E - H0) wave
    Eigen::MatrixXd weights;  ///< radii x waves: of squared residuals in the loss, which is then one for U = 0
};

/// Weights that divide each wave's squared residual, integrated over space, by that of its target and by the number of
/// waves.
Eigen::MatrixXd norm_weights(Eigen::ArrayXd const& measure, Eigen::MatrixXd const& targets);

struct KernelFitSettings {
    double l2 = 1e-10;  ///< times the square of all parameters, added to the loss
    /// Times the integral of U(r, r')^2 over r >= penalty_from and all r', relative to that of the smallest kernel that
    /// explains the data, |target|^2/|wave|^2; added to the loss.
    double penalty = 0.0;
    double penalty_from = 0.0;
    double goal = 3e-5;             ///< relative residual at which the fit is done
    std::int64_t local_steps = 50;  ///< first steps, which move a local part alone
    std::int64_t patience = 100;    ///< steps in which ...
    double least_progress = 0.01;   ///< ... the loss must have fallen by this part, else the fit has converged
    std::int64_t most_steps = 3000;
    double checkpoint_every_s = 60.0;
    std::int64_t seed = 1;  ///< of the first parameters
};

/// A line of the learning curve.
struct KernelFitStep {
    std::int64_t step;
    double residual;  ///< root of the loss without l2 and penalty: relative to U = 0
    double loss;
    double damping;
    double seconds;
};

/// Everything that a fit needs to go on exactly where it was.
struct KernelFitState {
    std::int64_t step = 0;
    double damping = 1e-2;
    double loss = std::numeric_limits<double>::quiet_NaN();
    double seconds = 0.0;
    Eigen::VectorXd parameters;
    std::vector<KernelFitStep> curve;
};

enum class FitEnd { goal_reached, no_more_progress, most_steps };
bool has_converged(FitEnd end);

/// What happens during a fit; all may be empty.
struct KernelFitCallbacks {
    std::function<void(KernelFitState const&)> step_done;
    std::function<void(KernelFitState const&)> save;  ///< called on all ranks together
    std::function<bool()> should_stop;                ///< whether this rank was asked to stop
    std::string checkpoint;                           ///< what `save` writes, for messages
};

/// First parameters of a network: the standard normal numbers of `seed`.
void initialise(KernelNetwork& network, std::int64_t seed);

/// Collective. Minimises the weighted squares of U wave - target plus l2 |parameters|^2 plus the penalty, by Levenberg
/// and Marquardt's method in the space of parameters: the residual is linear in U, so a step needs the derivatives of U
/// alone. Rows of the residual are dealt over ranks; the normal equations are summed in one reduction a step. The
/// network is left with the best parameters. Throws Stopped after saving when any rank should stop, std::runtime_error,
/// naming step, rank and checkpoint, where the loss is not finite.
FitEnd fit_kernel(Communicator const& comm, KernelNetwork& network, KernelFitData const& data,
                  KernelFitSettings const& settings, std::optional<KernelFitState> const& start_from,
                  KernelFitCallbacks const& callbacks, KernelFitState& state);

/// Relative residual of each wave and radius, radii x waves: U wave - target times the root of its weight, and of the
/// number of waves; for norm_weights (U wave - target) sqrt(measure)/|target|. Not collective.
Eigen::MatrixXd relative_residuals(KernelNetwork const& network, KernelFitData const& data);

/// Throws InputError where sizes do not fit, numbers are not finite, radii do not increase, a wave or a target is zero.
void check(KernelFitData const& data);

}  // namespace hadronforce
