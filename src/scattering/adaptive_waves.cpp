#include "hadronforce/scattering/adaptive_waves.hpp"

#include "hadronforce/error.hpp"

#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_fehlberg78.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace hadronforce {
namespace {

namespace odeint = boost::numeric::odeint;

/// u, du/dr and integral weight u^2 dr; the same of f, the wave without potential; u'f - uf'.
using State = std::array<double, 7>;

constexpr int most_steps = 100000;

/// The equation on one stretch. Nothing is asked of the potential outside it, where it may be another function.
struct RadialSystem {
    LocalPotential const& potential;
    RadialEquation const& equation;
    std::function<double(double r_fm)> const& weight;
    double k_squared;
    double begin_fm;
    double end_fm;

    void operator()(State const& s, State& derivative, double r) const {
        double const inside = std::clamp(r, begin_fm, end_fm);
        double const v = equation.two_mu_per_MeV_fm2 * potential.value_MeV(inside);
        double const free = (equation.l * (equation.l + 1.0) / r + equation.two_eta_k_per_fm) / r - k_squared;
        double const density = weight ? weight(inside) : 0.0;
        derivative = {s[1],        (free + v) * s[0],     density * s[0] * s[0], s[4],
                      free * s[3], density * s[3] * s[3], v * s[0] * s[3]};
    }
};

/// u = f = (r/first)^(l+1) (1 + ...) at the first radius.
State first_state(LocalPotential const& potential, RadialEquation const& equation,
                  std::function<double(double)> const& weight, double k_squared, double first_radius_fm) {
    double const r = first_radius_fm;
    double const core = equation.two_mu_per_MeV_fm2 * potential.r_times_v_at_origin_MeV_fm();
    double const regular = equation.two_mu_per_MeV_fm2 * potential.value_MeV(r) - core / r;
    double const l = equation.l;
    struct Wave {
        double value, slope;
    };
    auto const start = [&](OriginSeries const& series) -> Wave {
        double const u = series.reduced_wave(k_squared, r);
        // The series' own slope, by the central difference that is exact to r^2.
        double const slope_of_series =
            (series.reduced_wave(k_squared, 2.0 * r) - series.reduced_wave(k_squared, 0.0)) / (2.0 * r);
        return {u, (l + 1.0) * u / r + slope_of_series};
    };
    Wave const u = start({equation.l, core + equation.two_eta_k_per_fm, regular});
    Wave const f = start({equation.l, equation.two_eta_k_per_fm, 0.0});
    double const share = weight ? weight(r) * r / (2.0 * l + 3.0) : 0.0;
    return {u.value,
            u.slope,
            share * u.value * u.value,
            f.value,
            f.slope,
            share * f.value * f.value,
            core / (2.0 * l + 2.0) + regular * r / (2.0 * l + 3.0)};
}

/// u and f each by a power of two, so that nothing is rounded.
void rescale(State& s) {
    auto const exponent_of = [](double value, double slope) {
        double const size = std::max(std::fabs(value), std::fabs(slope));
        return std::isnormal(size) ? -std::ilogb(size) : 0;
    };
    int const u = exponent_of(s[0], s[1]), f = exponent_of(s[3], s[4]);
    s = {std::ldexp(s[0], u), std::ldexp(s[1], u),     std::ldexp(s[2], 2 * u), std::ldexp(s[3], f),
         std::ldexp(s[4], f), std::ldexp(s[5], 2 * f), std::ldexp(s[6], u + f)};
}

}  // namespace

std::vector<Stretch> stretches(RadialGrid const& grid, int level, Eigen::Ref<Eigen::ArrayXd const> const& reduced,
                               double tolerance) {
    // Steps through smooth potentials are short enough that their stages miss nothing that is much wider than a node's
    // distance on the finest level.
    double const longest = grid.base_step() / 12.0;
    constexpr Eigen::Index cell = 16;
    auto const& nodes = grid.level(level);
    Eigen::Index const match = reduced.size() - 1 - nodes_beyond_match;
    double const jump_fm = grid.node_at_fm().value_or(0.0);
    auto const is_rough = [&](Eigen::Index first) {
        Eigen::Index const begin = std::max<Eigen::Index>(first, 2), end = std::min(first + cell, match);
        for (Eigen::Index n = begin; n < end; ++n) {
            double const step_fm = nodes.step * nodes.dr_dx_fm[n];
            double const bend = std::fabs(reduced[n + 1] - 2.0 * reduced[n] + reduced[n - 1]) * step_fm * step_fm;
            if (bend > 1e-2 * tolerance && !(nodes.r_fm[n - 1] <= jump_fm && jump_fm < nodes.r_fm[n + 1])) return true;
        }
        return false;
    };
    std::vector<Stretch> way;
    auto const go_to = [&](double r_fm, double step) {
        bool const goes_on = !way.empty() && way.back().longest_step == step && way.back().end_fm != jump_fm;
        if (goes_on)
            way.back().end_fm = r_fm;
        else
            way.push_back({r_fm, step});
    };
    for (Eigen::Index first = 0; first < match; first += cell) {
        double const end_fm = nodes.r_fm[std::min(first + cell, match)];
        double const step = is_rough(first) ? nodes.step : longest;
        if (nodes.r_fm[first] < jump_fm && jump_fm < end_fm) go_to(jump_fm, step);
        go_to(end_fm, step);
    }
    return way;
}

