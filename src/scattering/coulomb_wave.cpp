#include "hadronforce/scattering/coulomb_wave.hpp"

#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/units/constants.hpp"

#include <cmath>

namespace hadronforce {

double coulomb_phase(double eta, int l) {
    // Stirling's series at z = 16 + i eta, then down by Gamma(z + 1) = z Gamma(z).
    constexpr int shift = 16;
    std::complex<double> const z(shift, eta);
    std::complex<double> const per_z2 = 1.0 / (z * z);
    std::complex<double> const series =
        (1.0 / 12 - per_z2 * (1.0 / 360 - per_z2 * (1.0 / 1260 - per_z2 * (1.0 / 1680 - per_z2 / 1188.0)))) / z;
    double phase = eta * (std::log(std::abs(z)) - 1.0) + (shift - 0.5) * std::arg(z) + series.imag();
    for (int k = l + 1; k < shift; ++k) phase -= std::atan(eta / k);
    for (int k = shift; k <= l; ++k) phase += std::atan(eta / k);
    return phase;
}

double gamow_factor(double eta) {
    double const x = 2.0 * units::pi * eta;
    if (x == 0.0) return 1.0;
    return x > 700.0 ? x * std::exp(-x) : x / std::expm1(x);
}

double coulomb_range_function(double eta) {
    // Stirling's series of psi at |z| > 8, where it leaves the logarithm behind; below, psi(z + 1) = psi(z) + 1/z
    // first.
    auto const series = [](std::complex<double> per_z2) {
        return per_z2 * (1.0 / 12 -
                         per_z2 * (1.0 / 120 -
                                   per_z2 * (1.0 / 252 -
                                             per_z2 * (1.0 / 240 - per_z2 * (1.0 / 132 - per_z2 * (691.0 / 32760 -
                                                                                                   per_z2 / 12.0))))));
    };
    double const square = eta * eta;
    if (square > 256.0) return -series(-1.0 / square).real();
    constexpr int shift = 16;
    std::complex<double> const z(shift, eta);
    double result = std::log(std::abs(z) / std::fabs(eta)) - (0.5 / z).real() - series(1.0 / (z * z)).real();
    for (int n = 1; n < shift; ++n) result -= n / (n * n + square);
    return result;
}

std::complex<double> coulomb_wave(double eta, double kr, double cos_theta) {
    double const t = 0.5 * kr * (1.0 - cos_theta);
    std::complex<double> const phase = std::polar(1.0, coulomb_phase(eta, 0) + 0.5 * kr * (1.0 + cos_theta));
    if (t < 1e-60) return phase * std::sqrt(gamow_factor(eta));
    auto const waves = coulomb_functions(eta, Eigen::ArrayXd::Constant(1, t), 0);
    int const exponent = waves.exponent(0, 0);
    return phase *
           std::complex<double>(std::ldexp(waves.f_prime(0, 0), -exponent), -std::ldexp(waves.f(0, 0), -exponent));
}

Eigen::ArrayXd coulomb_density(double eta, Eigen::ArrayXd const& kr) {
    auto const waves = coulomb_functions(eta, kr, 0);
    Eigen::ArrayXd density(kr.size());
    for (Eigen::Index i = 0; i < kr.size(); ++i) {
        double const f = std::ldexp(waves.f(i, 0), -waves.exponent(i, 0));
        double const f_prime = std::ldexp(waves.f_prime(i, 0), -waves.exponent(i, 0));
        density[i] = f_prime * f_prime + (1.0 - 2.0 * eta / kr[i]) * f * f;
    }
    return density;
}

Eigen::ArrayXd coulomb_exchange_density(double eta, Eigen::ArrayXd const& kr) {
    Eigen::ArrayXd const twice = 2.0 * kr;
    return std::sqrt(gamow_factor(eta)) * regular_coulomb_functions(eta, twice, 0).col(0) / twice;
}

}  // namespace hadronforce
