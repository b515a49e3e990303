#pragma once

#include "scattering/level_equation.hpp"
#include "scattering/numerov.hpp"

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// Waves of some momenta at the matching radius; the first momentum is zero.
struct WavesAtNodes {
    Eigen::MatrixX3d values;  ///< columns u, du/dr, density
    Eigen::ArrayXi zeros;
    double threshold_norm_fm;
};

/// Carries waves from the origin to the matching radius. `k_squared` holds the momenta from the largest to zero, padded
/// in front to whole registers; results are in ascending order.
WavesAtNodes propagate_all(std::vector<Lane> const& k_squared, Eigen::Index momenta, LevelEquation const& equation,
                           DensitySum const& density);

}  // namespace hadronforce
