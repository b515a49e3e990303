#pragma once

#include "hadronforce/scattering/free_waves.hpp"
#include "hadronforce/scattering/momentum_interpolation.hpp"
#include "hadronforce/scattering/radial_grid.hpp"

#include <Eigen/Core>

#include <map>
#include <optional>
#include <vector>

namespace hadronforce {

/// Free waves at some momenta on the nodes of a grid's levels, made when first needed and again for another grid.
class FreeWaveTables {
  public:
    FreeWaveTables(PartialWaveKind kind, double two_eta_k_per_fm, Eigen::ArrayXd const& k_per_fm)
        : kind_(kind), two_eta_k_per_fm_(two_eta_k_per_fm), k_per_fm_(k_per_fm) {}

    FreeWaveProducts const& products(RadialGrid const& grid, int level);

    /// Of neutral s-waves, sum over the first nodes of weight F^2/k^2 at every momentum, interpolated as the waves are.
    void sum_density(RadialGrid const& grid, int level, MomentumInterpolation const& interpolation,
                     Eigen::Ref<Eigen::ArrayXd const> const& weight, Eigen::ArrayXd& sums);

  private:
    void drop_tables_of_other(RadialGrid const& grid);

    PartialWaveKind kind_;
    double two_eta_k_per_fm_;
    Eigen::ArrayXd k_per_fm_;
    std::vector<FreeWaveProducts> products_;
    std::vector<Eigen::MatrixXd> density_;                                           // at the momenta themselves
    std::map<MomentumInterpolation const*, std::vector<Eigen::MatrixXd>> at_nodes_;  // at those of interpolations
    Eigen::VectorXd sums_at_nodes_, sums_at_targets_;
    std::optional<double> node_at_fm_;
    double r_max_fm_ = 0.0, inner_fm_ = 0.0;
};

}  // namespace hadronforce
