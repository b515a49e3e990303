#include "hadronforce/femtoscopy/partial_wave_correlation.hpp"

#include "femtoscopy/far_pairs.hpp"
#include "femtoscopy/free_wave_integrals.hpp"
#include "femtoscopy/free_wave_tables.hpp"
#include "femtoscopy/source_weights.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/scattering/adaptive_waves.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/extrapolation.hpp"
#include "hadronforce/scattering/free_waves.hpp"
#include "hadronforce/scattering/radial_waves.hpp"
#include "hadronforce/units/constants.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace hadronforce {
namespace {

/// source_radius_fm without its limit.
double radius_that_matters_fm(Source const& source, double k_min_per_fm, double error, double two_eta_k_per_fm) {
    constexpr double ordinary_fm = 300.0;
    double const radius = source.radius_outside_which_fm(error);
    if (radius <= ordinary_fm) return radius;
    // Heavy tails: far pairs are many, but what they do to C oscillates with 2kr: it is less than the bound on |u|^2 by
    // 2kr, which is 100 and more.
    return std::max(source.radius_of_waves_fm(k_min_per_fm, std::min(100.0 * error, 0.1)),
                    4.0 * std::fabs(two_eta_k_per_fm) / (k_min_per_fm * k_min_per_fm));
}

/// What a source contributes on the nodes of one level, apart from the waves. Keeps its memory.
struct SourceSums {
    std::optional<int> density_level;
    Eigen::ArrayXd weight;      // times u^2, a sum over nodes: integral 4 pi S u^2 dr
    Eigen::ArrayXd chi_weight;  // times u^2/g
    Eigen::Index inside;        // nodes of `chi_weight`, up to the matching radius
    FreeWaveIntegrals free;
};

}  // namespace

struct PartialWaveCorrelation::Work {
    Eigen::ArrayXd k_per_fm;
    double tolerance;
    RadialWaves radial;
    FreeWaveTables tables;
    SourceSums sums;
    WavesAtLevel waves;
    Eigen::ArrayXd amplitude_squared;  // of the waves that values() saw last

    Work(Eigen::ArrayXd const& k_star_MeV, double reduced_mass_MeV, PartialWaveKind kind, double tolerance_)
        : k_per_fm(k_star_MeV / units::hbar_c_MeV_fm),
          tolerance(tolerance_),
          radial(k_per_fm, reduced_mass_MeV, 60.0, tolerance_, kind),
          tables(kind, radial.two_eta_k_per_fm(), k_per_fm),
          amplitude_squared(k_per_fm.size()) {}

    int finest_level(double radius_fm) const;
    void sum_source(Source const& source, double radius_fm, int density_level);
    FreeWaveIntegrals integrate_source(Source const& source, double radius_fm, double panel_scale) const;
    /// At most what pairs outside a radius add to 1 + gain, relative to max(1, 1 + gain), largest over k*: by
    /// |(cos(delta) F + sin(delta) G)^2 - F^2| <= 3/2 |sin(delta)| (F^2 + G^2), which is no larger farther out, or
    /// than 1.
    double left_out(PartialWaveGain const& gain, Source const& source, double radius_fm) const;
    /// 1 + gain, which the tolerance speaks of, and what OutsideWave makes of `waves`.
    Eigen::ArrayXd values(FreeWaveIntegrals const& source);
};

double PartialWaveCorrelation::Work::left_out(PartialWaveGain const& gain, Source const& source,
                                              double radius_fm) const {
    auto const free = free_waves_at(radial.kind(), radial.two_eta_k_per_fm(), k_per_fm, radius_fm);
    double const share = fraction_outside(source, radius_fm);
    double largest = 0.0;
    for (Eigen::Index j = 0; j < k_per_fm.size(); ++j) {
        double const sine = std::fabs(std::sin(gain.scattering.delta_rad[j]));
        if (sine == 0.0) continue;
        double const size = std::max(1.0, free.f[j] * free.f[j] + free.g[j] * free.g[j]);
        double const kr = k_per_fm[j] * radius_fm;
        largest = std::max(largest, 1.5 * sine * size * share / (kr * kr) / std::max(1.0, 1.0 + gain.gain[j]));
    }
    return largest;
}

