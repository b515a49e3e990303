#pragma once

#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/scattering/radial_grid.hpp"

#include <Eigen/Core>

#include <cmath>
#include <vector>

namespace hadronforce {

/// The equation without potential or energy: u'' = (2 mu V/(hbar c)^2 + l(l+1)/r^2 + two_eta_k/r - k^2) u.
struct RadialEquation {
    double two_mu_per_MeV_fm2;
    int l = 0;
    double two_eta_k_per_fm = 0.0;
};

/// Near r = 0, with A/r + B for potential and Coulomb field together.
struct OriginSeries {
    int l;
    double a_per_fm;
    double b_per_fm2;

    /// u/r^(l+1) up to r^4.
    template <class T>
    T reduced_wave(T k_squared, double r) const {
        T const c = b_per_fm2 - k_squared;
        T const c1 = T{} + a_per_fm / (2.0 * l + 2.0);
        T const c2 = (a_per_fm * c1 + c) / (2.0 * (2.0 * l + 3.0));
        T const c3 = (a_per_fm * c2 + c * c1) / (3.0 * (2.0 * l + 4.0));
        T const c4 = (a_per_fm * c3 + c * c2) / (4.0 * (2.0 * l + 5.0));
        return 1.0 + r * (c1 + r * (c2 + r * (c3 + r * c4)));
    }
};

/// Nodes beyond the matching node at which the potential is known.
inline constexpr Eigen::Index nodes_beyond_match = 3;

/// The radial equation of one potential on one level, ready for any energy: chi'' = (12/step^2) T chi with
/// T_n = a_n - k^2 b_n, nodes 0 .. match + 3. In Numerov's variable y = (1 - T) chi,
/// y_{n+1} = step_factor(T_n) y_n - y_{n-1}, an error of order step^4 with even powers only.
struct LevelEquation {
    Eigen::Index nodes() const { return match + 1 + nodes_beyond_match; }

    double step;
    Eigen::Index match;                    ///< matching node
    double const* a;                       ///< (step^2/12) (g^2 2 mu V/(hbar c)^2 + s)
    double const* b;                       ///< (step^2/12) g^2 in fm^2, owned by the grid
    double const* r_fm;                    ///< radii, owned by the grid
    NodeDerivatives const* b_derivatives;  ///< of b, owned by the grid
    bool smooth;                           ///< is_smooth
    Eigen::Index first;                    ///< the wave starts here and at the next node
    OriginSeries origin;
    double r_first_fm[2];       ///< radii of the two
    double chi_factor[2];       ///< 1/sqrt(g) there
    Eigen::Index jump = 0;      ///< node at which V jumps; 0 where it does not
    double a_after_jump = 0.0;  ///< a at that node, from outside; a[jump] is the inner one

