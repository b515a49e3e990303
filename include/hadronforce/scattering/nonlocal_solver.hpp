#pragma once

#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/interaction/nonlocal_potential.hpp"
#include "hadronforce/scattering/charged_waves.hpp"
#include "hadronforce/scattering/gauss_panels.hpp"

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// What acts between the two particles: a local part, a non-local part, or both. Radii, momenta and energies are in one
/// system of units, fm and MeV or natural; `two_mu` is 2 mu/(hbar c)^2 in 1/(MeV fm^2), or 2 mu.
struct Interaction {
    LocalPotential const* local = nullptr;
    NonlocalPotential const* nonlocal = nullptr;
    double two_mu = 0.0;
    double two_eta_k = 0.0;  ///< of point charges beside it, inverse length (PartialWaveKind); positive repels
};

/// k cot(delta) = -1/a0 + r_eff k^2/2 + ...; with charges C_0^2 k cot(delta) + 2 k eta h(eta) takes its place (Bethe,
/// Phys. Rev. 76 (1949) 38). Lengths in the unit of the interaction.
struct NonlocalScattering {
    Eigen::ArrayXd delta_rad;    ///< continuous in k, beside the Coulomb wave's; at k -> 0 (number of bound states) pi,
                                 ///< where charges attract, pi times the quantum defect of the highest levels
    Eigen::ArrayXd k_cot_delta;  ///< or what takes its place
    double scattering_length;    ///< positive with a shallow bound state
    double effective_range;      ///< 2 integral [(1 - r/a0)^2 - u_0^2] dr, which holds for symmetric U too; of charges
                                 ///< with the irregular and regular waves of k = 0 in place of 1 and r
    int bound_states;            ///< where charges attract, those more than their own
};

/// What the wave that begins as r is outside of an interaction without charges: `regular` sin(kr)/k + `irregular`
/// cos(kr), below threshold sinh(kappa r)/kappa and cosh(kappa r). Both are smooth functions of k^2, and their ratio is
/// k cot(delta).
struct WaveOutside {
    double regular, irregular;
    double at_end;  ///< share of `irregular` that a length like the whole range would add were the interaction there as
                    ///< at its end: 1 or less of one that ends in a step, and far below of one that falls off
};

/// Solves u'' + (k^2 - 2 eta k/r) u = 2 mu [V u + 4 pi integral r r' U(r, r') u(r') dr'] in coordinate space. The
/// Lippmann-Schwinger equation with the Green function sin(k (r - r'))/k, r' < r, or that of Coulomb waves, F_0 and G_0
/// in place of sine and cosine, is collocated on Gauss panels; the integral up to r runs over the polynomial of each
/// panel, so the Green function's kink at r = r' costs no accuracy. The interaction is factorised once into as many
/// products as it has rank; each momentum then costs a linear system of that size.
class NonlocalSolver {
  public:
    /// `k_max`: highest momentum that will be asked for. `tolerance`: of the interaction on its panels, relative to its
    /// largest value. Throws InputError for an interaction that is not finite or does not fall off, ConvergenceError
    /// for one that is too rough.
    NonlocalSolver(Interaction const& interaction, double k_max, double tolerance = 1e-13);

    /// The same on panels half as long: what changes is the error.
    NonlocalSolver refined() const;

    /// The same with panels no longer than `longest` in [0, within], for products of its waves with something else.
    NonlocalSolver with_panels_at_most(double longest, double within) const;

    /// At positive momenta in increasing order. Throws InputError for others, and where eta is beyond what Coulomb
    /// functions are known for.
    NonlocalScattering scatter(Eigen::ArrayXd const& k) const;

    /// At any real k^2, also negative; not a number where waves leave the range of a double. Without charges.
    WaveOutside wave_outside(double k2) const;

    /// kappa of each bound state, E = -kappa^2/two_mu; deepest first. Where charges attract, which bind without end,
    /// those above least_binding_momentum.
    std::vector<double> binding_momenta(int charged_levels = 3) const;

    /// Of attracting charges that half way (in n, n + 1/2) between their own levels n = charged_levels and n + 1; else
    /// 0.
    double least_binding_momentum(int charged_levels) const;

    /// Waves at the nodes of `panels()`, one column for each momentum, normalised to sin(k r + delta) outside, with
    /// charges to cos(delta) F_0 + sin(delta) G_0.
    Eigen::MatrixXd waves(Eigen::ArrayXd const& k) const;

    GaussPanels const& panels() const noexcept { return panels_; }
    double two_eta_k() const noexcept { return interaction_.two_eta_k; }

  private:
    NonlocalSolver(Interaction const& interaction, GaussPanels panels, double tolerance);

    /// A solution at the nodes; outside, u is these parts of the waves without interaction that begin as r and 1.
    struct Wave {
        Eigen::ArrayXd u;
        double regular_part;
        double irregular_part;
        WavesWithoutInteraction without;
        Eigen::ArrayXd source;  ///< what the interaction makes of u
    };
    Wave wave(WavesWithoutInteraction without) const;
    Wave wave(double k) const;
    struct Outside {
        double principal_delta;  ///< up to multiples of pi
        double range_function;   ///< k cot(delta) or what takes its place
    };
    Outside outside(double k) const;
    double gamow_factor_of(double k) const;
    void check_sommerfeld_parameter(double k) const;
    /// delta at k -> 0, whose wave is given.
    double threshold_delta(Wave const& threshold) const;
    int states_deeper_than(double kappa) const;
    /// det(1 - Green(i kappa) interaction), zero at bound states; where charges attract, times what is zero at their
    /// own levels, where it has poles.
    double fredholm_determinant(double kappa) const;
    /// Adds the states between low and high, deepest first.
    void add_binding_momenta(double low, int deeper_than_low, double high, int deeper_than_high,
                             std::vector<double>& momenta) const;
    /// The Green function at energy -kappa^2, times functions given at the nodes.
    Eigen::MatrixXd green_below_threshold(double kappa, Eigen::MatrixXd const& functions) const;
    Eigen::MatrixXd threshold_green(Eigen::MatrixXd const& functions) const;
    Eigen::MatrixXd decaying_green(double kappa, Eigen::MatrixXd const& functions) const;
    Eigen::MatrixXd charged_green(WavesBelowThreshold const& waves, Eigen::MatrixXd const& functions) const;
    void factorise_symmetrically();

    Interaction interaction_;
    GaussPanels panels_;
    double tolerance_;
    Eigen::MatrixXd left_;       ///< nodes x rank
    Eigen::MatrixXd right_;      ///< nodes x rank; the interaction takes u to left right^T u
    Eigen::MatrixXd symmetric_;  ///< nodes x rank; the interaction is symmetric_ diag(signs_) symmetric_^T between
                                 ///< functions times the roots of the weights
    Eigen::ArrayXd signs_;
    double deepest_ = 0.0;  ///< kappa that no bound state can exceed
    int bound_states_ = 0;  ///< where charges attract, not counted
};

}  // namespace hadronforce
