#pragma once

#include "hadronforce/scattering/level_equation.hpp"
#include "scattering/lanes.hpp"
#include "scattering/numerov.hpp"

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// Squares of ascending momenta, the first of them zero, in registers: the largest first, padded in front, but the
/// last two lanes are the largest and zero.
struct MomentumRegisters {
    explicit MomentumRegisters(Eigen::ArrayXd const& k_per_fm);

    double largest_k_squared() const { return k_squared.back()[lane_width - 2]; }

    std::vector<Lane> k_squared;
    std::vector<Eigen::Index> momentum;  ///< of each lane; -1 where it is padding
    Eigen::Index momenta;
};

/// Waves of some momenta at the matching radius; the first momentum is zero. Keeps its memory.
struct WavesAtNodes {
    Eigen::MatrixX3d values;  ///< columns u, du/dr, density
    Eigen::ArrayXi zeros;     ///< inside; of all waves, or of the first and the last alone
    double threshold_norm_fm;
};

enum class CountZeros { of_all_waves, of_first_and_last };

/// Carries waves from the origin to the matching radius. Keeps its memory between calls.
class WavePropagation {
  public:
    /// `density_weight`: of every `stride`-th node (1 or 2) as far as it goes, at most to the matching node.
    void operator()(MomentumRegisters const& momenta, LevelEquation const& equation,
                    Eigen::Ref<Eigen::ArrayXd const> const& density_weight, Eigen::Index stride, CountZeros count,
                    WavesAtNodes& waves);

  private:
    NodeDerivatives derivatives_;  ///< of a, where the equation is smooth
    NodeCubics factor_;
    DensitySum density_;
    std::vector<double> largest_k_, threshold_;  ///< y at every node
};

}  // namespace hadronforce
