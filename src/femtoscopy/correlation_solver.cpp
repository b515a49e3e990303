#include "hadronforce/femtoscopy/correlation_solver.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/extrapolation.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/scattering/radial_waves.hpp"
#include "hadronforce/units/constants.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace hadronforce {
namespace {

/// cos(2 k r) and sin(2 k r), momenta by nodes of one level.
struct WaveTable {
    Eigen::ArrayXXd cosine;
    Eigen::ArrayXXd sine;
};

WaveTable make_table(Eigen::ArrayXd const& k_per_fm, Eigen::ArrayXd const& r_fm) {
    Eigen::ArrayXXd const phase = (2.0 * k_per_fm.matrix() * r_fm.matrix().transpose()).array();
    return {phase.cos(), phase.sin()};
}

}  // namespace

struct CorrelationSolver::Work {
    Eigen::ArrayXd k_star_MeV;
    Eigen::ArrayXd k_per_fm;
    double tolerance;
    RadialWaves radial;
    std::vector<WaveTable> tables;  // one a density level, made when first needed
    std::optional<double> tables_node_at_fm;
    double tables_r_max_fm = 0.0;

    Work(Eigen::ArrayXd const& k_MeV, double reduced_mass_MeV, double tolerance_)
        : k_star_MeV(k_MeV),
          k_per_fm(k_MeV / units::hbar_c_MeV_fm),
          tolerance(tolerance_),
          radial(k_per_fm, reduced_mass_MeV, 60.0) {}

    WaveTable const& table(int level);
};

WaveTable const& CorrelationSolver::Work::table(int level) {
    RadialGrid const& grid = radial.grid();
    if (grid.r_max_fm() != tables_r_max_fm || grid.node_at_fm() != tables_node_at_fm) {
        tables.clear();
        tables_r_max_fm = grid.r_max_fm();
        tables_node_at_fm = grid.node_at_fm();
    }
    while (static_cast<int>(tables.size()) <= level)
        tables.push_back(make_table(k_per_fm, grid.level(static_cast<int>(tables.size())).r_fm));
    return tables[static_cast<std::size_t>(level)];
}

CorrelationSolver::CorrelationSolver(Eigen::ArrayXd k_star_MeV, double reduced_mass_MeV, double tolerance) {
    check_momenta_and_mass(k_star_MeV, reduced_mass_MeV);
    if (!(tolerance >= 1e-10 && tolerance <= 1e-2)) throw InputError("the tolerance must lie between 1e-10 and 1e-2");
    work_ = std::make_unique<Work>(k_star_MeV, reduced_mass_MeV, tolerance);
}

CorrelationSolver::~CorrelationSolver() = default;
CorrelationSolver::CorrelationSolver(CorrelationSolver&&) noexcept = default;
CorrelationSolver& CorrelationSolver::operator=(CorrelationSolver&&) noexcept = default;

Eigen::ArrayXd const& CorrelationSolver::k_star_MeV() const noexcept { return work_->k_star_MeV; }

CorrelationResult CorrelationSolver::solve(LocalPotential const& potential, Source const& source) {
    Work& w = *work_;
    Eigen::Index const n = w.k_per_fm.size();
    double const source_radius_fm = source.radius_outside_which_fm(1e-3 * w.tolerance);
    w.radial.reach(source_radius_fm);
    w.radial.set_potential(potential, negligible_potential_per_fm2(w.tolerance, w.k_per_fm.minCoeff()));

    // A jump of the potential is a jump of the density's third derivative: there the trapezoid needs finer nodes.
    int const first_density_level = potential.discontinuity_fm() ? 3 : 0;
    WavesAtLevel waves;
    auto const at_level = [&](int extrapolation_level) {
        int const level = extrapolation_level + first_density_level;
        // One level behind the waves, so that the trapezoid's own error shows up in the extrapolation too.
        int const density_level = std::max(first_density_level, level - 1);
        GridLevel const& grid = w.radial.grid().level(density_level);
        WaveTable const& table = w.table(density_level);
        Eigen::Index const match = w.radial.matching_node() << density_level;
        Eigen::Index const source_end =
            std::lower_bound(grid.r_fm.begin(), grid.r_fm.end(), source_radius_fm) - grid.r_fm.begin();
        Eigen::Index const nodes = std::min(std::max(match + 1, source_end), grid.r_fm.size());

        // weight_n u_n^2 sums to integral 4 pi S u^2 dr.
        Eigen::ArrayXd weight(nodes);
        source.fill_per_fm3(grid.r_fm.head(nodes), weight);
        weight *= 4.0 * units::pi * grid.step * grid.dr_dx_fm.head(nodes);
        Eigen::ArrayXd const chi_weight = weight.head(match + 1) * grid.dr_dx_fm.head(match + 1);

        waves = w.radial.at_level(level, density_level, chi_weight);
        Eigen::ArrayXd values(n + OutsideWave::size(n));
        OutsideWave::fill(waves, w.radial, values.tail(OutsideWave::size(n)));
        auto const cos_2delta = values.segment(n, n);
        auto const sin_2delta = values.segment(2 * n, n);

        // Outside, u^2 - sin^2(kr) = (cos 2kr - cos(2kr + 2 delta))/2 with u = sin(kr + delta).
        Eigen::Index const tail = nodes - match - 1;
        auto const tail_weight = weight.tail(tail).matrix();
        Eigen::ArrayXd const cos_tail = table.cosine.middleCols(match + 1, tail).matrix() * tail_weight;
        Eigen::ArrayXd const sin_tail = table.sine.middleCols(match + 1, tail).matrix() * tail_weight;
        Eigen::ArrayXd const free_inside =
            0.5 * (weight.head(match + 1).sum() -
                   (table.cosine.leftCols(match + 1).matrix() * weight.head(match + 1).matrix()).array());
        Eigen::ArrayXd const amplitude_squared = waves.u.square() + (waves.slope / w.k_per_fm).square();
        values.head(n) = 1.0 + (waves.density / amplitude_squared - free_inside +
                                0.5 * (cos_tail * (1.0 - cos_2delta) + sin_tail * sin_2delta)) /
                                   w.k_per_fm.square();
        return values;
    };
    auto const result =
        extrapolate_to_zero_step(at_level, 3 * n, w.tolerance, RadialGrid::finest_level - first_density_level);
    auto const scattering = OutsideWave::read(result.values.tail(OutsideWave::size(n)), waves, w.radial);
    int const finest = result.level + first_density_level;
    return {result.values.head(n),
            scattering.delta_rad,
            scattering.scattering_length_fm,
            scattering.effective_range_fm,
            scattering.bound_states,
            result.error_estimate,
            static_cast<int>(w.radial.matching_node() << finest)};
}

}  // namespace hadronforce
