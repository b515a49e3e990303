#include "scattering/sampled_potential.hpp"

#include "hadronforce/error.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace hadronforce {
namespace {

constexpr double first_search_fm = 20.0;
constexpr double farthest_matching_fm = 400.0;

/// At least so many values, in memory that is kept.
void make_room(Eigen::ArrayXd& values, Eigen::Index size) {
    if (values.size() < size) values.resize(size);
}

/// So many radii or a few more, as registers take them.
Eigen::Index rounded_up(Eigen::Index radii, Eigen::Index most) { return std::min((radii + 7) / 8 * 8, most); }

/// Whether the potential is negligible at some radii from one on, where it might begin again.
bool stays_away(LocalPotential const& potential, double from_fm, double negligible_MeV) {
    constexpr double to_fm = 60.0, step_fm = 2.5;
    constexpr Eigen::Index most_radii = 17;
    static_assert(first_search_fm + step_fm * (most_radii - 1) >= to_fm);
    auto const radii = std::min(most_radii, static_cast<Eigen::Index>(std::max(0.0, (to_fm - from_fm) / step_fm)) + 1);
    Eigen::Array<double, Eigen::Dynamic, 1, 0, most_radii, 1> r(radii), v(radii);
    for (Eigen::Index i = 0; i < radii; ++i) r[i] = from_fm + step_fm * static_cast<double>(i);
    potential.fill_MeV(r, v);
    return (v.abs() < negligible_MeV).all();
}

}  // namespace

void SampledPotential::sample(LocalPotential const& potential, RadialEquation const& equation,
                              double negligible_per_fm2, RadialGrid& grid) {
    potential_ = &potential;
    two_mu_per_MeV_fm2_ = equation.two_mu_per_MeV_fm2;
    finest_ = 0;
    if (levels_.empty()) levels_.resize(RadialGrid::finest_level + 1);
    auto const jump = potential.discontinuity_fm();
    if (jump != grid.node_at_fm()) grid = grid.resized(grid.r_max_fm(), jump);
    for (double search_fm = std::max(first_search_fm, 1.5 * jump.value_or(0.0));; search_fm *= 2.0) {
        if (grid.r_max_fm() < search_fm) grid = grid.resized(search_fm, jump);
        auto const& level = grid.level(0);
        Eigen::Index const nodes =
            std::lower_bound(level.r_fm.begin(), level.r_fm.end(), search_fm) - level.r_fm.begin();
        make_room(levels_[0], nodes);
        auto v = levels_[0].head(nodes);
        potential.fill_MeV(level.r_fm.head(nodes), v);
        // A 1/r core enters through the start of the wave, not here.
        if (potential.r_times_v_at_origin_MeV_fm() != 0.0) v[0] = 0.0;
        v *= two_mu_per_MeV_fm2_;
        if (!v.isFinite().all()) throw InputError("the potential is not finite everywhere; check its parameters");
        Eigen::Index last = nodes - 1;
        while (last > 0 && std::fabs(v[last]) < negligible_per_fm2) --last;
        if (last < nodes - 2 && stays_away(potential, search_fm, negligible_per_fm2 / two_mu_per_MeV_fm2_)) {
            matching_node_ = std::max({last + 1, grid.fixed_node() + 8, first_node(equation.l) + 8});
            if (matching_node_ + nodes_beyond_match < nodes) return;
        }
        if (level.r_fm[last] > farthest_matching_fm)
            throw InputError("the potential reaches beyond " + std::to_string(static_cast<int>(farthest_matching_fm)) +
                             " fm; it must fall off faster");
    }
}

Eigen::Map<Eigen::ArrayXd const> SampledPotential::level(int level, RadialGrid const& grid) {
    for (; finest_ < level; ++finest_) {
        Eigen::ArrayXd const& coarse = levels_[static_cast<std::size_t>(finest_)];
        Eigen::ArrayXd& fine = levels_[static_cast<std::size_t>(finest_ + 1)];
        Eigen::ArrayXd const& r = grid.level(finest_ + 1).odd_r_fm;
        Eigen::Index const pairs = (matching_node_ << finest_) + (1 + nodes_beyond_match) / 2;
        Eigen::Index const radii = rounded_up(pairs, r.size());
        make_room(between_, radii);
        potential_->fill_MeV(r.head(radii), between_.head(radii));
        make_room(fine, 2 * pairs);
        for (Eigen::Index n = 0; n < pairs; ++n) {
            fine[2 * n] = coarse[n];
            fine[2 * n + 1] = two_mu_per_MeV_fm2_ * between_[n];
        }
    }
    return {levels_[static_cast<std::size_t>(level)].data(), (matching_node_ << level) + 1 + nodes_beyond_match};
}

}  // namespace hadronforce