AdaptiveWave AdaptiveIntegration::wave(double k_squared_per_fm2, std::function<double(double r_fm)> const& weight,
                                       AdaptiveSteps steps) const {
    // Errors of u and u' are measured by |u| + dr |u'| and |u'| + dr |u''|, which do not vanish at zeros.
    auto stepper = odeint::make_controlled<odeint::runge_kutta_fehlberg78<State>>(1e-300, steps.tolerance);
    // Well within whatever the grid's first steps follow.
    double const first_radius_fm = std::min(1e-8, 1e-3 * map_.dr_dx(0.0));
    State s = first_state(*potential_, equation_, weight, k_squared_per_fm2, first_radius_fm);
    rescale(s);
    double r = first_radius_fm, dr = r, begin = r;
    int zeros = 0;
    bool negative = false;
    int tried = 0;
    for (auto const& stretch : way_) {
        RadialSystem const system{*potential_, equation_, weight, k_squared_per_fm2, begin, stretch.end_fm};
        while (r < stretch.end_fm) {
            if (++tried > most_steps) {
                char message[200];
                std::snprintf(message, sizeof message,
                              "the radial wave takes more than %d adaptive steps, it got to %.3g fm; the potential is "
                              "too deep, too singular or too rough: make it shallower or smoother",
                              most_steps, r);
                throw ConvergenceError(message);
            }
            double const left = stretch.end_fm - r;
            double const wanted = std::min(dr, steps.scale * stretch.longest_step * map_.dr_dx(r));
            bool const arrives = wanted >= left;
            double step = arrives ? left : wanted;
            if (stepper.try_step(system, s, r, step) == odeint::fail) {
                dr = step;
                continue;
            }
            dr = arrives ? std::max(step, wanted) : step;
            if (arrives) r = stretch.end_fm;
            if (s[0] != 0.0 && (s[0] < 0.0) != negative) {
                negative = !negative;
                ++zeros;
            }
            if (std::max({std::fabs(s[0]), std::fabs(s[1]), std::fabs(s[3]), std::fabs(s[4])}) > 1e60) rescale(s);
        }
        begin = stretch.end_fm * (1.0 + 1e-12);
    }
    rescale(s);
    return {s[0], s[1], s[2], zeros, s[3], s[4], s[5], s[6]};
}

WavesAtLevel adaptive_waves(AdaptiveIntegration const& integration, Eigen::ArrayXd const& k_per_fm,
                            std::function<double(double r_fm)> const& density_per_fm3, AdaptiveSteps steps) {
    Eigen::Index const n = k_per_fm.size();
    auto const threshold = integration.wave(
        0.0, [](double) { return 1.0; }, steps);
    WavesAtLevel waves{Eigen::MatrixX3d(n, 3), Eigen::MatrixX4d(n, 4), Eigen::ArrayXi(n), threshold.u,
                       threshold.slope,        threshold.integral,     threshold.zeros};
    for (Eigen::Index j = 0; j < n; ++j) {
        auto const wave = integration.wave(k_per_fm[j] * k_per_fm[j], density_per_fm3, steps);
        waves.values.row(j) << wave.u, wave.slope, wave.integral;
        waves.free.row(j) << wave.free, wave.free_slope, wave.free_integral, wave.wronskian;
        waves.zeros[j] = wave.zeros;
    }
    return waves;
}

EstimatedValues tighten_steps(std::function<Eigen::ArrayXd(AdaptiveSteps)> const& values_with, Eigen::Index judged,
                              double tolerance) {
    AdaptiveSteps steps{1e-2 * tolerance, 1.0};
    Eigen::ArrayXd coarse = values_with(steps);
    double error = 0.0;
    for (int tightened = 0; tightened < 3; ++tightened) {
        steps = {std::max(1e-2 * steps.tolerance, 1e-15), 0.5 * steps.scale};
        Eigen::ArrayXd fine = values_with(steps);
        error = ((fine - coarse).head(judged).abs() / fine.head(judged).abs().max(1.0)).maxCoeff<Eigen::PropagateNaN>();
        if (error <= tolerance) return {std::move(fine), error};
        coarse = std::move(fine);
    }
    char message[200];
    std::snprintf(message, sizeof message,
                  "the radial solution reached only %.1e by adaptive steps, %.1e was asked for; take a larger "
                  "tolerance, or a potential that is shallower or smoother",
                  error, tolerance);
    throw ConvergenceError(message);
}

}  // namespace hadronforce
