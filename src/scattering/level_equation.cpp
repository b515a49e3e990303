#include "scattering/level_equation.hpp"

#include "hadronforce/error.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace hadronforce {
namespace {

constexpr double farthest_matching_fm = 400.0;

/// A smooth sequence continued by one step with a polynomial through its last six members, nearest first.
double continued(double f0, double f1, double f2, double f3, double f4, double f5) {
    return 6.0 * f0 - 15.0 * f1 + 20.0 * f2 - 15.0 * f3 + 6.0 * f4 - f5;
}

}  // namespace

MatchedPotential match_potential(LocalPotential const& potential, double two_mu_per_MeV_fm2, double negligible_per_fm2,
                                 RadialGrid& grid) {
    auto const jump = potential.discontinuity_fm();
    if (jump != grid.node_at_fm()) grid = RadialGrid(grid.base_step(), grid.r_max_fm(), jump);
    for (;;) {
        auto const& level = grid.level(0);
        Eigen::Index const nodes = level.r_fm.size() - 4;
        Eigen::ArrayXd v(nodes);
        potential.fill_MeV(level.r_fm.head(nodes), v);
        // A 1/r core enters through the start of the wave, not here.
        if (potential.r_times_v_at_origin_MeV_fm() != 0.0) v[0] = 0.0;
        v *= two_mu_per_MeV_fm2;
        if (!v.isFinite().all()) throw InputError("the potential is not finite everywhere; check its parameters");
        Eigen::Index last = nodes - 1;
        while (last > 0 && std::fabs(v[last]) < negligible_per_fm2) --last;
        if (last < nodes - 2) {
            Eigen::Index const node = std::max<Eigen::Index>(last + 1, grid.fixed_node() + 8);
            if (node + 2 <= nodes) return {node, v.head(node + 2)};
        }
        if (level.r_fm[last] > farthest_matching_fm)
            throw InputError("the potential reaches beyond " + std::to_string(static_cast<int>(farthest_matching_fm)) +
                             " fm; it must fall off faster");
        grid = RadialGrid(grid.base_step(), 2.0 * grid.r_max_fm(), jump);
    }
}

Eigen::ArrayXd refined_potential(LocalPotential const& potential, double two_mu_per_MeV_fm2, RadialGrid const& grid,
                                 int level, Eigen::ArrayXd const& reduced) {
    Eigen::Index const match = reduced.size() - 2;
    Eigen::ArrayXd const r = grid.level(level + 1).r_fm(Eigen::seqN(1, match + 1, 2));
    Eigen::ArrayXd between(match + 1);
    potential.fill_MeV(r, between);
    Eigen::ArrayXd fine(2 * match + 2);
    for (Eigen::Index n = 0; n <= match; ++n) {
        fine[2 * n] = reduced[n];
        fine[2 * n + 1] = two_mu_per_MeV_fm2 * between[n];
    }
    return fine;
}

LevelEquation make_level_equation(LocalPotential const& potential, double two_mu_per_MeV_fm2, RadialGrid const& grid,
                                  int level_index, Eigen::ArrayXd const& reduced) {
    auto const& level = grid.level(level_index);
    LevelEquation equation;
    equation.step = level.step;
    equation.match = reduced.size() - 2;
    Eigen::Index const nodes = reduced.size();
    equation.a = reduced * level.energy_weight_fm2.head(nodes) + level.map_weight.head(nodes);
    equation.b = level.energy_weight_fm2.data();
    if (grid.node_at_fm()) {
        equation.jump = grid.fixed_node() << level_index;
        double const outside = potential.value_MeV(*grid.node_at_fm() * (1.0 + 1e-12));
        equation.a_after_jump =
            two_mu_per_MeV_fm2 * outside * equation.b[equation.jump] + level.map_weight[equation.jump];
    }

    // Near r = 0: u = r + A r^2/2 + A^2 r^3/12 for V -> A/r, so that g chi'' does not vanish at the origin.
    double const strength = two_mu_per_MeV_fm2 * potential.r_times_v_at_origin_MeV_fm();
    double const r = level.r_fm[1];
    equation.chi_first =
        r * (1.0 + strength * r / 2.0 + strength * strength * r * r / 12.0) / std::sqrt(level.dr_dx_fm[1]);
    equation.y_origin = -level.step * level.step / 12.0 * std::pow(level.dr_dx_fm[0], 1.5) * strength;

    equation.root_g = std::sqrt(level.dr_dx_fm[equation.match]);
    equation.half_slope = 0.5 * grid.map().slope_of_dr_dx(level.r_fm[equation.match]) / equation.root_g;
    return equation;
}

ContinuedCoefficients continued_coefficients(LevelEquation const& equation) {
    auto const n = equation.jump;
    auto const& a = equation.a;
    return {continued(a[n], a[n - 1], a[n - 2], a[n - 3], a[n - 4], a[n - 5]),
            continued(equation.a_after_jump, a[n + 1], a[n + 2], a[n + 3], a[n + 4], a[n + 5])};
}

}  // namespace hadronforce
