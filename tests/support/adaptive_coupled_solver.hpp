#pragma once

#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "hadronforce/scattering/coupled_channels.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/coulomb_asymptotics.hpp"

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/numeric/odeint.hpp>

#include <Eigen/Core>
#include <Eigen/LU>

#include <array>
#include <cmath>
#include <complex>

namespace hadronforce::testing {

/// Two coupled channels by another method altogether: Boost.odeint's adaptive Runge-Kutta-Fehlberg 7(8) for both
/// regular solutions and the integrals of their products with Gaussian sources, one momentum at a time.
struct TwoChannels {
    std::array<Channel, 2> channels;
    PotentialMatrix potential{2};
    std::array<double, 2> r0_fm{};
    double weight = 1.0;     ///< of the second channel
    double r_end_fm = 14.0;  ///< outside potentials and sources
};

struct TwoChannelResult {
    double correlation;
    std::complex<double> s11;
    std::array<double, 2> absorbed;  ///< -4 integral Im(w_i^* (2 mu V/(hbar c)^2)_ij w_j)/k_1 and 1 - sum |S_j1|^2
};

namespace coupled {

using Complex = std::complex<double>;
namespace odeint = boost::numeric::odeint;

/// The wave that is outgoing or decaying far out, and its slope by r, at r: from its asymptotic series inward.
inline std::array<Complex, 2> outer_wave(Channel const& channel, double k_squared, double r_fm) {
    double const k = std::sqrt(std::fabs(k_squared));
    int const l = channel.orbital;
    double const eta =
        units::sommerfeld_parameter(channel.charge_product, channel.reduced_mass_MeV, k * units::hbar_c_MeV_fm);
    double const far = std::fmax(40.0 + eta * eta + l * l, k * r_fm);
    double const sign = k_squared > 0.0 ? 1.0 : -1.0;
    std::array<Complex, 2> wave;
    if (k_squared > 0.0) {
        auto const [f, df, g, dg] = coulomb_functions(l, eta, far);
        wave = {Complex(g, f), Complex(dg, df)};
    } else {  // DLMF 13.19.3 without exp(-rho) (2 rho)^-eta, which cancels
        double term = 1.0, sum = 1.0, slope = 0.0;
        for (int n = 1; n < 40; ++n) {
            term *= -(l + eta + n) * (eta - l + n - 1) / (n * 2.0 * far);
            sum += term;
            slope -= n * term / far;
        }
        wave = {sum, slope - (1.0 + eta / far) * sum};
    }
    using State = std::array<double, 4>;
    State state{wave[0].real(), wave[0].imag(), wave[1].real(), wave[1].imag()};
    auto const equation = [&](State const& s, State& derivative, double rho) {
        double const curvature = l * (l + 1) / (rho * rho) + 2.0 * eta / rho - sign;
        derivative = {s[2], s[3], curvature * s[0], curvature * s[1]};
    };
    auto stepper = odeint::make_controlled<odeint::runge_kutta_fehlberg78<State>>(1e-13, 1e-13);
    if (far > k * r_fm) odeint::integrate_adaptive(stepper, equation, state, far, k * r_fm, -0.01);
    double const size = k_squared > 0.0 ? 1.0 : state[0];  // decaying waves have any scale
    return {Complex(state[0], state[1]) / size, k * Complex(state[2], state[3]) / size};
}

inline double gaussian_source(double r0_fm, double r_fm) {
    return 4.0 * units::pi * std::pow(4.0 * units::pi * r0_fm * r0_fm, -1.5) *
           std::exp(-r_fm * r_fm / (4.0 * r0_fm * r0_fm));
}

}  // namespace coupled

/// C at one momentum of the first channel, both channels of one l.
inline TwoChannelResult adaptive_two_channels(TwoChannels const& problem, double k_star_MeV, double tolerance) {
    using namespace coupled;
    auto const& channels = problem.channels;
    int const l = channels[0].orbital;
    double const k_first = units::wave_number_per_fm(k_star_MeV);
    Eigen::Vector2d k_squared, coulomb;
    Eigen::Matrix2d scale;
    for (int i = 0; i < 2; ++i) {
        double const mu = channels[static_cast<std::size_t>(i)].reduced_mass_MeV;
        double const energy = k_star_MeV * k_star_MeV / (2.0 * channels[0].reduced_mass_MeV) -
                              channels[static_cast<std::size_t>(i)].threshold_MeV;
        k_squared[i] = units::two_mu_over_hbar2(mu) * energy;
        coulomb[i] = units::two_mu_over_hbar2(mu) * channels[static_cast<std::size_t>(i)].charge_product *
                     units::fine_structure * units::hbar_c_MeV_fm;
        for (int j = 0; j < 2; ++j)
            scale(i, j) =
                units::two_mu_over_hbar2(std::sqrt(mu * channels[static_cast<std::size_t>(j)].reduced_mass_MeV));
    }
    auto const potential = [&](int i, int j, double r) {
        auto const* real = problem.potential.real(i, j);
        auto const* imaginary = problem.potential.imaginary(i, j);
        return scale(i, j) * Complex(real ? real->value_MeV(r) : 0.0, imaginary ? imaginary->value_MeV(r) : 0.0);
    };

    // w_ic at 2i + c, slopes at 4 + 2i + c, for channel i the Gram matrix of its source at 8 + 4i and of -Im V at 16.
    using State = std::array<Complex, 20>;
    auto const equation = [&](State const& s, State& derivative, double r) {
        for (std::size_t i = 0; i < 2; ++i)
            for (std::size_t c = 0; c < 2; ++c) {
                auto const row = static_cast<Eigen::Index>(i);
                derivative[2 * i + c] = s[4 + 2 * i + c];
                derivative[4 + 2 * i + c] = (l * (l + 1) / (r * r) + coulomb[row] / r - k_squared[row]) * s[2 * i + c];
                for (int j = 0; j < 2; ++j)
                    derivative[4 + 2 * i + c] +=
                        potential(static_cast<int>(i), j, r) * s[2 * static_cast<std::size_t>(j) + c];
            }
        for (std::size_t c = 0; c < 2; ++c)
            for (std::size_t d = 0; d < 2; ++d) {
                derivative[16 + 2 * c + d] = 0.0;
                for (std::size_t i = 0; i < 2; ++i) {
                    derivative[8 + 4 * i + 2 * c + d] =
                        gaussian_source(problem.r0_fm[i], r) * std::conj(s[2 * i + c]) * s[2 * i + d];
                    for (std::size_t j = 0; j < 2; ++j)
                        derivative[16 + 2 * c + d] -= std::conj(s[2 * i + c]) * s[2 * j + d] *
                                                      potential(static_cast<int>(i), static_cast<int>(j), r).imag();
                }
            }
    };
    double const r_start = 1e-4;
    State state{};
    state[0] = state[3] = r_start;
    state[4] = state[7] = l + 1.0;
    using Stepper = odeint::runge_kutta_fehlberg78<State, double, State, double>;
    auto stepper = odeint::make_controlled<Stepper>(tolerance, tolerance);
    odeint::integrate_adaptive(stepper, equation, state, r_start, problem.r_end_fm, 1e-5);

    Eigen::Matrix2cd w, slope;
    w << state[0], state[1], state[2], state[3];
    slope << state[4], state[5], state[6], state[7];
    // w b = F e_1 + out tau: unknowns b and tau.
    Eigen::Matrix4cd left = Eigen::Matrix4cd::Zero();
    Eigen::Vector4cd right = Eigen::Vector4cd::Zero();
    left.topLeftCorner<2, 2>() = w;
    left.bottomLeftCorner<2, 2>() = slope;
    for (int i = 0; i < 2; ++i) {
        auto const [out, out_slope] = outer_wave(channels[static_cast<std::size_t>(i)], k_squared[i], problem.r_end_fm);
        left(i, 2 + i) = -out;
        left(2 + i, 2 + i) = -out_slope;
        if (i == 0) {
            right[0] = out.imag();
            right[2] = out_slope.imag();
        }
    }
    Eigen::Vector4cd const solution = left.fullPivLu().solve(right);
    auto const expectation = [&](std::size_t first) {
        Complex sum = 0.0;
        for (std::size_t c = 0; c < 2; ++c)
            for (std::size_t d = 0; d < 2; ++d)
                sum += std::conj(solution[static_cast<Eigen::Index>(c)]) * state[first + 2 * c + d] *
                       solution[static_cast<Eigen::Index>(d)];
        return sum.real();
    };

    TwoChannelResult result{};
    result.s11 = 1.0 + Complex(0.0, 2.0) * solution[2];
    double const lost_to_second =
        k_squared[1] > 0.0 ? 4.0 * std::norm(solution[3]) * std::sqrt(k_squared[1]) / k_first : 0.0;
    result.absorbed = {4.0 * expectation(16) / k_first, 1.0 - std::norm(result.s11) - lost_to_second};

    // The other partial waves, of point charges; their functions are tested against tables elsewhere.
    double const eta =
        units::sommerfeld_parameter(channels[0].charge_product, channels[0].reduced_mass_MeV, k_star_MeV);
    auto const others = [&](double r) {
        Eigen::ArrayXd const rho = Eigen::ArrayXd::Constant(1, k_first * r);
        double const f = regular_coulomb_functions(eta, rho, l)(0, l);
        double const density = eta == 0.0 ? 1.0 : coulomb_density(eta, rho)[0];
        return gaussian_source(problem.r0_fm[0], r) *
               (r * r * (density - 1.0) - (2 * l + 1) * f * f / (k_first * k_first));
    };
    using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
    double const background = Quadrature::integrate(others, 1e-8, problem.r_end_fm, 8, 1e-11);
    double const mass_ratio = channels[1].reduced_mass_MeV / channels[0].reduced_mass_MeV;
    result.correlation =
        1.0 + background +
        (2 * l + 1) / (k_first * k_first) * (expectation(8) + problem.weight * mass_ratio * expectation(12));
    return result;
}

}  // namespace hadronforce::testing
