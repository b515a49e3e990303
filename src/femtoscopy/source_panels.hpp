#pragma once

#include "hadronforce/femtoscopy/source.hpp"
#include "hadronforce/scattering/coordinate_map.hpp"
#include "hadronforce/scattering/gauss_panels.hpp"
#include "hadronforce/units/constants.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace hadronforce {

/// The edges of panels, increasing and less `from_fm`, and the source's knots between them.
inline std::vector<double> split_at_knots(std::vector<double> edges_fm, std::vector<double> const& knots_fm,
                                          double from_fm) {
    double const begin = edges_fm.front(), end = edges_fm.back();
    for (double knot : knots_fm)
        if (knot - from_fm > begin && knot - from_fm < end) edges_fm.push_back(knot - from_fm);
    std::sort(edges_fm.begin(), edges_fm.end());
    edges_fm.erase(std::unique(edges_fm.begin(), edges_fm.end()), edges_fm.end());
    return edges_fm;
}

/// Gauss-Legendre's rule for integral 4 pi S f dr from one radius to another, on panels that are at most `panel` long
/// in the map's coordinate and end at the source's knots: calls `add(radii, weights)` for the nodes of some panels at a
/// time.
template <class Add>
void for_source_panels(Source const& source, CoordinateMap const& map, double panel, double from_fm, double to_fm,
                       Add const& add) {
    constexpr int most_at_once = 64;
    if (!(to_fm > from_fm)) return;
    auto const knots_fm = source.knots_fm();
    double const x_from = map.x_of_r(from_fm), x_to = map.x_of_r(to_fm);
    int const panels = std::max(1, static_cast<int>(std::ceil((x_to - x_from) / panel)));
    auto const edge_fm = [&](int i) {
        return i == 0 ? from_fm : i == panels ? to_fm : map.r_of_x(x_from + (x_to - x_from) * i / panels);
    };
    for (int first = 0; first < panels; first += most_at_once) {
        double const begin_fm = edge_fm(first);
        std::vector<double> edges;
        for (int i = first; i <= std::min(first + most_at_once, panels); ++i) edges.push_back(edge_fm(i) - begin_fm);
        GaussPanels const gauss(split_at_knots(std::move(edges), knots_fm, begin_fm));
        Eigen::ArrayXd const r_fm = begin_fm + gauss.r();
        Eigen::ArrayXd weight(r_fm.size());
        source.fill_per_fm3(r_fm, weight);
        weight *= 4.0 * units::pi * gauss.weights();
        add(r_fm, weight);
    }
}

}  // namespace hadronforce
