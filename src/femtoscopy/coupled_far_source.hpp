#pragma once

#include "hadronforce/femtoscopy/source.hpp"
#include "hadronforce/scattering/coordinate_map.hpp"
#include "hadronforce/scattering/coupled_channels.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// A heavy-tailed source in two smooth parts: a near one, whose waves are propagated, and a far one, outside all
/// potentials, whose waves are known. The near one's share falls from 1 to 0, to rounding, over 12 widths.
struct SourceSplit {
    double centre_fm;
    double to_fm;  ///< where the far part ends
    CoordinateMap map;
    double panel;  ///< length of Gauss's panels in the map's coordinate

    static constexpr double width_fm = 10.0;
    double from_fm() const { return centre_fm - 6.0 * width_fm; }
    double near_end_fm() const { return centre_fm + 6.0 * width_fm; }
    Eigen::ArrayXd near_share(Eigen::ArrayXd const& r_fm) const;
};

/// Integrals of the far part with waves of the first channel, one entry a momentum: 4 pi S times F^2, G^2, FG, and 4 pi
/// r^2 S (<|psi_C|^2> - 1).
struct FarFirstChannel {
    Eigen::ArrayXd f_squared, g_squared, f_g, charges;
};
FarFirstChannel far_first_channel(Channel const& channel, Eigen::ArrayXd const& k_per_fm, Source const& source,
                                  SourceSplit const& split);

/// Integral of 4 pi S |out(r)/out(radius_fm)|^2 of the far part for an outgoing or decaying wave.
Eigen::ArrayXd far_outgoing_density(Channel const& channel, Eigen::ArrayXd const& k_squared_per_fm2, double radius_fm,
                                    Source const& source, SourceSplit const& split);

/// The largest |out(r)/out(radius_fm)|^2 of all r beyond `beyond_fm`, which is farther out.
double largest_outgoing_ratio(Channel const& channel, double k_squared_per_fm2, double radius_fm, double beyond_fm);

}  // namespace hadronforce
