#pragma once

#include "hadronforce/femtoscopy/correlation_solver.hpp"
#include "hadronforce/scattering/nonlocal_solver.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// C(k*) of a source and of the interaction that `solver` solves, in fm and MeV, at increasing momenta in MeV/c up to
/// the solver's highest: C = 1 + integral 4 pi r^2 S (|u/(kr)|^2 - j_0(kr)^2) dr by Gauss's rule, on the panels of the
/// waves and, outside them, on further ones with u = sin(kr + delta). The error estimate is the change on panels half
/// as long. Throws InputError for momenta that do not increase from a positive one.
CorrelationResult nonlocal_correlation(NonlocalSolver const& solver, Source const& source,
                                       Eigen::ArrayXd const& k_star_MeV);

}  // namespace hadronforce
