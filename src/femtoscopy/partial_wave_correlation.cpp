#include "hadronforce/femtoscopy/partial_wave_correlation.hpp"

#include "femtoscopy/free_wave_tables.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/scattering/extrapolation.hpp"
#include "hadronforce/scattering/radial_waves.hpp"
#include "hadronforce/units/constants.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>

namespace hadronforce {
namespace {

/// What a source contributes on the nodes of one level, apart from the waves.
struct SourceSums {
    int density_level;
    Eigen::ArrayXd chi_weight;   ///< times u^2/g, a sum over nodes up to the matching radius: integral 4 pi S u^2 dr
    Eigen::ArrayXd free_inside;  ///< integral 4 pi S F^2 dr up to there
    Eigen::ArrayXd g2_minus_f2_tail;  ///< integrals of 4 pi S (G^2 - F^2) and 4 pi S 2FG beyond
    Eigen::ArrayXd two_f_g_tail;
};

}  // namespace

struct PartialWaveCorrelation::Work {
    Eigen::ArrayXd k_per_fm;
    double tolerance;
    RadialWaves radial;
    FreeWaveTables tables;

    Work(Eigen::ArrayXd const& k_star_MeV, double reduced_mass_MeV, PartialWaveKind kind, double tolerance_)
        : k_per_fm(k_star_MeV / units::hbar_c_MeV_fm),
          tolerance(tolerance_),
          radial(k_per_fm, reduced_mass_MeV, 60.0, tolerance_, kind),
          tables(kind, radial.two_eta_k_per_fm(), k_per_fm) {}

    SourceSums sum_source(Source const& source, double radius_fm, int density_level);
};

SourceSums PartialWaveCorrelation::Work::sum_source(Source const& source, double radius_fm, int density_level) {
    GridLevel const& grid = radial.grid().level(density_level);
    Eigen::Index const inside = (radial.matching_node() << density_level) + 1;
    Eigen::Index const source_end = std::lower_bound(grid.r_fm.begin(), grid.r_fm.end(), radius_fm) - grid.r_fm.begin();
    Eigen::Index const nodes = std::min(std::max(inside, source_end), grid.r_fm.size());
    Eigen::Index const tail = nodes - inside;

    Eigen::ArrayXd weight(nodes);
    source.fill_per_fm3(grid.r_fm.head(nodes), weight);
    weight *= 4.0 * units::pi * grid.step * grid.dr_dx_fm.head(nodes);
    auto const tail_weight = weight.tail(tail).matrix();
    FreeWaveProducts const& products = tables.products(radial.grid(), density_level);
    return {density_level, weight.head(inside) * grid.dr_dx_fm.head(inside),
            tables.sum_density(radial.grid(), density_level, radial.interpolation(), weight.head(inside)),
            products.g2_minus_f2.middleCols(inside, tail) * tail_weight,
            products.two_f_g.middleCols(inside, tail) * tail_weight};
}

PartialWaveCorrelation::PartialWaveCorrelation(Eigen::ArrayXd const& k_star_MeV, double reduced_mass_MeV,
                                               PartialWaveKind kind, double tolerance) {
    check_momenta_and_mass(k_star_MeV, reduced_mass_MeV);
    if (!(tolerance >= 1e-10 && tolerance <= 1e-2)) throw InputError("the tolerance must lie between 1e-10 and 1e-2");
    work_ = std::make_unique<Work>(k_star_MeV, reduced_mass_MeV, kind, tolerance);
}

PartialWaveCorrelation::~PartialWaveCorrelation() = default;
PartialWaveCorrelation::PartialWaveCorrelation(PartialWaveCorrelation&&) noexcept = default;
PartialWaveCorrelation& PartialWaveCorrelation::operator=(PartialWaveCorrelation&&) noexcept = default;

PartialWaveGain PartialWaveCorrelation::solve(LocalPotential const& potential, Source const& source) {
    Work& w = *work_;
    Eigen::Index const n = w.k_per_fm.size();
    double const k_min = w.k_per_fm.minCoeff();
    double const radius_fm = source_radius_fm(source, k_min, 1e-3 * w.tolerance);
    w.radial.reach(radius_fm);
    w.radial.set_potential(potential, negligible_potential_per_fm2(w.tolerance, k_min), radius_fm);

    // A jump of the potential is a jump of the density's third derivative: there the trapezoid needs finer nodes.
    int const first_density_level = potential.discontinuity_fm() ? 3 : 0;
    WavesAtLevel waves;
    std::optional<SourceSums> sums;
    auto const at_level = [&](int extrapolation_level) {
        int const level = extrapolation_level + first_density_level;
        // One level behind the waves, so that the trapezoid's own error shows up in the extrapolation too.
        int const density_level = std::max(first_density_level, level - 1);
        if (!sums || sums->density_level != density_level) sums = w.sum_source(source, radius_fm, density_level);
        waves = w.radial.at_level(level, density_level, sums->chi_weight);
        Eigen::ArrayXd values(n + OutsideWave::size(n));
        auto const amplitude_squared = OutsideWave::fill(waves, w.radial, values.tail(OutsideWave::size(n)));
        auto const cos_2delta = values.segment(n, n);
        auto const sin_2delta = values.segment(2 * n, n);
        // 1 + gain is what the tolerance speaks of.
        values.head(n) = 1.0 + (waves.density / amplitude_squared +
                                0.5 * (sums->g2_minus_f2_tail * (1.0 - cos_2delta) + sums->two_f_g_tail * sin_2delta) -
                                sums->free_inside) /
                                   w.k_per_fm.square();
        return values;
    };
    auto const result =
        extrapolate_to_zero_step(at_level, 3 * n, w.tolerance, RadialGrid::finest_level - first_density_level);
    return {result.values.head(n) - 1.0, OutsideWave::read(result.values.tail(OutsideWave::size(n)), waves, w.radial),
            result.error_estimate, static_cast<int>(w.radial.matching_node() << (result.level + first_density_level))};
}

double source_radius_fm(Source const& source, double k_min_per_fm, double error) {
    constexpr double ordinary_fm = 300.0, farthest_fm = 2e4;
    double radius = source.radius_outside_which_fm(error);
    // Heavy tails: far pairs are many, but waves no longer tell them apart.
    if (radius > ordinary_fm) radius = source.radius_of_waves_fm(k_min_per_fm, error);
    if (radius > farthest_fm)
        throw InputError("the source reaches to " + std::to_string(static_cast<long long>(std::min(radius, 1e15))) +
                         " fm; take a larger tolerance or a larger smallest k*, or a source without heavy tails");
    return radius;
}

}  // namespace hadronforce
