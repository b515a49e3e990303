#pragma once

#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/coulomb_asymptotics.hpp"

#include <boost/math/special_functions/bessel.hpp>
#include <boost/numeric/odeint.hpp>

#include <array>
#include <cmath>

namespace hadronforce::testing {

/// U(r, r') = omega exp(-mu r) exp(-mu r') between charges, by another method altogether. With g = r exp(-mu r) and
/// lambda = 4 pi two_mu omega the equation u'' = (c/r - k^2) u + lambda g <g|u> has the solution u = f + b v, f regular
/// without interaction, v'' = (c/r - k^2) v + g with v = v' = 0 at the origin, b = lambda <g|f>/(1 - lambda <g|v>).
/// Both and their overlaps are integrated by adaptive Runge-Kutta-Fehlberg steps.
class ChargedSeparable {
  public:
    double omega, mu, two_mu, c;  ///< c = 2 eta k

    struct Solution {
        double r, u, slope;  ///< outside, where f begins as r
        double overlap;      ///< <g|f>
        double b;
        /// Of the wave that begins as 1, by u'f - uf' = b <g|f>, where nothing cancels.
        double irregular_part() const { return -b * overlap; }
    };

    /// `k_squared` may be negative. Without `r_end`: just outside.
    Solution solve(double k_squared, double r_end = 0.0) const {
        r_end = std::fmax(r_end, end());
        State s{start * (1.0 + 0.5 * c * start), 1.0 + c * start, 0.0, 0.0, 0.0, 0.0};
        integrate(s, start, r_end, [&](State const& x, State& d, double r) {
            double const v = c / r - k_squared, g = r * std::exp(-mu * r);
            d = {x[1], v * x[0], x[3], v * x[2] + g, g * x[0], g * x[2]};
        });
        double const lambda = 4.0 * units::pi * two_mu * omega;
        double const b = lambda * s[4] / (1.0 - lambda * s[5]);
        return {r_end, s[0] + b * s[2], s[1] + b * s[3], s[4], b};
    }

    /// In closed form: the Laplace transform of f is exp(2 eta atan(k/mu))/(mu^2 + k^2), that of r f its derivative.
    double exact_overlap(double k) const {
        double const m2 = mu * mu + k * k;
        return std::exp(c / k * std::atan(k / mu)) * (2.0 * mu + c) / (m2 * m2);
    }

    /// Up to a multiple of pi, for |eta| of a few: far out, by the asymptotic series of Coulomb functions.
    double delta_rad(double k) const {
        auto const s = solve(k * k, 80.0 / k);
        return phase_shift_against_coulomb(0, 0.5 * c / k, k * s.r, s.u, s.slope / k);
    }

    /// C_0^2 k cot(delta), at any eta.
    double gamow_k_cot_delta(double k) const {
        auto const s = solve(k * k);
        double const eta = 0.5 * c / k;
        auto const w = hadronforce::coulomb_functions(eta, Eigen::ArrayXd::Constant(1, k * s.r), 0);
        double const regular_part = std::sqrt(gamow_factor(eta)) * (s.slope * w.g(0, 0) - s.u * k * w.g_prime(0, 0));
        return std::ldexp(regular_part, w.exponent(0, 0)) / s.irregular_part();
    }

    /// Integral of 4 pi S (|u/(kr)|^2 - |F_0/(kr)|^2) of a Gaussian source.
    double correlation_gain(double k, double r0) const {
        double const b = solve(k * k).b, norm = std::pow(4.0 * units::pi * r0 * r0, -1.5), r_end = 14.0 * r0 + end();
        State s{start * (1.0 + 0.5 * c * start), 1.0 + c * start, 0.0, 0.0, 0.0, 0.0};
        integrate(s, start, r_end, [&](State const& x, State& d, double r) {
            double const v = c / r - k * k, u = x[0] + b * x[2];
            double const source = 4.0 * units::pi * norm * std::exp(-r * r / (4.0 * r0 * r0));
            d = {x[1], v * x[0], x[3], v * x[2] + r * std::exp(-mu * r), source * u * u, source * x[0] * x[0]};
        });
        auto const w = hadronforce::coulomb_functions(0.5 * c / k, Eigen::ArrayXd::Constant(1, k * r_end), 0);
        auto const squared_amplitude = [&](double u, double slope) {
            return std::pow(slope / k * w.g(0, 0) - u * w.g_prime(0, 0), 2) +
                   std::pow(u * w.f_prime(0, 0) - slope / k * w.f(0, 0), 2);
        };
        return (s[4] / squared_amplitude(s[0] + b * s[2], s[1] + b * s[3]) - s[5] / squared_amplitude(s[0], s[1])) /
               (k * k);
    }

    struct Threshold {
        double a0, r_eff;
    };
    /// Outside the wave of k = 0 is p G + q F, F and G Bessel functions; r_eff = 2/p^2 int [(p G + q F)^2 - u^2] dr.
    /// What u differs by from p G + q F is integrated inward, as it falls off outward.
    Threshold threshold() const {
        auto const s = solve(0.0);
        double const p = s.irregular_part(), q = s.slope * bessel(s.r).g - s.u * bessel(s.r).g_slope;
        State x{};
        integrate(x, end(), start, [&](State const& y, State& d, double r) {
            auto const free = bessel(r);
            double const outside = p * free.g + q * free.f;
            d = {y[1], c / r * y[0] - s.b * r * std::exp(-mu * r), (2.0 * outside - y[0]) * y[0], 0.0, 0.0, 0.0};
        });
        return {-p / q, -2.0 * x[2] / (p * p)};
    }

  private:
    using State = std::array<double, 6>;
    static constexpr double start = 1e-9;
    double end() const { return 40.0 / mu; }

    template <class Equation>
    void integrate(State& s, double from, double to, Equation const& equation) const {
        namespace odeint = boost::numeric::odeint;
        auto stepper = odeint::make_controlled<odeint::runge_kutta_fehlberg78<State>>(1e-20, 1e-13);
        odeint::integrate_adaptive(stepper, equation, s, from, to, std::copysign(1e-9, to - from));
    }

    struct Bessel {
        double f, g, g_slope;
    };
    /// d/dz (z K_1) = -z K_0, d/dz (z Y_1) = z Y_0, dz/dr = 2 |c|/z.
    Bessel bessel(double r) const {
        using namespace boost::math;
        double const size = std::fabs(c), z = 2.0 * std::sqrt(size * r), y = 0.5 * units::pi;
        if (c > 0.0)
            return {0.5 / size * z * cyl_bessel_i(1, z), z * cyl_bessel_k(1, z), -2.0 * size * cyl_bessel_k(0, z)};
        return {0.5 / size * z * cyl_bessel_j(1, z), -y * z * cyl_neumann(1, z), -y * 2.0 * size * cyl_neumann(0, z)};
    }
};

}  // namespace hadronforce::testing
