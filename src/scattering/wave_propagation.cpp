#include "scattering/wave_propagation.hpp"

#include <algorithm>

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
    s.norm = Lane{};
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

/// Integral of u^2 = g chi^2 over r up to the matching radius: the trapezoid over x with half of the last node, and the
/// next Euler-Maclaurin term.
double norm_fm(double b_chi_squared, double u, double slope, LevelEquation const& equation) {
    double const g = equation.root_g * equation.root_g;
    double const slope_of_g = 2.0 * equation.half_slope * equation.root_g;
    double const end_slope = g * (slope_of_g * u * u + 2.0 * g * u * slope);
    return 12.0 / equation.step * b_chi_squared - 0.5 * equation.step * g * u * u -
           equation.step * equation.step / 12.0 * end_slope;
}

/// Node n of the interpolation is lane (lanes - 1 - n): k = 0 comes last, where the norm is summed.
template <int registers>
void collect(NumerovState<registers> const& s, LevelEquation const& equation, Eigen::Index last_node,
             WavesAtNodes& waves) {
    Eigen::Index const n = equation.match;
    for (int i = 0; i < registers; ++i) {
        auto const t_of = [&](Eigen::Index node) { return Lane(equation.a[node] - s.k_squared[i] * equation.b[node]); };
        auto const wave = wave_value<Lane>(s.y_before[i], s.y[i], t_of(n - 1), t_of(n), t_of(n + 1), equation.step);
        Lane const u = equation.root_g * wave.chi;
        Lane const slope = equation.half_slope * wave.chi + wave.slope / equation.root_g;
        for (int l = 0; l < lane_width; ++l) {
            Eigen::Index const node = last_node - (i * lane_width + l);
            if (node >= waves.zeros.size()) continue;
            waves.values(node, 0) = u[l];
            waves.values(node, 1) = slope[l];
            waves.values(node, 2) = s.density[i][l];
            // The last y stands one node past the matching node.
            waves.zeros[node] = static_cast<int>(s.zeros[i][l]) - (s.y_before[i][l] * s.y[i][l] < 0.0 ? 1 : 0);
            if (node == 0) waves.threshold_norm_fm = norm_fm(s.norm[l], u[l], slope[l], equation);
        }
    }
}

template <int registers>
void propagate_block(Lane const* k_squared, LevelEquation const& equation, DensitySum const& density,
                     Eigen::Index last_node, WavesAtNodes& waves) {
    NumerovCoefficients const coefficients{equation.a.data(), equation.b};
    NumerovState<registers> s;
    std::copy_n(k_squared, registers, s.k_squared);
    start(s, equation);
    Eigen::Index begin = equation.first + 1;
    if (equation.jump != 0) {
        propagate(s, coefficients, density, begin, equation.jump + 1);
        cross_jump(s, equation);
        begin = equation.jump + 1;
    }
    propagate(s, coefficients, density, begin, equation.match + 1);
    collect(s, equation, last_node, waves);
}

constexpr std::size_t most_registers = 4;

}  // namespace

WavesAtNodes propagate_all(std::vector<Lane> const& k_squared, Eigen::Index momenta, LevelEquation const& equation,
                           DensitySum const& density) {
    WavesAtNodes waves{Eigen::MatrixX3d(momenta, 3), Eigen::ArrayXi(momenta), 0.0};
    std::size_t const blocks = (k_squared.size() + most_registers - 1) / most_registers;
    std::size_t first = 0;
    for (std::size_t block = 0; block < blocks; ++block) {
        std::size_t const count = (k_squared.size() - first) / (blocks - block);
        auto const last_node = static_cast<Eigen::Index>((k_squared.size() - first) * lane_width) - 1;
        Lane const* const k = k_squared.data() + first;
        switch (count) {
            case 1:
                propagate_block<1>(k, equation, density, last_node, waves);
                break;
            case 2:
                propagate_block<2>(k, equation, density, last_node, waves);
                break;
            case 3:
                propagate_block<3>(k, equation, density, last_node, waves);
                break;
            default:
                propagate_block<4>(k, equation, density, last_node, waves);
                break;
        }
        first += count;
    }
    return waves;
}

}  // namespace hadronforce
