#include "hadronforce/femtoscopy/lednicky_lyuboshits.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <cerf.h>

#include <cmath>
#include <complex>

namespace hadronforce {
namespace {

/// F1(z) = (1/z) integral_0^z exp(t^2 - z^2) dt.
double f1(double z) { return z == 0.0 ? 1.0 : dawson(z) / z; }

/// F2(z) = (1 - exp(-z^2))/z.
double f2(double z) { return z == 0.0 ? 0.0 : -std::expm1(-z * z) / z; }

}  // namespace

double lednicky_lyuboshits_gain(double k, std::complex<double> f, double effective_range_fm, double r0_fm) {
    double const z = 2.0 * k * r0_fm, f3 = 1.0 - effective_range_fm / r0_fm / (2.0 * std::sqrt(units::pi));
    return std::norm(f) / (2.0 * r0_fm * r0_fm) * f3 + 2.0 * f.real() / (std::sqrt(units::pi) * r0_fm) * f1(z) -
           f.imag() / r0_fm * f2(z);
}

Eigen::ArrayXd lednicky_lyuboshits(Eigen::ArrayXd const& k_star_MeV, double scattering_length_fm,
                                   double effective_range_fm, double r0_fm) {
    if (!std::isfinite(r0_fm) || r0_fm <= 0.0) throw InputError("r0_fm must be positive and finite");
    return k_star_MeV.unaryExpr([&](double k_MeV) {
        double const k = units::wave_number_per_fm(k_MeV);
        double const k_cot_delta = -1.0 / scattering_length_fm + 0.5 * effective_range_fm * k * k;
        std::complex<double> const f = scattering_length_fm == 0.0 ? 0.0 : 1.0 / std::complex<double>(k_cot_delta, -k);
        return 1.0 + lednicky_lyuboshits_gain(k, f, effective_range_fm, r0_fm);
    });
}

}  // namespace hadronforce
