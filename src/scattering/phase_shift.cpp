#include "hadronforce/scattering/phase_shift.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/adaptive_waves.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/extrapolation.hpp"
#include "hadronforce/units/constants.hpp"
#include "scattering/arctangent.hpp"

#include <cmath>
#include <cstdio>
#include <limits>

namespace hadronforce {
namespace {

/// The angle of (cosine, sine) or of its opposite, whichever lies in [0, pi], over pi; to 0.03.
double rough_phase_over_pi(double sine, double cosine) {
    double const sign = sine < 0.0 ? -1.0 : 1.0;
    double const s = std::fabs(sine), c = sign * cosine;
    return 0.5 * (1.0 - c / (std::fabs(c) + s));
}

/// Waves at the matching radius as a F + b G.
struct WavesInFree {
    double const *u, *slope, *k, *f, *f_prime, *g, *g_prime;
    Eigen::MatrixX4d const& free;

    WavesInFree(WavesAtLevel const& waves, RadialWaves& radial)
        : u(waves.values.data()), slope(u + waves.values.rows()), k(radial.k_per_fm().data()), free(waves.free) {
        FreeWavesAtRadius const& at_radius = radial.free_waves();
        f = at_radius.f.data();
        f_prime = at_radius.f_prime.data();
        g = at_radius.g.data();
        g_prime = at_radius.g_prime.data();
    }

    struct Components {
        double a, b;
        double squared() const { return a * a + b * b; }
    };
    /// By F'G - FG' = 1.
    Components of(double value, double derivative, Eigen::Index j) const {
        double const slope_over_k = derivative / k[j];
        return {slope_over_k * g[j] - value * g_prime[j], value * f_prime[j] - slope_over_k * f[j]};
    }
    Components components(Eigen::Index j) const { return of(u[j], slope[j], j); }
    Components free_components(Eigen::Index j) const { return of(free(j, 0), free(j, 1), j); }
    bool in_range(Eigen::Index j) const { return std::isfinite(g[j]); }

