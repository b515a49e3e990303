#pragma once

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// Nodes of Gauss's rule on [-1, 1], ascending.
std::vector<double> gauss_nodes(int points);

/// Weights of the rule through given nodes of [-1, 1] that is exact for as many powers.
Eigen::ArrayXd weights_through(std::vector<double> const& nodes);

/// Gauss's rule and Kronrod's, which keeps its nodes and adds one between each two and at both ends.
struct NestedRule {
    std::vector<double> x;   ///< 2 points + 1, ascending; Gauss's are 1, 3, 5, ...
    Eigen::ArrayXd kronrod;  ///< weights
    Eigen::ArrayXd gauss;    ///< weights, 0 at the added nodes
    /// Weights that are odd in x, as large as kronrod - gauss, and annihilate as many odd powers as they can. An error
    /// that one of the two differences happens to miss shows in the other (Berntsen, Espelid, ACM TOMS 17 (1991) 233).
    Eigen::ArrayXd odd;
};
NestedRule nested_rule(int points);

}  // namespace hadronforce
