#include "femtoscopy/nested_rule.hpp"

#include <Eigen/LU>

#include <boost/math/special_functions/legendre.hpp>
#include <boost/math/special_functions/legendre_stieltjes.hpp>

#include <algorithm>

namespace hadronforce {
namespace {

/// From those that are not negative.
std::vector<double> both_sides(std::vector<double> const& zeros) {
    std::vector<double> all = zeros;
    for (double x : zeros)
        if (x > 0.0) all.push_back(-x);
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace

std::vector<double> gauss_nodes(int points) { return both_sides(boost::math::legendre_p_zeros<double>(points)); }

Eigen::ArrayXd weights_through(std::vector<double> const& nodes) {
    // The integrals of Legendre's polynomials are 2, 0, 0, ...
    auto const n = static_cast<Eigen::Index>(nodes.size());
    Eigen::MatrixXd legendre(n, n);
    for (Eigen::Index m = 0; m < n; ++m)
        for (Eigen::Index j = 0; j < n; ++j)
            legendre(m, j) = boost::math::legendre_p(static_cast<int>(m), nodes[static_cast<std::size_t>(j)]);
    return (2.0 * legendre.partialPivLu().solve(Eigen::VectorXd::Unit(n, 0))).array();
}

NestedRule nested_rule(int points) {
    NestedRule rule;
    auto const gauss = gauss_nodes(points);
    // The zeros of Stieltjes' polynomial lie between Gauss's.
    auto const added =
        both_sides(boost::math::legendre_stieltjes<double>(static_cast<std::size_t>(points) + 1).zeros());
    for (std::size_t i = 0; i < gauss.size(); ++i) {
        rule.x.push_back(added[i]);
        rule.x.push_back(gauss[i]);
    }
    rule.x.push_back(added.back());
    rule.kronrod = weights_through(rule.x);
    rule.gauss = Eigen::ArrayXd::Zero(rule.kronrod.size());
    rule.gauss(Eigen::seqN(1, points, 2)) = weights_through(gauss);
    // On the positive nodes, orthogonal to P_1, P_3, ... P_{2 points - 3}.
    Eigen::MatrixXd powers(std::max(points - 1, 1), points);
    powers.setZero();
    for (int m = 0; m + 1 < points; ++m)
        for (int i = 0; i < points; ++i)
            powers(m, i) = boost::math::legendre_p(2 * m + 1, rule.x[static_cast<std::size_t>(points + 1 + i)]);
    Eigen::VectorXd const half = powers.fullPivLu().kernel().col(0);
    rule.odd = Eigen::ArrayXd::Zero(rule.kronrod.size());
    rule.odd.tail(points) = half.array();
    rule.odd.head(points) = -half.reverse().array();
    rule.odd *= (rule.kronrod - rule.gauss).matrix().norm() / rule.odd.matrix().norm();
    return rule;
}

}  // namespace hadronforce
