#include "scattering/numerov.hpp"

namespace hadronforce {
namespace {

struct Cubics {
    double const* c[4];

    explicit Cubics(NodeCubics const& rows)
        : c{rows.col(0).data(), rows.col(1).data(), rows.col(2).data(), rows.col(3).data()} {}

    Lane operator()(Eigen::Index row, Lane x) const {
        return c[0][row] + x * (c[1][row] + x * (c[2][row] + x * c[3][row]));
    }
};

template <int registers, Record record>
struct Propagation {
    NumerovState<registers> s;
    Cubics factor;
    Cubics density;
    Trace trace;

    template <bool in_sum>
    void step(Eigen::Index n, Eigen::Index density_row) {
        if (record != Record::nothing) {
            trace.next_to_last[n] = s.y[registers - 1][lane_width - 2];
            trace.last[n] = s.y[registers - 1][lane_width - 1];
        }
        for (int i = 0; i < registers; ++i) {
            Lane const y = s.y[i];
            Lane const y_next = factor(n, s.k_squared[i]) * y - s.y_before[i];
            if (in_sum) s.density[i] += density(density_row, s.k_squared[i]) * (y * y);
            if (record == Record::last_two_and_zeros) s.zeros[i] -= (y * y_next < 0.0);  // a true lane is -1
            s.y_before[i] = y;
            s.y[i] = y_next;
        }
    }

    /// Two nodes at a time, so that y and y_before change places without being moved.
    template <bool odd_in_sum, bool even_in_sum>
    void run(Eigen::Index begin, Eigen::Index end) {
        auto const row = [](Eigen::Index n) { return odd_in_sum ? n : n / 2; };
        Eigen::Index n = begin;
        if (n % 2 == 0 && n < end) {
            step<even_in_sum>(n, row(n));
            ++n;
        }
        for (; n + 1 < end; n += 2) {
            step<odd_in_sum>(n, row(n));
            step<even_in_sum>(n + 1, row(n + 1));
        }
        if (n < end) step<odd_in_sum>(n, row(n));
    }
};

}  // namespace

NodeCubics step_cubics(LevelEquation const& equation, double largest_k_squared) {
    auto const& a = equation.a;
    Eigen::Map<Eigen::ArrayXd const> const b(equation.b, a.size());
    // step_factor(a - k^2 b) around a. Its x^4, x = k^2/largest, is replaced by the cubic that differs from it by no
    // more than 0.0091 and is exact at 0 (a Chebyshev polynomial whose first zero was moved there).
    double const k2 = largest_k_squared;
    Eigen::ArrayXd const b_squared = b.square();
    Eigen::ArrayXd const fourth = (36.0 / 35.0) * b_squared.square();
    NodeCubics factor(a.size(), 4);
    factor.col(0) = step_factor(a);
    factor.col(1) = 0.18350 * k2 * k2 * k2 * fourth - b * (12.0 + a * (24.0 + a * (14.4 + 144.0 / 35.0 * a)));
    factor.col(2) = b_squared * (12.0 + a * (14.4 + 216.0 / 35.0 * a)) - 1.11352 * k2 * k2 * fourth;
    factor.col(3) = 1.92091 * k2 * fourth - b_squared * b * (4.8 + 144.0 / 35.0 * a);
    return factor;
}

DensitySum density_sum(LevelEquation const& equation, Eigen::Ref<Eigen::ArrayXd const> const& weight,
                       Eigen::Index stride) {
    DensitySum sum{NodeCubics(weight.size(), 4), stride};
    for (Eigen::Index i = 0; i < weight.size(); ++i) {
        // 1/(1 - a + k^2 b)^2 around a
        double const scale = 1.0 / (1.0 - equation.a[i * stride]);
        double const ratio = equation.b[i * stride] * scale;
        double const first = weight[i] * scale * scale;
        sum.weight.row(i) << first, -2.0 * ratio * first, 3.0 * ratio * ratio * first,
            -4.0 * ratio * ratio * ratio * first;
    }
    return sum;
}

template <int registers, Record record>
void propagate(NumerovState<registers>& state, NodeCubics const& factor, DensitySum const& density, Eigen::Index begin,
               Eigen::Index end, Trace const& trace) {
    Propagation<registers, record> propagation{state, Cubics(factor), Cubics(density.weight), trace};
    if (density.stride == 0) propagation.template run<false, false>(begin, end);
    if (density.stride == 1) propagation.template run<true, true>(begin, end);
    if (density.stride == 2) propagation.template run<false, true>(begin, end);
    state = propagation.s;
}

#define HADRONFORCE_PROPAGATE(registers, record)                                                                       \
    template void propagate<registers, Record::record>(NumerovState<registers>&, NodeCubics const&, DensitySum const&, \
                                                       Eigen::Index, Eigen::Index, Trace const&);
#define HADRONFORCE_PROPAGATE_UP_TO_4(record) \
    HADRONFORCE_PROPAGATE(1, record)          \
    HADRONFORCE_PROPAGATE(2, record)          \
    HADRONFORCE_PROPAGATE(3, record)          \
    HADRONFORCE_PROPAGATE(4, record)
HADRONFORCE_PROPAGATE_UP_TO_4(nothing)
HADRONFORCE_PROPAGATE_UP_TO_4(last_two)
HADRONFORCE_PROPAGATE_UP_TO_4(last_two_and_zeros)
#undef HADRONFORCE_PROPAGATE_UP_TO_4
#undef HADRONFORCE_PROPAGATE

}  // namespace hadronforce
