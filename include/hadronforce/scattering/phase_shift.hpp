#pragma once

#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/scattering/extrapolation.hpp"
#include "hadronforce/scattering/radial_waves.hpp"

#include <Eigen/Core>

#include <functional>

namespace hadronforce {

/// What scattering theory says of an interaction; for neutral s-waves k cot(delta) = -1/a0 + r_eff k^2/2 + ...
struct ScatteringResult {
    Eigen::ArrayXd delta_rad;     ///< at each momentum, continuous in k, (number of bound states) pi at k -> 0
    double scattering_length_fm;  ///< positive with a shallow bound state; infinite at threshold; of neutral s-waves
    double effective_range_fm;    ///< 2 integral_0^oo [(1 - r/a0)^2 - u_0^2] dr (Bethe); of neutral s-waves, else NaN
    int bound_states;             ///< of neutral s-waves; else the zeros of the k = 0 wave within the potential
};

/// Phase shifts at momenta in MeV/c (positive), to `tolerance` radians, relative to the free or Coulomb wave. Throws
/// InputError for bad momenta or masses, ConvergenceError where neither the finest grid nor adaptive steps reach it.
ScatteringResult scatter(LocalPotential const& potential, Eigen::ArrayXd const& k_star_MeV, double reduced_mass_MeV,
                         double tolerance = 1e-8, PartialWaveKind kind = {});

/// Throws InputError unless all momenta are positive and finite, at least one, and the mass is.
void check_momenta_and_mass(Eigen::ArrayXd const& k_star_MeV, double reduced_mass_MeV);

/// Throws InputError where eta of the smallest momentum is more than `largest_repulsive` or beyond what Coulomb
/// functions of attracting charges are known for; names the smallest momentum that is not.
void check_sommerfeld_parameters(Eigen::ArrayXd const& k_star_MeV, double reduced_mass_MeV, double charge_product,
                                 double largest_repulsive);

/// The reduced potential 2 mu V/(hbar c)^2, in 1/fm^2, that may be neglected beyond the matching radius for a result
/// good to `tolerance` at momenta from k_min: it moves 1/a0 by about its value times 1 fm, and so delta by that over k.
inline double negligible_potential_per_fm2(double tolerance, double k_min_per_fm) {
    return 0.02 * tolerance * k_min_per_fm;
}

/// Extrapolates what depends on the waves of the present potential as their order allows; level 0 here is the first
/// that is worth the trouble. What the finest level does not bring to the tolerance is returned, with an estimate above
/// it or NaN.
ExtrapolatedValues extrapolate_waves(RadialWaves const& radial,
                                     std::function<Eigen::ArrayXd(int level)> const& values_at_level,
                                     Eigen::Index judged, double tolerance, int finest_level);

/// What the waves outside the potential say, in a form that is smooth in everything and can be extrapolated.
/// Layout of `values`: 1 - cos 2delta (n momenta), sin 2delta (n), both exact relative to themselves where delta is
/// small, then three numbers of the k = 0 wave.
class OutsideWave {
  public:
    static Eigen::Index size(Eigen::Index momenta) { return 2 * momenta + 3; }
    /// Fills `values` (of length size(n)) from the waves at the matching radius, and the squared amplitudes of the
    /// waves outside, u = amplitude (cos(delta) F + sin(delta) G).
    static void fill(WavesAtLevel const& waves, RadialWaves& radial, Eigen::Ref<Eigen::ArrayXd> values,
                     Eigen::Ref<Eigen::ArrayXd> amplitude_squared);
    /// The same squares of the waves without potential, where `waves` has them.
    static Eigen::ArrayXd free_amplitude_squared(WavesAtLevel const& waves, RadialWaves& radial);
    /// Reads extrapolated values back; `waves`, of the finest level, counts the zeros that fix the multiples of pi.
    static ScatteringResult read(Eigen::Ref<Eigen::ArrayXd const> const& values, WavesAtLevel const& waves,
                                 RadialWaves& radial);
};

}  // namespace hadronforce
