#include "hadronforce/scattering/radial_waves.hpp"

#include "hadronforce/units/constants.hpp"
#include "scattering/level_equation.hpp"
#include "scattering/numerov.hpp"

#include <algorithm>
#include <vector>

namespace hadronforce {
namespace {

constexpr int registers = 4;
using State = NumerovState<registers>;

void start(State& s, LevelEquation const& equation) {
    for (int i = 0; i < registers; ++i) {
        s.y_before[i] = Lane{} + equation.y_origin;
        s.y[i] = (1.0 - (equation.a[1] - s.k_squared[i] * equation.b[1])) * equation.chi_first;
        s.density[i] = Lane{};
        s.zeros[i] = LaneMask{};
    }
    s.norm = Lane{};
}

void cross_jump(State& s, LevelEquation const& equation) {
    for (int i = 0; i < registers; ++i) {
        auto const outside = across_jump<Lane>({s.y_before[i], s.y[i]}, s.k_squared[i], equation);
        s.y_before[i] = outside.y;
        s.y[i] = outside.y_next;
    }
}

/// Integral of u^2 = g chi^2 over r up to the matching radius: the trapezoid over x with half of the last node, and the
/// next Euler-Maclaurin term.
double threshold_norm_fm(double b_chi_squared, double u, double slope, LevelEquation const& equation) {
    double const g = equation.root_g * equation.root_g;
    double const slope_of_g = 2.0 * equation.half_slope * equation.root_g;
    double const end_slope = g * (slope_of_g * u * u + 2.0 * g * u * slope);
    return 12.0 / equation.step * b_chi_squared - 0.5 * equation.step * g * u * u -
           equation.step * equation.step / 12.0 * end_slope;
}

}  // namespace

struct RadialWaves::Work {
    Eigen::ArrayXd k_per_fm;
    double two_mu;  // 1/(MeV fm^2)
    RadialGrid grid;
    LocalPotential const* potential = nullptr;
    Eigen::Index matching_node = 0;
    std::vector<Lane> k_squared;  // padding, momenta from last to first, zero: the last register sums the norm of k = 0

    Work(Eigen::ArrayXd momenta, double reduced_mass_MeV, double base_step, double r_max_fm)
        : k_per_fm(std::move(momenta)),
          two_mu(units::two_mu_over_hbar2(reduced_mass_MeV)),
          grid(base_step, r_max_fm, std::nullopt) {
        constexpr int lanes_a_block = registers * lane_width;
        auto const blocks = (static_cast<std::size_t>(k_per_fm.size()) + 1 + lanes_a_block - 1) / lanes_a_block;
        k_squared.assign(blocks * registers, Lane{});
        for (Eigen::Index j = 0; j < k_per_fm.size(); ++j) {
            std::size_t const lane = lanes() - 2 - static_cast<std::size_t>(j);
            k_squared[lane / lane_width][lane % lane_width] = k_per_fm[j] * k_per_fm[j];
        }
    }

    std::size_t lanes() const { return k_squared.size() * lane_width; }
    void collect(State const& s, LevelEquation const& equation, std::size_t first_lane, WavesAtLevel& waves) const;
};

void RadialWaves::Work::collect(State const& s, LevelEquation const& equation, std::size_t first_lane,
                                WavesAtLevel& waves) const {
    Eigen::Index const n = equation.match;
    for (int i = 0; i < registers; ++i) {
        auto const t_of = [&](Eigen::Index node) { return Lane(equation.a[node] - s.k_squared[i] * equation.b[node]); };
        auto const wave = wave_value<Lane>(s.y_before[i], s.y[i], t_of(n - 1), t_of(n), t_of(n + 1), equation.step);
        Lane const u = equation.root_g * wave.chi;
        Lane const slope = equation.half_slope * wave.chi + wave.slope / equation.root_g;
        for (int l = 0; l < lane_width; ++l) {
            // The last y stands one node past the matching node.
            int const zeros = static_cast<int>(s.zeros[i][l]) - (s.y_before[i][l] * s.y[i][l] < 0.0 ? 1 : 0);
            std::size_t const from_last = lanes() - 1 - (first_lane + static_cast<std::size_t>(i * lane_width + l));
            if (from_last == 0) {
                waves.threshold_u = u[l];
                waves.threshold_slope = slope[l];
                waves.threshold_zeros = zeros;
                waves.threshold_norm_fm = threshold_norm_fm(s.norm[l], u[l], slope[l], equation);
            } else if (from_last <= static_cast<std::size_t>(k_per_fm.size())) {
                auto const j = static_cast<Eigen::Index>(from_last) - 1;
                waves.u[j] = u[l];
                waves.slope[j] = slope[l];
                waves.density[j] = s.density[i][l];
                waves.zeros[j] = zeros;
            }
        }
    }
}

RadialWaves::RadialWaves(Eigen::ArrayXd k_per_fm, double reduced_mass_MeV, double r_max_fm) {
    // 0.16 is where three levels meet 1e-6 for most of a five-parameter prior; faster waves need smaller steps so that
    // the density nodes, half that far apart, still resolve u^2.
    double const base_step = std::min(0.16, 0.25 / k_per_fm.maxCoeff());
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
    work_->matching_node = find_matching_node(potential, work_->two_mu, negligible_per_fm2, work_->grid);
    work_->potential = &potential;
}

WavesAtLevel RadialWaves::at_level(int level, int density_level, Eigen::ArrayXd const& density_weight) const {
    Work const& w = *work_;
    LevelEquation const equation = make_level_equation(*w.potential, w.two_mu, w.grid, level, w.matching_node);
    NumerovCoefficients const coefficients{equation.a.data(), equation.b};
    Eigen::Index const no_node = equation.match + 2;
    DensitySum const density{density_weight.data(),
                             density_weight.size() == 0 ? no_node : Eigen::Index{1} << (level - density_level)};

    Eigen::Index const momenta = w.k_per_fm.size();
    WavesAtLevel waves{Eigen::ArrayXd(momenta),
                       Eigen::ArrayXd(momenta),
                       Eigen::ArrayXd(momenta),
                       Eigen::ArrayXi(momenta),
                       0.0,
                       0.0,
                       0.0,
                       0};
    for (std::size_t first = 0; first < w.k_squared.size(); first += registers) {
        State s;
        std::copy_n(w.k_squared.begin() + static_cast<std::ptrdiff_t>(first), registers, s.k_squared);
        start(s, equation);
        Eigen::Index begin = 1;
        if (equation.jump != 0) {
            propagate(s, coefficients, density, begin, equation.jump + 1);
            cross_jump(s, equation);
            begin = equation.jump + 1;
        }
        propagate(s, coefficients, density, begin, equation.match + 1);
        w.collect(s, equation, first * lane_width, waves);
    }
    return waves;
}

RadialGrid const& RadialWaves::grid() const noexcept { return work_->grid; }
Eigen::Index RadialWaves::matching_node() const noexcept { return work_->matching_node; }
double RadialWaves::matching_radius_fm() const noexcept { return work_->grid.level(0).r_fm[work_->matching_node]; }
Eigen::ArrayXd const& RadialWaves::k_per_fm() const noexcept { return work_->k_per_fm; }

}  // namespace hadronforce
