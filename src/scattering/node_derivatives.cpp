#include "hadronforce/scattering/node_derivatives.hpp"

#include "scattering/lanes.hpp"

#include <algorithm>

namespace hadronforce {

void NodeDerivatives::fill(Eigen::Ref<Eigen::ArrayXd const> const& values) {
    Eigen::Index const nodes = values.size();
    auto const size = static_cast<std::size_t>(nodes);
    for (auto* array : {&first, &second, &third, &fourth, &sixth})
        if (array->size() < size) array->resize(size);
    double const* const v = values.data();
    double *const f1 = first.data(), *const f2 = second.data(), *const f3 = third.data(), *const f4 = fourth.data(),
                  *const f6 = sixth.data();
    // The polynomial through the first seven nodes, continued to nodes -1 and -2.
    double with_front[9];
    std::copy_n(v, 7, with_front + 2);
    with_front[1] = 7.0 * (v[0] - v[5]) - 21.0 * (v[1] - v[4]) + 35.0 * (v[2] - v[3]) + v[6];
    with_front[0] = 28.0 * v[0] - 112.0 * v[1] + 210.0 * v[2] - 224.0 * v[3] + 140.0 * v[4] - 48.0 * v[5] + 7.0 * v[6];
    for (Eigen::Index n = 1; n <= 2; ++n) {
        auto const f = DerivativesAtNode<double>::of([&](Eigen::Index i) { return with_front[2 + n + i]; });
        f1[n] = f.first;
        f2[n] = f.second;
        f3[n] = f.third;
        f4[n] = f.fourth;
        f6[n] = f.sixth;
    }
    for (Eigen::Index n = 3; n < nodes - 3; n += lane_width) {
        Eigen::Index const begin = std::min(n, nodes - 3 - lane_width);
        auto const f = DerivativesAtNode<Lane>::of([&](Eigen::Index i) { return load_lane(v + begin + i); });
        store_lane(f1 + begin, f.first);
        store_lane(f2 + begin, f.second);
        store_lane(f3 + begin, f.third);
        store_lane(f4 + begin, f.fourth);
        store_lane(f6 + begin, f.sixth);
    }
}

}  // namespace hadronforce
