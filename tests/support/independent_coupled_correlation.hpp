#pragma once

#include "hadronforce/femtoscopy/coupled_correlation.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/coupled_channels.hpp"
#include "hadronforce/scattering/whittaker.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/independent_correlation.hpp"

#include <boost/numeric/odeint.hpp>

#include <Eigen/Core>
#include <Eigen/LU>
#include <Eigen/QR>

#include <algorithm>
#include <cmath>
#include <complex>
#include <optional>
#include <utility>
#include <vector>

namespace hadronforce::testing {

/// C(k*) of coupled channels by another method altogether, in long double: Runge-Kutta-Fehlberg 7(8) for the matrix w
/// of regular solutions and the integrals S_i w_ic^* w_id of their products, out to where potentials and sources have
/// ended. Columns are made orthogonal again on the way, w -> w T and each matrix of integrals -> T^* (...) T, so that
/// closed channels and barriers do not make them alike. The same with the first channel alone and without V is taken
/// off. None where that is too far.
class IndependentCoupledCorrelation {
  public:
    IndependentCoupledCorrelation(std::vector<Channel> const& channels, PotentialMatrix const& potential,
                                  std::vector<ChannelSource> sources)
        : channels_(channels), potential_(potential), sources_(std::move(sources)) {}

    std::optional<double> operator()(double k_star_MeV) const {
        auto const& first = channels_.front();
        double end_fm = 0.5;
        double scale_fm = 1.0;
        for (auto const& [source, weight] : sources_) {
            if (weight == 0.0) continue;
            end_fm = std::max(end_fm, source->radius_outside_which_fm(1e-9));
            scale_fm = std::min(scale_fm, source_scale_fm(*source));
        }
        if (end_fm > farthest_fm) return std::nullopt;
        double const k = units::wave_number_per_fm(k_star_MeV);
        for (double r = 0.5; r <= farthest_fm; r += 0.07)  // beside the knots of tables, where V may vanish
            if (largest_v_per_fm2(r) > 1e-11 * std::min(1.0, k)) end_fm = std::max(end_fm, r + 0.25);
        if (end_fm > farthest_fm) return std::nullopt;
        IndependentCorrelation const single(first.reduced_mass_MeV, static_cast<int>(first.charge_product),
                                            *sources_.front().source, k_star_MeV);
        double const charges = first.charge_product == 0.0 ? 1.0 : single.of_charges(0.0);
        auto const with = density(channels_, potential_, k_star_MeV, end_fm, scale_fm);
        auto const without = density({first}, PotentialMatrix(1), k_star_MeV, end_fm, scale_fm);
        if (!with || !without) return std::nullopt;
        return charges + (2 * first.orbital + 1) * static_cast<double>((*with - *without) / (k * k));
    }

  private:
    using Real = long double;
    using Complex = std::complex<Real>;
    using Matrix = Eigen::Matrix<Complex, Eigen::Dynamic, Eigen::Dynamic>;
    using Vector = Eigen::Matrix<Complex, Eigen::Dynamic, 1>;
    using State = std::vector<Complex>;

    static constexpr double farthest_fm = 60.0;

    double largest_v_per_fm2(double r_fm) const {
        double largest = 0.0;
        for (int i = 0; i < potential_.channels(); ++i)
            for (int j = 0; j < potential_.channels(); ++j)
                for (auto const* part : {potential_.real(i, j), potential_.imaginary(i, j)})
                    if (part != nullptr)
                        largest = std::max(largest, scale_of(channels_, i, j) * std::fabs(part->value_MeV(r_fm)));
        return largest;
    }

    static double scale_of(std::vector<Channel> const& channels, int i, int j) {
        return units::two_mu_over_hbar2(std::sqrt(channels[static_cast<std::size_t>(i)].reduced_mass_MeV *
                                                  channels[static_cast<std::size_t>(j)].reduced_mass_MeV));
    }

