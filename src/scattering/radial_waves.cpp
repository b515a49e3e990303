#include "hadronforce/scattering/radial_waves.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/momentum_interpolation.hpp"
#include "hadronforce/units/constants.hpp"
#include "scattering/adaptive_waves.hpp"
#include "scattering/level_equation.hpp"
#include "scattering/wave_propagation.hpp"

#include <algorithm>
#include <cmath>
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
    RadialGrid grid;
    LocalPotential const* potential = nullptr;
    Eigen::Index matching_node = 0;
    std::vector<Eigen::ArrayXd> reduced;  // 2 mu V/(hbar c)^2 on each level so far
    Momenta all;
    std::vector<std::unique_ptr<Momenta>> fewer;  // band i reaches first_band_fm * band_ratio^i
    Momenta const* momenta = nullptr;
    WavePropagation propagate;
    std::vector<std::unique_ptr<FreeWavesAtRadius>> free;  // by matching node

    Work(Eigen::ArrayXd targets, double reduced_mass_MeV, PartialWaveKind kind_, double base_step, double r_max_fm,
         double tolerance_)
        : k_per_fm(std::move(targets)),
          ascending(static_cast<std::size_t>(k_per_fm.size())),
          kind(kind_),
          equation{units::two_mu_over_hbar2(reduced_mass_MeV), kind_.l, kind_.two_eta_k_per_fm(reduced_mass_MeV)},
          tolerance(tolerance_),
          grid(base_step, r_max_fm, std::nullopt),
          all(MomentumInterpolation(k_per_fm)) {
        std::iota(ascending.begin(), ascending.end(), Eigen::Index{0});
        std::sort(ascending.begin(), ascending.end(), [&](auto i, auto j) { return k_per_fm[i] < k_per_fm[j]; });
    }

    void choose_momenta(double band_fm);
    bool trusts(WavesAtNodes const& waves, Eigen::MatrixX3d const& at_targets) const;
    bool count_zeros(Eigen::ArrayXi const& first_and_last, WavesAtLevel& waves) const;
};

void RadialWaves::Work::choose_momenta(double band_fm) {
    constexpr double first_band_fm = 2.0, band_ratio = 1.05;
    momenta = &all;
    if (kind.l > 0) return;  // r^(l+1) and sin(kr) are too far apart in size
    // As many nodes as a band has dimensions, at least: not worth it for a few targets or a long band.
    double const least_nodes = band_fm * k_per_fm.maxCoeff() / units::pi;
    if (all.interpolation.nodes_per_fm().size() <= 8 || least_nodes > static_cast<double>(k_per_fm.size())) return;
    double const steps = std::log(band_fm / first_band_fm) / std::log(band_ratio);
    auto const i = static_cast<std::size_t>(std::max(0.0, std::ceil(steps)));
    if (fewer.size() <= i) fewer.resize(i + 1);
    if (!fewer[i])
        fewer[i] = std::make_unique<Momenta>(MomentumInterpolation(
            k_per_fm, first_band_fm * std::pow(band_ratio, static_cast<double>(i)), 1e-3 * tolerance));
    if (fewer[i]->interpolation.nodes_per_fm().size() < all.interpolation.nodes_per_fm().size())
        momenta = fewer[i].get();
}

/// Whether what lies outside the band is small beside the smallest amplitude.
bool RadialWaves::Work::trusts(WavesAtNodes const& waves, Eigen::MatrixX3d const& at_targets) const {
    auto const u = at_targets.col(0).array();
    auto const slope = at_targets.col(1).array();
    double const smallest_squared = (k_per_fm.square() * u.square() + slope.square()).minCoeff();
    auto const residual = momenta->interpolation.residual(waves.values);
    double const wave = std::hypot(k_per_fm.maxCoeff() * residual[0], residual[1]);
    return wave <= 1e-3 * tolerance * std::sqrt(smallest_squared) && residual[2] <= 1e-3 * tolerance * smallest_squared;
}

/// From those at k = 0 and at the largest momentum: the zeros inside grow with k, and the sign of u says whether they
/// are odd or even. False where two more appear between neighbouring momenta, so that this does not show.
bool RadialWaves::Work::count_zeros(Eigen::ArrayXi const& first_and_last, WavesAtLevel& waves) const {
    waves.zeros.resize(k_per_fm.size());
    int zeros = first_and_last[0];
    for (Eigen::Index const j : ascending) {
        if ((zeros % 2 != 0) != (waves.u[j] < 0.0)) ++zeros;
        waves.zeros[j] = zeros;
    }
    return zeros == first_and_last[1];
}

