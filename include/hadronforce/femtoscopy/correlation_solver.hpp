#pragma once

#include "hadronforce/femtoscopy/partial_wave_correlation.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// C(k*) of one interaction and one source, and what scattering theory says of the interaction.
struct CorrelationResult {
    Eigen::ArrayXd correlation;   ///< C at each k*
    Eigen::ArrayXd delta_rad;     ///< s-wave phase shift at each k*, continuous in k, n_bound pi at k -> 0
    double scattering_length_fm;  ///< a0 of k cot(delta) = -1/a0 + r_eff k^2 / 2: positive with a shallow bound state
    double effective_range_fm;
    int bound_states;         ///< number of s-wave bound states
    double error_estimate;    ///< of C, relative to max(1, C), largest over k*
    int grid_points;          ///< radial points of the finest grid that was needed
    bool recomputed = false;  ///< by adaptive steps, as not even the finest grid met the tolerance
};

/// Solves the radial Schroedinger equation of the s-wave for all k* at once and folds it with the source:
/// C(k) = 1 + integral 4 pi r^2 S(r) (|u/(kr)|^2 - j_0(kr)^2) dr. Keeps tables for its momenta between calls; one
/// object a thread.
class CorrelationSolver {
  public:
    /// `tolerance`: largest error of C relative to max(1, C). Throws InputError for momenta that are not positive and
    /// finite, a mass or tolerance out of range (tolerance 1e-10 to 1e-2).
    CorrelationSolver(Eigen::ArrayXd k_star_MeV, double reduced_mass_MeV, double tolerance = 1e-6);

    /// Throws ConvergenceError where neither the finest grid nor adaptive steps reach the tolerance.
    CorrelationResult solve(LocalPotential const& potential, Source const& source);

    Eigen::ArrayXd const& k_star_MeV() const noexcept { return k_star_MeV_; }

  private:
    Eigen::ArrayXd k_star_MeV_;
    PartialWaveCorrelation s_wave_;
};

}  // namespace hadronforce
