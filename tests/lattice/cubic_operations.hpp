#pragma once

#include <algorithm>
#include <array>
#include <vector>

namespace hadronforce::testing {

/// The 48 operations of the cubic group as signed permutations of the axes: written out for comparison, independent of
/// the library.
struct CubicOperation {
    std::array<int, 3> axis;
    std::array<int, 3> sign;
    std::array<int, 3> operator()(std::array<int, 3> const& site) const {
        std::array<int, 3> image{};
        for (std::size_t i = 0; i < 3; ++i) image[i] = sign[i] * site[static_cast<std::size_t>(axis[i])];
        return image;
    }
};

inline std::vector<CubicOperation> cubic_operations() {
    std::vector<CubicOperation> operations;
    std::array<int, 3> axis{0, 1, 2};
    do {
        for (int signs = 0; signs < 8; ++signs)
            operations.push_back({axis, {signs & 1 ? -1 : 1, signs & 2 ? -1 : 1, signs & 4 ? -1 : 1}});
    } while (std::next_permutation(axis.begin(), axis.end()));
    return operations;
}

/// Index of a site in a field stored (z, y, x) with x fastest.
inline int site_index(std::array<int, 3> const& site, int L) {
    auto const wrapped = [L](int c) { return (c % L + L) % L; };
    return (wrapped(site[2]) * L + wrapped(site[1])) * L + wrapped(site[0]);
}

}  // namespace hadronforce::testing
