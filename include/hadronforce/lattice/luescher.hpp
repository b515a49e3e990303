#pragma once

#include "hadronforce/lattice/luescher_zeta.hpp"

#include <functional>
#include <vector>

namespace hadronforce {

/// Two particles in a periodic cube: what their energies there say of k cot(delta), and the other way round. In the A1
/// representation of the rotations that leave the total momentum as it is, of s-waves alone: what l = 1 (of different
/// masses in motion), l = 2 (in motion) and l = 4 (at rest) add is left out, and so are images of the interaction,
/// which fall as exp(-m_pi L).
///
///     k cot(delta) = 2/(gamma L sqrt(pi)) Z_00^d(1; q^2),   q = k L/(2 pi).
///
/// M. Luescher, Nucl. Phys. B 354 (1991) 531; moving and of different masses: Z. Davoudi, M. Savage, Phys. Rev. D 84
/// (2011) 114502; Z. Fu, Phys. Rev. D 85 (2012) 014506.
struct PairInBox {
    double L_fm = 0.0;
    double mass1_MeV = 0.0;
    double mass2_MeV = 0.0;
    std::array<int, 3> momentum{0, 0, 0};  ///< total, in 2 pi/L
};

// All functions here throw InputError for lengths and masses that are not positive and finite, for a k^2 that is not
// above -(smaller mass)^2, where it has no energy, for q^2 above 100 and for gamma above 20, where Z takes too long. k
// is the momentum of each particle in their centre of mass; k^2 is negative for bound states. At rest the masses matter
// for energies alone.

/// Energy in the box, sqrt(E*^2 + P^2), E* = sqrt(m1^2 + k^2) + sqrt(m2^2 + k^2).
double box_energy_MeV(PairInBox const& pair, double k2_per_fm2);

/// k^2 of an energy in the box. Throws InputError for energies that no k^2 has.
double k2_of_box_energy_per_fm2(PairInBox const& pair, double energy_MeV);

/// k cot(delta) of a pair with this k^2 in the box; infinite at the levels of free particles.
double box_k_cot_delta_per_fm(PairInBox const& pair, double k2_per_fm2);

/// k^2 of all levels of free particles up to k2_max, ascending, each once. There Z is infinite.
std::vector<double> free_levels_per_fm2(PairInBox const& pair, double k2_max_per_fm2);

/// k^2 of all levels between two bounds, ascending, for a k cot(delta) in 1/fm as function of k^2 in 1/fm^2 (infinite
/// where delta is a multiple of pi), to 1e-13 of max(k^2, (2 pi/L)^2). Between successive levels of free particles both
/// sides are followed over at least 32 points; of two levels that are closer than these both may be missed. Bound
/// states are levels below zero: let k2_min be as deep as the function is to be trusted.
std::vector<double> box_levels_per_fm2(PairInBox const& pair,
                                       std::function<double(double k2_per_fm2)> const& k_cot_delta,
                                       double k2_min_per_fm2, double k2_max_per_fm2);

}  // namespace hadronforce