    /// F, F' and out'/out (primes by r) at a radius, F and out each times any factor; F of the first channel alone.
    struct Outside {
        Complex f, f_slope, log_slope;
    };
    static std::optional<Outside> outside(Channel const& channel, double k_squared, double r_fm) {
        double const k = std::sqrt(std::fabs(k_squared));
        double const eta =
            units::sommerfeld_parameter(channel.charge_product, channel.reduced_mass_MeV, k * units::hbar_c_MeV_fm);
        if (k * r_fm < 1e-9) return std::nullopt;
        if (k_squared <= 0.0) {
            if (std::fabs(eta) > 150.0) return std::nullopt;
            auto const w = whittaker_w(eta, channel.orbital, k * r_fm);
            return Outside{0.0, 0.0, Real(k) * w.derivative / w.value};
        }
        if (eta > largest_repulsive_eta || eta < -1e4) return std::nullopt;
        auto const c = coulomb_functions(eta, Eigen::ArrayXd::Constant(1, k * r_fm), channel.orbital);
        Eigen::Index const l = channel.orbital;
        if (c.exponent(0, l) != 0) return Outside{0.0, 0.0, Real(k) * c.g_prime(0, l) / c.g(0, l)};
        Complex const out(c.g(0, l), c.f(0, l)), slope(c.g_prime(0, l), c.f_prime(0, l));
        return Outside{c.f(0, l), Real(k) * c.f_prime(0, l), Real(k) * slope / out};
    }

