#pragma once

#include <Eigen/Core>

#include <cmath>
#include <vector>

namespace hadronforce::testing {

/// The distinct distances |n| a of a cubic lattice's points with n^2 <= `largest_n_squared`.
inline Eigen::ArrayXd lattice_radii(double a, int largest_n_squared) {
    auto const is_sum_of_squares = [](int n) {
        for (int x = 0; x * x <= n; ++x)
            for (int y = 0; x * x + y * y <= n; ++y) {
                int const z = static_cast<int>(std::lround(std::sqrt(n - x * x - y * y)));
                if (x * x + y * y + z * z == n) return true;
            }
        return false;
    };
    std::vector<double> radii;
    for (int n = 0; n <= largest_n_squared; ++n)
        if (is_sum_of_squares(n)) radii.push_back(a * std::sqrt(n));
    return Eigen::Map<Eigen::ArrayXd const>(radii.data(), static_cast<Eigen::Index>(radii.size()));
}

}  // namespace hadronforce::testing
