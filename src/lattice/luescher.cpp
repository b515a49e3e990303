#include "hadronforce/lattice/luescher.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <fmt/format.h>
#include <boost/math/tools/toms748_solve.hpp>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

using units::pi;

/// A pair whose numbers are good, in 1/fm.
struct Box {
    double unit, m1, m2, P2;  ///< 2 pi/L, masses, total momentum squared
    std::array<int, 3> d;

    explicit Box(PairInBox const& pair)
        : unit(2.0 * pi / pair.L_fm),
          m1(units::wave_number_per_fm(pair.mass1_MeV)),
          m2(units::wave_number_per_fm(pair.mass2_MeV)),
          d(pair.momentum) {
        if (!std::isnormal(unit) || !(unit > 0.0))
            throw InputError(fmt::format("the box has L = {} fm; it must be positive", pair.L_fm));
        if (!std::isnormal(m1) || !std::isnormal(m2) || !(std::min(m1, m2) > 0.0))
            throw InputError(
                fmt::format("the masses are {} and {} MeV; they must be positive", pair.mass1_MeV, pair.mass2_MeV));
        P2 = unit * unit * (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    }

    /// Energy in the centre of mass.
    double E_star(double k2) const {
        double const lowest = -std::pow(std::min(m1, m2), 2);
        if (!(k2 > lowest) || !std::isfinite(k2))
            throw InputError(
                fmt::format("k^2 = {:g}/fm^2 has no energy; it must be above {:g}/fm^2, minus the smaller mass squared",
                            k2, lowest));
        return std::sqrt(m1 * m1 + k2) + std::sqrt(m2 * m2 + k2);
    }
    ZetaFrame frame(double E_star) const {
        double const E2 = E_star * E_star;
        return {d, std::sqrt(1.0 + P2 / E2), 0.5 * (1.0 + (m1 - m2) * (m1 + m2) / E2)};
    }
    /// The sums of Z grow as the third power of q.
    void check_q2(double k2) const {
        if (!(k2 <= 100.0 * unit * unit))
            throw InputError(
                fmt::format("k^2 = {:g}/fm^2 is q^2 = {:.3g} in this box, the limit is 100; take a smaller k^2 or box",
                            k2, k2 / (unit * unit)));
    }
    /// The right-hand side of k cot(delta) = ...
    double k_cot_delta(double k2) const {
        ZetaFrame const at = frame(E_star(k2));
        check_q2(k2);
        if (at.gamma > 20.0)
            throw InputError(
                fmt::format("the pair moves with gamma = {:.3g} at k^2 = {:g}/fm^2, the limit is 20; take a smaller "
                            "total momentum or a larger box",
                            at.gamma, k2));
        return unit / (at.gamma * pi * std::sqrt(pi)) * zeta_00(k2 / (unit * unit), at);
    }
};

/// The same angle between -pi and pi.
double wrapped(double angle) { return std::remainder(angle, 2.0 * pi); }

struct Point {
    double k2, mismatch;
};

/// Levels are where the mismatch, twice the difference of the angles arccot of both sides, is zero modulo 2 pi. As an
/// angle it is continuous also where a side is infinite.
class Mismatch {
  public:
    Mismatch(Box const& box, std::function<double(double)> const& k_cot_delta) : box_(box), of_force_(k_cot_delta) {}

    double at(double k2) const { return wrapped(angle(of_force_(k2), k2) - angle(box_.k_cot_delta(k2), k2)); }
    /// At a level of free particles, where Z is infinite.
    double at_free_level(double k2) const { return wrapped(angle(of_force_(k2), k2)); }
    /// How well a level can be known.
    double tolerance(double k2) const { return 2e-14 * std::max(std::abs(k2), box_.unit * box_.unit); }

    /// Appends points up to `to`, from each of which to the next the mismatch turns by no more than half a radian.
    void follow(std::vector<Point>& points, Point const& to) const {
        Point const from = points.back();
        if (std::abs(wrapped(to.mismatch - from.mismatch)) > 0.5 && to.k2 - from.k2 > tolerance(to.k2)) {
            double const middle = 0.5 * (from.k2 + to.k2);
            follow(points, {middle, at(middle)});
            follow(points, to);
        } else {
            points.push_back(to);
        }
    }

    /// The level between two successive points; their mismatches have different signs.
    double level(Point const& low, Point const& high) const {
        std::uintmax_t calls = 200;
        double const close = tolerance(high.k2);
        auto const ends =
            boost::math::tools::toms748_solve([&](double k2) { return at(k2); }, low.k2, high.k2, low.mismatch,
                                              high.mismatch, [&](double a, double b) { return b - a <= close; }, calls);
        return 0.5 * (ends.first + ends.second);
    }

  private:
    double angle(double k_cot_delta, double k2) const {
        if (std::isnan(k_cot_delta))
            throw InputError(fmt::format("k cot(delta) is not a number at k^2 = {:g}/fm^2", k2));
        return 2.0 * std::atan2(box_.unit, k_cot_delta);
    }

