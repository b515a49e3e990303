#pragma once

#include "hadronforce/femtoscopy/nonlocal_correlation.hpp"
#include "hadronforce/femtoscopy/partial_wave_correlation.hpp"

#include <Eigen/Core>

#include <utility>

namespace hadronforce::testing {

/// The s-wave of different particles alone, as UncoupledPair has it: one potential and source after the other.
class CorrelationSolver {
  public:
    CorrelationSolver(Eigen::ArrayXd k_star_MeV, double reduced_mass_MeV, double error = 1e-6)
        : k_star_MeV_(std::move(k_star_MeV)), s_wave_(k_star_MeV_, reduced_mass_MeV, {}, error) {}

    CorrelationResult solve(LocalPotential const& potential, Source const& source) {
        PartialWaveGain wave = s_wave_.solve(potential, source);
        return {1.0 + wave.gain,
                std::move(wave.scattering.delta_rad),
                wave.scattering.scattering_length_fm,
                wave.scattering.effective_range_fm,
                wave.scattering.bound_states,
                wave.error_estimate,
                wave.grid_points,
                wave.recomputed};
    }

    Eigen::ArrayXd const& k_star_MeV() const noexcept { return k_star_MeV_; }

  private:
    Eigen::ArrayXd k_star_MeV_;
    PartialWaveCorrelation s_wave_;
};

}  // namespace hadronforce::testing
