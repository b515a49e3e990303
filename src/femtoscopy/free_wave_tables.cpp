#include "femtoscopy/free_wave_tables.hpp"

#include "hadronforce/error.hpp"

#include <cmath>
#include <string>

namespace hadronforce {
namespace {

/// A hundred times what sixty momenta need on the finest grids; further levels double it.
constexpr double most_table_bytes = 5e8;

/// Refuses a table before it takes the memory.
void check_room(Eigen::Index momenta, Eigen::Index radii) {
    double const bytes = 2.0 * sizeof(double) * static_cast<double>(momenta) * static_cast<double>(radii);
    if (bytes <= most_table_bytes) return;
    throw InputError("free waves of " + std::to_string(momenta) + " momenta at " + std::to_string(radii) +
                     " radii need " + std::to_string(std::llround(bytes / 1e6)) +
                     " MB; take fewer or smaller momenta, wider bins, or a potential and source of shorter range");
}

}  // namespace

void FreeWaveTables::drop_tables_of_other(RadialGrid const& grid) {
    if (grid.r_max_fm() == r_max_fm_ && grid.node_at_fm() == node_at_fm_ && grid.inner_fm() == inner_fm_) return;
    products_.clear();
    density_.clear();
    at_nodes_.clear();
    r_max_fm_ = grid.r_max_fm();
    node_at_fm_ = grid.node_at_fm();
    inner_fm_ = grid.inner_fm();
}

FreeWaveProducts const& FreeWaveTables::products(RadialGrid const& grid, int level) {
    drop_tables_of_other(grid);
    for (int next = static_cast<int>(products_.size()); next <= level; ++next) {
        auto const& r_fm = grid.level(next).r_fm;
        check_room(k_per_fm_.size(), r_fm.size());
        products_.push_back(free_wave_products(kind_, two_eta_k_per_fm_, k_per_fm_, r_fm));
    }
    return products_[static_cast<std::size_t>(level)];
}

void FreeWaveTables::sum_density(RadialGrid const& grid, int level, MomentumInterpolation const& interpolation,
                                 Eigen::Ref<Eigen::ArrayXd const> const& weight, Eigen::ArrayXd& sums) {
    drop_tables_of_other(grid);
    bool const interpolate = !interpolation.exact();
    auto& tables = interpolate ? at_nodes_[&interpolation] : density_;
    auto const& k = interpolate ? interpolation.nodes_per_fm() : k_per_fm_;
    for (int next = static_cast<int>(tables.size()); next <= level; ++next) {
        auto const& r_fm = grid.level(next).r_fm;
        check_room(k.size(), r_fm.size());
        tables.push_back(free_density_over_k_squared(k, r_fm));
    }
    sums_at_nodes_.noalias() = tables[static_cast<std::size_t>(level)].leftCols(weight.size()) * weight.matrix();
    if (interpolate) interpolation.at_targets(sums_at_nodes_, sums_at_targets_);
    sums = interpolate ? sums_at_targets_.array() : sums_at_nodes_.array();
}

}  // namespace hadronforce
