#pragma once

#include "hadronforce/femtoscopy/correlation_solver.hpp"
#include "hadronforce/scattering/nonlocal_solver.hpp"

#include <Eigen/Core>

namespace hadronforce {

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
