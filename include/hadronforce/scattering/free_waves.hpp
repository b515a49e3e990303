#pragma once

#include "hadronforce/scattering/partial_wave.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// The free or Coulomb waves at one radius, one entry a momentum; primes are derivatives by kr. F = M sin(phase) with
/// (number of zeros of F inside) pi <= phase. Under a barrier where G passes 1e100 F is 0 and G infinite: no pair gets
/// there, or farther in.
struct FreeWavesAtRadius {
    Eigen::ArrayXd f, f_prime, g, g_prime;
    Eigen::ArrayXd phase;
};
FreeWavesAtRadius free_waves_at(PartialWaveKind kind, double two_eta_k_per_fm, Eigen::ArrayXd const& k_per_fm,
                                double r_fm);

/// (sin(kr)/k)^2 in fm^2 of neutral s-waves, momenta (>= 0) by radii: even in k and of one size for all k, unlike F^2,
/// whose interpolation in k would lose what small momenta have.
Eigen::MatrixXd free_density_over_k_squared(Eigen::ArrayXd const& k_per_fm, Eigen::ArrayXd const& r_fm);

/// What a phase shift adds outside: (cos(delta) F + sin(delta) G)^2 - F^2 = sin^2(delta) (G^2 - F^2)
/// + sin(delta) cos(delta) 2FG. Momenta (> 0) by ascending radii; zero where a barrier keeps G out of range.
struct FreeWaveProducts {
    Eigen::MatrixXd g2_minus_f2;
    Eigen::MatrixXd two_f_g;
};
FreeWaveProducts free_wave_products(PartialWaveKind kind, double two_eta_k_per_fm, Eigen::ArrayXd const& k_per_fm,
                                    Eigen::ArrayXd const& r_fm);

}  // namespace hadronforce
