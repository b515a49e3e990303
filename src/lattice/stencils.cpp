#include "hadronforce/lattice/stencils.hpp"

#include <Eigen/LU>

namespace hadronforce {

int reach_of(StencilOrder order) { return order == StencilOrder::second ? 1 : 2; }

namespace {

/// Weights of f at the nodes in the derivative at zero, exact for polynomials through them.
std::vector<double> one_sided_weights(StencilOrder order, int offset, int derivative) {
    int const reach = reach_of(order), size = 2 * reach + 1;
    Eigen::VectorXd const nodes = Eigen::VectorXd::LinSpaced(size, offset - reach, offset + reach);
    Eigen::MatrixXd powers(size, size);
    for (int p = 0; p < size; ++p) powers.row(p) = nodes.array().pow(p).matrix().transpose();
    Eigen::VectorXd wanted = Eigen::VectorXd::Zero(size);
    wanted[derivative] = derivative;  // the factorial of 1 or 2
    Eigen::VectorXd const weights = powers.fullPivLu().solve(wanted);
    return {weights.begin(), weights.end()};
}

}  // namespace

std::vector<double> first_derivative_weights(StencilOrder order, int offset) {
    if (offset != 0) return one_sided_weights(order, offset, 1);
    if (order == StencilOrder::second) return {-0.5, 0.0, 0.5};
    return {1.0 / 12.0, -2.0 / 3.0, 0.0, 2.0 / 3.0, -1.0 / 12.0};
}

std::vector<double> second_derivative_weights(StencilOrder order, int offset) {
    if (offset != 0) return one_sided_weights(order, offset, 2);
    if (order == StencilOrder::second) return {1.0, -2.0, 1.0};
    return {-1.0 / 12.0, 4.0 / 3.0, -2.5, 4.0 / 3.0, -1.0 / 12.0};
}

CubicLaplacian::CubicLaplacian(CubicOrbits const& orbits, StencilOrder order) {
    auto const along_axis = second_derivative_weights(order);
    int const reach = reach_of(order);
    weights_.push_back(3.0 * along_axis[static_cast<std::size_t>(reach)]);
    for (int distance = 1; distance <= reach; ++distance) {
        weights_.push_back(along_axis[static_cast<std::size_t>(reach + distance)]);
        Neighbours neighbours(6, orbits.size());
        for (Eigen::Index i = 0; i < orbits.size(); ++i) {
            auto const& site = orbits.representatives()[static_cast<std::size_t>(i)];
            auto const orbit = [&](int dx, int dy, int dz) {
                return static_cast<int>(orbits.orbit_of(site[0] + dx, site[1] + dy, site[2] + dz));
            };
            neighbours.col(i) << orbit(distance, 0, 0), orbit(-distance, 0, 0), orbit(0, distance, 0),
                orbit(0, -distance, 0), orbit(0, 0, distance), orbit(0, 0, -distance);
        }
        at_distance_.push_back(std::move(neighbours));
    }
}

Eigen::ArrayXd CubicLaplacian::operator()(Eigen::Ref<Eigen::ArrayXd const> const& field) const {
    Eigen::ArrayXd laplacian = weights_[0] * field;
    for (std::size_t distance = 0; distance < at_distance_.size(); ++distance) {
        auto const& neighbours = at_distance_[distance];
        for (Eigen::Index i = 0; i < field.size(); ++i) {
            double sum = 0.0;
            for (int n = 0; n < 6; ++n) sum += field[neighbours(n, i)];
            laplacian[i] += weights_[distance + 1] * sum;
        }
    }
    return laplacian;
}

}  // namespace hadronforce
