#include "hadronforce/scattering/radial_grid.hpp"

#include <cmath>

namespace hadronforce {
namespace {

// Steps stop growing at the 3 fm that a wave of 300 MeV/c needs.
constexpr double outer_fm = 3.0;

GridLevel make_level(CoordinateMap const& map, double step, Eigen::Index nodes) {
    GridLevel level{
        step, Eigen::ArrayXd(nodes), {}, Eigen::ArrayXd(nodes), Eigen::ArrayXd(nodes), Eigen::ArrayXd(nodes), {}};
    for (Eigen::Index n = 0; n < nodes; ++n) {
        double const r = map.r_of_x(static_cast<double>(n) * step);
        level.r_fm[n] = r;
        level.dr_dx_fm[n] = map.dr_dx(r);
        level.map_weight[n] = step * step / 12.0 * map.curvature_term(r);
    }
    level.energy_weight_fm2 = step * step / 12.0 * level.dr_dx_fm.square();
    level.energy_weight_derivatives.fill(level.energy_weight_fm2);
    return level;
}

}  // namespace

RadialGrid::RadialGrid(double base_step, double r_max_fm, std::optional<double> node_at_fm, double inner_fm,
                       Eigen::Index least_fixed_node)
    : base_step_(base_step),
      r_max_fm_(r_max_fm),
      node_at_fm_(node_at_fm),
      inner_fm_(inner_fm),
      least_fixed_node_(least_fixed_node),
      map_(inner_fm, outer_fm) {
    if (node_at_fm_) {
        fixed_node_ = std::max<Eigen::Index>(least_fixed_node_, std::lround(map_.x_of_r(*node_at_fm_) / base_step_));
        map_ = map_.scaled(*node_at_fm_ / map_.r_of_x(static_cast<double>(fixed_node_) * base_step_));
    }
    levels_.reserve(finest_level + 1);
}

GridLevel const& RadialGrid::level(int level) const {
    while (static_cast<int>(levels_.size()) <= level) {
        int const next = static_cast<int>(levels_.size());
        auto const refinement = Eigen::Index{1} << next;
        // Beyond the radius a whole register: functions of a register and of the rest of an array differ in the last
        // digit, and no value may depend on how far a grid reaches.
        constexpr Eigen::Index beyond = 8;
        auto const coarse_steps = static_cast<Eigen::Index>(std::ceil(map_.x_of_r(r_max_fm_) / base_step_)) + beyond;
        levels_.push_back(
            make_level(map_, base_step_ / static_cast<double>(refinement), coarse_steps * refinement + 2));
        auto& r = levels_.back().r_fm;
        if (node_at_fm_) r[fixed_node_ * refinement] = *node_at_fm_;
        levels_.back().odd_r_fm = r(Eigen::seqN(1, r.size() / 2, 2));
    }
    return levels_[static_cast<std::size_t>(level)];
}

}  // namespace hadronforce
