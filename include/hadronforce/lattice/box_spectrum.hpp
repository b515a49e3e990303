#pragma once

#include "hadronforce/lattice/distinct_radii.hpp"
#include "hadronforce/lattice/stencils.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// What acts between two particles on a periodic lattice; lattice units.
struct BoxInteraction {
    Eigen::ArrayXd V;   ///< local part on each orbit
    Eigen::MatrixXd U;  ///< non-local part between all DistinctRadii, (U psi)(r) = sum over sites r' of U psi(r'); may
                        ///< be empty
};

/// Lowest eigenstates in the A1+ representation of H = -lap/(2 mu) + V + U, the Laplacian being the stencil's.
struct BoxSpectrum {
    Eigen::ArrayXd energies;  ///< ascending, 1/a
    Eigen::MatrixXd states;   ///< orbits x states; the sum of psi^2 over all sites is one
};

/// Throws InputError for more states than the lattice has, ConvergenceError where the iteration does not converge.
BoxSpectrum box_spectrum(CubicOrbits const& orbits, StencilOrder order, double reduced_mass_a,
                         BoxInteraction const& interaction, Eigen::Index states);

}  // namespace hadronforce
