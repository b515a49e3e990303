#pragma once

#include "hadronforce/lattice/cubic_orbits.hpp"

#include <limits>
#include <vector>

namespace hadronforce {

/// The distinct |r| of the orbits of a lattice, ascending: a function of |r| alone takes one value on each, though
/// different orbits, (3, 0, 0) and (2, 2, 1), may share it.
struct DistinctRadii {
    /// `end`: only radii below it; lattice units.
    explicit DistinctRadii(CubicOrbits const& orbits, double end = std::numeric_limits<double>::infinity());

    Eigen::ArrayXd r;                               ///< lattice units
    Eigen::ArrayXd multiplicity;                    ///< sites of each radius
    std::vector<std::vector<Eigen::Index>> orbits;  ///< of each radius
};

}  // namespace hadronforce
