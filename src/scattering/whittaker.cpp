#include "hadronforce/scattering/whittaker.hpp"

#include "hadronforce/error.hpp"
#include "scattering/taylor_march.hpp"

#include <cmath>
#include <cstdlib>

namespace hadronforce {

namespace {

/// DLMF 13.19.3 without its factor exp(-rho) (2 rho)^(-eta).
CoulombPoint<double> asymptotic_series(double eta, int l, double rho) {
    double const x = 2.0 * rho;
    double term = 1.0;
    double sum = 1.0;
    double x_derivative = 0.0;
    for (int k = 1; k < 200 && std::fabs(term) * (k + 1) > 1e-18 * std::fabs(sum); ++k) {
        term *= -(l + eta + k) * (eta - l + k - 1) / (k * x);
        sum += term;
        x_derivative -= k * term / x;
    }
    return {rho, sum, (-1.0 - eta / rho) * sum + 2.0 * x_derivative};
}

}  // namespace

WhittakerW whittaker_w(double eta, int l, double rho) {
    if (!std::isfinite(eta) || std::fabs(eta) > 200.0)
        throw InputError("Whittaker function: eta must be a number between -200 and 200");
    if (l < 0 || l > 100) throw InputError("Whittaker function: l must be between 0 and 100");
    if (!(rho >= 1e-10 && rho <= 1e6)) throw InputError("Whittaker function: rho must be between 1e-10 and 1e6");

    double const order = std::fabs(eta) + l + 1.0;
    auto point = asymptotic_series(eta, l, std::fmax(rho, 30.0 + order * order));
    double const log2_factor = -(point.rho + eta * std::log(2.0 * point.rho)) / std::log(2.0);
    int scale = static_cast<int>(std::round(log2_factor / scale_bits));
    double const factor = std::exp2(log2_factor - scale * scale_bits);
    point.w *= factor;
    point.slope *= factor;
    int zeros = 0;  // none in the series' region
    bool negative = false;
    advance_inward<double>({l * (l + 1.0), eta, -1.0}, point, rho, scale, [&](CoulombPoint<double> const& at) {
        if ((at.w < 0.0) != negative) ++zeros;
        negative = at.w < 0.0;
    });

    int exponent = scale * scale_bits;
    if (std::abs(exponent + std::ilogb(std::fmax(std::fabs(point.w), std::fabs(point.slope)))) < 400) {
        point.w = std::ldexp(point.w, exponent);
        point.slope = std::ldexp(point.slope, exponent);
        exponent = 0;
    }
    return {point.w, point.slope, zeros, exponent};
}

}  // namespace hadronforce
