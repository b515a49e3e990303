#include "hadronforce/lattice/stencils.hpp"

namespace hadronforce {

int reach_of(StencilOrder order) { return order == StencilOrder::second ? 1 : 2; }

std::vector<double> first_derivative_weights(StencilOrder order) {
    if (order == StencilOrder::second) return {-0.5, 0.0, 0.5};
    return {1.0 / 12.0, -2.0 / 3.0, 0.0, 2.0 / 3.0, -1.0 / 12.0};
}

std::vector<double> second_derivative_weights(StencilOrder order) {
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
            auto const [x, y, z] = orbits.representatives()[static_cast<std::size_t>(i)];
            auto const orbit = [&](int dx, int dy, int dz) {
                return static_cast<int>(orbits.orbit_of(x + dx, y + dy, z + dz));
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
