#include "scattering/numerov.hpp"

#include <algorithm>

namespace hadronforce {
namespace {

template <int registers, bool at_density_node>
inline void step(NumerovState<registers>& s, double a, double b, double weight) {
    for (int i = 0; i < registers; ++i) {
        Lane const t = a - s.k_squared[i] * b;
        Lane const chi = s.y[i] / (1.0 - t);
        if (at_density_node) s.density[i] += weight * chi * chi;
        if (i == registers - 1) s.norm += b * chi * chi;
        Lane const y_next = 12.0 * chi - 10.0 * s.y[i] - s.y_before[i];
        s.zeros[i] -= (s.y[i] * y_next < 0.0);  // a true lane is -1
        s.y_before[i] = s.y[i];
        s.y[i] = y_next;
    }
}

}  // namespace

template <int registers>
void propagate(NumerovState<registers>& state, NumerovCoefficients const& coefficients, DensitySum const& density,
               Eigen::Index begin, Eigen::Index end) {
    NumerovState<registers> s = state;
    double const* const a = coefficients.a;
    double const* const b = coefficients.b;
    for (Eigen::Index n = begin; n < end;) {
        Eigen::Index const next_density_node = (n + density.stride - 1) / density.stride * density.stride;
        Eigen::Index const stop = std::min(next_density_node, end);
        for (; n < stop; ++n) step<registers, false>(s, a[n], b[n], 0.0);
        if (n < end) {
            step<registers, true>(s, a[n], b[n], density.weight[n / density.stride]);
            ++n;
        }
    }
    state = s;
}

template void propagate<1>(NumerovState<1>&, NumerovCoefficients const&, DensitySum const&, Eigen::Index, Eigen::Index);
template void propagate<2>(NumerovState<2>&, NumerovCoefficients const&, DensitySum const&, Eigen::Index, Eigen::Index);
template void propagate<3>(NumerovState<3>&, NumerovCoefficients const&, DensitySum const&, Eigen::Index, Eigen::Index);
template void propagate<4>(NumerovState<4>&, NumerovCoefficients const&, DensitySum const&, Eigen::Index, Eigen::Index);

}  // namespace hadronforce
