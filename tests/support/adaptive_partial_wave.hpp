#pragma once

#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/partial_wave.hpp"
#include "hadronforce/units/constants.hpp"

#include <boost/numeric/odeint.hpp>

#include <array>
#include <cmath>

namespace hadronforce::testing {

/// Phase shift of one wave and what its strong force adds to C(k*) of a Gaussian source (without 2l + 1).
struct AdaptiveWave {
    double delta_rad;
    double gain;
};

/// By adaptive Runge-Kutta-Fehlberg 7(8) in r: once for u and integral 4 pi S u^2, once for the same without V, which
/// needs no closed form of the free wave's integral. `r_end_fm` must lie outside potential and source.
inline AdaptiveWave adaptive_wave(LocalPotential const& potential, PartialWaveKind kind, double r0_fm, double k_MeV,
                                  double reduced_mass_MeV, double tolerance, double r_end_fm) {
    namespace odeint = boost::numeric::odeint;
    using State = std::array<double, 3>;
    double const k = units::wave_number_per_fm(k_MeV);
    double const two_mu = units::two_mu_over_hbar2(reduced_mass_MeV);
    double const coulomb = kind.two_eta_k_per_fm(reduced_mass_MeV);
    double const norm = std::pow(4.0 * units::pi * r0_fm * r0_fm, -1.5);
    double const eta = 0.5 * coulomb / k;
    Eigen::ArrayXd const rho = Eigen::ArrayXd::Constant(1, k * r_end_fm);
    auto const c = coulomb_functions(eta, rho, kind.l);
    double density[2], a = 0.0, b = 0.0;
    for (int strong : {0, 1}) {
        auto const equation = [&](State const& s, State& derivative, double r) {
            double const v = strong != 0 ? two_mu * potential.value_MeV(r) : 0.0;
            double const source = 4.0 * units::pi * norm * std::exp(-r * r / (4.0 * r0_fm * r0_fm));
            derivative = {s[1], (v + kind.l * (kind.l + 1.0) / (r * r) + coulomb / r - k * k) * s[0],
                          source * s[0] * s[0]};
        };
        double const start = kind.l == 0 ? 1e-7 : 1e-3;
        double const series = coulomb / (2.0 * kind.l + 2.0);
        State state{start * (1.0 + series * start), (kind.l + 1.0) + (kind.l + 2.0) * series * start, 0.0};
        auto stepper = odeint::make_controlled<odeint::runge_kutta_fehlberg78<State>>(1e-300, tolerance);
        odeint::integrate_adaptive(stepper, equation, state, start, r_end_fm, 1e-5);
        a = state[1] / k * c.g(0, kind.l) - state[0] * c.g_prime(0, kind.l);
        b = state[0] * c.f_prime(0, kind.l) - state[1] / k * c.f(0, kind.l);
        density[strong] = state[2] / (a * a + b * b);
    }
    return {std::atan2(b, a), (density[1] - density[0]) / (k * k)};
}

}  // namespace hadronforce::testing
