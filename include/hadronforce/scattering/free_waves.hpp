#pragma once

#include "hadronforce/scattering/partial_wave.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// The free or Coulomb waves at one radius, one entry a momentum; primes are derivatives by kr. F = M sin(phase) with
/// (number of zeros of F inside) pi <= phase.
struct FreeWavesAtRadius {
    Eigen::ArrayXd f, f_prime, g, g_prime;
    Eigen::ArrayXd phase;
};
FreeWavesAtRadius free_waves_at(PartialWaveKind kind, double two_eta_k_per_fm, Eigen::ArrayXd const& k_per_fm,
                                double r_fm);

/// F^2, momenta (>= 0; 0 only without charge) by ascending radii (>= 0).
Eigen::MatrixXd free_density(PartialWaveKind kind, double two_eta_k_per_fm, Eigen::ArrayXd const& k_per_fm,
                             Eigen::ArrayXd const& r_fm);

/// What a phase shift adds outside: (cos(delta) F + sin(delta) G)^2 - F^2 = sin^2(delta) (G^2 - F^2)
/// + sin(delta) cos(delta) 2FG. Momenta (> 0) by ascending radii; zero where a barrier keeps G out of range.
struct FreeWaveProducts {
    Eigen::MatrixXd g2_minus_f2;
    Eigen::MatrixXd two_f_g;
};
FreeWaveProducts free_wave_products(PartialWaveKind kind, double two_eta_k_per_fm, Eigen::ArrayXd const& k_per_fm,
                                    Eigen::ArrayXd const& r_fm);

}  // namespace hadronforce
