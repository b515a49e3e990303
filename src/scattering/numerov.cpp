#include "scattering/numerov.hpp"

namespace hadronforce {
namespace {

struct Cubics {
    double const* c[4];

    explicit Cubics(NodeCubics const& cubics) {
        for (std::size_t i = 0; i < 4; ++i) c[i] = cubics.coefficients[i].data();
    }
    Lane operator()(Eigen::Index node, Lane x) const {
        return c[0][node] + x * (c[1][node] + x * (c[2][node] + x * c[3][node]));
    }
};

template <int registers, Record record>
struct Propagation {
    NumerovState<registers> s;
    Cubics factor;
    Cubics density;
    Trace trace;

    template <bool in_sum>
    void step(Eigen::Index n, Eigen::Index density_node) {
        if (record != Record::nothing) {
            trace.next_to_last[n] = s.y[registers - 1][lane_width - 2];
            trace.last[n] = s.y[registers - 1][lane_width - 1];
        }
        for (int i = 0; i < registers; ++i) {
            Lane const y = s.y[i];
            Lane const y_next = factor(n, s.k_squared[i]) * y - s.y_before[i];
            if (in_sum) s.density[i] += density(density_node, s.k_squared[i]) * (y * y);
            if (record == Record::last_two_and_zeros) s.zeros[i] -= (y * y_next < 0.0);  // a true lane is -1
            s.y_before[i] = y;
            s.y[i] = y_next;
        }
    }

    /// Two nodes at a time, so that y and y_before change places without being moved.
    template <bool odd_in_sum, bool even_in_sum>
    void run(Eigen::Index begin, Eigen::Index end) {
        auto const in_density = [](Eigen::Index n) { return odd_in_sum ? n : n / 2; };
        Eigen::Index n = begin;
        if (n % 2 == 0 && n < end) {
            step<even_in_sum>(n, in_density(n));
            ++n;
        }
        for (; n + 1 < end; n += 2) {
            step<odd_in_sum>(n, in_density(n));
            step<even_in_sum>(n + 1, in_density(n + 1));
        }
        if (n < end) step<odd_in_sum>(n, in_density(n));
    }
};

}  // namespace

void NodeCubics::resize(Eigen::Index nodes) {
    auto const size = static_cast<std::size_t>(nodes);
    for (auto& c : coefficients)
        if (c.size() < size) c.resize(size);
}

void fill_step_cubics(LevelEquation const& equation, double largest_k_squared, NodeCubics& factor) {
    // step_factor(a - k^2 b) around a.
    EconomisedFourthPower const fourth_power(largest_k_squared);
    double const linear = fourth_power.cubic[1], quadratic = fourth_power.cubic[2], cubic = fourth_power.cubic[3];
    constexpr double last = 36.0 / 35.0;
    Eigen::Index const nodes = equation.nodes();
    factor.resize(nodes);
    auto& [c0, c1, c2, c3] = factor.coefficients;
    double const* const as = equation.a;
    double const* const bs = equation.b;
    double* const out[4] = {c0.data(), c1.data(), c2.data(), c3.data()};
#pragma GCC ivdep
    for (Eigen::Index n = 0; n < nodes; ++n) {
        double const a = as[n], b = bs[n], b2 = b * b, fourth = last * b2 * b2;
        out[0][n] = step_factor(a);
        out[1][n] = linear * fourth - b * (12.0 + a * (24.0 + a * (14.4 + 4.0 * last * a)));
        out[2][n] = quadratic * fourth + b2 * (12.0 + a * (14.4 + 6.0 * last * a));
        out[3][n] = cubic * fourth - b2 * b * (4.8 + 4.0 * last * a);
    }
}

void fill_density_sum(LevelEquation const& equation, Eigen::Ref<Eigen::ArrayXd const> const& weight,
                      Eigen::Index stride, DensitySum& sum) {
    sum.stride = stride;
    sum.weight.resize(weight.size());
    auto& [c0, c1, c2, c3] = sum.weight.coefficients;
    double const* const as = equation.a;
    double const* const bs = equation.b;
    double* const out[4] = {c0.data(), c1.data(), c2.data(), c3.data()};
    double const* const weights = weight.data();
#pragma GCC ivdep
    for (Eigen::Index i = 0; i < weight.size(); ++i) {
        // 1/(1 - a + k^2 b)^2 around a
        double const scale = 1.0 / (1.0 - as[i * stride]);
        double const ratio = -bs[i * stride] * scale;
        double const first = weights[i] * scale * scale;
        out[0][i] = first;
        out[1][i] = 2.0 * ratio * first;
        out[2][i] = 3.0 * ratio * ratio * first;
        out[3][i] = 4.0 * ratio * ratio * ratio * first;
    }
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
