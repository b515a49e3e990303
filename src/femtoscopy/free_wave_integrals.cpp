#include "femtoscopy/free_wave_integrals.hpp"

#include "femtoscopy/source_panels.hpp"
#include "hadronforce/scattering/free_waves.hpp"

namespace hadronforce {

FreeWaveIntegrals integrate_free_waves(FreeWaveFamily const& waves, Source const& source, CoordinateMap const& map,
                                       double panel, double matching_fm, double source_fm) {
    auto const& k = waves.k_per_fm;
    FreeWaveIntegrals sums{{}, Eigen::ArrayXd::Zero(k.size()), Eigen::ArrayXd::Zero(k.size())};
    for_source_panels(
        source, map, panel, matching_fm, source_fm, [&](Eigen::ArrayXd const& r, Eigen::ArrayXd const& weight) {
            FreeWaveProducts const products = free_wave_products(waves.kind, waves.two_eta_k_per_fm, k, r);
            sums.g2_minus_f2_tail += (products.g2_minus_f2 * weight.matrix()).array();
            sums.two_f_g_tail += (products.two_f_g * weight.matrix()).array();
        });
    return sums;
}

}  // namespace hadronforce
