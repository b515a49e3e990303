#include "scattering/wave_propagation.hpp"

#include "scattering/eighth_order.hpp"

#include <algorithm>
#include <cstdint>

namespace hadronforce {
namespace {

struct Coefficients {
    LevelEquation const& equation;
    NodeDerivatives const& derivatives;  ///< where the equation is smooth
    NodeCubics const& factor;
    DensitySum const& density;
    Trace trace;
};

template <int registers>
void start(NumerovState<registers>& s, Coefficients const& c) {
    for (int i = 0; i < registers; ++i) {
        auto const wave = c.equation.smooth ? first_values<Lane>(c.equation, c.derivatives, s.k_squared[i])
                                            : first_values<Lane>(c.equation, s.k_squared[i]);
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
void collect(NumerovState<registers> const& s, Coefficients const& c, Eigen::Index const* momentum,
             WavesAtNodes& waves) {
    LevelEquation const& equation = c.equation;
    Eigen::Index const n = equation.match;
    auto const fifth_of = [n](double const* values) {
        return 12.0 * DerivativesAtNode<double>::of([&](Eigen::Index i) { return values[n + i]; }).fifth;
    };
    double const fifth_a = equation.smooth ? fifth_of(equation.a) : 0.0, fifth_b = fifth_of(equation.b);
    for (int i = 0; i < registers; ++i) {
        auto const t_of = [&](Eigen::Index node) { return Lane(equation.a[node] - s.k_squared[i] * equation.b[node]); };
        auto const wave =
            equation.smooth
                ? wave_at_match<Lane>(equation, c.derivatives, fifth_a, fifth_b, s.k_squared[i], s.y_before[i], s.y[i])
                : wave_value<Lane>(s.y_before[i], s.y[i], t_of(n - 1), t_of(n), t_of(n + 1), equation.step);
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

template <int registers, Record record>
void propagate_block(Lane const* k_squared, Eigen::Index const* momentum, Coefficients const& c, WavesAtNodes& waves) {
    NumerovState<registers> s;
    std::copy_n(k_squared, registers, s.k_squared);
    start(s, c);
    Eigen::Index begin = c.equation.first + 1;
    if (c.equation.jump != 0) {
        propagate<registers, record>(s, c.factor, c.density, begin, c.equation.jump + 1, c.trace);
        cross_jump(s, c.equation);
        begin = c.equation.jump + 1;
    }
    propagate<registers, record>(s, c.factor, c.density, begin, c.equation.match + 1, c.trace);
    collect(s, c, momentum, waves);
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

/// The same of a smooth equation, `derivatives` of a. Euler-Maclaurin's terms at the matching node, up to the sixth
/// power of the step, are those of g u^2 with u as it is outside.
double norm_fm(Values const& y, NodeDerivatives const& derivatives, double u, double slope,
               LevelEquation const& equation) {
    double const *const a = equation.a, *const b = equation.b;
    double const *const first = derivatives.first.data(), *const second = derivatives.second.data(),
                        *const fourth = derivatives.fourth.data();
    double b_chi_squared = 0.0;
#pragma GCC ivdep
    for (Eigen::Index n = 1; n <= equation.match; ++n) {
        StepFunction<double> const f{12.0 * a[n], 12.0 * first[n], 12.0 * second[n], 0.0, 12.0 * fourth[n], 0.0};
        b_chi_squared += b[n] * chi_squared_over_y_squared(f) * y[n - 1] * y[n - 1];
    }
    double outside[7];
    Eigen::Index const match = equation.match;
    for (Eigen::Index i = 0; i < 7; ++i) {
        double const u_outside = u + slope * (equation.r_fm[match + i - 3] - equation.r_fm[match]);
        outside[i] = std::sqrt(12.0 * b[match + i - 3]) * u_outside * u_outside;  // step g u^2
    }
    auto const end = DerivativesAtNode<double>::of([&](Eigen::Index i) { return outside[3 + i]; });
    // g u^2 begins as g^3 (x^2 + 2 g' x^3)/r_1^2.
    double const g = std::sqrt(12.0 * b[0]) / equation.step, r1 = equation.r_first_fm[1];
    double const step_squared = equation.step * equation.step;
    double const third_at_origin =
        12.0 * equation.slope_of_g_at_origin * g * g * g / (r1 * r1) * step_squared * step_squared;
    return 12.0 / equation.step * b_chi_squared - 0.5 * end.value - end.first / 12.0 +
           (end.third - third_at_origin) / 720.0 - end.fifth / 30240.0;
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

void WavePropagation::operator()(MomentumRegisters const& momenta, LevelEquation const& equation,
                                 Eigen::Ref<Eigen::ArrayXd const> const& density_weight, Eigen::Index stride,
                                 CountZeros count, WavesAtNodes& waves) {
    bool const all = count == CountZeros::of_all_waves;
    waves.values.resize(momenta.momenta, 3);
    waves.zeros.resize(all ? momenta.momenta : 2);
    if (density_weight.size() == 0) stride = 0;
    if (equation.smooth) {
        derivatives_.fill(Eigen::Map<Eigen::ArrayXd const>(equation.a, equation.nodes()));
        fill_step_cubics(equation, derivatives_, momenta.largest_k_squared(), factor_);
        fill_density_sum(equation, derivatives_, density_weight, stride, density_);
    } else {
        fill_step_cubics(equation, momenta.largest_k_squared(), factor_);
        fill_density_sum(equation, density_weight, stride, density_);
    }
    for (auto* trace : {&largest_k_, &threshold_})
        if (trace->size() < static_cast<std::size_t>(equation.match + 1))
            trace->resize(static_cast<std::size_t>(equation.match + 1));
    Coefficients const coefficients{equation, derivatives_, factor_, density_, {largest_k_.data(), threshold_.data()}};
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
    double const u = waves.values(0, 0), slope = waves.values(0, 1);
    waves.threshold_norm_fm = equation.smooth
                                  ? norm_fm(threshold, derivatives_, u, slope, equation)
                                  : norm_fm(threshold, from_begin(factor_.coefficients[0]), u, slope, equation);
}

}  // namespace hadronforce