    /// (u, du/dr) from (chi, dchi/dx) at the matching node.
    double root_g;      ///< u = root_g chi
    double half_slope;  ///< du/dr = half_slope chi + chi'/root_g
    double slope_of_g_at_origin;
};

/// Numerov's 12/(1 - T) - 10 = 2 + 12 T + 12 T^2 + 12 T^3 + ... up to the order of its error, and from there on
/// 2 cosh(sqrt(12 T)), so that the errors of order step^4 and step^6 vanish where T is constant.
template <class T>
auto step_factor(T const& t) {
    return 2.0 + t * (12.0 + t * (12.0 + t * (4.8 + 36.0 / 35.0 * t)));
}

/// Whether f can be differentiated as often as order 8 asks for: l = 0 without charge, 1/r core or
/// jump.
bool is_smooth(LocalPotential const& potential, RadialEquation const& equation);

/// The level-0 node where waves of angular momentum l start; node 0 for l = 0. There Numerov's T stays small, and the
/// radius is the same on all levels.
Eigen::Index first_node(int l);

/// `inner_fm` of a grid with these first steps, or as many quarters of it as let the origin's series hold where waves
/// of l > 0 start: their start stays where it is on all levels, so what the series leaves out there would never show.
/// Not under 1e-5 fm: r^(l+1) must stay within the range of a double, and within that there is nothing but s-waves.
double inner_where_series_holds_fm(double inner_fm, double base_step, RadialEquation const& equation,
                                   LocalPotential const& potential);

/// `reduced`: 2 mu V/(hbar c)^2 at the nodes 0 .. match + 3 of the level. a is put into `memory`.
LevelEquation make_level_equation(LocalPotential const& potential, RadialEquation const& equation,
                                  RadialGrid const& grid, int level, Eigen::Ref<Eigen::ArrayXd const> const& reduced,
                                  std::vector<double>& memory);

/// The same equation without the potential, its a in `memory`.
LevelEquation without_potential(LevelEquation const& with, RadialEquation const& equation,
                                Eigen::Ref<Eigen::ArrayXd const> const& reduced, std::vector<double>& memory);

/// chi and dchi/dx at a node, of T = double or eight momenta.
template <class T>
struct WaveValue {
    T chi;
    T slope;
};

/// theta/(2 sinh(theta)) + T with theta^2 = 12 T, by its series.
template <class T>
T half_ratio(T t) {
    return 0.5 + t * t * (1.4 - t * (62.0 / 35.0 - 2.177142857142857 * t));
}

/// From y at a node and the next, and T at the node before, at it and after it. dchi/dx is the central difference times
/// theta/sinh(theta), exact where T is constant; the factor's first order, -2 T, is taken beside the node, as chi'''
/// is.
template <class T>
WaveValue<T> wave_value(T y, T y_next, T t_before, T t, T t_next, double step) {
    T const chi = y / (1.0 - t);
    T const y_before = step_factor(t) * y - y_next;
    T const half = half_ratio(t);
    return {chi,
            ((half - t_next) * (y_next / (1.0 - t_next)) - (half - t_before) * (y_before / (1.0 - t_before))) / step};
}

/// y at a node and the next.
template <class T>
struct WavePair {
    T y;
    T y_next;
};

/// y at the node before a node and there, from chi and dchi/dx there: the recursion and the central difference of
/// wave_value, solved for y.
template <class T>
WavePair<T> wave_before(T chi, T slope, T t_before, T t, T t_next, double step) {
    T const half = half_ratio(t);
    T const y = (1.0 - t) * chi;
    T const after = (half - t_next) / (1.0 - t_next), before = (half - t_before) / (1.0 - t_before);
    return {(after * step_factor(t) * y - step * slope) / (after + before), y};
}

/// The regular wave at its first two nodes, u ~ (r/r of the second)^(l+1).
template <class T>
WavePair<T> first_values(LevelEquation const& equation, T k_squared);

/// Carries a wave across the jump: in come y at the jump and the node after it as if V had continued smoothly, out come
/// the same two with V as it is outside. chi and dchi/dx go across unchanged; the coefficients of each side are
/// continued one step past the jump by a polynomial.
template <class T>
WavePair<T> across_jump(WavePair<T> inside, T k_squared, LevelEquation const& equation);

/// T just beyond the jump as continued from inside (`after_inside`), and just before it from outside
/// (`before_outside`).
struct ContinuedCoefficients {
    double after_inside;
    double before_outside;
};
ContinuedCoefficients continued_coefficients(LevelEquation const& equation);

template <class T>
WavePair<T> first_values(LevelEquation const& equation, T k_squared) {
    auto const& e = equation;
    auto const one_minus_t = [&](Eigen::Index n) { return T(1.0 - (e.a[n] - k_squared * e.b[n])); };
    T const second = e.chi_factor[1] * e.origin.reduced_wave(k_squared, e.r_first_fm[1]);
    if (e.first > 0) {
        T const first = std::pow(e.r_first_fm[0] / e.r_first_fm[1], e.origin.l + 1) * e.chi_factor[0] *
                        e.origin.reduced_wave(k_squared, e.r_first_fm[0]);
        return {one_minus_t(e.first) * first, one_minus_t(e.first + 1) * second};
    }
    // g^2 u'' = (12/step^2) T u does not vanish at r = 0 where V -> A/r.
    double const g = 1.0 / (e.chi_factor[0] * e.chi_factor[0]);
    T const origin = T{} - e.step * e.step / 12.0 * g * std::sqrt(g) * e.origin.a_per_fm / e.r_first_fm[1];
    return {origin, one_minus_t(1) * second};
}

template <class T>
WavePair<T> across_jump(WavePair<T> inside, T k_squared, LevelEquation const& equation) {
    auto const n = equation.jump;
    auto const t_of = [&](double a, Eigen::Index node) { return T(a - k_squared * equation.b[node]); };
    auto const [a_next_inside, a_before_outside] = continued_coefficients(equation);
    WaveValue<T> const wave = wave_value<T>(inside.y, inside.y_next, t_of(equation.a[n - 1], n - 1),
                                            t_of(equation.a[n], n), t_of(a_next_inside, n + 1), equation.step);
    T const before = t_of(a_before_outside, n - 1);
    T const here = t_of(equation.a_after_jump, n);
    T const next = t_of(equation.a[n + 1], n + 1);
    // The recursion and the central difference of wave_value, solved for y at the next node.
    T const half = half_ratio(here);
    T const y = (1.0 - here) * wave.chi;
    T const ratio = (half - before) / (1.0 - before);
    T const y_next =
        (ratio * step_factor(here) * y + equation.step * wave.slope) / ((half - next) / (1.0 - next) + ratio);
    return {y, y_next};
}

}  // namespace hadronforce