/// The finest level whose tables of free waves, three of momenta by nodes one level below, have half a gigabyte.
int PartialWaveCorrelation::Work::finest_level(double radius_fm) const {
    constexpr double most_entries = 1 << 26;
    auto const& grid = radial.grid();
    double const nodes = grid.map().x_of_r(std::max(radius_fm, radial.matching_radius_fm())) / grid.base_step();
    double const entries = 3.0 * nodes * static_cast<double>(k_per_fm.size());
    int level = RadialGrid::finest_level;
    while (level > 2 && std::ldexp(entries, level - 1) > most_entries) --level;
    return level;
}

void PartialWaveCorrelation::Work::sum_source(Source const& source, double radius_fm, int density_level) {
    GridLevel const& grid = radial.grid().level(density_level);
    Eigen::Index const inside = (radial.matching_node() << density_level) + 1;
    Eigen::Index const source_end = std::lower_bound(grid.r_fm.begin(), grid.r_fm.end(), radius_fm) - grid.r_fm.begin();
    Eigen::Index const nodes = std::min(std::max(inside, source_end + 1), grid.r_fm.size());
    Eigen::Index const tail = nodes - inside;

    sums.density_level = density_level;
    sums.inside = inside;
    // A few more than needed, so that registers are full; there are as many.
    Eigen::Index const filled = source.has_knots() ? nodes : (nodes + 7) / 8 * 8;
    if (sums.weight.size() < filled) sums.weight.resize(filled);
    if (sums.chi_weight.size() < inside) sums.chi_weight.resize(inside);
    auto weight = sums.weight.head(nodes);
    fill_source_weights(source, radial.grid(), density_level, sums.weight.head(filled));
    sums.chi_weight.head(inside) = weight.head(inside) * grid.dr_dx_fm.head(inside);
    if (radial.kind().neutral_s_wave())
        tables.sum_density(radial.grid(), density_level, radial.interpolation(), weight.head(inside),
                           sums.free.free_inside);
    FreeWaveProducts const& products = tables.products(radial.grid(), density_level);
    auto const tail_weight = weight.tail(tail).matrix();
    auto const sum_tail = [&](Eigen::MatrixXd const& product, Eigen::ArrayXd& sum) {
        sum.resize(k_per_fm.size());
        sum.matrix().noalias() = product.middleCols(inside, tail) * tail_weight;
    };
    sum_tail(products.g2_minus_f2, sums.free.g2_minus_f2_tail);
    sum_tail(products.two_f_g, sums.free.two_f_g_tail);
}

/// Beside adaptive waves, which end at the matching radius where nodes have half a weight.
FreeWaveIntegrals PartialWaveCorrelation::Work::integrate_source(Source const& source, double radius_fm,
                                                                 double panel_scale) const {
    // 24 nodes on six steps, which are 2 radians of u^2 at most.
    double const panel = 6.0 * panel_scale * radial.grid().base_step();
    return integrate_free_waves({radial.kind(), radial.two_eta_k_per_fm(), k_per_fm}, source, radial.grid().map(),
                                panel, radial.matching_radius_fm(), radius_fm);
}

Eigen::ArrayXd PartialWaveCorrelation::Work::values(FreeWaveIntegrals const& source) {
    Eigen::Index const n = k_per_fm.size();
    Eigen::ArrayXd values(n + OutsideWave::size(n));
    OutsideWave::fill(waves, radial, values.tail(OutsideWave::size(n)), amplitude_squared);
    auto const one_minus_cos_2delta = values.segment(n, n);
    auto const sin_2delta = values.segment(2 * n, n);
    auto const beyond = 0.5 * (source.g2_minus_f2_tail * one_minus_cos_2delta + source.two_f_g_tail * sin_2delta);
    auto const k_squared = k_per_fm.square();
    // 1 + gain is what the tolerance speaks of.
    if (waves.free.size() == 0)
        values.head(n) = 1.0 + ((waves.density() / amplitude_squared + beyond) / k_squared - source.free_inside);
    else
        values.head(n) =
            1.0 + (waves.density() / amplitude_squared -
                   waves.free.col(2).array() / OutsideWave::free_amplitude_squared(waves, radial) + beyond) /
                      k_squared;
    return values;
}

