#include "scattering/channel_wave.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/whittaker.hpp"
#include "hadronforce/units/constants.hpp"

#include <cmath>
#include <cstdio>

namespace hadronforce {
namespace {

// Whittaker functions are known that far.
constexpr double largest_eta_of_closed_channels = 200.0;

/// Of r^l exp(-x) sum_m (l+m)!/(m! (l-m)!) (2x)^-m / r^l: x^l times the sum is a polynomial, finite at x = 0.
double decaying_log_slope(int l, double kappa, double r) {
    double const x = kappa * r;
    double coefficient = 1.0, value = 0.0, slope = 0.0;
    for (int m = 0; m <= l; ++m) {
        int const power = l - m;
        value += coefficient * std::pow(x, power);
        if (power > 0) slope += coefficient * power * std::pow(x, power - 1);
        coefficient *= 0.5 * (l + m + 1) * (l - m) / (m + 1);
    }
    return -kappa - l / r + kappa * slope / value;
}

double eta_of(Channel const& channel, double wave_number_per_fm) {
    if (channel.charge_product == 0.0) return 0.0;
    return units::sommerfeld_parameter(channel.charge_product, channel.reduced_mass_MeV,
                                       wave_number_per_fm * units::hbar_c_MeV_fm);
}

}  // namespace

void check_channel_eta(Channel const& channel, int index, double k_squared_per_fm2) {
    double const k = std::sqrt(std::fabs(k_squared_per_fm2)), eta = eta_of(channel, k);
    double const largest = k_squared_per_fm2 <= 0.0 ? largest_eta_of_closed_channels
                           : eta > 0.0              ? largest_repulsive_eta
                                                    : largest_attractive_eta;
    if (std::fabs(eta) <= largest) return;
    char message[240];
    std::snprintf(
        message, sizeof message,
        "a momentum is too close to the threshold of channel %d, whose charges attract or repel: there its own "
        "momentum is %.4g MeV/c (eta = %.4g), and must be at least %.4g MeV/c; move that k*, or the threshold",
        index + 1, k * units::hbar_c_MeV_fm, eta,
        std::fabs(channel.charge_product) * units::fine_structure * channel.reduced_mass_MeV / largest);
    throw InputError(message);
}

ChannelWave channel_wave(Channel const& channel, double k_squared_per_fm2, double radius_fm) {
    int const l = channel.orbital;
    double const k = std::sqrt(std::fabs(k_squared_per_fm2));
    ChannelWave wave{k_squared_per_fm2 > 0.0, k};
    if (!wave.open) {
        if (channel.charge_product == 0.0) {
            wave.out_log_slope = decaying_log_slope(l, k, radius_fm);
        } else {
            auto const w = whittaker_w(eta_of(channel, k), l, k * radius_fm);
            wave.out_log_slope = k * w.derivative / w.value;
        }
        return wave;
    }
    double const eta = eta_of(channel, k);
    auto const at_radius = coulomb_functions(eta, Eigen::ArrayXd::Constant(1, k * radius_fm), l);
    int const exponent = at_radius.exponent(0, l);
    double const f = at_radius.f(0, l), f_slope = k * at_radius.f_prime(0, l);
    // Relative to 2^exponent.
    std::complex<double> const out(at_radius.g(0, l), std::ldexp(f, -2 * exponent));
    std::complex<double> const out_slope(k * at_radius.g_prime(0, l), std::ldexp(f_slope, -2 * exponent));
    wave.f = std::ldexp(f, -exponent);
    wave.f_slope = std::ldexp(f_slope, -exponent);
    wave.out = {std::ldexp(out.real(), exponent), std::ldexp(out.imag(), exponent)};
    wave.out_log_slope = out_slope / out;
    return wave;
}

}  // namespace hadronforce