    /// sum over channels of weight mu_i/mu_1 integral 4 pi S_i |w_i|^2, w_1 = F + outgoing.
    std::optional<Real> density(std::vector<Channel> const& channels, PotentialMatrix const& potential,
                                double k_star_MeV, double end_fm, double scale_fm) const {
        namespace odeint = boost::numeric::odeint;
        auto const n = static_cast<Eigen::Index>(channels.size());
        int const l = channels.front().orbital;
        std::vector<Outside> at_end;
        Eigen::Matrix<Real, Eigen::Dynamic, 1> k_squared(n), coulomb(n);
        std::optional<double> jump;
        Matrix core = Matrix::Zero(n, n);
        for (Eigen::Index i = 0; i < n; ++i) {
            auto const& channel = channels[static_cast<std::size_t>(i)];
            double const two_mu = units::two_mu_over_hbar2(channel.reduced_mass_MeV);
            // As the difference of squares, so that a momentum close to a threshold is the same one.
            k_squared[i] = Real(units::wave_number_per_fm(k_star_MeV)) * units::wave_number_per_fm(k_star_MeV) *
                               (channel.reduced_mass_MeV / channels.front().reduced_mass_MeV) -
                           two_mu * channel.threshold_MeV;
            coulomb[i] = two_mu * channel.charge_product * units::fine_structure * units::hbar_c_MeV_fm;
            core(i, i) += coulomb[i];
            auto const wave = outside(channel, static_cast<double>(k_squared[i]), end_fm);
            if (!wave) return std::nullopt;
            at_end.push_back(*wave);
        }
        if (at_end.front().f == Complex(0.0)) return Real(0.0);
        struct Part {
            Eigen::Index i, j;
            Complex scale;
            LocalPotential const* v;
        };
        std::vector<Part> parts;
        for (int j = 0; j < n; ++j)
            for (int i = 0; i < n; ++i) {
                double const scale = scale_of(channels, i, j);
                auto const add = [&](LocalPotential const* v, Complex factor) {
                    if (v == nullptr) return;
                    parts.push_back({i, j, factor, v});
                    core(i, j) += factor * Real(v->r_times_v_at_origin_MeV_fm());
                    if (v->discontinuity_fm()) jump = v->discontinuity_fm();
                };
                add(potential.real(i, j), Complex(scale));
                add(potential.imaginary(i, j), Complex(0.0, scale));
            }

        Real r = std::min(1e-6, 1e-3 * scale_fm);
        double begin = 0.0, stop = 0.0;
        Eigen::Index const block = n * n;
        auto const equation = [&](State const& s, State& derivative, Real radius) {
            Eigen::Map<Matrix const> const w(s.data(), n, n), slope(s.data() + block, n, n);
            Eigen::Map<Matrix>(derivative.data(), n, n) = slope;
            double const inside = std::clamp(static_cast<double>(radius), begin, stop);
            Matrix curvature = Matrix::Zero(n, n);
            for (Eigen::Index i = 0; i < n; ++i)
                curvature(i, i) = (Real(l) * (l + 1) / radius + coulomb[i]) / radius - k_squared[i];
            for (auto const& part : parts) curvature(part.i, part.j) += part.scale * Real(part.v->value_MeV(inside));
            Eigen::Map<Matrix>(derivative.data() + block, n, n) = curvature * w;
            for (Eigen::Index i = 0; i < n; ++i) {
                auto const& [source, weight] = sources_[static_cast<std::size_t>(i)];
                Real const s_i = weight == 0.0 ? 0.0
                                               : weight * channels[static_cast<std::size_t>(i)].reduced_mass_MeV /
                                                     channels.front().reduced_mass_MeV * 4.0 * units::pi *
                                                     source->density_per_fm3(inside);
                // w_i = (mu_1/mu_i)^(1/2) u_i
                Eigen::Map<Matrix>(derivative.data() + (2 + i) * block, n, n) = s_i * w.row(i).adjoint() * w.row(i);
            }
        };
        State state(static_cast<std::size_t>((2 + n) * block), Complex(0.0));
        Eigen::Map<Matrix> w(state.data(), n, n), slope(state.data() + block, n, n);
        Matrix const one = Matrix::Identity(n, n), c1 = core / Real(2 * l + 2);
        w = one + c1 * r;
        slope = one * ((l + 1) / r) + Real(l + 2) * c1;
        auto const orthogonalise = [&] {
            Matrix both(2 * n, n);
            both << w, slope;
            Matrix const upper = both.householderQr().matrixQR().topRows(n).template triangularView<Eigen::Upper>();
            Matrix const t = upper.inverse();
            for (Eigen::Index b = 0; b < 2; ++b) {
                Eigen::Map<Matrix> part(state.data() + b * block, n, n);
                part = (part * t).eval();
            }
            for (Eigen::Index b = 2; b < 2 + n; ++b) {
                Eigen::Map<Matrix> part(state.data() + b * block, n, n);
                part = (t.adjoint() * part * t).eval();
            }
        };
        std::vector<double> stops{end_fm};
        if (jump && *jump < end_fm) stops.push_back(*jump);
        for (auto const& [source, weight] : sources_)
            for (double const knot : source->knots_fm())
                if (knot > static_cast<double>(r) && knot < end_fm) stops.push_back(knot);
        std::sort(stops.begin(), stops.end());
        using Stepper = odeint::runge_kutta_fehlberg78<State, Real, State, Real>;
        auto stepper = odeint::make_controlled<Stepper>(Real(1e-16), Real(1e-13));
        Real step = r;
        int steps = 0;
        for (double const next : stops) {
            stop = next;
            while (r < stop) {
                if (++steps > 6000) return std::nullopt;
                // Fehlberg's estimate knows no error of a plain integral: steps follow the sources by themselves.
                Real const longest = std::min(stop - r, 0.05L * (r + 0.2L * scale_fm));
                bool const arrives = step >= stop - r;
                Real attempt = std::min(step, longest);
                Real const before = r;
                if (stepper.try_step(equation, state, r, attempt) == odeint::fail) {
                    step = attempt;
                    continue;
                }
                step = attempt;
                if (arrives && stop - r < 1e-12L * stop) r = stop;
                if (r == before) return std::nullopt;
                orthogonalise();
            }
            begin = stop * (1.0 + 1e-12);
        }
        Matrix const inverse = w.fullPivLu().inverse();
        Matrix const y = slope * inverse;
        Matrix left = -y;
        for (Eigen::Index i = 0; i < n; ++i) left(i, i) += at_end[static_cast<std::size_t>(i)].log_slope;
        Vector right = y.col(0) * at_end.front().f;
        right[0] -= at_end.front().f_slope;
        Vector wave = left.fullPivLu().solve(right);
        wave[0] += at_end.front().f;
        Vector const c = inverse * wave;
        Real sum = 0.0;
        for (Eigen::Index i = 0; i < n; ++i)
            sum += (c.adjoint() * Eigen::Map<Matrix const>(state.data() + (2 + i) * block, n, n) * c).value().real();
        return sum;
    }

    std::vector<Channel> const& channels_;
    PotentialMatrix const& potential_;
    std::vector<ChannelSource> sources_;
};

}  // namespace hadronforce::testing
