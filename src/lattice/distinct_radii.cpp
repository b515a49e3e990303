#include "hadronforce/lattice/distinct_radii.hpp"

#include <cmath>
#include <map>

namespace hadronforce {

DistinctRadii::DistinctRadii(CubicOrbits const& lattice, double end) {
    std::map<int, std::vector<Eigen::Index>> by_square;
    for (Eigen::Index i = 0; i < lattice.size(); ++i) {
        auto const [x, y, z] = lattice.representatives()[static_cast<std::size_t>(i)];
        if (lattice.r()[i] < end) by_square[x * x + y * y + z * z].push_back(i);
    }
    auto const size = static_cast<Eigen::Index>(by_square.size());
    r.resize(size);
    multiplicity.setZero(size);
    for (auto const& [square, members] : by_square) {
        auto const i = static_cast<Eigen::Index>(orbits.size());
        r[i] = std::sqrt(static_cast<double>(square));
        for (auto const orbit : members) multiplicity[i] += lattice.multiplicity()[orbit];
        orbits.push_back(members);
    }
}

}  // namespace hadronforce
