#include "hadronforce/scattering/radial_waves.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"
#include "scattering/numerov.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace hadronforce {
namespace {

constexpr int registers_a_block = 4;
constexpr int lanes_a_block = registers_a_block * lane_width;
constexpr double farthest_matching_fm = 400.0;

/// A smooth sequence continued by one step with a polynomial through its last six members, nearest first.
double continued(double f0, double f1, double f2, double f3, double f4, double f5) {
    return 6.0 * f0 - 15.0 * f1 + 20.0 * f2 - 15.0 * f3 + 6.0 * f4 - f5;
}

}  // namespace

struct RadialWaves::Work {
    Eigen::ArrayXd k_per_fm;
    double two_mu;  // 1/(MeV fm^2)
    RadialGrid grid;
    LocalPotential const* potential = nullptr;
    Eigen::Index matching_node = 0;
    double coulomb_strength_per_fm = 0.0;  // 2 mu lim r V / (hbar c)^2
    std::vector<Lane> k_squared;           // momenta, then zero, then padding

    // Scratch of at_level, kept to avoid allocation.
    mutable Eigen::ArrayXd reduced_potential;  // 1/fm^2 on the nodes of `potential_level`
    mutable int potential_level = -1;
    mutable double potential_after_jump = 0.0;
    mutable Eigen::ArrayXd a;

    Work(Eigen::ArrayXd momenta, double reduced_mass_MeV, double base_step, double r_max_fm)
        : k_per_fm(std::move(momenta)),
          two_mu(units::two_mu_over_hbar2(reduced_mass_MeV)),
          grid(base_step, r_max_fm, std::nullopt) {
        auto const lanes = static_cast<std::size_t>(k_per_fm.size()) + 1;
        auto const blocks = (lanes + lanes_a_block - 1) / lanes_a_block;
        k_squared.assign(blocks * registers_a_block, Lane{});
        for (Eigen::Index j = 0; j < k_per_fm.size(); ++j) lane(j) = k_per_fm[j] * k_per_fm[j];
    }

    // Momenta fill the lanes from the back, so that k = 0 sits in the last register, which sums the norm.
    std::size_t lane_of(Eigen::Index j) const { return k_squared.size() * lane_width - 2 - static_cast<std::size_t>(j); }
    double& lane(Eigen::Index j) { return k_squared[lane_of(j) / lane_width][lane_of(j) % lane_width]; }

    void evaluate_potential(int level) const;
    void start(NumerovState<registers_a_block>& s, GridLevel const& level) const;
    void cross_jump(NumerovState<registers_a_block>& s, GridLevel const& level, Eigen::Index jump) const;
};

namespace {

/// chi and dchi/dx of one lane at the node before the one where y stands.
struct EndValue {
    Lane chi;
    Lane slope;  ///< dchi/dx
};

EndValue end_value(Lane y, Lane y_next, Lane t_before, Lane t, Lane t_next, double step) {
    Lane const chi = y / (1.0 - t);
    Lane const y_before = 12.0 * chi - 10.0 * y - y_next;
    Lane const chi_before = y_before / (1.0 - t_before);
    Lane const chi_next = y_next / (1.0 - t_next);
    // Central difference with chi''' from Numerov's T; error 7 step^4/360 chi^(5).
    return {chi, ((0.5 - t_next) * chi_next - (0.5 - t_before) * chi_before) / step};
}

}  // namespace

void RadialWaves::Work::evaluate_potential(int level_index) const {
    if (potential_level == level_index) return;
    auto const& level = grid.level(level_index);
    Eigen::Index const nodes = (matching_node << level_index) + 2;
    reduced_potential.resize(nodes);
    potential->fill_MeV(level.r_fm.head(nodes), reduced_potential);
    reduced_potential *= two_mu;
    if (coulomb_strength_per_fm != 0.0) reduced_potential[0] = 0.0;  // enters through `start`
    if (grid.node_at_fm()) {
        double const after = *grid.node_at_fm() * (1.0 + 1e-12);
        potential_after_jump = two_mu * potential->value_MeV(after);
    }
    potential_level = level_index;
}