RadialWaves::RadialWaves(Eigen::ArrayXd k_per_fm, double reduced_mass_MeV, double r_max_fm, double tolerance,
                         PartialWaveKind kind) {
    if (kind.l < 0 || kind.l > highest_l) throw InputError("l must lie between 0 and " + std::to_string(highest_l));
    // The longest step with which three levels, of an error estimate of order step^6, meet 1e-6 for most of a
    // five-parameter prior; faster waves need smaller steps so that the density nodes, half that far apart, still
    // resolve u^2.
    double const longest_step = std::min(0.24, 0.375 / k_per_fm.maxCoeff());
    double const base_step = longest_step * std::min(1.0, std::pow(1e6 * tolerance, 1.0 / 6.0));
    work_ = std::make_unique<Work>(std::move(k_per_fm), reduced_mass_MeV, kind, base_step, r_max_fm, tolerance);
}

RadialWaves::~RadialWaves() = default;
RadialWaves::RadialWaves(RadialWaves&&) noexcept = default;
RadialWaves& RadialWaves::operator=(RadialWaves&&) noexcept = default;

void RadialWaves::reach(double r_max_fm) {
    if (r_max_fm <= work_->grid.r_max_fm()) return;
    work_->grid = RadialGrid(work_->grid.base_step(), 1.25 * r_max_fm, work_->grid.node_at_fm());
    work_->free.clear();
}

void RadialWaves::set_potential(LocalPotential const& potential, double negligible_per_fm2, double density_radius_fm) {
    Work& w = *work_;
    auto const node_before = w.grid.node_at_fm();
    auto matched = match_potential(potential, w.equation, negligible_per_fm2, w.grid);
    if (w.grid.node_at_fm() != node_before) w.free.clear();
    w.potential = &potential;
    w.matching_node = matched.matching_node;
    w.reduced.clear();
    w.reduced.push_back(std::move(matched.reduced));
    double const radius = matching_radius_fm();
    w.choose_momenta(std::max(radius, 2.0 * std::min(radius, density_radius_fm)));
}

WavesAtLevel RadialWaves::at_level(int level, int density_level, Eigen::ArrayXd const& density_weight) {
    Work& w = *work_;
    while (static_cast<int>(w.reduced.size()) <= level)
        w.reduced.push_back(refined_potential(*w.potential, w.equation, w.grid, static_cast<int>(w.reduced.size()) - 1,
                                              w.reduced.back()));
    LevelEquation const equation =
        make_level_equation(*w.potential, w.equation, w.grid, level, w.reduced[static_cast<std::size_t>(level)]);
    for (;;) {
        auto const& interpolation = w.momenta->interpolation;
        WavesAtNodes const at_nodes =
            w.propagate(w.momenta->registers, equation, density_weight, Eigen::Index{1} << (level - density_level),
                        interpolation.exact() ? CountZeros::of_all_waves : CountZeros::of_first_and_last);
        Eigen::MatrixX3d const values = interpolation.at_targets(at_nodes.values);
        WavesAtLevel waves{values.col(0),
                           values.col(1),
                           values.col(2),
                           {},
                           at_nodes.values(0, 0),
                           at_nodes.values(0, 1),
                           at_nodes.threshold_norm_fm,
                           at_nodes.zeros[0]};
        if (interpolation.exact()) {
            waves.zeros = interpolation.node_below().unaryExpr([&](int node) { return at_nodes.zeros[node]; });
            return waves;
        }
        if (w.trusts(at_nodes, values) && w.count_zeros(at_nodes.zeros, waves)) return waves;
        w.choose_momenta(1.5 * interpolation.band_fm());
    }
}

WavesAtLevel RadialWaves::adaptive(AdaptiveSteps steps, std::function<double(double)> const& density_per_fm3) const {
    Work const& w = *work_;
    int const level = static_cast<int>(w.reduced.size()) - 1;
    AdaptiveIntegration const integration(*w.potential, w.equation, w.grid.map(),
                                          stretches(w.grid, level, w.reduced.back(), w.tolerance));
    return adaptive_waves(integration, w.k_per_fm, density_per_fm3, steps);
}

RadialGrid const& RadialWaves::grid() const noexcept { return work_->grid; }
MomentumInterpolation const& RadialWaves::interpolation() const noexcept { return work_->momenta->interpolation; }
Eigen::Index RadialWaves::matching_node() const noexcept { return work_->matching_node; }
double RadialWaves::matching_radius_fm() const noexcept { return work_->grid.level(0).r_fm[work_->matching_node]; }
Eigen::ArrayXd const& RadialWaves::k_per_fm() const noexcept { return work_->k_per_fm; }

PartialWaveKind RadialWaves::kind() const noexcept { return work_->kind; }
double RadialWaves::two_eta_k_per_fm() const noexcept { return work_->equation.two_eta_k_per_fm; }

FreeWavesAtRadius const& RadialWaves::free_waves() {
    Work& w = *work_;
    auto const node = static_cast<std::size_t>(w.matching_node);
    if (w.free.size() <= node) w.free.resize(node + 1);
    auto& waves = w.free[node];
    if (!waves)
        waves = std::make_unique<FreeWavesAtRadius>(
            free_waves_at(w.kind, w.equation.two_eta_k_per_fm, w.k_per_fm, matching_radius_fm()));
    return *waves;
}

}  // namespace hadronforce
