#include "scattering/level_equation.hpp"

#include "hadronforce/error.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace hadronforce {
namespace {

constexpr double first_search_fm = 20.0;
constexpr double farthest_matching_fm = 400.0;

/// Whether the potential is negligible at some radii from one on, where it might begin again.
bool stays_away(LocalPotential const& potential, double from_fm, double negligible_MeV) {
    constexpr double to_fm = 60.0, step_fm = 2.5;
    auto const radii = static_cast<Eigen::Index>(std::max(0.0, (to_fm - from_fm) / step_fm)) + 1;
    Eigen::ArrayXd const r = from_fm + step_fm * Eigen::ArrayXd::LinSpaced(radii, 0.0, static_cast<double>(radii - 1));
    Eigen::ArrayXd v(radii);
    potential.fill_MeV(r, v);
    return (v.abs() < negligible_MeV).all();
}

/// A smooth sequence continued by one step with a polynomial through its last six members, nearest first.
double continued(double f0, double f1, double f2, double f3, double f4, double f5) {
    return 6.0 * f0 - 15.0 * f1 + 20.0 * f2 - 15.0 * f3 + 6.0 * f4 - f5;
}

}  // namespace

Eigen::Index first_node(int l) {
    // T = l(l+1)/(12 n^2) near the origin, at most 0.3.
    return l == 0 ? 0 : static_cast<Eigen::Index>(std::ceil(std::sqrt(l * (l + 1) / 3.6)));
}

MatchedPotential match_potential(LocalPotential const& potential, RadialEquation const& equation,
                                 double negligible_per_fm2, RadialGrid& grid) {
    auto const jump = potential.discontinuity_fm();
    if (jump != grid.node_at_fm()) grid = RadialGrid(grid.base_step(), grid.r_max_fm(), jump);
    for (double search_fm = std::max(first_search_fm, 1.5 * jump.value_or(0.0));; search_fm *= 2.0) {
        if (grid.r_max_fm() < search_fm) grid = RadialGrid(grid.base_step(), search_fm, jump);
        auto const& level = grid.level(0);
        Eigen::Index const nodes =
            std::lower_bound(level.r_fm.begin(), level.r_fm.end(), search_fm) - level.r_fm.begin();
        Eigen::ArrayXd v(nodes);
        potential.fill_MeV(level.r_fm.head(nodes), v);
        // A 1/r core enters through the start of the wave, not here.
        if (potential.r_times_v_at_origin_MeV_fm() != 0.0) v[0] = 0.0;
        v *= equation.two_mu_per_MeV_fm2;
        if (!v.isFinite().all()) throw InputError("the potential is not finite everywhere; check its parameters");
        Eigen::Index last = nodes - 1;
        while (last > 0 && std::fabs(v[last]) < negligible_per_fm2) --last;
        if (last < nodes - 2 && stays_away(potential, search_fm, negligible_per_fm2 / equation.two_mu_per_MeV_fm2)) {
            Eigen::Index const node = std::max({last + 1, grid.fixed_node() + 8, first_node(equation.l) + 8});
            if (node + 2 <= nodes) return {node, v.head(node + 2)};
        }
        if (level.r_fm[last] > farthest_matching_fm)
            throw InputError("the potential reaches beyond " + std::to_string(static_cast<int>(farthest_matching_fm)) +
                             " fm; it must fall off faster");
    }
}

Eigen::ArrayXd refined_potential(LocalPotential const& potential, RadialEquation const& equation,
                                 RadialGrid const& grid, int level, Eigen::ArrayXd const& reduced) {
    Eigen::Index const match = reduced.size() - 2;
    Eigen::ArrayXd const r = grid.level(level + 1).r_fm(Eigen::seqN(1, match + 1, 2));
    Eigen::ArrayXd between(match + 1);
    potential.fill_MeV(r, between);
    Eigen::ArrayXd fine(2 * match + 2);
    for (Eigen::Index n = 0; n <= match; ++n) {
        fine[2 * n] = reduced[n];
        fine[2 * n + 1] = equation.two_mu_per_MeV_fm2 * between[n];
    }
    return fine;
}

LevelEquation make_level_equation(LocalPotential const& potential, RadialEquation const& equation,
                                  RadialGrid const& grid, int level_index, Eigen::ArrayXd const& reduced) {
    auto const& level = grid.level(level_index);
    double const two_mu = equation.two_mu_per_MeV_fm2;
    double const centrifugal = equation.l * (equation.l + 1.0);
    Eigen::Index const nodes = reduced.size();
    LevelEquation e;
    e.step = level.step;
    e.match = nodes - 2;
    e.a = reduced * level.energy_weight_fm2.head(nodes) + level.map_weight.head(nodes);
    auto const r = level.r_fm.segment(1, nodes - 1);
    auto const weight = level.energy_weight_fm2.segment(1, nodes - 1);
    if (centrifugal != 0.0) e.a.tail(nodes - 1) += centrifugal * weight / r.square();
    if (equation.two_eta_k_per_fm != 0.0) e.a.tail(nodes - 1) += equation.two_eta_k_per_fm * weight / r;
    e.b = level.energy_weight_fm2.data();
    if (grid.node_at_fm()) {
        e.jump = grid.fixed_node() << level_index;
        double const radius = *grid.node_at_fm();
        double const outside = two_mu * potential.value_MeV(radius * (1.0 + 1e-12)) + centrifugal / (radius * radius) +
                               equation.two_eta_k_per_fm / radius;
        e.a_after_jump = outside * e.b[e.jump] + level.map_weight[e.jump];
    }

    double const core = two_mu * potential.r_times_v_at_origin_MeV_fm();
    e.first = first_node(equation.l) << level_index;
    double const regular = e.first == 0 ? 0.0 : reduced[e.first] - core / level.r_fm[e.first];
    e.origin = {equation.l, core + equation.two_eta_k_per_fm, regular};
    for (Eigen::Index i = 0; i < 2; ++i) {
        e.r_first_fm[i] = level.r_fm[e.first + i];
        e.chi_factor[i] = 1.0 / std::sqrt(level.dr_dx_fm[e.first + i]);
    }

    e.root_g = std::sqrt(level.dr_dx_fm[e.match]);
    e.half_slope = 0.5 * grid.map().slope_of_dr_dx(level.r_fm[e.match]) / e.root_g;
    return e;
}

ContinuedCoefficients continued_coefficients(LevelEquation const& equation) {
    auto const n = equation.jump;
    auto const& a = equation.a;
    return {continued(a[n], a[n - 1], a[n - 2], a[n - 3], a[n - 4], a[n - 5]),
            continued(equation.a_after_jump, a[n + 1], a[n + 2], a[n + 3], a[n + 4], a[n + 5])};
}

}  // namespace hadronforce