    /// Amplitudes (cos(delta), sin(delta)) relative to the waves without potential: of tan(delta_u - delta_f), where
    /// u'f - uf' = k (a_u b_f - b_u a_f) is the denominator's partner that nothing has cancelled from.
    Components relative_to_free(Eigen::Index j) const {
        Components const with = components(j), without = free_components(j);
        double const size = std::sqrt(with.squared()) * std::sqrt(without.squared());
        return {(with.a * without.a + with.b * without.b) / size, -free(j, 3) / (k[j] * size)};
    }
};

}  // namespace

void OutsideWave::fill(WavesAtLevel const& waves, RadialWaves& radial, Eigen::Ref<Eigen::ArrayXd> values,
                       Eigen::Ref<Eigen::ArrayXd> amplitude_squared) {
    Eigen::Index const n = waves.values.rows();
    WavesInFree const waves_in_free(waves, radial);
    double *const one_minus_cos_2delta = values.data(), *const sin_2delta = one_minus_cos_2delta + n;
    double* const squared = amplitude_squared.data();
    auto const put = [&](Eigen::Index j, double a, double b, double size) {
        double const inverse = 2.0 / size;
        one_minus_cos_2delta[j] = b * b * inverse;
        sin_2delta[j] = a * b * inverse;
    };
    if (waves.free.size() == 0) {
#pragma GCC ivdep
        for (Eigen::Index j = 0; j < n; ++j) {
            auto const [a, b] = waves_in_free.components(j);
            squared[j] = a * a + b * b;
            put(j, a, b, squared[j]);
        }
    } else {
        for (Eigen::Index j = 0; j < n; ++j) {
            if (!waves_in_free.in_range(j)) {
                put(j, 1.0, 0.0, 1.0);
                squared[j] = std::numeric_limits<double>::infinity();
                continue;
            }
            auto const relative = waves_in_free.relative_to_free(j);
            double const size = waves_in_free.components(j).squared();
            // Beyond the range of a double nothing is known.
            squared[j] = std::isfinite(size) ? size : std::numeric_limits<double>::quiet_NaN();
            put(j, relative.a, relative.b, relative.squared());
        }
    }
    if (!radial.kind().neutral_s_wave()) {
        values.tail(3) = 0.0;
        return;
    }

    // At k = 0, u = p + q r outside: a0 = -p/q. As an angle it stays smooth through unitarity.
    double const radius = radial.matching_radius_fm();
    double const q = waves.threshold_slope;
    double const p = waves.threshold_u - q * radius;
    double const size = p * p + q * q;
    double const outside = p * p * radius + p * q * radius * radius + q * q * radius * radius * radius / 3.0;
    values[2 * n] = (q * q - p * p) / size;
    values[2 * n + 1] = -2.0 * p * q / size;
    values[2 * n + 2] = (outside - waves.threshold_norm_fm) / size;
}

Eigen::ArrayXd OutsideWave::free_amplitude_squared(WavesAtLevel const& waves, RadialWaves& radial) {
    WavesInFree const waves_in_free(waves, radial);
    Eigen::ArrayXd squared(waves.free.rows());
    for (Eigen::Index j = 0; j < squared.size(); ++j)
        squared[j] = waves_in_free.in_range(j) ? waves_in_free.free_components(j).squared()
                                               : std::numeric_limits<double>::infinity();
    return squared;
}

ScatteringResult OutsideWave::read(Eigen::Ref<Eigen::ArrayXd const> const& values, WavesAtLevel const& waves,
                                   RadialWaves& radial) {
    Eigen::Index const n = waves.values.rows();
    WavesInFree const waves_in_free(waves, radial);
    ScatteringResult result;
    result.delta_rad.resize(n);
    double const* const phase = radial.free_waves().phase.data();
    int const* const zeros = waves.zeros.data();
    double* const delta = result.delta_rad.data();
    result.delta_rad = 1.0 - values.head(n);
    fill_arctangents(values.data() + n, delta, delta, n);
    // u = A M sin(phase + delta): zeros pi <= phase + delta <= (zeros + 1) pi fixes the branch; the extrapolated angle
    // is exact within it.
    auto const choose_branch = [&](Eigen::Index j, double within) {
        double const exact = 0.5 * delta[j];
        double const rough = units::pi * (zeros[j] + within) - phase[j];
        delta[j] = exact + units::pi * std::rint((rough - exact) / units::pi);
    };
    auto const within_branch = [&](Eigen::Index j) {
        auto const [a, b] = waves_in_free.components(j);
        return rough_phase_over_pi(waves_in_free.u[j], a * waves_in_free.g[j] - b * waves_in_free.f[j]);
    };
    if (waves.free.size() == 0) {
#pragma GCC ivdep
        for (Eigen::Index j = 0; j < n; ++j) choose_branch(j, within_branch(j));
    } else {
        for (Eigen::Index j = 0; j < n; ++j) choose_branch(j, waves_in_free.in_range(j) ? within_branch(j) : 0.0);
    }
    if (!radial.kind().neutral_s_wave()) {
        result.scattering_length_fm = result.effective_range_fm = std::numeric_limits<double>::quiet_NaN();
        result.bound_states = waves.threshold_zeros;
        return result;
    }
    double const radius = radial.matching_radius_fm();
    double const cos_2phi = values[2 * n];
    double const sin_2phi = values[2 * n + 1];
    double const infinity = std::numeric_limits<double>::infinity();
    // a0 = tan(phi), written so that neither limit cancels.
    double const tangent = cos_2phi > 0.0 ? sin_2phi / (1.0 + cos_2phi) : (1.0 - cos_2phi) / sin_2phi;
    result.scattering_length_fm = std::isfinite(tangent) ? tangent : infinity;
    result.effective_range_fm = 2.0 * values[2 * n + 2] * (1.0 + 1.0 / (tangent * tangent));
    // Every zero of the k = 0 wave is a bound state; one more lies outside the matching radius when a0 does.
    result.bound_states = waves.threshold_zeros + (result.scattering_length_fm > radius ? 1 : 0);
    return result;
}

void check_momenta_and_mass(Eigen::ArrayXd const& k_star_MeV, double reduced_mass_MeV) {
    if (k_star_MeV.size() == 0) throw InputError("no momenta were given; at least one is needed");
    if (!k_star_MeV.isFinite().all() || (k_star_MeV <= 0.0).any())
        throw InputError("momenta must be positive and finite, in MeV/c");
    if (!std::isfinite(reduced_mass_MeV) || reduced_mass_MeV <= 0.0)
        throw InputError("the reduced mass must be positive and finite, in MeV");
}

void check_sommerfeld_parameters(Eigen::ArrayXd const& k_star_MeV, double reduced_mass_MeV, double charge_product,
                                 double largest_repulsive) {
    double const k_min = k_star_MeV.minCoeff();
    double const eta = units::sommerfeld_parameter(charge_product, reduced_mass_MeV, k_min);
    double const largest_eta = eta > 0.0 ? largest_repulsive : largest_attractive_eta;
    if (std::fabs(eta) <= largest_eta) return;
    char message[240];
    std::snprintf(message, sizeof message,
                  "k* = %.6g MeV/c is too low for these charges: eta = %.5g, and waves are known up to |eta| = %g; "
                  "take momenta from %.6g MeV/c",
                  k_min, eta, largest_eta, std::fabs(eta) / largest_eta * k_min * (1.0 + 1e-5));
    throw InputError(message);
}

ExtrapolatedValues extrapolate_waves(RadialWaves const& radial,
                                     std::function<Eigen::ArrayXd(int level)> const& values_at_level,
                                     Eigen::Index judged, double tolerance, int finest_level) {
    constexpr int least_order = 3;
    if (radial.has_knots()) return refine_irregular(values_at_level, judged, tolerance, finest_level);
    if (radial.smooth()) return extrapolate_eighth_order(values_at_level, judged, tolerance, least_order, finest_level);
    return extrapolate_as_far_as_needed(values_at_level, judged, tolerance, finest_level);
}

ScatteringResult scatter(LocalPotential const& potential, Eigen::ArrayXd const& k_star_MeV, double reduced_mass_MeV,
                         double tolerance, PartialWaveKind kind) {
    check_momenta_and_mass(k_star_MeV, reduced_mass_MeV);
    check_sommerfeld_parameters(k_star_MeV, reduced_mass_MeV, kind.charge_product,
                                std::numeric_limits<double>::infinity());
    Eigen::ArrayXd const k = k_star_MeV / units::hbar_c_MeV_fm;
    RadialWaves radial(k, reduced_mass_MeV, 20.0, tolerance, kind);
    radial.set_potential(potential, negligible_potential_per_fm2(tolerance, k.minCoeff()), 0.0);
    Eigen::Index const size = OutsideWave::size(k.size());
    WavesAtLevel waves;
    Eigen::ArrayXd amplitude_squared(k.size());
    auto const outside_values = [&] {
        Eigen::ArrayXd values(size);
        OutsideWave::fill(waves, radial, values, amplitude_squared);
        return values;
    };
    int const first_level = radial.first_level(tolerance);
    auto const at_level = [&](int extrapolation_level) {
        radial.at_level(first_level + extrapolation_level, 0, Eigen::ArrayXd(), waves);
        return outside_values();
    };
    auto const on_grid =
        extrapolate_waves(radial, at_level, size - 1, tolerance, RadialGrid::finest_level - first_level);
    auto const with_steps = [&](AdaptiveSteps steps) {
        waves = radial.adaptive(steps, {});
        return outside_values();
    };
    bool const recompute = !(on_grid.error_estimate <= tolerance);
    EstimatedValues const result =
        recompute ? tighten_steps(with_steps, size - 1, tolerance) : EstimatedValues(on_grid);
    return OutsideWave::read(result.values, waves, radial);
}

}  // namespace hadronforce
