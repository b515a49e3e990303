#pragma once

#include <Eigen/Core>

#include <array>
#include <cstdint>
#include <vector>

namespace hadronforce {

/// The orbits of the sites of a periodic L^3 lattice under the 48 operations of the cubic group (rotations and
/// inversion): what a field in the A1+ representation depends on. An orbit is represented by its site
/// L/2 >= x >= y >= z >= 0; orbits are ordered by (z, y, x), x fastest.
class CubicOrbits {
  public:
    using Site = std::array<int, 3>;  ///< x, y, z in lattice units

    /// Throws InputError for L < 1 and L > 1024.
    explicit CubicOrbits(std::int64_t extent);

    int extent() const noexcept { return extent_; }  ///< L
    Eigen::Index size() const noexcept { return static_cast<Eigen::Index>(representatives_.size()); }
    std::vector<Site> const& representatives() const noexcept { return representatives_; }
    Eigen::ArrayXd const& r() const noexcept { return r_; }                        ///< |r| in lattice units
    Eigen::ArrayXd const& multiplicity() const noexcept { return multiplicity_; }  ///< sites of each orbit; sums to L^3

    /// The orbit of any site; coordinates are periodic and may be negative.
    Eigen::Index orbit_of(int x, int y, int z) const;
    /// Whether a site is the representative of its orbit.
    bool is_representative(Site const& site) const;

    /// The A1+ projection (mean over the 48 operations) of a field on all sites, stored (z, y, x) with x fastest: one
    /// value an orbit.
    Eigen::ArrayXd project(Eigen::Ref<Eigen::ArrayXd const> const& field) const;
    /// The field on all sites, (z, y, x) with x fastest, of one value an orbit.
    Eigen::ArrayXd unfold(Eigen::Ref<Eigen::ArrayXd const> const& orbit_values) const;
    /// Sum over all sites, in lattice units: sum of multiplicity times value.
    double integral(Eigen::Ref<Eigen::ArrayXd const> const& orbit_values) const;

  private:
    int folded(int coordinate) const;

    int extent_;
    int side_;  ///< distinct folded coordinates, L/2 + 1
    std::vector<Site> representatives_;
    std::vector<int> orbit_of_sorted_;  ///< by (smallest, middle, largest) folded coordinate
    Eigen::ArrayXd r_;
    Eigen::ArrayXd multiplicity_;
};

}  // namespace hadronforce
