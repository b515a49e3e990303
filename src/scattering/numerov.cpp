#include "scattering/numerov.hpp"

#include <algorithm>
#include <type_traits>

namespace hadronforce {
namespace {

template <int registers, bool count_zeros, bool at_density_node>
inline void step(NumerovState<registers>& s, double const (&q)[4], double weight) {
    for (int i = 0; i < registers; ++i) {
        Lane const factor = q[0] + s.k_squared[i] * (q[1] + s.k_squared[i] * (q[2] + s.k_squared[i] * q[3]));
        Lane const y_next = factor * s.y[i] - s.y_before[i];
        if (at_density_node) {
            // 12 chi = 12 y + 12 T chi, and 12 T chi is the second difference of y
            Lane const chi_12 = factor * s.y[i] + 10.0 * s.y[i];
            s.density[i] += weight / 144.0 * chi_12 * chi_12;
        }
        if (count_zeros) s.zeros[i] -= (s.y[i] * y_next < 0.0);  // a true lane is -1
        s.y_before[i] = s.y[i];
        s.y[i] = y_next;
    }
}

}  // namespace

StepPolynomials step_polynomials(LevelEquation const& equation) {
    // Q(a - k^2 b) around a, for the cubic Q of step_factor
    auto const& a = equation.a;
    Eigen::Map<Eigen::ArrayXd const> const b(equation.b, a.size());
    StepPolynomials q(a.size(), 4);
    q.col(0) = step_factor(a);
    q.col(1) = -b * (12.0 + a * (24.0 + 14.4 * a));
    q.col(2) = b * b * (12.0 + 14.4 * a);
    q.col(3) = -4.8 * b * b * b;
    return q;
}

template <int registers, bool count_zeros>
void propagate(NumerovState<registers>& state, StepPolynomials const& steps, DensitySum const& density,
               Eigen::Index begin, Eigen::Index end, Trace const& trace) {
    NumerovState<registers> s = state;
    double const* const q[4] = {steps.col(0).data(), steps.col(1).data(), steps.col(2).data(), steps.col(3).data()};
    auto const at = [&](auto at_density_node, Eigen::Index n, double weight) {
        if (trace.last) {
            trace.next_to_last[n] = s.y[registers - 1][lane_width - 2];
            trace.last[n] = s.y[registers - 1][lane_width - 1];
        }
        step<registers, count_zeros, at_density_node>(s, {q[0][n], q[1][n], q[2][n], q[3][n]}, weight);
    };
    for (Eigen::Index n = begin; n < end;) {
        Eigen::Index const next_density_node = (n + density.stride - 1) / density.stride * density.stride;
        Eigen::Index const stop = std::min(next_density_node, end);
        for (; n < stop; ++n) at(std::false_type{}, n, 0.0);
        if (n < end) {
            at(std::true_type{}, n, density.weight[n / density.stride]);
            ++n;
        }
    }
    state = s;
}

#define HADRONFORCE_PROPAGATE(registers, count_zeros)                                                 \
    template void propagate<registers, count_zeros>(NumerovState<registers>&, StepPolynomials const&, \
                                                    DensitySum const&, Eigen::Index, Eigen::Index, Trace const&);
HADRONFORCE_PROPAGATE(1, false)
HADRONFORCE_PROPAGATE(2, false)
HADRONFORCE_PROPAGATE(3, false)
HADRONFORCE_PROPAGATE(4, false)
HADRONFORCE_PROPAGATE(1, true)
HADRONFORCE_PROPAGATE(2, true)
HADRONFORCE_PROPAGATE(3, true)
HADRONFORCE_PROPAGATE(4, true)
#undef HADRONFORCE_PROPAGATE

}  // namespace hadronforce
