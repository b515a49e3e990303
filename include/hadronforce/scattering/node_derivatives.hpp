#pragma once

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// A sequence at a node and its derivatives there by the node number, each good to order 8 in it: those of the
/// polynomial of degree six through seven nodes. T: a number, or several nodes side by side.
template <class T>
struct DerivativesAtNode {
    T value, first, second, third, fourth, fifth, sixth;

    /// `at(i)`: the sequence i nodes on, i = -3 .. 3.
    template <class Sequence>
    [[gnu::always_inline]] static DerivativesAtNode of(Sequence const& at) {
        T const here = at(0), twice = 2.0 * here;
        T const d1 = at(1) - at(-1), d2 = at(2) - at(-2), d3 = at(3) - at(-3);
        T const s1 = at(1) + at(-1) - twice, s2 = at(2) + at(-2) - twice, s3 = at(3) + at(-3) - twice;
        return {here,
                0.75 * d1 - 0.15 * d2 + 1.0 / 60.0 * d3,
                1.5 * s1 - 0.15 * s2 + 1.0 / 90.0 * s3,
                d2 - 1.625 * d1 - 0.125 * d3,
                2.0 * s2 - 6.5 * s1 - 1.0 / 6.0 * s3,
                2.5 * d1 - 2.0 * d2 + 0.5 * d3,
                15.0 * s1 - 6.0 * s2 + s3};
    }
};

/// These derivatives at the nodes 1, 2, ... of a sequence but the last three; at nodes 1 and 2 of the polynomial
/// through nodes 0 .. 6. Undefined elsewhere.
struct NodeDerivatives {
    std::vector<double> first, second, third, fourth, sixth;  // they keep their memory from one level to the next

    /// Of at least seven values.
    void fill(Eigen::Ref<Eigen::ArrayXd const> const& values);
};

}  // namespace hadronforce
