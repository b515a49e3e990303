#pragma once

#include "hadronforce/units/constants.hpp"

namespace hadronforce {

/// Which radial equation: u'' = (2 mu V/(hbar c)^2 + l(l+1)/r^2 + 2 eta k/r - k^2) u. 2 eta k does not depend on k.
struct PartialWaveKind {
    int l = 0;
    int charge_product = 0;  ///< Z1 Z2 of point charges; positive repels

    bool neutral_s_wave() const noexcept { return l == 0 && charge_product == 0; }
    /// 2 eta k in 1/fm.
    double two_eta_k_per_fm(double reduced_mass_MeV) const noexcept {
        return 2.0 * charge_product * units::fine_structure * reduced_mass_MeV / units::hbar_c_MeV_fm;
    }
};

/// The highest l that is solved; whoever needs more has no strong force there.
inline constexpr int highest_l = 20;

}  // namespace hadronforce
