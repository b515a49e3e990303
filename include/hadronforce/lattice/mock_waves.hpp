#pragma once

#include "hadronforce/lattice/kernel_fit.hpp"
#include "hadronforce/scattering/nonlocal_solver.hpp"

namespace hadronforce {

/// Exact Nambu-Bethe-Salpeter waves psi(r) = u(r)/r of an interaction, u -> sin(kr + delta) outside, without noise, at
/// the Gauss-Legendre nodes of `panels` equal panels on [0, cut], with (E - H0) psi = U psi. `k`: increasing, in
/// inverse lengths; `tolerance`: NonlocalSolver's. Throws what that throws, and InputError for a cut beyond the
/// interaction.
KernelFitData mock_waves(Interaction const& interaction, Eigen::ArrayXd const& k, double tolerance, double cut,
                         int panels);

}  // namespace hadronforce
