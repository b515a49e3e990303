#pragma once

#include "hadronforce/scattering/coupled_channels.hpp"
#include "hadronforce/scattering/radial_grid.hpp"

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// The coupled equations on one level, ready for any energy: chi'' = (12/step^2) T chi with T_n = a_n - k^2 b_n, k^2
/// diagonal. chi is w/sqrt(g), w_i = u_i/sqrt(mu_i), for which the potential 2 sqrt(mu_i mu_j) V_ij/(hbar c)^2 is
/// symmetric.
struct CoupledEquation {
    double step;
    Eigen::Index match;         ///< matching node
    Eigen::ArrayXXd a;          ///< column n: the channels x channels matrix at node n <= match + 1; node 0 is unused
    Eigen::ArrayXXd imaginary;  ///< its imaginary part; empty for real potentials
    double const* b;            ///< (step^2/12) g^2 in fm^2, owned by the grid
    Eigen::Index jump = 0;      ///< node at which an entry jumps; 0 where none does. a[jump] is the inner one
    Eigen::MatrixXcd a_after_jump;

    /// The regular solutions near the origin, w_c = r^(l+1) (1 + A r/(2l+2) + ...) with V -> A/r + B: y_0 and, but for
    /// its (1 - T_1), y_1, each divided by r_1^(l+1). At energy k^2 the diagonal of `y_first` is less by
    /// k^2 k_squared_first.
    Eigen::MatrixXcd y_origin;
    Eigen::MatrixXcd y_first;
    Eigen::VectorXd k_squared_first;

    /// (w, dw/dr) from (chi, dchi/dx) at the matching node.
    double root_g;      ///< w = root_g chi
    double half_slope;  ///< dw/dr = half_slope chi + chi'/root_g
};

/// Nodes of level 0.
struct OuterNodes {
    Eigen::Index potential_end;  ///< the first from which all entries stay under `negligible_per_fm2`
    Eigen::Index match;          ///< the first at or beyond `reach_fm` of those
};
/// Lengthens the grid as needed, and rebuilds it where the potential jumps at another
/// radius than before. Throws InputError as CoupledWaves::set_potential does.
OuterNodes outer_nodes(std::vector<Channel> const& channels, PotentialMatrix const& potential,
                       double negligible_per_fm2, double reach_fm, RadialGrid& grid);

/// How far r V at the odd nodes of a level is from the polynomials through six even ones: the largest entry's integral
/// |2 mu d(rV)/(hbar c)^2| dr. Small once the even nodes see all there is of V; no errors of either sign cancel.
double interpolation_error(std::vector<Channel> const& channels, PotentialMatrix const& potential,
                           RadialGrid const& grid, int level, Eigen::Index matching_node_of_level_0);

CoupledEquation make_coupled_equation(std::vector<Channel> const& channels, PotentialMatrix const& potential,
                                      RadialGrid const& grid, int level, Eigen::Index matching_node_of_level_0);

}  // namespace hadronforce
