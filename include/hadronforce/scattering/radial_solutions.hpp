#pragma once

#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/scattering/gauss_panels.hpp"
#include "hadronforce/scattering/level_equation.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// Both solutions of the radial equation, radii x momenta. Outside the potential the regular one is u = cos(delta) F +
/// sin(delta) G, the irregular one v = cos(delta) G - sin(delta) F, so that u'v - uv' = k everywhere.
struct RadialSolutions {
    Eigen::MatrixXd u;
    Eigen::MatrixXd v;
    Eigen::ArrayXd delta_rad;  ///< modulo pi, of each momentum, relative to the free or Coulomb wave
};

/// Solutions at the nodes of `panels`, which begin at 0 and end where there is no potential any more; knots and jumps
/// of the potential must be edges of panels. By Runge-Kutta-Fehlberg 7(8) in r, outward for u, inward for v;
/// `tolerance` is that of a step. Where a barrier keeps a momentum inside of the end (G is out of range there) u and v
/// are zero. Throws ConvergenceError where the waves take too many steps, or leave the range of a double.
RadialSolutions radial_solutions(LocalPotential const& potential, RadialEquation const& equation,
                                 Eigen::ArrayXd const& k_per_fm, GaussPanels const& panels, double tolerance = 1e-10);

}  // namespace hadronforce
