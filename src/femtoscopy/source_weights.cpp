#include "femtoscopy/source_weights.hpp"

#include "hadronforce/units/constants.hpp"

#include <boost/math/quadrature/gauss.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace hadronforce {
namespace {

constexpr Eigen::Index stencil_points = 10;
/// Exact for S, a cubic, times the polynomial, and what the coordinate's map adds over one step.
using Rule = boost::math::quadrature::gauss<double, 10>;

/// Polynomials through `points` nodes at 0, 1, ...: their weights in the value at t.
std::array<double, stencil_points> lagrange_weights(Eigen::Index points, double t) {
    std::array<double, stencil_points> weight{};
    double before = 1.0;
    for (Eigen::Index j = 0; j < points; ++j) {
        weight[static_cast<std::size_t>(j)] = before;
        before *= (t - static_cast<double>(j)) / static_cast<double>(j + 1);
    }
    double after = 1.0;
    for (Eigen::Index j = points - 1; j >= 0; --j) {
        weight[static_cast<std::size_t>(j)] *= after;
        after *= (static_cast<double>(j) - t) / static_cast<double>(points - j);
    }
    return weight;
}

/// Some radii of one interval between nodes.
struct Piece {
    Eigen::Index interval;  // from this node to the next
    double middle_fm, half_fm;
};

std::vector<Piece> pieces_between(Eigen::ArrayXd const& r_fm, Eigen::Index nodes, std::vector<double> const& knots_fm) {
    std::vector<Piece> pieces;
    auto knot = knots_fm.begin();
    for (Eigen::Index n = 0; n + 1 < nodes; ++n) {
        double begin = r_fm[n];
        auto const add_to = [&](double end) {
            if (end > begin) pieces.push_back({n, 0.5 * (begin + end), 0.5 * (end - begin)});
            begin = std::max(begin, end);
        };
        for (; knot != knots_fm.end() && *knot < r_fm[n + 1]; ++knot) add_to(*knot);
        add_to(r_fm[n + 1]);
    }
    return pieces;
}

void integrate_between_knots(Source const& source, RadialGrid const& grid, int level,
                             Eigen::Ref<Eigen::ArrayXd> weight) {
    GridLevel const& nodes = grid.level(level);
    Eigen::Index const last = weight.size() - 1;
    Eigen::Index const fixed = grid.node_at_fm() ? std::min(grid.fixed_node() << level, last) : 0;
    auto const pieces = pieces_between(nodes.r_fm, weight.size(), source.knots_fm());

    auto const points = static_cast<Eigen::Index>(2 * Rule::abscissa().size());
    Eigen::ArrayXd r(points * static_cast<Eigen::Index>(pieces.size())), s(r.size()), factor(r.size());
    Eigen::Index filled = 0;
    for (auto const& piece : pieces)
        for (std::size_t j = 0; j < Rule::abscissa().size(); ++j)
            for (double sign : {-1.0, 1.0}) {
                r[filled] = piece.middle_fm + sign * piece.half_fm * Rule::abscissa()[j];
                factor[filled] = 4.0 * units::pi * piece.half_fm * Rule::weights()[j] * r[filled] * r[filled];
                ++filled;
            }
    source.fill_per_fm3(r, s);

    weight.setZero();
    for (Eigen::Index i = 0; i < r.size(); ++i) {
        Eigen::Index const n = pieces[static_cast<std::size_t>(i / points)].interval;
        Eigen::Index const low = n < fixed ? 1 : std::max<Eigen::Index>(fixed, 1), high = n < fixed ? fixed : last;
        Eigen::Index const count = std::min(stencil_points, high - low + 1);
        Eigen::Index const first = std::clamp(n - stencil_points / 2 + 1, low, high - count + 1);
        double const t = grid.map().x_of_r(r[i]) / nodes.step - static_cast<double>(first);
        auto const share = lagrange_weights(count, t);
        for (Eigen::Index j = 0; j < count; ++j)
            weight[first + j] += share[static_cast<std::size_t>(j)] * factor[i] * s[i];
    }
    // It is f/r^2 that the polynomials are of, as f vanishes at the origin, where small sources are.
    weight.tail(last) /= nodes.r_fm.segment(1, last).square();
}

}  // namespace

void fill_source_weights(Source const& source, RadialGrid const& grid, int level, Eigen::Ref<Eigen::ArrayXd> weight) {
    if (source.has_knots()) return integrate_between_knots(source, grid, level, weight);
    GridLevel const& nodes = grid.level(level);
    // In whole registers: functions of a register and of one number differ in the last digit, and no weight may depend
    // on how many there are.
    using Register = Eigen::Array<double, 8, 1>;
    Eigen::Index const rest = weight.size() % Register::SizeAtCompileTime, whole = weight.size() - rest;
    source.fill_per_fm3(nodes.r_fm.head(whole), weight.head(whole));
    if (rest > 0) {
        Register r = Register::Constant(nodes.r_fm[whole]), s;
        r.head(rest) = nodes.r_fm.segment(whole, rest);
        source.fill_per_fm3(r, s);
        weight.tail(rest) = s.head(rest);
    }
    weight *= 4.0 * units::pi * nodes.step * nodes.dr_dx_fm.head(weight.size());
}

double end_of_source_weights_fm(Source const& source, RadialGrid const& grid, int level, Eigen::Index last) {
    Eigen::ArrayXd const& r_fm = grid.level(level).r_fm;
    return source.has_knots() ? r_fm[last] : 0.5 * (r_fm[last] + r_fm[std::min(last + 1, r_fm.size() - 1)]);
}

}  // namespace hadronforce
