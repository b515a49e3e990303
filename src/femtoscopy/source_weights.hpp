#pragma once

#include "hadronforce/femtoscopy/source.hpp"
#include "hadronforce/scattering/radial_grid.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// Writes weights of the first nodes of a grid's level, in 1/fm^2: weight_n f(r_n) sums to integral 4 pi S f dr for f
/// that are smooth in the grid's coordinate. It is the trapezoid's rule; of sources with knots the integral, piece by
/// piece between their knots, of r^2 S times the polynomials of f/r^2 through ten nodes, none of which lie on
/// both sides of the grid's fixed node.
void fill_source_weights(Source const& source, RadialGrid const& grid, int level, Eigen::Ref<Eigen::ArrayXd> weight);

/// Radius in fm to which the weights of the nodes up to `last` integrate: the trapezoid's half a step beyond it.
double end_of_source_weights_fm(Source const& source, RadialGrid const& grid, int level, Eigen::Index last);

}  // namespace hadronforce
