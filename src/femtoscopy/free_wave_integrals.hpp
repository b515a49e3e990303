#pragma once

#include "hadronforce/femtoscopy/source.hpp"
#include "hadronforce/scattering/coordinate_map.hpp"
#include "hadronforce/scattering/partial_wave.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// What a source makes of free or Coulomb waves inside and outside the matching radius, one entry a momentum.
struct FreeWaveIntegrals {
    Eigen::ArrayXd free_inside;       ///< integral 4 pi S F^2/k^2 dr up to there; empty where waves bring their own
    Eigen::ArrayXd g2_minus_f2_tail;  ///< integrals of 4 pi S (G^2 - F^2) and 4 pi S 2FG beyond
    Eigen::ArrayXd two_f_g_tail;
};

/// The waves of one kind at some momenta.
struct FreeWaveFamily {
    PartialWaveKind kind;
    double two_eta_k_per_fm;
    Eigen::ArrayXd const& k_per_fm;
};

/// Those beyond `matching_fm`, by Gauss-Legendre's rule on panels that are `panel` long in the map's coordinate, as far
/// as `source_fm`, outside which the source has no weight. No table is kept.
FreeWaveIntegrals integrate_free_waves(FreeWaveFamily const& waves, Source const& source, CoordinateMap const& map,
                                       double panel, double matching_fm, double source_fm);

}  // namespace hadronforce