    Box const& box_;
    std::function<double(double)> const& of_force_;
};

/// What divides [k2_min, k2_max] into parts in each of which the angle of Z turns by 2 pi at most, and smoothly: levels
/// of free particles, and below the lowest of them distances from it that grow.
std::vector<double> marks_below(std::vector<double> const& free_levels, double unit2, double k2_min) {
    std::vector<double> marks;
    double const first = free_levels.empty() ? 0.0 : free_levels.front();
    for (double distance = unit2; first - distance > k2_min; distance *= 4.0) marks.push_back(first - distance);
    std::reverse(marks.begin(), marks.end());
    return marks;
}

std::vector<Point> sampled(Mismatch const& mismatch, Box const& box, std::vector<double> const& free_levels,
                           double k2_min, double k2_max) {
    struct Mark {
        double k2;
        bool is_free;
    };
    std::vector<Mark> marks;
    for (double const k2 : marks_below(free_levels, box.unit * box.unit, k2_min)) marks.push_back({k2, false});
    for (double const k2 : free_levels)
        if (k2 >= k2_min) marks.push_back({k2, true});
    if (marks.empty() || marks.front().k2 > k2_min) marks.insert(marks.begin(), {k2_min, false});
    if (marks.back().k2 < k2_max) marks.push_back({k2_max, false});

    auto const point = [&](Mark const& mark) {
        return Point{mark.k2, mark.is_free ? mismatch.at_free_level(mark.k2) : mismatch.at(mark.k2)};
    };
    std::vector<Point> points{point(marks.front())};
    constexpr int steps = 32;
    for (std::size_t i = 1; i < marks.size(); ++i) {
        double const from = marks[i - 1].k2, width = marks[i].k2 - from;
        for (int step = 1; step < steps; ++step) mismatch.follow(points, point({from + width * step / steps, false}));
        mismatch.follow(points, point(marks[i]));
    }
    return points;
}

}  // namespace

double box_energy_MeV(PairInBox const& pair, double k2_per_fm2) {
    Box const box(pair);
    return units::hbar_c_MeV_fm * std::hypot(box.E_star(k2_per_fm2), std::sqrt(box.P2));
}

double k2_of_box_energy_per_fm2(PairInBox const& pair, double energy_MeV) {
    Box const box(pair);
    double const E = units::wave_number_per_fm(energy_MeV), E2 = E * E - box.P2;
    double const sum = box.m1 + box.m2, difference = box.m1 - box.m2;
    if (!(E > 0.0) || !(E2 > 0.0) || !(E2 >= std::abs(sum * difference)) || !std::isfinite(E))
        throw InputError(fmt::format("no state has the energy {:g} MeV in the box; it must be at least {:g} MeV",
                                     energy_MeV,
                                     units::hbar_c_MeV_fm * std::sqrt(std::abs(sum * difference) + box.P2)));
    return 0.25 * (E2 - sum * sum) * (E2 - difference * difference) / E2;
}

double box_k_cot_delta_per_fm(PairInBox const& pair, double k2_per_fm2) { return Box(pair).k_cot_delta(k2_per_fm2); }

std::vector<double> free_levels_per_fm2(PairInBox const& pair, double k2_max_per_fm2) {
    Box const box(pair);
    std::vector<double> levels;
    box.check_q2(k2_max_per_fm2);
    if (k2_max_per_fm2 < 0.0) return levels;
    auto const& d = box.d;
    double const d_length = std::sqrt(box.P2) / box.unit, d2 = d_length * d_length;
    double const highest_gamma = box.frame(box.m1 + box.m2).gamma;
    int const reach = static_cast<int>(highest_gamma * std::sqrt(k2_max_per_fm2) / box.unit + d_length) + 1;
    for (int x = -reach; x <= reach; ++x)
        for (int y = -reach; y <= reach; ++y)
            for (int z = -reach; z <= reach; ++z) {
                double const n2 = x * x + y * y + z * z, along = x * d[0] + y * d[1] + z * d[2];
                double const p2 = box.unit * box.unit * n2, rest2 = box.unit * box.unit * (n2 - 2.0 * along + d2);
                double const E = std::sqrt(box.m1 * box.m1 + p2) + std::sqrt(box.m2 * box.m2 + rest2);
                ZetaFrame const at = box.frame(std::sqrt(E * E - box.P2));
                double q2 = n2;
                if (d2 > 0.0) {
                    double const across2 = n2 - along * along / d2;
                    double const shifted = (along - at.alpha * d2) / (at.gamma * d_length);
                    q2 = across2 + shifted * shifted;
                }
                if (double const k2 = box.unit * box.unit * q2; k2 <= k2_max_per_fm2) levels.push_back(k2);
            }
    std::sort(levels.begin(), levels.end());
    double const same = 1e-12 * box.unit * box.unit;
    levels.erase(
        std::unique(levels.begin(), levels.end(), [&](double a, double b) { return b - a <= same + 1e-12 * b; }),
        levels.end());
    return levels;
}

std::vector<double> box_levels_per_fm2(PairInBox const& pair, std::function<double(double)> const& k_cot_delta,
                                       double k2_min_per_fm2, double k2_max_per_fm2) {
    if (!(k2_min_per_fm2 < k2_max_per_fm2))
        throw InputError(fmt::format("levels are asked for between k^2 = {:g} and {:g}/fm^2; the second must be larger",
                                     k2_min_per_fm2, k2_max_per_fm2));
    Box const box(pair);
    Mismatch const mismatch(box, k_cot_delta);
    auto const points =
        sampled(mismatch, box, free_levels_per_fm2(pair, k2_max_per_fm2), k2_min_per_fm2, k2_max_per_fm2);
    std::vector<double> levels;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (points[i].mismatch == 0.0) {
            levels.push_back(points[i].k2);
        } else if (i > 0) {
            // Other changes of sign are from -pi to pi.
            double const before = points[i - 1].mismatch, now = points[i].mismatch;
            if (before * now < 0.0 && std::abs(now - before) < pi)
                levels.push_back(mismatch.level(points[i - 1], points[i]));
        }
    }
    return levels;
}

}  // namespace hadronforce
