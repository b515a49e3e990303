#pragma once

#include "hadronforce/scattering/level_equation.hpp"
#include "hadronforce/scattering/node_derivatives.hpp"
#include "scattering/numerov.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// A method of order 8 for chi'' = F chi in Numerov's form, y_{n+1} - 2 y_n + y_{n-1} = P_n y_n with y = W chi, where
/// F is smooth enough for its derivatives to be taken from differences. W and P follow, power by power of the step,
/// from y_{n+1} + y_{n-1} = 2 cosh(d/dn) W chi = (2 + P) W chi for both solutions at once; where F is constant they are
/// W = sqrt(sqrt(f)/sinh(sqrt(f))) and P = 2 cosh(sqrt(f)) - 2. Numerov's method is the part W = 1 - f/12.
///
/// f = step^2 F and its derivatives by the node number, each a number, momenta side by side, or polynomials in k^2.
template <class T>
struct StepFunction {
    T value, first, second, third, fourth, sixth;
};

/// P, local error of order step^10.
template <class T>
[[gnu::always_inline]] inline auto step_minus_two(StepFunction<T> const& f) {
    auto const squared = f.value * f.value;
    auto const constant = f.value + squared * (1.0 / 12.0 + ((1.0 / 360.0) * f.value + (1.0 / 20160.0) * squared));
    auto const linear = (1.0 / 240.0) * f.fourth + (-1.0 / 3024.0) * f.sixth;
    auto const slopes =
        f.first * ((-1.0 / 240.0) * f.first + (-5.0 / 3024.0) * f.third) + f.second * ((-1.0 / 672.0) * f.second);
    auto const mixed = f.value * ((-1.0 / 60.0) * f.second + (41.0 / 30240.0) * f.fourth +
                                  (59.0 / 30240.0) * (f.first * f.first) + (-1.0 / 7560.0) * (f.value * f.second));
    return constant + (linear + (slopes + mixed));
}

/// chi^2/y^2 = 1/W^2, error of order step^8.
template <class T>
[[gnu::always_inline]] inline auto chi_squared_over_y_squared(StepFunction<T> const& f) {
    auto const constant = 1.0 + f.value * (1.0 / 6.0 + f.value * (1.0 / 120.0 + (1.0 / 5040.0) * f.value));
    auto const varying = (-1.0 / 60.0) * f.second + (17.0 / 10080.0) * f.fourth +
                         (13.0 / 10080.0) * (f.first * f.first) + (-1.0 / 630.0) * (f.value * f.second);
    return constant + varying;
}

/// W, error of order step^8.
template <class T>
T y_over_chi(StepFunction<T> const& f) {
    T const constant = 1.0 - f.value * (1.0 / 12.0 - f.value * (1.0 / 160.0 - 61.0 / 120960.0 * f.value));
    return constant + f.second * (1.0 / 120.0 - 13.0 / 10080.0 * f.value) - 13.0 / 20160.0 * f.first * f.first -
           17.0 / 20160.0 * f.fourth;
}

/// (y_{n+1} - y_{n-1})/2 = sinh(d/dn) W chi = dchi/dn/W + this times chi, error of order step^9. `fifth`: of f.
template <class T>
T slope_from_chi(StepFunction<T> const& f, T const& fifth) {
    return f.first * (1.0 / 12.0 - f.value * (7.0 / 720.0 - 53.0 / 40320.0 * f.value) - f.second / 420.0) +
           f.third * (1.0 / 360.0 - f.value / 2016.0) + fifth / 20160.0;
}

/// f at one node, 1 .. match, for momenta side by side. `a`: derivatives of a.
template <class T>
StepFunction<T> step_function_at(LevelEquation const& e, NodeDerivatives const& a, Eigen::Index n, T k_squared) {
    NodeDerivatives const& b = *e.b_derivatives;
    auto const i = static_cast<std::size_t>(n);
    auto const at = [&](double constant, double slope) { return T(12.0 * constant - k_squared * (12.0 * slope)); };
    return {at(e.a[n], e.b[n]),         at(a.first[i], b.first[i]),   at(a.second[i], b.second[i]),
            at(a.third[i], b.third[i]), at(a.fourth[i], b.fourth[i]), at(a.sixth[i], b.sixth[i])};
}

/// As Numerov's first_values.
template <class T>
WavePair<T> first_values(LevelEquation const& equation, NodeDerivatives const& a, T k_squared) {
    T const chi = equation.chi_factor[1] * equation.origin.reduced_wave(k_squared, equation.r_first_fm[1]);
    return {T{}, y_over_chi(step_function_at(equation, a, 1, k_squared)) * chi};
}

/// chi and dchi/dx at the matching node, from y there and at the next. `fifth_a`, `fifth_b`: derivatives there of 12 a
/// and 12 b.
template <class T>
WaveValue<T> wave_at_match(LevelEquation const& equation, NodeDerivatives const& a, double fifth_a, double fifth_b,
                           T k_squared, T y, T y_next) {
    auto const f = step_function_at(equation, a, equation.match, k_squared);
    T const fifth = fifth_a - k_squared * fifth_b;
    T const w = y_over_chi(f);
    T const chi = y / w;
    T const half_difference = y_next - (1.0 + 0.5 * step_minus_two(f)) * y;
    return {chi, w * (half_difference - slope_from_chi(f, fifth) * chi) / equation.step};
}

/// 2 + P at the nodes 1 .. match, good for k^2 from 0 to `largest`; its k^8 is economised to a cubic, which leaves an
/// error of order step^6 in the waves, some 1e-9 on level 2. `a`: derivatives of a.
void fill_step_cubics(LevelEquation const& equation, NodeDerivatives const& a, double largest_k_squared,
                      NodeCubics& factor);

/// As Numerov's fill_density_sum.
void fill_density_sum(LevelEquation const& equation, NodeDerivatives const& a,
                      Eigen::Ref<Eigen::ArrayXd const> const& weight, Eigen::Index stride, DensitySum& sum);

}  // namespace hadronforce
