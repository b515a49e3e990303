#include "hadronforce/femtoscopy/correlation_solver.hpp"

#include <utility>

namespace hadronforce {

CorrelationSolver::CorrelationSolver(Eigen::ArrayXd k_star_MeV, double reduced_mass_MeV, double tolerance)
    : k_star_MeV_(std::move(k_star_MeV)), s_wave_(k_star_MeV_, reduced_mass_MeV, {}, tolerance) {}

CorrelationResult CorrelationSolver::solve(LocalPotential const& potential, Source const& source) {
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

}  // namespace hadronforce
