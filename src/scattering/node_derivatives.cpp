#include "hadronforce/scattering/node_derivatives.hpp"

#include "scattering/lanes.hpp"

#include <algorithm>

namespace hadronforce {

void NodeDerivatives::fill(Eigen::Ref<Eigen::ArrayXd const> const& values) {
    Eigen::Index const nodes = values.size(), end = nodes - 3;
    auto const size = static_cast<std::size_t>(nodes);
    for (auto* array : {&first, &second, &third, &fourth, &sixth})
        if (array->size() < size) array->resize(size);
    auto const put = [&](Eigen::Index n, DerivativesAtNode<double> const& f) {
        auto const i = static_cast<std::size_t>(n);
        first[i] = f.first;
        second[i] = f.second;
        third[i] = f.third;
        fourth[i] = f.fourth;
        sixth[i] = f.sixth;
    };
    double const* const v = values.data();
    // The polynomial through the first seven nodes, continued to nodes -1 and -2.
    double with_front[9];
    std::copy_n(v, 7, with_front + 2);
    with_front[1] = 7.0 * (v[0] - v[5]) - 21.0 * (v[1] - v[4]) + 35.0 * (v[2] - v[3]) + v[6];
    with_front[0] = 28.0 * v[0] - 112.0 * v[1] + 210.0 * v[2] - 224.0 * v[3] + 140.0 * v[4] - 48.0 * v[5] + 7.0 * v[6];
    for (Eigen::Index n = 1; n <= 2; ++n)
        put(n, DerivativesAtNode<double>::of([&](Eigen::Index i) { return with_front[2 + n + i]; }));
    if (end - 3 < lane_width) {
        for (Eigen::Index n = 3; n < end; ++n)
            put(n, DerivativesAtNode<double>::of([&](Eigen::Index i) { return v[n + i]; }));
        return;
    }
    for (Eigen::Index n = 3; n < end; n += lane_width) {
        Eigen::Index const begin = std::min(n, end - lane_width);
        auto const f = DerivativesAtNode<Lane>::of([&](Eigen::Index i) { return load_lane(v + begin + i); });
        store_lane(first.data() + begin, f.first);
        store_lane(second.data() + begin, f.second);
        store_lane(third.data() + begin, f.third);
        store_lane(fourth.data() + begin, f.fourth);
        store_lane(sixth.data() + begin, f.sixth);
    }
}

}  // namespace hadronforce
