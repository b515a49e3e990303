#include "hadronforce/scattering/radial_waves.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/adaptive_waves.hpp"
#include "hadronforce/scattering/level_equation.hpp"
#include "hadronforce/scattering/momentum_interpolation.hpp"
#include "hadronforce/units/constants.hpp"
#include "scattering/paired_propagation.hpp"
#include "scattering/sampled_potential.hpp"
#include "scattering/unseen_potential.hpp"
#include "scattering/wave_propagation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace hadronforce {
namespace {

struct Momenta {
    MomentumInterpolation interpolation;
    MomentumRegisters registers;

    explicit Momenta(MomentumInterpolation chosen)
        : interpolation(std::move(chosen)), registers(interpolation.nodes_per_fm()) {}
};

}  // namespace

struct RadialWaves::Work {
    Eigen::ArrayXd k_per_fm;
    std::vector<Eigen::Index> ascending;  // order of the momenta
    PartialWaveKind kind;
    RadialEquation equation;
    double tolerance;
    double density_scale_fm = std::numeric_limits<double>::infinity();
    RadialGrid grid;
    SampledPotential potential;
    std::vector<double> level_memory;
    Momenta all;
    std::vector<std::unique_ptr<Momenta>> fewer;  // band i reaches first_band_fm * band_ratio^i
    Momenta const* momenta = nullptr;
    WavePropagation propagate;
    PairedPropagation propagate_pairs;
    WavesAtNodes at_nodes;
    FreeValues free_at_nodes;
    std::vector<std::unique_ptr<FreeWavesAtRadius>> free;  // by matching node

    Work(Eigen::ArrayXd targets, double reduced_mass_MeV, PartialWaveKind kind_, double base_step, double r_max_fm,
         double tolerance_)
        : k_per_fm(std::move(targets)),
          ascending(static_cast<std::size_t>(k_per_fm.size())),
          kind(kind_),
          equation{units::two_mu_over_hbar2(reduced_mass_MeV), kind_.l, kind_.two_eta_k_per_fm(reduced_mass_MeV)},
          tolerance(tolerance_),
          grid(base_step, r_max_fm, std::nullopt, RadialGrid::ordinary_inner_fm, first_node(kind_.l) + 8),
          all(MomentumInterpolation(k_per_fm)) {
        std::iota(ascending.begin(), ascending.end(), Eigen::Index{0});
        std::sort(ascending.begin(), ascending.end(), [&](auto i, auto j) { return k_per_fm[i] < k_per_fm[j]; });
    }

    void choose_inner(LocalPotential const& next_potential);
    void choose_momenta(double band_fm);
    void propagate_all(LevelEquation const& equation, int level, Eigen::Ref<Eigen::ArrayXd const> const& density_weight,
                       Eigen::Index stride);
    bool trusts(WavesAtLevel const& at_targets) const;
    bool count_zeros(WavesAtLevel& waves) const;
};

/// By powers, so that tables are kept between potentials.
void RadialWaves::Work::choose_inner(LocalPotential const& next_potential) {
    double const least_fm = kind.l == 0 ? 0.0 : 1e-5;
    double inner_fm = RadialGrid::ordinary_inner_fm;
    while (inner_fm > std::max(density_scale_fm / 3.0, least_fm)) inner_fm /= 4.0;
    inner_fm = inner_where_series_holds_fm(inner_fm, grid.base_step(), equation, next_potential);
    if (inner_fm == grid.inner_fm()) return;
    grid = RadialGrid(grid.base_step(), grid.r_max_fm(), grid.node_at_fm(), inner_fm, first_node(kind.l) + 8);
}

void RadialWaves::Work::choose_momenta(double band_fm) {
    constexpr double first_band_fm = 2.0, band_ratio = 1.12;
    momenta = &all;
    if (kind.l > 0) return;  // r^(l+1) and sin(kr) are too far apart in size
    // As many nodes as a band has dimensions, at least: not worth it for a few targets or a long band.
    // The matrix of both is decomposed, which is worth neither time nor memory where it is large.
    constexpr double most_entries = 1e7;
    auto const targets = static_cast<double>(k_per_fm.size());
    double const least_nodes = band_fm * k_per_fm.maxCoeff() / units::pi;
    if (targets <= 8.0 || least_nodes > targets || least_nodes * targets > most_entries) return;
    double const steps = std::log(band_fm / first_band_fm) / std::log(band_ratio);
    auto const i = static_cast<std::size_t>(std::max(0.0, std::ceil(steps)));
    if (fewer.size() <= i) fewer.resize(i + 1);
    if (!fewer[i])
        fewer[i] = std::make_unique<Momenta>(MomentumInterpolation(
            k_per_fm, first_band_fm * std::pow(band_ratio, static_cast<double>(i)), 1e-3 * tolerance));
    if (fewer[i]->interpolation.nodes_per_fm().size() < all.interpolation.nodes_per_fm().size())
        momenta = fewer[i].get();
}

