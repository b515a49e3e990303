#pragma once

#include "hadronforce/femtoscopy/source.hpp"
#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/scattering/partial_wave.hpp"
#include "hadronforce/scattering/phase_shift.hpp"

#include <Eigen/Core>

#include <memory>

namespace hadronforce {

/// What the strong force in one partial wave does to a correlation function.
struct PartialWaveGain {
    Eigen::ArrayXd gain;          ///< integral 4 pi r^2 S (|u/(kr)|^2 - |F_l/(kr)|^2) dr at each k*; without 2l + 1
    ScatteringResult scattering;  ///< phase shifts relative to the free or Coulomb wave
    double error_estimate;        ///< of the gain, relative to max(1, 1 + gain), largest over k*
    int grid_points;              ///< radial points of the finest grid that was needed
    bool recomputed = false;  ///< by adaptive steps, as not even the finest grid (of half a gigabyte) met the tolerance
};

/// Solves the radial Schroedinger equation of one partial wave, with or without charges, for all k* at once and folds
/// it with the source. Keeps tables for its momenta between calls; one object a thread.
class PartialWaveCorrelation {
  public:
    /// `tolerance`: largest error of 1 + gain relative to max(1, 1 + gain). Throws InputError for momenta that are not
    /// positive and finite, a mass, l or tolerance out of range (tolerance 1e-10 to 1e-2).
    PartialWaveCorrelation(Eigen::ArrayXd const& k_star_MeV, double reduced_mass_MeV, PartialWaveKind kind,
                           double tolerance);
    ~PartialWaveCorrelation();
    PartialWaveCorrelation(PartialWaveCorrelation&&) noexcept;
    PartialWaveCorrelation& operator=(PartialWaveCorrelation&&) noexcept;

    /// A wave that does not meet the tolerance on the finest grid is recomputed by adaptive steps, some ten thousand
    /// times slower than on the first grids. Throws ConvergenceError where these do not reach it either.
    PartialWaveGain solve(LocalPotential const& potential, Source const& source);
    /// To another tolerance than that of the object, of which its first grid still is: for a wave that counts several
    /// times.
    PartialWaveGain solve(LocalPotential const& potential, Source const& source, double tolerance);

  private:
    /// With the source cut off at a radius.
    PartialWaveGain solve_within(double radius_fm, LocalPotential const& potential, Source const& source,
                                 double tolerance);

    struct Work;
    std::unique_ptr<Work> work_;
};

/// Radius in fm to which a local solver follows the source: outside it pairs change C by less than `error`; of heavy
/// tails by `error` where the waves' oscillations average out, and where charges do, as far as kr = 8 |eta|, that of a
/// classical pair apart. Throws InputError where that is farther than 20,000 fm.
double source_radius_fm(Source const& source, double k_min_per_fm, double error, double two_eta_k_per_fm = 0.0);

/// Length in fm on which the source varies near the origin: the radius of a ball of density S(0). Throws InputError
/// where it is under 1e-16 fm.
double source_scale_fm(Source const& source);

/// Throws InputError where waves of charges, or of l > 0, are not known as far out as `radius_fm`: kr > 1e6, or eta >
/// 1000 not far under the barrier, where there is nothing.
void check_coulomb_range(Eigen::ArrayXd const& k_per_fm, double two_eta_k_per_fm, double radius_fm);

/// C of no pair is smaller than this, rounding included, or larger than 1e6 unless it hits a resonance that is narrower
/// than what is known of the force. Throws ConvergenceError naming the first k* where it is.
inline constexpr double least_correlation = -1e-9, largest_correlation = 1e6;
void check_correlation(Eigen::ArrayXd const& correlation, Eigen::ArrayXd const& k_star_MeV);

/// The radius, unless that is too far for a grid. Throws InputError where it exceeds 20,000 fm.
double reachable_fm(double radius_fm, double k_min_per_fm);

}  // namespace hadronforce
