#include "scattering/wave_propagation.hpp"

#include <algorithm>
#include <cstdint>

namespace hadronforce {
namespace {

template <int registers>
void start(NumerovState<registers>& s, LevelEquation const& equation) {
    for (int i = 0; i < registers; ++i) {
        auto const wave = first_values<Lane>(equation, s.k_squared[i]);
        s.y_before[i] = wave.y;
        s.y[i] = wave.y_next;
        s.density[i] = Lane{};
        s.zeros[i] = LaneMask{};
    }
}

template <int registers>
void cross_jump(NumerovState<registers>& s, LevelEquation const& equation) {
    for (int i = 0; i < registers; ++i) {
        auto const outside = across_jump<Lane>({s.y_before[i], s.y[i]}, s.k_squared[i], equation);
        // A zero just beyond the jump was counted as if V had continued smoothly.
        s.zeros[i] += (s.y_before[i] * s.y[i] < 0.0);
        s.y_before[i] = outside.y;
        s.y[i] = outside.y_next;
        s.zeros[i] -= (s.y_before[i] * s.y[i] < 0.0);
    }
}

template <int registers>
void collect(NumerovState<registers> const& s, LevelEquation const& equation, Eigen::Index const* momentum,
             WavesAtNodes& waves) {
    Eigen::Index const n = equation.match;
    for (int i = 0; i < registers; ++i) {
        auto const t_of = [&](Eigen::Index node) { return Lane(equation.a[node] - s.k_squared[i] * equation.b[node]); };
        auto const wave = wave_value<Lane>(s.y_before[i], s.y[i], t_of(n - 1), t_of(n), t_of(n + 1), equation.step);
        Lane const u = equation.root_g * wave.chi;
        Lane const slope = equation.half_slope * wave.chi + wave.slope / equation.root_g;
        for (int l = 0; l < lane_width; ++l) {
            Eigen::Index const k = momentum[i * lane_width + l];
            if (k < 0) continue;
            waves.values.row(k) << u[l], slope[l], s.density[i][l];
            // The last y stands one node past the matching node.
            if (waves.zeros.size() == waves.values.rows())
                waves.zeros[k] = static_cast<int>(s.zeros[i][l]) - (s.y_before[i][l] * s.y[i][l] < 0.0 ? 1 : 0);
        }
    }
}

struct Coefficients {
    LevelEquation const& equation;
    NodeCubics const& factor;
    DensitySum const& density;
    Trace trace;
};

template <int registers, Record record>
void propagate_block(Lane const* k_squared, Eigen::Index const* momentum, Coefficients const& c, WavesAtNodes& waves) {
    NumerovState<registers> s;
    std::copy_n(k_squared, registers, s.k_squared);
    start(s, c.equation);
    Eigen::Index begin = c.equation.first + 1;
    if (c.equation.jump != 0) {
        propagate<registers, record>(s, c.factor, c.density, begin, c.equation.jump + 1, c.trace);
        cross_jump(s, c.equation);
        begin = c.equation.jump + 1;
    }
    propagate<registers, record>(s, c.factor, c.density, begin, c.equation.match + 1, c.trace);
    collect(s, c.equation, momentum, waves);
}

constexpr int most_registers = 4;

template <Record record>
constexpr decltype(&propagate_block<1, record>) propagate_blocks[most_registers] = {
    propagate_block<1, record>, propagate_block<2, record>, propagate_block<3, record>, propagate_block<4, record>};

using Values = Eigen::Ref<Eigen::ArrayXd const>;

int sign_changes(Values const& y) {
    double const* const value = y.data();
    std::int64_t changes = 0;  // as wide as a double, so that the loop becomes vector instructions
    for (Eigen::Index n = 1; n < y.size(); ++n) changes += value[n - 1] * value[n] < 0.0 ? 1 : 0;
    return static_cast<int>(changes);
}

/// Integral of u^2 = g chi^2 over r up to the matching radius: the trapezoid over x with half of the last node, and the
/// next Euler-Maclaurin term. `y`, `factor`: at k = 0, from node first + 1 to the matching node.
double norm_fm(Values const& y, Values const& factor, double u, double slope, LevelEquation const& equation) {
    Eigen::Map<Eigen::ArrayXd const> const b(equation.b + equation.first + 1, y.size());
    double const b_chi_squared = (b * ((factor + 10.0) * y).square()).sum() / 144.0;
    double const g = equation.root_g * equation.root_g;
    double const slope_of_g = 2.0 * equation.half_slope * equation.root_g;
    double const end_slope = g * (slope_of_g * u * u + 2.0 * g * u * slope);
    return 12.0 / equation.step * b_chi_squared - 0.5 * equation.step * g * u * u -
           equation.step * equation.step / 12.0 * end_slope;
}

}  // namespace

MomentumRegisters::MomentumRegisters(Eigen::ArrayXd const& k_per_fm)
    : k_squared(static_cast<std::size_t>(k_per_fm.size() + lane_width - 1) / lane_width, Lane{}),
      momentum(k_squared.size() * lane_width, -1),
      momenta(k_per_fm.size()) {
    std::size_t lane = momentum.size();
    auto const put = [&](Eigen::Index k) {
        --lane;
        momentum[lane] = k;
        k_squared[lane / lane_width][lane % lane_width] = k_per_fm[k] * k_per_fm[k];
    };
    put(0);
    put(k_per_fm.size() - 1);
    for (Eigen::Index k = 1; k < k_per_fm.size() - 1; ++k) put(k);
}

WavesAtNodes WavePropagation::operator()(MomentumRegisters const& momenta, LevelEquation const& equation,
                                         Eigen::Ref<Eigen::ArrayXd const> const& density_weight, Eigen::Index stride,
                                         CountZeros count) {
    bool const all = count == CountZeros::of_all_waves;
    WavesAtNodes waves{Eigen::MatrixX3d(momenta.momenta, 3), Eigen::ArrayXi(all ? momenta.momenta : 2), 0.0};
    fill_step_cubics(equation, momenta.largest_k_squared(), factor_);
    fill_density_sum(equation, density_weight, density_weight.size() == 0 ? 0 : stride, density_);
    largest_k_.resize(static_cast<std::size_t>(equation.match + 1));
    threshold_.resize(static_cast<std::size_t>(equation.match + 1));
    Coefficients const coefficients{equation, factor_, density_, {largest_k_.data(), threshold_.data()}};
    std::size_t const registers = momenta.k_squared.size();
    std::size_t const blocks = (registers + most_registers - 1) / most_registers;
    std::size_t first = 0;
    for (std::size_t block = 0; block < blocks; ++block) {
        std::size_t const in_block = (registers - first) / (blocks - block);
        auto const& propagate_any = all                   ? propagate_blocks<Record::last_two_and_zeros>
                                    : block + 1 == blocks ? propagate_blocks<Record::last_two>
                                                          : propagate_blocks<Record::nothing>;
        propagate_any[in_block - 1](momenta.k_squared.data() + first, momenta.momentum.data() + first * lane_width,
                                    coefficients, waves);
        first += in_block;
    }
    Eigen::Index const begin = equation.first + 1, nodes = equation.match + 1 - begin;
    auto const from_begin = [&](std::vector<double> const& v) {
        return Eigen::Map<Eigen::ArrayXd const>(v.data() + begin, nodes);
    };
    auto const threshold = from_begin(threshold_);
    if (!all) waves.zeros << sign_changes(threshold), sign_changes(from_begin(largest_k_));
    waves.threshold_norm_fm =
        norm_fm(threshold, from_begin(factor_.coefficients[0]), waves.values(0, 0), waves.values(0, 1), equation);
    return waves;
}

}  // namespace hadronforce
