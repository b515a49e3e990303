#pragma once

#include <cmath>
#include <complex>

namespace hadronforce::testing {

/// arg Gamma(l + 1 + i eta), from its product: sigma_l = eta psi(l + 1) + sum_n (eta/n - atan(eta/n)), n > l, summed to
/// n = 2000 and Euler and Maclaurin's rest.
inline double coulomb_phase(int l, double eta) {
    double sum = 0.0, psi = -0.57721566490153286;
    for (int n = 1; n <= l; ++n) psi += 1.0 / n;
    int const last = 2000;
    for (int n = l + 1; n <= last; ++n) sum += eta / n - std::atan(eta / n);
    double const n = last + 0.5;
    return eta * psi + sum + eta * eta * eta / (6.0 * n * n);
}

struct CoulombFunctions {
    double f, df, g, dg;  ///< F_l, dF_l/drho, G_l, dG_l/drho
};

/// At large rho, by the asymptotic series G + iF = exp(i theta) sum_n (l + 1 + i eta)_n (i eta - l)_n / (n! (2 i
/// rho)^n), theta = rho - eta ln 2 rho - l pi/2 + sigma_l (Digital Library of Mathematical Functions, 33.11).
inline CoulombFunctions coulomb_functions(int l, double eta, double rho) {
    using Complex = std::complex<double>;
    Complex const i(0.0, 1.0);
    Complex term = 1.0, sum = 1.0, derivative = 0.0;
    for (int n = 1; n < 60; ++n) {
        Complex const next =
            term * (double(l + n) + i * eta) * (double(n - 1 - l) + i * eta) / (double(n) * 2.0 * i * rho);
        if (std::abs(next) > std::abs(term) || std::abs(next) < 1e-17) break;
        term = next;
        sum += term;
        derivative -= double(n) / rho * term;
    }
    double const pi = 3.14159265358979323846;
    Complex const wave = std::exp(i * (rho - eta * std::log(2.0 * rho) - 0.5 * l * pi + coulomb_phase(l, eta)));
    Complex const h = wave * sum;
    Complex const dh = wave * (i * (1.0 - eta / rho) * sum + derivative);
    return {h.imag(), dh.imag(), h.real(), dh.real()};
}

/// Of a wave u with slope du/drho: u ~ F cos(delta) + G sin(delta).
inline double phase_shift_against_coulomb(int l, double eta, double rho, double u, double slope) {
    auto const [f, df, g, dg] = coulomb_functions(l, eta, rho);
    return std::atan((u * df - slope * f) / (slope * g - u * dg));
}

}  // namespace hadronforce::testing
