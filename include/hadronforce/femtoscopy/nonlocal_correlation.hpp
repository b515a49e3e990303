#pragma once

#include "hadronforce/femtoscopy/source.hpp"
#include "hadronforce/scattering/nonlocal_solver.hpp"

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

/// C(k*) of a source and of the interaction that `solver` solves, in fm and MeV, at increasing momenta in MeV/c up to
/// the solver's highest: C = C_0 + integral 4 pi r^2 S (|u/(kr)|^2 - |F_0/(kr)|^2) dr by Gauss's rule, on the panels of
/// the waves and, outside them, on further ones with u = cos(delta) F_0 + sin(delta) G_0; without charges F_0 is
/// sin(kr), and C_0 is 1. With charges `without_interaction` is C_0, PairCorrelationSolver::without_strong_force at
/// these momenta. The error estimate is the change on panels half as long. Throws InputError for momenta that do not
/// increase from a positive one, or for a C_0 of another number of them.
CorrelationResult nonlocal_correlation(NonlocalSolver const& solver, Source const& source,
                                       Eigen::ArrayXd const& k_star_MeV,
                                       Eigen::ArrayXd const& without_interaction = {});

}  // namespace hadronforce
