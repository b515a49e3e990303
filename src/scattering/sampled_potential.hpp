#pragma once

#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/scattering/level_equation.hpp"
#include "hadronforce/scattering/radial_grid.hpp"

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// 2 mu V/(hbar c)^2 of one potential after the other, on the nodes of a grid's levels up to where it ends. Keeps its
/// memory.
class SampledPotential {
  public:
    /// Finds the matching node, the first level-0 node beyond which |2 mu V/(hbar c)^2| stays under
    /// `negligible_per_fm2`. Looks as far as 20 fm, and twice as far for as long as the potential has not ended there.
    /// Lengthens the grid as needed, and rebuilds it where the potential jumps at another radius than before. Throws
    /// InputError where the potential is not finite or does not fall off within 400 fm.
    void sample(LocalPotential const& potential, RadialEquation const& equation, double negligible_per_fm2,
                RadialGrid& grid);

    LocalPotential const& potential() const noexcept { return *potential_; }
    /// On level 0; on level L it is 2^L times that.
    Eigen::Index matching_node() const noexcept { return matching_node_; }
    /// In 1/fm^2, at the nodes 0 .. match + 3 of a level of the same grid; sampled when first asked for.
    Eigen::Map<Eigen::ArrayXd const> level(int level, RadialGrid const& grid);
    /// The finest level so far.
    int finest() const noexcept { return finest_; }

  private:
    LocalPotential const* potential_ = nullptr;
    double two_mu_per_MeV_fm2_ = 0.0;
    Eigen::Index matching_node_ = 0;
    int finest_ = -1;
    std::vector<Eigen::ArrayXd> levels_;
    Eigen::ArrayXd between_;
};

}  // namespace hadronforce
