#pragma once

#include "hadronforce/scattering/coordinate_map.hpp"
#include "hadronforce/scattering/node_derivatives.hpp"

#include <Eigen/Core>

#include <optional>
#include <vector>

namespace hadronforce {

/// One level of the nested grids: nodes x_n = n step.
struct GridLevel {
    double step;                       ///< in x, without unit
    Eigen::ArrayXd r_fm;               ///< radius of each node; r_0 = 0
    Eigen::ArrayXd odd_r_fm;           ///< of the nodes 1, 3, ... alone
    Eigen::ArrayXd dr_dx_fm;           ///< g at each node
    Eigen::ArrayXd energy_weight_fm2;  ///< (step^2/12) g^2: multiplies V - E (reduced, 1/fm^2) in Numerov's T
    Eigen::ArrayXd map_weight;         ///< (step^2/12) s: the part of T that comes from the map

    NodeDerivatives energy_weight_derivatives;  ///< of energy_weight_fm2, without the last three nodes

    Eigen::Index last() const { return r_fm.size() - 1; }
};

/// Nested radial grids: level L has steps of base_step / 2^L, and node n of level L is node 2n of level L + 1.
class RadialGrid {
  public:
    static constexpr int finest_level = 9;
    /// Structure down to this radius is met by the first grid (Gaussians of 150/fm^2 have it).
    static constexpr double ordinary_inner_fm = 0.03;

    /// Reaches at least `r_max_fm`. `node_at_fm`: a radius that must be a node of level 0 (a jump of the potential), at
    /// least the node `least_fixed_node`; the map is stretched to put it there. `inner_fm`: below it nodes are evenly
    /// spaced.
    RadialGrid(double base_step, double r_max_fm, std::optional<double> node_at_fm, double inner_fm = ordinary_inner_fm,
               Eigen::Index least_fixed_node = 8);
    /// The same to another radius, with a node elsewhere.
    RadialGrid resized(double r_max_fm, std::optional<double> node_at_fm) const {
        return {base_step_, r_max_fm, node_at_fm, inner_fm_, least_fixed_node_};
    }

    /// Levels are made when first asked for. 0 <= level <= finest_level.
    GridLevel const& level(int level) const;

    double r_max_fm() const noexcept { return r_max_fm_; }
    double base_step() const noexcept { return base_step_; }
    double inner_fm() const noexcept { return inner_fm_; }
    CoordinateMap const& map() const noexcept { return map_; }
    std::optional<double> node_at_fm() const noexcept { return node_at_fm_; }
    /// Index on level 0 of the node that `node_at_fm` asked for.
    Eigen::Index fixed_node() const noexcept { return fixed_node_; }

  private:
    double base_step_;
    double r_max_fm_;
    std::optional<double> node_at_fm_;
    double inner_fm_;
    Eigen::Index least_fixed_node_;
    Eigen::Index fixed_node_ = 0;
    CoordinateMap map_;
    mutable std::vector<GridLevel> levels_;
};

}  // namespace hadronforce
