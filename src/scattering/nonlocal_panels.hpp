#pragma once

#include "hadronforce/scattering/nonlocal_solver.hpp"

namespace hadronforce {

/// Panels to where the interaction ends, on which polynomials follow it, times waves up to k_max, to `tolerance` of its
/// largest value. Throws as NonlocalSolver does.
GaussPanels panels_for(Interaction const& interaction, double k_max, double tolerance);

}  // namespace hadronforce
