#pragma once

#include "hadronforce/scattering/partial_wave.hpp"

#include <Eigen/Core>

#include <algorithm>

namespace hadronforce {

/// Waves but those of sin(kr) are carried inward from the outermost radius, on which their last digit depends. So they
/// are carried over ranges one by one, which end at 40 fm and every double of it: no value depends on how far a grid
/// reaches, as long as that is to the end of the range or farther.
inline constexpr double first_range_end_fm = 40.0;

/// The end of the range that a radius lies in, and the node of a grid next to it.
inline double range_end_fm(double radius_fm) {
    constexpr double longest_step_fm = 1.0;
    double end_fm = first_range_end_fm;
    while (end_fm < radius_fm + longest_step_fm) end_fm *= 2.0;
    return end_fm;
}

/// Calls `add(first, count)` for the radii of each range, which ascend.
template <class Add>
void for_each_range(Eigen::Ref<Eigen::ArrayXd const> const& r_fm, Add const& add) {
    Eigen::Index first = 0;
    for (double end_fm = first_range_end_fm; first < r_fm.size(); end_fm *= 2.0) {
        Eigen::Index const next = std::upper_bound(r_fm.begin() + first, r_fm.end(), end_fm) - r_fm.begin();
        if (next > first) add(first, next - first);
        first = next;
    }
}

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
