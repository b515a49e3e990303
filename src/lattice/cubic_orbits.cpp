#include "hadronforce/lattice/cubic_orbits.hpp"

#include "hadronforce/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr std::int64_t largest_extent = 1024;

/// Distinct images of a folded site: two signs for each coordinate inside (0, L/2), and the distinct permutations.
int images(CubicOrbits::Site const& site, int extent) {
    int signs = 1;
    for (int const c : site) signs *= c == 0 || 2 * c == extent ? 1 : 2;
    auto const [x, y, z] = site;
    int const permutations = x == y && y == z ? 1 : (x == y || y == z || x == z ? 3 : 6);
    return signs * permutations;
}

}  // namespace

CubicOrbits::CubicOrbits(std::int64_t extent) {
    if (extent < 1 || extent > largest_extent)
        throw InputError(
            fmt::format("a lattice of L = {} sites a side; L must lie between 1 and {}", extent, largest_extent));
    extent_ = static_cast<int>(extent);
    side_ = extent_ / 2 + 1;
    orbit_of_sorted_.assign(static_cast<std::size_t>(side_) * side_ * side_, -1);
    for (int z = 0; z < side_; ++z)
        for (int y = z; y < side_; ++y)
            for (int x = y; x < side_; ++x) {
                orbit_of_sorted_[static_cast<std::size_t>((z * side_ + y) * side_ + x)] =
                    static_cast<int>(representatives_.size());
                representatives_.push_back({x, y, z});
            }
    r_.resize(size());
    multiplicity_.resize(size());
    for (Eigen::Index i = 0; i < size(); ++i) {
        auto const& site = representatives_[static_cast<std::size_t>(i)];
        r_[i] = std::sqrt(static_cast<double>(site[0] * site[0] + site[1] * site[1] + site[2] * site[2]));
        multiplicity_[i] = images(site, extent_);
    }
}

int CubicOrbits::folded(int coordinate) const {
    int const c = ((coordinate % extent_) + extent_) % extent_;
    return std::min(c, extent_ - c);
}

Eigen::Index CubicOrbits::orbit_of(int x, int y, int z) const {
    Site site{folded(x), folded(y), folded(z)};
    std::sort(site.begin(), site.end());
    return orbit_of_sorted_[static_cast<std::size_t>((site[0] * side_ + site[1]) * side_ + site[2])];
}

bool CubicOrbits::is_representative(Site const& site) const {
    auto const [x, y, z] = site;
    return 0 <= z && z <= y && y <= x && x < side_;
}

Eigen::ArrayXd CubicOrbits::project(Eigen::Ref<Eigen::ArrayXd const> const& field) const {
    Eigen::ArrayXd sums = Eigen::ArrayXd::Zero(size());
    Eigen::Index site = 0;
    for (int z = 0; z < extent_; ++z)
        for (int y = 0; y < extent_; ++y)
            for (int x = 0; x < extent_; ++x) sums[orbit_of(x, y, z)] += field[site++];
    // The operations reach every site of an orbit equally often.
    return sums / multiplicity_;
}

Eigen::ArrayXd CubicOrbits::unfold(Eigen::Ref<Eigen::ArrayXd const> const& orbit_values) const {
    Eigen::ArrayXd field(static_cast<Eigen::Index>(extent_) * extent_ * extent_);
    Eigen::Index site = 0;
    for (int z = 0; z < extent_; ++z)
        for (int y = 0; y < extent_; ++y)
            for (int x = 0; x < extent_; ++x) field[site++] = orbit_values[orbit_of(x, y, z)];
    return field;
}

double CubicOrbits::integral(Eigen::Ref<Eigen::ArrayXd const> const& orbit_values) const {
    return (multiplicity_ * orbit_values).sum();
}

}  // namespace hadronforce