void RadialWaves::Work::start(NumerovState<registers_a_block>& s, GridLevel const& level) const {
    // Near r = 0: u = r + A r^2/2 + A^2 r^3/12 for V -> A/r, so g chi'' does not vanish at the origin.
    double const strength = coulomb_strength_per_fm;
    double const r = level.r_fm[1];
    double const chi = r * (1.0 + strength * r / 2.0 + strength * strength * r * r / 12.0) / std::sqrt(level.dr_dx_fm[1]);
    double const y_origin = -level.step * level.step / 12.0 * std::pow(level.dr_dx_fm[0], 1.5) * strength;
    for (int i = 0; i < registers_a_block; ++i) {
        Lane const t = a[1] - s.k_squared[i] * level.energy_weight_fm2[1];
        s.y_before[i] = Lane{} + y_origin;
        s.y[i] = (1.0 - t) * chi;
        s.density[i] = Lane{};
        s.zeros[i] = LaneMask{};
    }
    s.norm = Lane{};
}

void RadialWaves::Work::cross_jump(NumerovState<registers_a_block>& s, GridLevel const& level, Eigen::Index jump) const {
    // Both sides' coefficients are continued one step past the jump; chi and chi' go across unchanged.
    double const* const b = level.energy_weight_fm2.data();
    double const a_next = continued(a[jump], a[jump - 1], a[jump - 2], a[jump - 3], a[jump - 4], a[jump - 5]);
    double const a_here = potential_after_jump * b[jump] + level.map_weight[jump];
    double const a_before = continued(a_here, a[jump + 1], a[jump + 2], a[jump + 3], a[jump + 4], a[jump + 5]);
    for (int i = 0; i < registers_a_block; ++i) {
        auto const t_of = [&](double value, Eigen::Index n) { return value - s.k_squared[i] * b[n]; };
        EndValue const end = end_value(s.y_before[i], s.y[i], t_of(a[jump - 1], jump - 1), t_of(a[jump], jump),
                                       t_of(a_next, jump + 1), level.step);
        Lane const before = t_of(a_before, jump - 1);
        Lane const here = t_of(a_here, jump);
        Lane const next = t_of(a[jump + 1], jump + 1);
        // Numerov's equation and the central difference of end_value, solved for chi at jump + 1.
        Lane const ratio = (1.0 - before) / (0.5 - before);
        Lane const chi_next = (end.chi * (2.0 + 10.0 * here) + level.step * end.slope * ratio) /
                              ((1.0 - next) + (0.5 - next) * ratio);
        s.y_before[i] = (1.0 - here) * end.chi;
        s.y[i] = (1.0 - next) * chi_next;
    }
}

RadialWaves::RadialWaves(Eigen::ArrayXd k_per_fm, double reduced_mass_MeV, double r_max_fm) {
    // 0.16 is where three levels meet 1e-6 for most of a five-parameter prior; faster waves need smaller steps so that
    // the density nodes, half that far apart, still resolve u^2.
    double const fastest = k_per_fm.size() > 0 ? k_per_fm.maxCoeff() : 1.0;
    double const base_step = std::min(0.16, 0.25 / fastest);
    work_ = std::make_unique<Work>(std::move(k_per_fm), reduced_mass_MeV, base_step, r_max_fm);
}

RadialWaves::~RadialWaves() = default;
RadialWaves::RadialWaves(RadialWaves&&) noexcept = default;
RadialWaves& RadialWaves::operator=(RadialWaves&&) noexcept = default;

void RadialWaves::reach(double r_max_fm) {
    if (r_max_fm <= work_->grid.r_max_fm()) return;
    work_->grid = RadialGrid(work_->grid.base_step(), 1.25 * r_max_fm, work_->grid.node_at_fm());
}

void RadialWaves::set_potential(LocalPotential const& potential, double negligible_per_fm2) {
    Work& w = *work_;
    auto const jump = potential.discontinuity_fm();
    if (jump != w.grid.node_at_fm()) w.grid = RadialGrid(w.grid.base_step(), w.grid.r_max_fm(), jump);
    w.potential = &potential;
    w.potential_level = -1;
    w.coulomb_strength_per_fm = w.two_mu * potential.r_times_v_at_origin_MeV_fm();

    for (;;) {
        auto const& level = w.grid.level(0);
        Eigen::Index const nodes = level.r_fm.size() - 4;
        Eigen::ArrayXd& v = w.reduced_potential;
        v.resize(nodes);
        potential.fill_MeV(level.r_fm.head(nodes), v);
        v *= w.two_mu;
        if (w.coulomb_strength_per_fm != 0.0) v[0] = 0.0;
        if (!v.isFinite().all()) throw InputError("the potential is not finite everywhere; check its parameters");
        Eigen::Index last = nodes - 1;
        while (last > 0 && std::fabs(v[last]) < negligible_per_fm2) --last;
        if (last < nodes - 2) {
            w.matching_node = std::max<Eigen::Index>(last + 1, w.grid.fixed_node() + 8);
            return;
        }
        if (level.r_fm[last] > farthest_matching_fm)
            throw InputError("the potential reaches beyond " + std::to_string(static_cast<int>(farthest_matching_fm)) +
                             " fm; it must fall off faster");
        w.grid = RadialGrid(w.grid.base_step(), 2.0 * w.grid.r_max_fm(), jump);
    }
}

