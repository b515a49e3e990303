#pragma once

#include "hadronforce/scattering/radial_grid.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// How far r V at the odd nodes of a level is from the polynomials through six even ones, as integral |d(r V)| dr in
/// the units of `r_v`. Small once the even nodes see all there is of V; no errors of either sign cancel, as those of C
/// may for edges between nodes. `r_v`: r V from node 0 to an even one. V jumps at the node `jump`, where r V is
/// `beyond_jump` as seen from outside; 0 where it does not.
double unseen_between_nodes(Eigen::ArrayXd r_v, GridLevel const& level, Eigen::Index jump, double beyond_jump);

/// What is small enough, of |2 mu V/(hbar c)^2|, for C to a tolerance: three levels that begin there do not agree by
/// chance.
double negligibly_unseen(double tolerance);

}  // namespace hadronforce