PartialWaveCorrelation::PartialWaveCorrelation(Eigen::ArrayXd const& k_star_MeV, double reduced_mass_MeV,
                                               PartialWaveKind kind, double tolerance) {
    check_momenta_and_mass(k_star_MeV, reduced_mass_MeV);
    check_sommerfeld_parameters(k_star_MeV, reduced_mass_MeV, kind.charge_product,
                                std::numeric_limits<double>::infinity());
    if (!(tolerance >= 1e-10 && tolerance <= 1e-2)) throw InputError("the tolerance must lie between 1e-10 and 1e-2");
    work_ = std::make_unique<Work>(k_star_MeV, reduced_mass_MeV, kind, tolerance);
}

PartialWaveCorrelation::~PartialWaveCorrelation() = default;
PartialWaveCorrelation::PartialWaveCorrelation(PartialWaveCorrelation&&) noexcept = default;
PartialWaveCorrelation& PartialWaveCorrelation::operator=(PartialWaveCorrelation&&) noexcept = default;

PartialWaveGain PartialWaveCorrelation::solve(LocalPotential const& potential, Source const& source) {
    return solve(potential, source, work_->tolerance);
}

PartialWaveGain PartialWaveCorrelation::solve(LocalPotential const& potential, Source const& source, double tolerance) {
    double const k_min = work_->k_per_fm.minCoeff();
    double const radius_fm = radius_that_matters_fm(source, k_min, 1e-3 * tolerance, 0.0);
    // That radius is for any phase shift; small ones do nothing so far out.
    for (double const nearer_fm : {1e3, farthest_fm}) {
        if (radius_fm <= (nearer_fm == farthest_fm ? 1.0 : 4.0) * nearer_fm) continue;
        PartialWaveGain gain = solve_within(nearer_fm, potential, source, 0.9 * tolerance);
        double const left_out = work_->left_out(gain, source, nearer_fm);
        if (!(left_out <= 0.1 * tolerance)) continue;
        gain.error_estimate += left_out;
        return gain;
    }
    return solve_within(reachable_fm(radius_fm, k_min), potential, source, tolerance);
}

PartialWaveGain PartialWaveCorrelation::solve_within(double radius_fm, LocalPotential const& potential,
                                                     Source const& source, double tolerance) {
    Work& w = *work_;
    Eigen::Index const n = w.k_per_fm.size();
    double const k_min = w.k_per_fm.minCoeff();
    if (!w.radial.kind().neutral_s_wave()) check_coulomb_range(w.k_per_fm, w.radial.two_eta_k_per_fm(), radius_fm);
    w.radial.resolve(source_scale_fm(source));
    w.radial.reach(radius_fm);
    w.radial.set_potential(potential, negligible_potential_per_fm2(tolerance, k_min), radius_fm);

    // A jump of the potential is a jump of the density's third derivative: there the trapezoid needs finer nodes.
    int const first_density_level = potential.discontinuity_fm() ? 3 : 0;
    int const first_level = std::max(w.radial.first_level(tolerance), first_density_level);
    w.sums.density_level.reset();
    auto const at_level = [&](int extrapolation_level) {
        int const level = extrapolation_level + first_level;
        // One level behind the waves, so that the trapezoid's own error shows up in the extrapolation too. Polynomials
        // between the nodes are less exact on the first one.
        int const density_level = std::max(first_density_level, source.has_knots() ? level : level - 1);
        if (w.sums.density_level != density_level) w.sum_source(source, radius_fm, density_level);
        w.radial.at_level(level, density_level, w.sums.chi_weight.head(w.sums.inside), w.waves);
        return w.values(w.sums.free);
    };
    int const finest = w.finest_level(radius_fm) - first_level;
    auto on_grid = extrapolate_waves(w.radial, at_level, 3 * n, tolerance, finest);
    int const points = static_cast<int>(w.radial.matching_node() << (on_grid.level + first_level));

    auto const with_steps = [&](AdaptiveSteps steps) {
        w.waves = w.radial.adaptive(steps, [&](double r_fm) { return 4.0 * units::pi * source.density_per_fm3(r_fm); });
        return w.values(w.integrate_source(source, radius_fm, steps.scale));
    };
    bool const recomputed = !(on_grid.error_estimate <= tolerance);
    // What interpolation in k and rounding leave does not show between levels.
    double const floor = w.radial.interpolation().exact() ? 1e-12 : std::max(1e-12, 1e-2 * w.tolerance);
    EstimatedValues result = std::move(on_grid);
    if (recomputed) try {
            result = tighten_steps(with_steps, 3 * n, tolerance);
        } catch (ConvergenceError const& error) {
            char where[120];
            std::snprintf(where, sizeof where, "wave l = %d, k* = %.6g to %.6g MeV/c: ", w.radial.kind().l,
                          k_min * units::hbar_c_MeV_fm, w.k_per_fm.maxCoeff() * units::hbar_c_MeV_fm);
            throw ConvergenceError(where + std::string(error.what()));
        }
    return {result.values.head(n) - 1.0, OutsideWave::read(result.values.tail(OutsideWave::size(n)), w.waves, w.radial),
            std::max(result.error_estimate, floor), points, recomputed};
}

