#pragma once

#include <array>
#include <cmath>
#include <functional>

namespace hadronforce {

/// w'' = (l(l+1)/rho^2 + 2 eta/rho - energy) w: the radial equation in a Coulomb field, energy +1 (scattering, rho =
/// kr) or -1 (bound, rho = kappa r); in other units of length something else.
struct CoulombEquation {
    double centrifugal;  ///< l(l+1)
    double eta;
    double energy;
};

/// A solution, or several side by side (a fixed-size Eigen array), at one radius.
template <class Value>
struct CoulombPoint {
    double rho;
    Value w;
    Value slope;
};

/// Is told where each step ended.
template <class Value>
using NoteOfStep = std::function<void(CoulombPoint<Value> const&)>;

inline constexpr int scale_bits = 400;

namespace taylor_march {

inline constexpr int max_terms = 160;

struct Factors {
    double order_ratio;  ///< n/(n + 2)
    double inverse;      ///< 1/((n + 1)(n + 2))
};

inline std::array<Factors, max_terms> const factors = [] {
    std::array<Factors, max_terms> table{};
    for (int n = 0; n < max_terms; ++n) table[n] = {n / (n + 2.0), 1.0 / ((n + 1.0) * (n + 2.0))};
    return table;
}();

inline double size(double value) { return std::fabs(value); }
template <class Array>
double size(Array const& value) {
    return value.abs().maxCoeff();
}

/// Well inside the radius of convergence, rho, and short enough that terms do not cancel.
inline double longest_step(CoulombEquation const& equation, double rho) {
    double const inner = 0.6 * rho;
    double const wave_number = std::sqrt(equation.centrifugal / (inner * inner) +
                                         2.0 * std::fabs(equation.eta) / inner + std::fabs(equation.energy));
    return std::fmin(0.4 * rho, 2.0 / wave_number);
}

/// One step by the Taylor series b_n = w^(n) h^n/n!, whose recursion is rho^2 times the equation.
template <class Value>
void step(CoulombEquation const& equation, CoulombPoint<Value>& point, double h) {
    double const rho = point.rho;
    double const t = h / rho;
    double const c0 = t * t * (equation.centrifugal + rho * (2.0 * equation.eta - equation.energy * rho));
    double const c1 = 2.0 * t * t * h * (equation.eta - equation.energy * rho);
    double const c2 = -equation.energy * t * t * h * h;
    Value oldest = 0.0 * point.w;
    Value older = oldest;
    Value old = point.w;
    Value term = h * point.slope;
    Value w = old + term;
    Value slope = term;
    for (int n = 0; n + 2 < max_terms; ++n) {
        auto const& factor = factors[n];
        Value const next = ((c0 - t * t * n * (n - 1)) * old + c1 * older + c2 * oldest) * factor.inverse -
                           (2.0 * t * factor.order_ratio) * term;
        w += next;
        slope += (n + 2.0) * next;
        oldest = older;
        older = old;
        old = term;
        term = next;
        if ((n + 2.0) * (size(term) + size(old)) < 1e-17 * (size(w) + size(slope))) break;
    }
    point = {rho + h, w, Value(slope / h)};
}

}  // namespace taylor_march

/// Moves the solution to `rho`, in as many steps as that takes, none as long as the distance of two zeros. Stable in
/// the direction in which the solution grows.
template <class Value>
void advance(CoulombEquation const& equation, CoulombPoint<Value>& point, double rho,
             NoteOfStep<Value> const& after_step = {}) {
    while (point.rho != rho) {
        double const distance = rho - point.rho;
        double const longest = taylor_march::longest_step(equation, point.rho);
        bool const last = std::fabs(distance) <= longest;
        taylor_march::step(equation, point, last ? distance : std::copysign(longest, distance));
        if (last) point.rho = rho;
        if (after_step) after_step(point);
    }
}

/// Inward, the direction in which irregular solutions grow. Values are mantissas, multiplied by 2^-400 whenever they
/// pass 2^400: `scale` counts how often.
template <class Value>
void advance_inward(CoulombEquation const& equation, CoulombPoint<Value>& point, double rho, int& scale,
                    NoteOfStep<Value> const& after_step = {}) {
    while (point.rho != rho) {
        advance(equation, point, std::fmax(rho, std::fmax(0.7 * point.rho, point.rho - 100.0)), after_step);
        if (taylor_march::size(point.w) + taylor_march::size(point.slope) > std::ldexp(1.0, scale_bits)) {
            point.w *= std::ldexp(1.0, -scale_bits);
            point.slope *= std::ldexp(1.0, -scale_bits);
            ++scale;
        }
    }
}

}  // namespace hadronforce
