#include "scattering/eighth_order.hpp"

#include "scattering/k_squared_polynomial.hpp"

#include <algorithm>

namespace hadronforce {
namespace {

using Linear = KSquaredPolynomial<Lane, 1>;

/// f at lane_width nodes; `lanes` reads an array there.
template <class Read>
[[gnu::always_inline]] inline StepFunction<Linear> step_function(LevelEquation const& e, NodeDerivatives const& a,
                                                                 Read const& lanes) {
    NodeDerivatives const& b = *e.b_derivatives;
    auto const linear = [&](double const* constant, double const* slope) {
        return Linear{{12.0 * lanes(constant), -12.0 * lanes(slope)}};
    };
    return {linear(e.a, e.b),
            linear(a.first.data(), b.first.data()),
            linear(a.second.data(), b.second.data()),
            linear(a.third.data(), b.third.data()),
            linear(a.fourth.data(), b.fourth.data()),
            linear(a.sixth.data(), b.sixth.data())};
}

}  // namespace

void fill_step_cubics(LevelEquation const& equation, NodeDerivatives const& a, double largest_k_squared,
                      NodeCubics& factor) {
    EconomisedFourthPower const fourth_power(largest_k_squared);
    Eigen::Index const match = equation.match;
    factor.resize(match + 1);
    for (Eigen::Index n = 1; n <= match; n += lane_width) {
        Eigen::Index const begin = std::min(n, match + 1 - lane_width);
        auto const f = step_function(equation, a, [&](double const* array) { return load_lane(array + begin); });
        auto const p = 2.0 + step_minus_two(f);
        for (int i = 0; i < 4; ++i) {
            store_lane(factor.coefficients[static_cast<std::size_t>(i)].data() + begin,
                       p.c[i] + p.c[4] * fourth_power.cubic[i]);
        }
    }
}

void fill_density_sum(LevelEquation const& equation, NodeDerivatives const& a,
                      Eigen::Ref<Eigen::ArrayXd const> const& weight, Eigen::Index stride, DensitySum& sum) {
    sum.stride = stride;
    Eigen::Index const size = weight.size();
    sum.weight.resize(size + lane_width);
    for (Eigen::Index first = 1; first < size; first += lane_width) {
        auto const f = step_function(equation, a, [&](double const* array) {
            Lane lane;
            for (int l = 0; l < lane_width; ++l) lane[l] = array[std::min(first + l, size - 1) * stride];
            return lane;
        });
        auto const ratio = chi_squared_over_y_squared(f);
        Lane w;
        for (int l = 0; l < lane_width; ++l) w[l] = weight[std::min(first + l, size - 1)];
        for (int i = 0; i < 4; ++i) {
            store_lane(sum.weight.coefficients[static_cast<std::size_t>(i)].data() + first, w * ratio.c[i]);
        }
    }
}

}  // namespace hadronforce