double source_radius_fm(Source const& source, double k_min_per_fm, double error, double two_eta_k_per_fm) {
    return reachable_fm(radius_that_matters_fm(source, k_min_per_fm, error, two_eta_k_per_fm), k_min_per_fm);
}

double source_scale_fm(Source const& source) {
    constexpr double least_fm = 1e-16;
    double const at_origin = source.density_per_fm3(0.0);
    double const scale = std::isfinite(at_origin) && at_origin > 0.0 ? std::cbrt(0.75 / (units::pi * at_origin))
                                                                     : source.radius_outside_which_fm(0.5);
    if (scale >= least_fm) return scale;
    char message[160];
    std::snprintf(message, sizeof message,
                  "the source has a radius of %.3g fm, which must be at least %.0e fm; take a larger one", scale,
                  least_fm);
    throw InputError(message);
}

void check_coulomb_range(Eigen::ArrayXd const& k_per_fm, double two_eta_k_per_fm, double radius_fm) {
    constexpr double largest_rho = 9e5;
    for (double const k : k_per_fm) {
        double const eta = 0.5 * two_eta_k_per_fm / k;
        if (eta <= largest_repulsive_eta || k * radius_fm <= 0.9 * 2.0 * eta) continue;
        char message[240];
        std::snprintf(
            message, sizeof message,
            "k* = %.6g MeV/c is too low for these charges and this source: eta = %.5g, and waves are known up "
            "to %g; take momenta from %.6g MeV/c",
            k * units::hbar_c_MeV_fm, eta, largest_repulsive_eta,
            eta / largest_repulsive_eta * k * units::hbar_c_MeV_fm * (1.0 + 1e-5));
        throw InputError(message);
    }
    double const k_max_per_fm = k_per_fm.maxCoeff();
    if (k_max_per_fm * radius_fm <= largest_rho) return;
    char message[240];
    std::snprintf(message, sizeof message,
                  "waves of k* = %.4g MeV/c are needed as far out as %.3g fm, more than their functions are known for; "
                  "take momenta up to %.4g MeV/c, or a smaller source",
                  k_max_per_fm * units::hbar_c_MeV_fm, radius_fm, largest_rho / radius_fm * units::hbar_c_MeV_fm);
    throw InputError(message);
}

void check_correlation(Eigen::ArrayXd const& correlation, Eigen::ArrayXd const& k_star_MeV) {
    for (Eigen::Index j = 0; j < correlation.size(); ++j) {
        if (correlation[j] >= least_correlation && correlation[j] <= largest_correlation) continue;
        char message[240];
        std::snprintf(message, sizeof message,
                      "C = %.4g at k* = %.6g MeV/c, which must lie between %g and %g: a resonance or rounding beyond "
                      "what the solver resolves; leave this momentum out, or make the potential smoother or shallower",
                      correlation[j], k_star_MeV[j], least_correlation, largest_correlation);
        throw ConvergenceError(message);
    }
}

double reachable_fm(double radius_fm, double k_min_per_fm) {
    if (radius_fm <= farthest_fm) return radius_fm;
    char message[200];
    std::snprintf(message, sizeof message,
                  "the source matters as far out as %.3g fm at k* = %.3g MeV/c, more than %.0f fm; take a larger "
                  "tolerance, a larger smallest k*, or a source without heavy tails",
                  radius_fm, k_min_per_fm * units::hbar_c_MeV_fm, farthest_fm);
    throw InputError(message);
}

}  // namespace hadronforce