WavesAtLevel RadialWaves::at_level(int level_index, int density_level, Eigen::ArrayXd const& density_weight) const {
    Work const& w = *work_;
    auto const& level = w.grid.level(level_index);
    w.evaluate_potential(level_index);
    Eigen::Index const match = w.matching_node << level_index;
    w.a = w.reduced_potential * level.energy_weight_fm2.head(match + 2) + level.map_weight.head(match + 2);

    bool const no_density = density_weight.size() == 0;
    NumerovCoefficients const coefficients{w.a.data(), level.energy_weight_fm2.data()};
    DensitySum const density{density_weight.data(),
                             no_density ? match + 2 : Eigen::Index{1} << (level_index - density_level)};
    double const g = level.dr_dx_fm[match];
    double const root_g = std::sqrt(g);
    double const half_slope = 0.5 * w.grid.map().slope_of_dr_dx(level.r_fm[match]) / root_g;

    Eigen::Index const momenta = w.k_per_fm.size();
    WavesAtLevel waves{Eigen::ArrayXd(momenta), Eigen::ArrayXd(momenta), Eigen::ArrayXd(momenta), Eigen::ArrayXi(momenta),
                       0.0, 0.0, 0.0, 0};
    auto const lanes = w.k_squared.size() * lane_width;
    for (std::size_t first = 0; first < w.k_squared.size(); first += registers_a_block) {
        NumerovState<registers_a_block> s;
        std::copy_n(w.k_squared.begin() + static_cast<std::ptrdiff_t>(first), registers_a_block, s.k_squared);
        w.start(s, level);
        Eigen::Index begin = 1;
        if (w.grid.node_at_fm()) {
            Eigen::Index const jump = w.grid.fixed_node() << level_index;
            propagate(s, coefficients, density, begin, jump + 1);
            w.cross_jump(s, level, jump);
            begin = jump + 1;
        }
        propagate(s, coefficients, density, begin, match + 1);

        for (int i = 0; i < registers_a_block; ++i) {
            auto const t_of = [&](Eigen::Index n) { return w.a[n] - s.k_squared[i] * level.energy_weight_fm2[n]; };
            EndValue const end = end_value(s.y_before[i], s.y[i], t_of(match - 1), t_of(match), t_of(match + 1), level.step);
            Lane const u = root_g * end.chi;
            Lane const slope = half_slope * end.chi + end.slope / root_g;
            for (int l = 0; l < lane_width; ++l) {
                std::size_t const lane = (first + static_cast<std::size_t>(i)) * lane_width + static_cast<std::size_t>(l);
                // The last y stands one node past the matching node.
                int const zeros = static_cast<int>(s.zeros[i][l]) - (s.y_before[i][l] * s.y[i][l] < 0.0 ? 1 : 0);
                if (lane == lanes - 1) {
                    waves.threshold_u = u[l];
                    waves.threshold_slope = slope[l];
                    waves.threshold_zeros = zeros;
                    // Trapezoid of u^2 = g chi^2 over x; half of the last node, and the next Euler-Maclaurin term.
                    double const norm = 12.0 / level.step * s.norm[l] - 0.5 * level.step * g * u[l] * u[l];
                    double const end_slope = g * (w.grid.map().slope_of_dr_dx(level.r_fm[match]) * u[l] * u[l] +
                                                  2.0 * g * u[l] * slope[l]);
                    waves.threshold_norm_fm = norm - level.step * level.step / 12.0 * end_slope;
                } else if (lanes - 2 - lane < static_cast<std::size_t>(momenta)) {
                    auto const j = static_cast<Eigen::Index>(lanes - 2 - lane);
                    waves.u[j] = u[l];
                    waves.slope[j] = slope[l];
                    waves.density[j] = s.density[i][l];
                    waves.zeros[j] = zeros;
                }
            }
        }
    }
    return waves;
}

RadialGrid const& RadialWaves::grid() const noexcept { return work_->grid; }
Eigen::Index RadialWaves::matching_node() const noexcept { return work_->matching_node; }
double RadialWaves::matching_radius_fm() const noexcept { return work_->grid.level(0).r_fm[work_->matching_node]; }
Eigen::ArrayXd const& RadialWaves::k_per_fm() const noexcept { return work_->k_per_fm; }

}  // namespace hadronforce
