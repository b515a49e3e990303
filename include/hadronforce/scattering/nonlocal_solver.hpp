#pragma once

#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/interaction/nonlocal_potential.hpp"
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
};

/// k cot(delta) = -1/a0 + r_eff k^2/2 + ...; lengths in the unit of the interaction.
struct NonlocalScattering {
    Eigen::ArrayXd delta_rad;  ///< continuous in k, (number of bound states) pi at k -> 0
    double scattering_length;  ///< positive with a shallow bound state
    double effective_range;    ///< 2 integral [(1 - r/a0)^2 - u_0^2] dr, which holds for symmetric U too
    int bound_states;
};

/// Solves u'' + k^2 u = 2 mu [V u + 4 pi integral r r' U(r, r') u(r') dr'] in coordinate space. The Lippmann-Schwinger
/// equation with the Green function sin(k (r - r'))/k, r' < r, is collocated on Gauss panels; the integral up to r runs
/// over the polynomial of each panel, so the Green function's kink at r = r' costs no accuracy. The interaction is
/// factorised once into as many products as it has rank; each momentum then costs a linear system of that size.
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

    /// At positive momenta in increasing order. Throws InputError for others.
    NonlocalScattering scatter(Eigen::ArrayXd const& k) const;

    /// kappa of each bound state, E = -kappa^2/two_mu; deepest first.
    std::vector<double> binding_momenta() const;

    /// Waves at the nodes of `panels()`, one column for each momentum, normalised to sin(k r + delta) outside.
    Eigen::MatrixXd waves(Eigen::ArrayXd const& k) const;

    GaussPanels const& panels() const noexcept { return panels_; }

  private:
    NonlocalSolver(Interaction const& interaction, GaussPanels panels, double tolerance);

    /// A solution at the nodes; outside, u = (sine_part sin(kr) + cosine_part cos(kr))/k, at k = 0 sine_part r +
    /// cosine_part.
    struct Wave {
        Eigen::ArrayXd u;
        double sine_part;
        double cosine_part;
    };
    Wave wave(double k) const;
    double principal_delta(double k) const;
    int states_deeper_than(double kappa) const;
    /// det(1 - Green(i kappa) interaction), zero at bound states.
    double fredholm_determinant(double kappa) const;
    /// Adds the states between low and high, deepest first.
    void add_binding_momenta(double low, int deeper_than_low, double high, int deeper_than_high,
                             std::vector<double>& momenta) const;
    /// The Green function at energy -kappa^2, times functions given at the nodes.
    Eigen::MatrixXd green_below_threshold(double kappa, Eigen::MatrixXd const& functions) const;
    Eigen::MatrixXd threshold_green(Eigen::MatrixXd const& functions) const;
    Eigen::MatrixXd decaying_green(double kappa, Eigen::MatrixXd const& functions) const;
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
    int bound_states_ = 0;
};

}  // namespace hadronforce
