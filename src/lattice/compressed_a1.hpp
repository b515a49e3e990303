#pragma once

#include "hadronforce/lattice/cubic_orbits.hpp"

#include <array>
#include <string>

namespace hadronforce {

/// The real part of (M_aa - M_ab - M_ba + M_bb)/2 from a file of format compressed_a1, one value an orbit.
Eigen::ArrayXd read_compressed_a1(std::string const& path, std::array<int, 2> const& spin_components,
                                  CubicOrbits const& orbits);

}  // namespace hadronforce
