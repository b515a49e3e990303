#pragma once

#include "hadronforce/interaction/local_potential.hpp"
#include "hadronforce/units/constants.hpp"

#include <boost/numeric/odeint.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace hadronforce::testing {

/// C(k*) for a Gaussian source by another method altogether: adaptive Runge-Kutta-Fehlberg 7(8) of Boost.odeint in r
/// for (u, u', integral 4 pi S u^2 dr), one momentum at a time, and the free wave in closed form, integral 4 pi S
/// sin^2(kr) dr = (1 - exp(-4 k^2 r0^2)) / (4 r0^2). `r_end_fm` must lie outside potential and source; no step crosses
/// `stops_fm`, ascending.
inline Eigen::ArrayXd adaptive_correlation(LocalPotential const& potential, double r0_fm,
                                           Eigen::ArrayXd const& k_star_MeV, double reduced_mass_MeV, double tolerance,
                                           double r_end_fm, std::vector<double> stops_fm = {}) {
    namespace odeint = boost::numeric::odeint;
    using State = std::array<double, 3>;
    double const two_mu = units::two_mu_over_hbar2(reduced_mass_MeV);
    double const source_norm = std::pow(4.0 * units::pi * r0_fm * r0_fm, -1.5);
    stops_fm.push_back(r_end_fm);
    Eigen::ArrayXd correlation(k_star_MeV.size());
    for (Eigen::Index j = 0; j < k_star_MeV.size(); ++j) {
        double const k = units::wave_number_per_fm(k_star_MeV[j]);
        auto const equation = [&](State const& s, State& derivative, double r) {
            double const source = 4.0 * units::pi * source_norm * std::exp(-r * r / (4.0 * r0_fm * r0_fm));
            derivative = {s[1], (two_mu * potential.value_MeV(r) - k * k) * s[0], source * s[0] * s[0]};
        };
        double r_start = 1e-7;
        State state{r_start, 1.0, 0.0};
        auto stepper = odeint::make_controlled<odeint::runge_kutta_fehlberg78<State>>(tolerance, tolerance);
        for (double stop : stops_fm) {
            odeint::integrate_adaptive(stepper, equation, state, r_start, stop, std::min(1e-4, stop - r_start));
            r_start = stop;
        }
        double const amplitude_squared = state[0] * state[0] + state[1] * state[1] / (k * k);
        double const free = -std::expm1(-4.0 * k * k * r0_fm * r0_fm) / (4.0 * r0_fm * r0_fm);
        correlation[j] = 1.0 + (state[2] / amplitude_squared - free) / (k * k);
    }
    return correlation;
}

}  // namespace hadronforce::testing
