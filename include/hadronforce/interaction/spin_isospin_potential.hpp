#pragma once

#include "hadronforce/interaction/potential_registry.hpp"

#include <array>
#include <vector>

namespace hadronforce {

/// V = V_0 + (sigma sigma) V_sigma + (tau tau) V_tau + (sigma sigma)(tau tau) V_sigmatau of two particles of spin and
/// isospin 1/2, as HAL QCD publishes N-Xi (Nucl. Phys. A 998 (2020) 121737): sums of Gaussians of the same ranges; V_0
/// has a two-pion tail, V_sigmatau a one-pion tail.
struct SpinIsospinPotential {
    std::vector<double> ranges_fm;
    std::array<std::vector<double>, 4> strengths_MeV;  ///< of V_0, V_sigma, V_tau, V_sigmatau; one for each range
    double two_pion_MeV_fm2;
    double two_pion_range_fm;
    double one_pion_MeV_fm;
    double one_pion_range_fm;
    double m_pi_MeV = 146.0;

    /// Parameters of form `gaussians_plus_pions` in the channel of total spin and isospin, each 0 or 1: sigma sigma and
    /// tau tau are -3 for 0 and 1 for 1. Throws InputError for other numbers.
    PotentialParameters channel(int spin, int isospin) const;
};

}  // namespace hadronforce
