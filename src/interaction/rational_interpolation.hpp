#pragma once

#include <Eigen/Core>

namespace hadronforce {

/// Weights w_i of a rational interpolant sum_i w_i f_i/(x - x_i) / sum_i w_i/(x - x_i) that blends the polynomials
/// through order + 1 neighbouring nodes, as Floater and Hormann do (Numer. Math. 107 (2007) 315), each times the
/// (order + 1)th power of the length of its own nodes: without that, polynomials of places with dense nodes reach into
/// places with few, and an error of f grows 6e4 times on radii sqrt(n) a up to 16 a, at order 3, rather than 16 times.
/// Nodes increase; more than `order` of them.
Eigen::ArrayXd rational_weights(Eigen::ArrayXd const& nodes, int order);

/// Whether the denominator changes its sign inside an interval, which it does not on nodes that become dense gradually.
bool has_pole_between_nodes(Eigen::ArrayXd const& nodes, Eigen::ArrayXd const& weights);

/// Row i times the values at the nodes is the interpolant at x_i.
Eigen::MatrixXd rational_interpolation(Eigen::ArrayXd const& nodes, Eigen::ArrayXd const& weights,
                                       Eigen::ArrayXd const& x);

}  // namespace hadronforce
