#include "femtoscopy/free_wave_integrals.hpp"

#include "hadronforce/scattering/free_waves.hpp"
#include "hadronforce/scattering/gauss_panels.hpp"
#include "hadronforce/units/constants.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace hadronforce {
namespace {

/// Calls `add(radii, weights)` for the nodes of some panels at a time, weights being those of 4 pi S dr.
template <class Add>
void for_panels(Source const& source, CoordinateMap const& map, double panel, double from_fm, double to_fm,
                Add const& add) {
    constexpr int most_at_once = 64;
    if (!(to_fm > from_fm)) return;
    double const x_from = map.x_of_r(from_fm), x_to = map.x_of_r(to_fm);
    int const panels = std::max(1, static_cast<int>(std::ceil((x_to - x_from) / panel)));
    auto const edge_fm = [&](int i) {
        return i == 0 ? from_fm : i == panels ? to_fm : map.r_of_x(x_from + (x_to - x_from) * i / panels);
    };
    for (int first = 0; first < panels; first += most_at_once) {
        double const begin_fm = edge_fm(first);
        std::vector<double> edges;
        for (int i = first; i <= std::min(first + most_at_once, panels); ++i) edges.push_back(edge_fm(i) - begin_fm);
        GaussPanels const gauss(edges);
        Eigen::ArrayXd const r_fm = begin_fm + gauss.r();
        Eigen::ArrayXd density(r_fm.size());
        source.fill_per_fm3(r_fm, density);
        add(r_fm, (4.0 * units::pi * gauss.weights() * density).matrix().eval());
    }
}

}  // namespace

FreeWaveIntegrals integrate_free_waves(Waves const& waves, Source const& source, CoordinateMap const& map, double panel,
                                       double matching_fm, double source_fm) {
    auto const& [kind, two_eta_k, k] = waves;
    FreeWaveIntegrals sums{Eigen::ArrayXd::Zero(k.size()), Eigen::ArrayXd::Zero(k.size()),
                           Eigen::ArrayXd::Zero(k.size())};
    for_panels(source, map, panel, 0.0, matching_fm, [&](Eigen::ArrayXd const& r, Eigen::VectorXd const& weight) {
        sums.free_inside += (free_density(kind, two_eta_k, k, r) * weight).array();
    });
    for_panels(source, map, panel, matching_fm, source_fm, [&](Eigen::ArrayXd const& r, Eigen::VectorXd const& weight) {
        FreeWaveProducts const products = free_wave_products(kind, two_eta_k, k, r);
        sums.g2_minus_f2_tail += (products.g2_minus_f2 * weight).array();
        sums.two_f_g_tail += (products.two_f_g * weight).array();
    });
    return sums;
}

}  // namespace hadronforce
