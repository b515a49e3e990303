#include "hadronforce/femtoscopy/correlation_solver.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/extrapolation.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/scattering/radial_waves.hpp"
#include "hadronforce/units/constants.hpp"
#include "hadronforce/scattering/momentum_interpolation.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace hadronforce {
namespace {

/// cos(2 k r) and sin(2 k r), momenta by nodes of one level.
struct WaveTable {
    Eigen::MatrixXd cosine;
    Eigen::MatrixXd sine;
};

WaveTable make_table(Eigen::ArrayXd const& k_per_fm, Eigen::ArrayXd const& r_fm) {
    Eigen::ArrayXXd const phase = (2.0 * k_per_fm.matrix() * r_fm.matrix().transpose()).array();
    return {phase.cos().matrix(), phase.sin().matrix()};
}

/// The tables of one set of momenta on one grid, made when first needed, one a level.
class WaveTables {
  public:
    explicit WaveTables(Eigen::ArrayXd k_per_fm) : k_per_fm_(std::move(k_per_fm)) {}

    WaveTable const& at(RadialGrid const& grid, int level) {
        if (grid.r_max_fm() != r_max_fm_ || grid.node_at_fm() != node_at_fm_) {
            tables_.clear();
            node_at_fm_ = grid.node_at_fm();
            r_max_fm_ = grid.r_max_fm();
        }
        while (static_cast<int>(tables_.size()) <= level)
            tables_.push_back(make_table(k_per_fm_, grid.level(static_cast<int>(tables_.size())).r_fm));
        return tables_[static_cast<std::size_t>(level)];
    }

  private:
    Eigen::ArrayXd k_per_fm_;
    std::vector<WaveTable> tables_;
    std::optional<double> node_at_fm_;
    double r_max_fm_ = 0.0;
};

/// What a source contributes on the nodes of one level, apart from the waves.
struct SourceSums {
    int density_level;
    Eigen::ArrayXd chi_weight;   ///< times u^2/g, a sum over nodes up to the matching radius: integral 4 pi S u^2 dr
    Eigen::ArrayXd free_inside;  ///< integral 4 pi S sin^2(kr) dr up to there
    Eigen::ArrayXd cos_tail;     ///< integrals of 4 pi S cos(2kr) and 4 pi S sin(2kr) beyond
    Eigen::ArrayXd sin_tail;
};

}  // namespace

struct CorrelationSolver::Work {
    Eigen::ArrayXd k_star_MeV;
    Eigen::ArrayXd k_per_fm;
    double tolerance;
    RadialWaves radial;
    WaveTables tables;                                       // at the momenta asked for
    std::map<MomentumInterpolation const*, WaveTables> few;  // at those that the waves are interpolated from

    Work(Eigen::ArrayXd const& k_MeV, double reduced_mass_MeV, double tolerance_)
        : k_star_MeV(k_MeV),
          k_per_fm(k_MeV / units::hbar_c_MeV_fm),
          tolerance(tolerance_),
          radial(k_per_fm, reduced_mass_MeV, 60.0, tolerance_),
          tables(k_per_fm) {}

    WaveTables& tables_of(MomentumInterpolation const& interpolation) {
        return few.try_emplace(&interpolation, interpolation.nodes_per_fm()).first->second;
    }

    SourceSums sum_source(Source const& source, double source_radius_fm, int density_level);
};

SourceSums CorrelationSolver::Work::sum_source(Source const& source, double source_radius_fm, int density_level) {
    GridLevel const& grid = radial.grid().level(density_level);
    Eigen::Index const inside = (radial.matching_node() << density_level) + 1;
    Eigen::Index const source_end =
        std::lower_bound(grid.r_fm.begin(), grid.r_fm.end(), source_radius_fm) - grid.r_fm.begin();
    Eigen::Index const nodes = std::min(std::max(inside, source_end), grid.r_fm.size());
    Eigen::Index const tail = nodes - inside;

    Eigen::ArrayXd weight(nodes);
    source.fill_per_fm3(grid.r_fm.head(nodes), weight);
    weight *= 4.0 * units::pi * grid.step * grid.dr_dx_fm.head(nodes);
    auto const tail_weight = weight.tail(tail).matrix();
    WaveTable const& table = tables.at(radial.grid(), density_level);
    // Inside, interpolated as the waves are.
    auto const& interpolation = radial.interpolation();
    WaveTable const& few_table = tables_of(interpolation).at(radial.grid(), density_level);
    Eigen::VectorXd const cos_inside = few_table.cosine.leftCols(inside) * weight.head(inside).matrix();
    return {density_level, weight.head(inside) * grid.dr_dx_fm.head(inside),
            0.5 * (weight.head(inside).sum() - interpolation.at_targets(cos_inside).array()),
            table.cosine.middleCols(inside, tail) * tail_weight, table.sine.middleCols(inside, tail) * tail_weight};
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
    w.radial.set_potential(potential, negligible_potential_per_fm2(w.tolerance, w.k_per_fm.minCoeff()),
                           source_radius_fm);

    // A jump of the potential is a jump of the density's third derivative: there the trapezoid needs finer nodes.
    int const first_density_level = potential.discontinuity_fm() ? 3 : 0;
    WavesAtLevel waves;
    std::optional<SourceSums> sums;
    auto const at_level = [&](int extrapolation_level) {
        int const level = extrapolation_level + first_density_level;
        // One level behind the waves, so that the trapezoid's own error shows up in the extrapolation too.
        int const density_level = std::max(first_density_level, level - 1);
        if (!sums || sums->density_level != density_level) sums = w.sum_source(source, source_radius_fm, density_level);
        waves = w.radial.at_level(level, density_level, sums->chi_weight);
        Eigen::ArrayXd values(n + OutsideWave::size(n));
        OutsideWave::fill(waves, w.radial, values.tail(OutsideWave::size(n)));
        auto const cos_2delta = values.segment(n, n);
        auto const sin_2delta = values.segment(2 * n, n);
        auto const k_squared = w.k_per_fm.square();
        // Outside, u^2 - sin^2(kr) = (cos 2kr - cos(2kr + 2 delta))/2 with u = sin(kr + delta).
        values.head(n) =
            1.0 + waves.density / (k_squared * waves.u.square() + waves.slope.square()) +
            (0.5 * (sums->cos_tail * (1.0 - cos_2delta) + sums->sin_tail * sin_2delta) - sums->free_inside) / k_squared;
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
