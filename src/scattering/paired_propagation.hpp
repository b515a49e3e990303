#pragma once

#include "hadronforce/scattering/level_equation.hpp"
#include "scattering/numerov.hpp"
#include "scattering/wave_propagation.hpp"

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// Free or Coulomb waves f on the same nodes beside the waves u, one row a momentum: f, df/dr, its density and the
/// Wronskian u'f - uf'.
using FreeValues = Eigen::MatrixX4d;

/// Carries waves outward by Numerov's method of order 4, and beside them those of the same recursion without the
/// potential. With P_n and P0_n the factors of the two, y_{n+1} f_n - y_n f_{n+1} grows by (P_n - P0_n) y_n f_n at a
/// node, exactly: the part of u that is irregular outside comes as a sum, which has nothing to cancel, and is as exact
/// relative to itself under a barrier, where G is huge, as anywhere else. Keeps its memory between calls.
class PairedPropagation {
  public:
    /// As WavePropagation; counts the zeros of all waves. `reduced`: 2 mu V/(hbar c)^2 at the nodes.
    void operator()(MomentumRegisters const& momenta, LevelEquation const& equation,
                    RadialEquation const& radial_equation, Eigen::Ref<Eigen::ArrayXd const> const& reduced,
                    Eigen::Ref<Eigen::ArrayXd const> const& density_weight, Eigen::Index stride, WavesAtNodes& waves,
                    FreeValues& free);

  private:
    struct Block;

    NodeCubics factor_, free_factor_, difference_;
    DensitySum density_, free_density_;
    std::vector<double> free_memory_;
};

}  // namespace hadronforce
