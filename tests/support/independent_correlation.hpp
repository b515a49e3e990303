#pragma once

#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "hadronforce/scattering/partial_wave.hpp"
#include "hadronforce/units/constants.hpp"

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/numeric/odeint.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

namespace hadronforce::testing {

/// C(k*) by another method altogether, in long double: adaptive Runge-Kutta-Fehlberg 7(8) in r out to where potential
/// and source have ended, with and without the potential; there only the amplitudes of the waves are read, so that no
/// difference is multiplied by G_l^2, nor is an outer region put in by phase shifts. None where that is too far.
class IndependentCorrelation {
  public:
    IndependentCorrelation(double reduced_mass_MeV, int charge_product, Source const& source, double k_star_MeV)
        : two_mu_(units::two_mu_over_hbar2(reduced_mass_MeV)),
          charge_product_(charge_product),
          coulomb_(PartialWaveKind{0, charge_product}.two_eta_k_per_fm(reduced_mass_MeV)),
          k_(units::wave_number_per_fm(k_star_MeV)),
          source_(source),
          source_end_fm_(source.radius_outside_which_fm(1e-9)),
          source_scale_fm_(source_scale_fm(source)) {}

    std::optional<double> operator()(std::vector<SpinChannel> const& channels) const {
        if (source_end_fm_ > farthest_fm || 0.5 * coulomb_ / k_ > largest_repulsive_eta) return std::nullopt;
        double sum = 0.0;
        for (auto const& channel : channels) {
            double const sign = channel.exchange == Exchange::even  ? 1.0
                                : channel.exchange == Exchange::odd ? -1.0
                                                                    : 0.0;
            double c = charge_product_ == 0 ? 1.0 + sign * source_.characteristic(2.0 * k_) : of_charges(sign);
            for (auto const& wave : channel.waves) {
                auto const gain = gain_of(*wave.potential, wave.l);
                if (!gain) return std::nullopt;
                c += (2 * wave.l + 1) * (sign == 0.0 ? 1 : 2) * *gain;
            }
            sum += channel.weight * c;
        }
        return sum;
    }

    /// Without a strong force, sign = 1 or -1 for identical particles: integral of 4 pi r^2 S times the density, by
    /// Gauss and Kronrod on panels that grow with r.
    double of_charges(double sign) const {
        double const eta = 0.5 * coulomb_ / k_;
        auto const density = [&](double r) {
            Eigen::ArrayXd const rho = Eigen::ArrayXd::Constant(1, k_ * r);
            double const c = coulomb_density(eta, rho)[0] + sign * coulomb_exchange_density(eta, rho)[0];
            return 4.0 * units::pi * r * r * source_.density_per_fm3(r) * (c - 1.0);
        };
        double sum = 0.0;
        double begin = 0.0, end = 0.05 * source_scale_fm_;
        while (begin < source_end_fm_) {
            sum += boost::math::quadrature::gauss_kronrod<double, 31>::integrate(density, std::max(begin, 1e-30), end,
                                                                                 4, 1e-10);
            begin = end;
            end = std::min(source_end_fm_, std::min(1.5 * begin, begin + std::max(2.0, 0.3 * begin)));
        }
        return 1.0 + sum;
    }

  private:
    static constexpr double farthest_fm = 150.0;

    double potential_end_fm(LocalPotential const& potential) const {
        double const negligible = 1e-11 * std::min(1.0, k_);
        double end = 0.5;
        for (double r = 0.5; r <= farthest_fm; r += 0.07)  // beside the knots of tables, where V may vanish
            if (two_mu_ * std::fabs(potential.value_MeV(r)) > negligible) end = r + 0.25;
        return end;
    }

    std::optional<double> gain_of(LocalPotential const& potential, int l) const {
        namespace odeint = boost::numeric::odeint;
        using Real = long double;
        using State = std::array<Real, 3>;
        double const end_fm = std::max(source_end_fm_, potential_end_fm(potential));
        if (end_fm > farthest_fm) return std::nullopt;
        Eigen::ArrayXd const rho = Eigen::ArrayXd::Constant(1, k_ * end_fm);
        double const eta = 0.5 * coulomb_ / k_;
        auto const c = coulomb_functions(eta, rho, l);
        if (c.exponent(0, l) != 0) return 0.0;
        std::vector<double> stops{end_fm};
        if (auto const jump = potential.discontinuity_fm()) stops.push_back(*jump);
        for (double knot : source_.knots_fm())
            if (knot > 0.0 && knot < end_fm) stops.push_back(knot);
        std::sort(stops.begin(), stops.end());
        double density[2];
        for (int strong : {0, 1}) {
            Real r = std::min(1e-6, 1e-3 * source_scale_fm_);
            double begin = 0.0, stop = 0.0;
            auto const equation = [&](State const& s, State& derivative, Real radius) {
                double const inside = std::clamp(static_cast<double>(radius), begin, stop);
                Real const v = strong != 0 ? two_mu_ * potential.value_MeV(inside) : 0.0;
                Real const source = 4.0 * units::pi * source_.density_per_fm3(inside);
                derivative = {s[1], (v + (Real(l) * (l + 1) / radius + coulomb_) / radius - Real(k_) * k_) * s[0],
                              source * s[0] * s[0]};
            };
            Real const core = coulomb_ + (strong != 0 ? two_mu_ * potential.r_times_v_at_origin_MeV_fm() : 0.0);
            Real const c1 = core / (2.0 * l + 2.0);
            State s{1.0L + c1 * r, (l + 1.0L) / r + (l + 2.0L) * c1, 0.0L};
            Real step = r;
            using Stepper = odeint::runge_kutta_fehlberg78<State, Real, State, Real>;
            auto stepper = odeint::make_controlled<Stepper>(Real(1e-300), Real(1e-13));
            int steps = 0;
            for (double const next : stops) {
                stop = next;
                while (r < stop) {
                    if (++steps > 60000) return std::nullopt;
                    // Fehlberg's estimate knows no error of a plain integral: steps follow the source by themselves.
                    Real const of_source = r < source_end_fm_ ? 0.05L * (r + 0.2 * source_scale_fm_) : 1.0L;
                    // Nor does it see knots of a table.
                    Real const of_force = potential.has_knots() ? 1e-3L + 0.01L * r : 0.02L + 0.05L * r;
                    Real const longest = std::min({stop - r, of_force, of_source});
                    bool const arrives = step >= stop - r;
                    Real attempt = std::min(step, longest);
                    Real const before = r;
                    if (stepper.try_step(equation, s, r, attempt) == odeint::fail) {
                        step = attempt;
                        continue;
                    }
                    step = attempt;
                    if (arrives && stop - r < 1e-12L * stop) r = stop;
                    if (r == before) return std::nullopt;
                }
                begin = stop * (1.0 + 1e-12);
            }
            Real const a = s[1] / k_ * c.g(0, l) - s[0] * c.g_prime(0, l);
            Real const b = s[0] * c.f_prime(0, l) - s[1] / k_ * c.f(0, l);
            density[strong] = static_cast<double>(s[2] / (a * a + b * b));
        }
        return (density[1] - density[0]) / (k_ * k_);
    }

    double two_mu_;
    int charge_product_;
    double coulomb_, k_;
    Source const& source_;
    double source_end_fm_, source_scale_fm_;
};

}  // namespace hadronforce::testing
