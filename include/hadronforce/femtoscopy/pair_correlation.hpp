#pragma once

#include "hadronforce/femtoscopy/partial_wave_correlation.hpp"
#include "hadronforce/scattering/extrapolation.hpp"

#include <Eigen/Core>

#include <map>
#include <memory>
#include <vector>

namespace hadronforce {

/// Symmetry of a pair's spatial wave under exchange of the two particles; `none` for different particles. Identical
/// fermions have even waves in the spin states that are odd (the singlet of two nucleons), bosons where they are even.
enum class Exchange { none, even, odd };

/// A strong force in one partial wave.
struct PartialWave {
    int l;
    std::shared_ptr<LocalPotential const> potential;
};

/// A spin (and isospin) state of the pair. Waves that are not named have no strong force; their sum is closed: 1, or
/// Coulomb waves, (anti)symmetrised as asked for.
struct SpinChannel {
    double weight;  ///< share of the pairs
    Exchange exchange;
    std::vector<PartialWave> waves;
};

/// C(k*) of a pair, and what scattering theory says of each wave.
struct PairCorrelation {
    Eigen::ArrayXd correlation;
    std::vector<std::vector<PartialWaveGain>> waves;  ///< by channel and wave
    double error_estimate;                            ///< of C, relative to max(1, C)
    int recomputed_waves = 0;  ///< how many waves the finest grid did not bring to the tolerance: PartialWaveGain
};

/// C(k) = sum over channels of weight * [C_free + sum over waves of (2l + 1) s gain_l], s = 2 for identical particles
/// and 1 else; C_free = integral S of the (Coulomb) density, plus or minus its exchange term. Keeps tables for its
/// momenta; one object a thread.
class PairCorrelationSolver {
  public:
    /// Arguments and errors as for PartialWaveCorrelation.
    PairCorrelationSolver(Eigen::ArrayXd k_star_MeV, double reduced_mass_MeV, int charge_product,
                          double tolerance = 1e-6);

    /// Throws InputError where the weights are negative or do not add to 1, a wave has the wrong parity for its
    /// channel or is named twice; ConvergenceError where neither the finest grid nor adaptive steps reach the
    /// tolerance, or C leaves -1e-9 .. 1e6.
    PairCorrelation solve(std::vector<SpinChannel> const& channels, Source const& source);

    /// C of pairs without a strong force.
    Eigen::ArrayXd without_strong_force(Exchange exchange, Source const& source);

    Eigen::ArrayXd const& k_star_MeV() const noexcept { return k_star_MeV_; }

  private:
    /// What has no strong force, with an estimate of its error relative to max(1, C).
    EstimatedValues closed_sum(Exchange exchange, Source const& source, double tolerance);
    EstimatedValues of_charges(Exchange exchange, Source const& source, double tolerance);
    PairCorrelation solve_to(double tolerance, std::vector<SpinChannel> const& channels, Source const& source);
    PairCorrelation solve_cancelling(std::vector<SpinChannel> const& channels, Source const& source, double reached);

    struct CoulombTable;  ///< densities of Coulomb waves on the nodes of a grid
    CoulombTable& coulomb_table(double r_max_fm, double scale_fm);

    Eigen::ArrayXd k_star_MeV_;
    double reduced_mass_MeV_;
    int charge_product_;
    double tolerance_;
    std::map<int, PartialWaveCorrelation> waves_;              ///< by l
    std::map<double, std::shared_ptr<CoulombTable>> coulomb_;  ///< by the inner length of their grids
    /// By digits of the tolerance, for terms that cancel.
    std::map<int, std::unique_ptr<PairCorrelationSolver>> finer_;
};

/// Throws InputError as `solve` does.
void check_channels(std::vector<SpinChannel> const& channels);

}  // namespace hadronforce