void RadialWaves::Work::propagate_all(LevelEquation const& level_equation, int level,
                                      Eigen::Ref<Eigen::ArrayXd const> const& density_weight, Eigen::Index stride) {
    if (kind.neutral_s_wave())
        propagate(momenta->registers, level_equation, density_weight, stride,
                  momenta->interpolation.exact() ? CountZeros::of_all_waves : CountZeros::of_first_and_last, at_nodes);
    else
        propagate_pairs(momenta->registers, level_equation, equation, potential.level(level, grid), density_weight,
                        stride, at_nodes, free_at_nodes);
}

/// Whether what lies outside the band is small beside the smallest amplitude.
bool RadialWaves::Work::trusts(WavesAtLevel const& at_targets) const {
    double const smallest_squared =
        (k_per_fm.square() * at_targets.u().square() + at_targets.slope().square()).minCoeff();
    Eigen::RowVector3d const residual = momenta->interpolation.residual(at_nodes.values);
    double const wave = std::hypot(k_per_fm.maxCoeff() * residual[0], residual[1]);
    double const small = 1e-3 * tolerance;
    if (!(wave <= small * std::sqrt(smallest_squared) && residual[2] <= small * smallest_squared)) return false;
    if (at_targets.free.size() == 0) return true;
    Eigen::RowVector4d const free_residual = momenta->interpolation.residual(free_at_nodes);
    return free_residual[3] <= small * at_targets.free.col(3).cwiseAbs().maxCoeff();
}

/// From those at k = 0 and at the largest momentum: the zeros inside grow with k, and the sign of u says whether they
/// are odd or even. False where two more appear between neighbouring momenta, so that this does not show.
bool RadialWaves::Work::count_zeros(WavesAtLevel& waves) const {
    waves.zeros.resize(k_per_fm.size());
    int zeros = at_nodes.zeros[0];
    double const* const u = waves.values.data();
    for (Eigen::Index const j : ascending) {
        zeros += (zeros % 2 != 0) != (u[j] < 0.0) ? 1 : 0;
        waves.zeros[j] = zeros;
    }
    return zeros == at_nodes.zeros[at_nodes.zeros.size() - 1];
}

RadialWaves::RadialWaves(Eigen::ArrayXd k_per_fm, double reduced_mass_MeV, double r_max_fm, double tolerance,
                         PartialWaveKind kind) {
    if (kind.l < 0 || kind.l > highest_l) throw InputError("l must lie between 0 and " + std::to_string(highest_l));
    // The longest steps with which two levels of order 8, from level 1 on, or three of order 4 meet 1e-6 for most draws
    // of a five-parameter prior: speed. What they do not resolve takes further levels, which tests/accuracy holds
    // against independent solutions for all forms, sources, l and charges. Faster waves need smaller steps so that the
    // density nodes still resolve u^2.
    bool const smooth = kind.neutral_s_wave();
    double const longest_step =
        smooth ? std::min(0.30, 0.47 / k_per_fm.maxCoeff()) : std::min(0.24, 0.375 / k_per_fm.maxCoeff());
    double const base_step = longest_step * std::min(1.0, std::pow(1e6 * tolerance, smooth ? 1.0 / 8.0 : 1.0 / 6.0));
    work_ = std::make_unique<Work>(std::move(k_per_fm), reduced_mass_MeV, kind, base_step, r_max_fm, tolerance);
}

RadialWaves::~RadialWaves() = default;
RadialWaves::RadialWaves(RadialWaves&&) noexcept = default;
RadialWaves& RadialWaves::operator=(RadialWaves&&) noexcept = default;

void RadialWaves::reach(double r_max_fm) {
    auto& grid = work_->grid;
    double const wanted_fm = work_->kind.neutral_s_wave() ? r_max_fm : range_end_fm(r_max_fm);
    if (wanted_fm > grid.r_max_fm()) grid = grid.resized(1.25 * wanted_fm, grid.node_at_fm());
}

void RadialWaves::resolve(double scale_fm) { work_->density_scale_fm = scale_fm; }

void RadialWaves::set_potential(LocalPotential const& potential, double negligible_per_fm2, double density_radius_fm) {
    Work& w = *work_;
    auto const node_before = w.grid.node_at_fm();
    double const inner_before = w.grid.inner_fm();
    w.choose_inner(potential);
    w.potential.sample(potential, w.equation, negligible_per_fm2, w.grid);
    if (w.grid.node_at_fm() != node_before || w.grid.inner_fm() != inner_before) w.free.clear();
    double const radius = matching_radius_fm();
    reach(radius);
    w.choose_momenta(std::max(radius, 2.0 * std::min(radius, density_radius_fm)));
}

