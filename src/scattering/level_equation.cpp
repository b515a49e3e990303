#include "hadronforce/scattering/level_equation.hpp"

#include <cmath>

namespace hadronforce {
namespace {

/// A smooth sequence continued by one step with a polynomial through its last six members, nearest first.
double continued(double f0, double f1, double f2, double f3, double f4, double f5) {
    return 6.0 * f0 - 15.0 * f1 + 20.0 * f2 - 15.0 * f3 + 6.0 * f4 - f5;
}

}  // namespace

Eigen::Index first_node(int l) {
    // T = l(l+1)/(12 n^2) near the origin, at most 0.3.
    return l == 0 ? 0 : static_cast<Eigen::Index>(std::ceil(std::sqrt(l * (l + 1) / 3.6)));
}

double inner_where_series_holds_fm(double inner_fm, double base_step, RadialEquation const& equation,
                                   LocalPotential const& potential) {
    if (equation.l == 0) return inner_fm;
    constexpr double least_fm = 1e-5, negligible = 1e-7;
    // u'' r^2/u is a series in w = |2 mu V| r^2. What it leaves out is of order w at the start, and the irregular wave
    // that this brings in has fallen by w^(l + 1/2) where u begins to oscillate.
    double const largest = std::pow(negligible, 1.0 / (equation.l + 1.5));
    double const start_over_inner = std::expm1(static_cast<double>(first_node(equation.l)) * base_step);
    auto const weight = [&](double r_fm) {
        double const v = equation.two_mu_per_MeV_fm2 * potential.value_MeV(r_fm) + equation.two_eta_k_per_fm / r_fm;
        return std::fabs(v) * r_fm * r_fm;
    };
    for (; inner_fm > 4.0 * least_fm; inner_fm *= 0.25) {
        double const start_fm = inner_fm * start_over_inner;
        if (weight(start_fm) <= largest && weight(0.5 * start_fm) <= largest) break;
    }
    return inner_fm;
}

bool is_smooth(LocalPotential const& potential, RadialEquation const& equation) {
    return equation.l == 0 && equation.two_eta_k_per_fm == 0.0 && potential.r_times_v_at_origin_MeV_fm() == 0.0 &&
           !potential.discontinuity_fm();
}

LevelEquation make_level_equation(LocalPotential const& potential, RadialEquation const& equation,
                                  RadialGrid const& grid, int level_index,
                                  Eigen::Ref<Eigen::ArrayXd const> const& reduced, std::vector<double>& memory) {
    auto const& level = grid.level(level_index);
    double const two_mu = equation.two_mu_per_MeV_fm2;
    double const centrifugal = equation.l * (equation.l + 1.0);
    Eigen::Index const nodes = reduced.size();
    LevelEquation e;
    e.step = level.step;
    e.match = nodes - 1 - nodes_beyond_match;
    if (memory.size() < static_cast<std::size_t>(nodes)) memory.resize(static_cast<std::size_t>(nodes));
    Eigen::Map<Eigen::ArrayXd> a(memory.data(), nodes);
    a = reduced * level.energy_weight_fm2.head(nodes) + level.map_weight.head(nodes);
    auto const r = level.r_fm.segment(1, nodes - 1);
    auto const weight = level.energy_weight_fm2.segment(1, nodes - 1);
    if (centrifugal != 0.0) a.tail(nodes - 1) += centrifugal * weight / r.square();
    if (equation.two_eta_k_per_fm != 0.0) a.tail(nodes - 1) += equation.two_eta_k_per_fm * weight / r;
    e.a = memory.data();
    e.b = level.energy_weight_fm2.data();
    e.r_fm = level.r_fm.data();
    e.b_derivatives = &level.energy_weight_derivatives;
    if (grid.node_at_fm()) {
        e.jump = grid.fixed_node() << level_index;
        double const radius = *grid.node_at_fm();
        double const outside = two_mu * potential.value_MeV(radius * (1.0 + 1e-12)) + centrifugal / (radius * radius) +
                               equation.two_eta_k_per_fm / radius;
        e.a_after_jump = outside * e.b[e.jump] + level.map_weight[e.jump];
    }

    e.slope_of_g_at_origin = grid.map().slope_of_dr_dx(0.0);

    double const core = two_mu * potential.r_times_v_at_origin_MeV_fm();
    e.smooth = is_smooth(potential, equation);
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

LevelEquation without_potential(LevelEquation const& with, RadialEquation const& equation,
                                Eigen::Ref<Eigen::ArrayXd const> const& reduced, std::vector<double>& memory) {
    LevelEquation e = with;
    Eigen::Index const nodes = with.nodes();
    if (memory.size() < static_cast<std::size_t>(nodes)) memory.resize(static_cast<std::size_t>(nodes));
    for (Eigen::Index n = 0; n < nodes; ++n) memory[static_cast<std::size_t>(n)] = with.a[n] - reduced[n] * with.b[n];
    e.a = memory.data();
    e.jump = 0;
    e.origin = {equation.l, equation.two_eta_k_per_fm, 0.0};
    return e;
}

ContinuedCoefficients continued_coefficients(LevelEquation const& equation) {
    auto const n = equation.jump;
    double const* const a = equation.a;
    return {continued(a[n], a[n - 1], a[n - 2], a[n - 3], a[n - 4], a[n - 5]),
            continued(equation.a_after_jump, a[n + 1], a[n + 2], a[n + 3], a[n + 4], a[n + 5])};
}

}  // namespace hadronforce
