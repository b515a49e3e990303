#include "scattering/paired_propagation.hpp"

#include "scattering/lanes.hpp"

#include <algorithm>

namespace hadronforce {
namespace {

Lane cubic_at(NodeCubics const& cubics, Eigen::Index node, Lane x) {
    auto const& c = cubics.coefficients;
    auto const n = static_cast<std::size_t>(node);
    return c[0][n] + x * (c[1][n] + x * (c[2][n] + x * c[3][n]));
}

/// step_factor(t + v) - step_factor(t), t = a - k^2 b, from v alone: nothing cancels where V is small.
void fill_difference(LevelEquation const& free, Eigen::Ref<Eigen::ArrayXd const> const& reduced,
                     NodeCubics& difference) {
    constexpr double last = 36.0 / 35.0;
    difference.resize(free.nodes());
    auto& [c0, c1, c2, c3] = difference.coefficients;
    for (Eigen::Index n = 0; n < free.nodes(); ++n) {
        auto const i = static_cast<std::size_t>(n);
        double const a = free.a[n], b = free.b[n], v = reduced[n] * b;
        c0[i] = v * (12.0 + 12.0 * (2.0 * a + v) + 4.8 * (3.0 * a * a + 3.0 * a * v + v * v) +
                     last * (4.0 * a * a * a + 6.0 * a * a * v + 4.0 * a * v * v + v * v * v));
        c1[i] = -b * v * (24.0 + 4.8 * (6.0 * a + 3.0 * v) + last * (12.0 * a * a + 12.0 * a * v + 4.0 * v * v));
        c2[i] = b * b * v * (14.4 + last * (12.0 * a + 6.0 * v));
        c3[i] = -b * b * b * v * 4.0 * last;
    }
}

/// y_{n+1} and y_n of u and of f.
struct Pair {
    Lane y_before, y, f_before, f;
};

Lane wronskian(Pair const& p) { return p.y * p.f_before - p.y_before * p.f; }

}  // namespace

/// The momenta of two registers, or of one.
struct PairedPropagation::Block {
    static constexpr int most_registers = 2;

    PairedPropagation const& tables;
    LevelEquation const& equation;
    LevelEquation const& free_equation;
    int registers;
    Lane k_squared[most_registers];
    Pair pair[most_registers];
    Lane density[most_registers], free_density[most_registers], w[most_registers];
    LaneMask zeros[most_registers];

    void start() {
        for (int i = 0; i < registers; ++i) {
            auto const u = first_values<Lane>(equation, k_squared[i]);
            auto const f = first_values<Lane>(free_equation, k_squared[i]);
            pair[i] = {u.y, u.y_next, f.y, f.y_next};
            w[i] = wronskian(pair[i]);
            density[i] = free_density[i] = Lane{};
            zeros[i] = LaneMask{};
        }
    }

    /// From node `begin` (y is there) to node `end`.
    void run(Eigen::Index begin, Eigen::Index end) {
        Eigen::Index const stride = tables.density_.stride;
        for (Eigen::Index n = begin; n < end; ++n) {
            bool const in_sum = stride != 0 && n % stride == 0;
            for (int i = 0; i < registers; ++i) {
                Pair& p = pair[i];
                Lane const k2 = k_squared[i];
                if (in_sum) {
                    density[i] += cubic_at(tables.density_.weight, n / stride, k2) * (p.y * p.y);
                    free_density[i] += cubic_at(tables.free_density_.weight, n / stride, k2) * (p.f * p.f);
                }
                w[i] += cubic_at(tables.difference_, n, k2) * (p.y * p.f);
                Lane const y_next = cubic_at(tables.factor_, n, k2) * p.y - p.y_before;
                Lane const f_next = cubic_at(tables.free_factor_, n, k2) * p.f - p.f_before;
                zeros[i] -= (p.y * y_next < 0.0);  // a true lane is -1
                p = {p.y, y_next, p.f, f_next};
            }
        }
    }