void RadialWaves::at_level(int level, int density_level, Eigen::Ref<Eigen::ArrayXd const> const& density_weight,
                           WavesAtLevel& waves) {
    Work& w = *work_;
    LevelEquation const equation = make_level_equation(w.potential.potential(), w.equation, w.grid, level,
                                                       w.potential.level(level, w.grid), w.level_memory);
    for (;;) {
        auto const& interpolation = w.momenta->interpolation;
        w.propagate_all(equation, level, density_weight, Eigen::Index{1} << (level - density_level));
        interpolation.at_targets(w.at_nodes.values, waves.values);
        if (w.kind.neutral_s_wave())
            waves.free.resize(0, Eigen::NoChange);
        else
            interpolation.at_targets(w.free_at_nodes, waves.free);
        waves.threshold_u = w.at_nodes.values(0, 0);
        waves.threshold_slope = w.at_nodes.values(0, 1);
        waves.threshold_norm_fm = w.at_nodes.threshold_norm_fm;
        waves.threshold_zeros = w.at_nodes.zeros[0];
        if (interpolation.exact()) {
            waves.zeros = interpolation.node_below().unaryExpr([&](int node) { return w.at_nodes.zeros[node]; });
            return;
        }
        if (w.trusts(waves) && w.count_zeros(waves)) return;
        w.choose_momenta(1.5 * interpolation.band_fm());
    }
}

WavesAtLevel RadialWaves::adaptive(AdaptiveSteps steps, std::function<double(double)> const& density_per_fm3) const {
    Work& w = *work_;
    int const level = w.potential.finest();
    AdaptiveIntegration const integration(w.potential.potential(), w.equation, w.grid.map(),
                                          stretches(w.grid, level, w.potential.level(level, w.grid), w.tolerance));
    return adaptive_waves(integration, w.k_per_fm, density_per_fm3, steps);
}

int RadialWaves::first_level(double tolerance) {
    Work& w = *work_;
    int level = w.kind.neutral_s_wave() ? 1 : 0;
    // Where V is smooth two levels of order 8 follow, whose difference counts a seventh: an edge between their nodes
    // may hide there, which ten times what is small at order 4 does not.
    double const small = (smooth() ? 10.0 : 1.0) * negligibly_unseen(tolerance);
    for (; level < RadialGrid::finest_level - 2; ++level) {
        auto const& finer = w.grid.level(level + 1);
        Eigen::Index const nodes = (matching_node() << (level + 1)) + 1;
        Eigen::Index const jump = w.grid.fixed_node() << (level + 1);
        auto const r = finer.r_fm.head(nodes);
        double const beyond_jump = jump == 0 ? 0.0
                                             : w.equation.two_mu_per_MeV_fm2 * r[jump] *
                                                   w.potential.potential().value_MeV(r[jump] * (1.0 + 1e-12));
        Eigen::ArrayXd const r_v = r * w.potential.level(level + 1, w.grid).head(nodes);
        if (unseen_between_nodes(r_v, finer, jump, beyond_jump) <= small) break;
    }
    return level;
}
bool RadialWaves::has_knots() const noexcept { return work_->potential.potential().has_knots(); }
bool RadialWaves::smooth() const noexcept { return is_smooth(work_->potential.potential(), work_->equation); }

RadialGrid const& RadialWaves::grid() const noexcept { return work_->grid; }
MomentumInterpolation const& RadialWaves::interpolation() const noexcept { return work_->momenta->interpolation; }
Eigen::Index RadialWaves::matching_node() const noexcept { return work_->potential.matching_node(); }
double RadialWaves::matching_radius_fm() const noexcept { return work_->grid.level(0).r_fm[matching_node()]; }
Eigen::ArrayXd const& RadialWaves::k_per_fm() const noexcept { return work_->k_per_fm; }

PartialWaveKind RadialWaves::kind() const noexcept { return work_->kind; }
double RadialWaves::two_eta_k_per_fm() const noexcept { return work_->equation.two_eta_k_per_fm; }

FreeWavesAtRadius const& RadialWaves::free_waves() {
    Work& w = *work_;
    auto const node = static_cast<std::size_t>(matching_node());
    if (w.free.size() <= node) w.free.resize(node + 1);
    auto& waves = w.free[node];
    if (!waves)
        waves = std::make_unique<FreeWavesAtRadius>(
            free_waves_at(w.kind, w.equation.two_eta_k_per_fm, w.k_per_fm, matching_radius_fm()));
    return *waves;
}

}  // namespace hadronforce