    void cross_jump() {
        for (int i = 0; i < registers; ++i) {
            Pair& p = pair[i];
            auto const outside = across_jump<Lane>({p.y_before, p.y}, k_squared[i], equation);
            // A zero just beyond the jump was counted as if V had continued smoothly.
            zeros[i] += (p.y_before * p.y < 0.0);
            w[i] += (outside.y_next - p.y) * p.f_before - (outside.y - p.y_before) * p.f;
            p.y_before = outside.y;
            p.y = outside.y_next;
            zeros[i] -= (p.y_before * p.y < 0.0);
        }
    }

    void collect(Eigen::Index const* momentum, WavesAtNodes& waves, FreeValues& free) const {
        Eigen::Index const n = equation.match;
        for (int i = 0; i < registers; ++i) {
            Pair const& p = pair[i];
            auto const t_of = [&](Eigen::Index node) {
                return Lane(free_equation.a[node] - k_squared[i] * equation.b[node]);
            };
            auto const with_v = [&](Eigen::Index node) {
                return Lane(equation.a[node] - k_squared[i] * equation.b[node]);
            };
            auto const u = wave_value<Lane>(p.y_before, p.y, with_v(n - 1), with_v(n), with_v(n + 1), equation.step);
            auto const f = wave_value<Lane>(p.f_before, p.f, t_of(n - 1), t_of(n), t_of(n + 1), equation.step);
            auto const slope = [&](WaveValue<Lane> const& wave) {
                return Lane(equation.half_slope * wave.chi + wave.slope / equation.root_g);
            };
            // What wave_value makes of a Wronskian of y's, where V has ended.
            Lane const next = (half_ratio(t_of(n)) - t_of(n + 1)) / (1.0 - t_of(n + 1));
            Lane const before = (half_ratio(t_of(n)) - t_of(n - 1)) / (1.0 - t_of(n - 1));
            Lane const of_r = w[i] * (next + before) / ((1.0 - t_of(n)) * equation.step);
            for (int l = 0; l < lane_width; ++l) {
                Eigen::Index const k = momentum[i * lane_width + l];
                if (k < 0) continue;
                waves.values.row(k) << equation.root_g * u.chi[l], slope(u)[l], density[i][l];
                free.row(k) << equation.root_g * f.chi[l], slope(f)[l], free_density[i][l], of_r[l];
                // The last y stands one node past the matching node.
                waves.zeros[k] = static_cast<int>(zeros[i][l]) - (p.y_before[l] * p.y[l] < 0.0 ? 1 : 0);
            }
        }
    }
};

void PairedPropagation::operator()(MomentumRegisters const& momenta, LevelEquation const& equation,
                                   RadialEquation const& radial_equation,
                                   Eigen::Ref<Eigen::ArrayXd const> const& reduced,
                                   Eigen::Ref<Eigen::ArrayXd const> const& density_weight, Eigen::Index stride,
                                   WavesAtNodes& waves, FreeValues& free) {
    if (density_weight.size() == 0) stride = 0;
    LevelEquation const without = without_potential(equation, radial_equation, reduced, free_memory_);
    fill_step_cubics(equation, momenta.largest_k_squared(), factor_);
    fill_step_cubics(without, momenta.largest_k_squared(), free_factor_);
    fill_difference(without, reduced, difference_);
    fill_density_sum(equation, density_weight, stride, density_);
    fill_density_sum(without, density_weight, stride, free_density_);
    waves.values.resize(momenta.momenta, 3);
    waves.zeros.resize(momenta.momenta);
    waves.threshold_norm_fm = 0.0;
    free.resize(momenta.momenta, 4);
    std::size_t const registers = momenta.k_squared.size();
    for (std::size_t first = 0; first < registers; first += Block::most_registers) {
        Block block{
            *this, equation, without, static_cast<int>(std::min<std::size_t>(Block::most_registers, registers - first)),
            {},    {},       {},      {},
            {},    {}};
        std::copy_n(momenta.k_squared.data() + first, block.registers, block.k_squared);
        block.start();
        Eigen::Index begin = equation.first + 1;
        if (equation.jump != 0) {
            block.run(begin, equation.jump + 1);
            block.cross_jump();
            begin = equation.jump + 1;
        }
        block.run(begin, equation.match + 1);
        block.collect(momenta.momentum.data() + first * lane_width, waves, free);
    }
}

}  // namespace hadronforce
