#include "hadronforce/scattering/radial_solutions.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/free_waves.hpp"

#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_fehlberg78.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace hadronforce {
namespace {

namespace odeint = boost::numeric::odeint;

/// u of all momenta, then du/dr of all.
using State = std::vector<double>;

constexpr int most_steps = 1000000;

/// u'' = (2 mu V/(hbar c)^2 + l(l+1)/r^2 + 2 eta k/r - k^2) u of several momenta at once, on one panel: nothing is
/// asked of the potential outside, where it may be another function.
struct PanelEquation {
    LocalPotential const& potential;
    RadialEquation const& equation;
    Eigen::ArrayXd const& k_squared;
    double begin_fm;
    double end_fm;

    void operator()(State const& state, State& derivative, double r) const {
        double const v = equation.two_mu_per_MeV_fm2 * potential.value_MeV(std::clamp(r, begin_fm, end_fm));
        double const common = v + (equation.l * (equation.l + 1.0) / r + equation.two_eta_k_per_fm) / r;
        auto const n = static_cast<std::size_t>(k_squared.size());
        for (std::size_t j = 0; j < n; ++j) {
            derivative[j] = state[n + j];
            derivative[n + j] = (common - k_squared[static_cast<Eigen::Index>(j)]) * state[j];
        }
    }
};

/// Carries waves from radius to radius, either way.
class Carrier {
  public:
    Carrier(LocalPotential const& potential, RadialEquation const& equation, Eigen::ArrayXd const& k_squared,
            double tolerance, double r_fm, State state)
        : potential_(&potential),
          equation_(equation),
          k_squared_(k_squared),
          stepper_(odeint::make_controlled<odeint::runge_kutta_fehlberg78<State>>(1e-300, tolerance)),
          r_(r_fm),
          step_(0.1 * r_fm),
          state_(std::move(state)) {}

    State const& state() const { return state_; }

    /// To `r_fm`, which lies on the panel [begin_fm, end_fm] as does the way there.
    void to(double r_fm, double begin_fm, double end_fm) {
        // At its own beginning a panel has the potential from outside a jump.
        PanelEquation const system{*potential_, equation_, k_squared_, begin_fm * (1.0 + 1e-12), end_fm};
        while (r_ != r_fm) {
            if (++tried_ > most_steps)
                throw ConvergenceError(
                    "the radial waves take too many adaptive steps; the potential is too deep, too singular or too "
                    "rough: make it shallower or smoother");
            double const left = r_fm - r_;
            bool const arrives = step_ >= std::fabs(left);
            double const wanted = arrives ? left : std::copysign(step_, left);
            double step = wanted;
            double r = r_;
            if (stepper_.try_step(system, state_, r, step) == odeint::fail) {
                step_ = std::fabs(step);
                continue;
            }
            r_ = arrives ? r_fm : r;
            step_ = arrives ? std::max(std::fabs(step), step_) : std::fabs(step);
        }
    }

  private:
    LocalPotential const* potential_;
    RadialEquation equation_;
    Eigen::ArrayXd k_squared_;
    decltype(odeint::make_controlled<odeint::runge_kutta_fehlberg78<State>>(1.0, 1.0)) stepper_;
    double r_;
    double step_;
    State state_;
    int tried_ = 0;
};

Eigen::RowVectorXd values_of(State const& state) {
    auto const n = static_cast<Eigen::Index>(state.size() / 2);
    return Eigen::Map<Eigen::RowVectorXd const>(state.data(), n);
}

/// u = (r/first)^(l+1) (1 + ...) at the first radius.
State first_state(LocalPotential const& potential, RadialEquation const& equation, Eigen::ArrayXd const& k_squared,
                  double r) {
    double const core = equation.two_mu_per_MeV_fm2 * potential.r_times_v_at_origin_MeV_fm();
    double const regular = equation.two_mu_per_MeV_fm2 * potential.value_MeV(r) - core / r;
    OriginSeries const series{equation.l, core + equation.two_eta_k_per_fm, regular};
    auto const n = static_cast<std::size_t>(k_squared.size());
    State state(2 * n);
    for (std::size_t j = 0; j < n; ++j) {
        double const k2 = k_squared[static_cast<Eigen::Index>(j)];
        double const slope = (series.reduced_wave(k2, 2.0 * r) - series.reduced_wave(k2, 0.0)) / (2.0 * r);
        state[j] = series.reduced_wave(k2, r);
        state[n + j] = (equation.l + 1.0) * state[j] / r + slope;
    }
    return state;
}

/// Panel by panel outward: `visit` gets each node.
template <class Visit>
void carry_outward(Carrier& wave, GaussPanels const& panels, Visit const& visit) {
    auto const& edges = panels.breakpoints();
    Eigen::Index node = 0;
    for (std::size_t p = 0; p + 1 < edges.size(); ++p) {
        for (int i = 0; i < GaussPanels::order; ++i, ++node) {
            wave.to(panels.r()[node], edges[p], edges[p + 1]);
            visit(node);
        }
        wave.to(edges[p + 1], edges[p], edges[p + 1]);
    }
}

template <class Visit>
void carry_inward(Carrier& wave, GaussPanels const& panels, Visit const& visit) {
    auto const& edges = panels.breakpoints();
    Eigen::Index node = panels.r().size() - 1;
    for (std::size_t p = edges.size() - 1; p-- > 0;) {
        for (int i = 0; i < GaussPanels::order; ++i, --node) {
            wave.to(panels.r()[node], edges[p], edges[p + 1]);
            visit(node);
        }
        if (p > 0) wave.to(edges[p], edges[p], edges[p + 1]);
    }
}

}  // namespace

RadialSolutions radial_solutions(LocalPotential const& potential, RadialEquation const& equation,
                                 Eigen::ArrayXd const& k_per_fm, GaussPanels const& panels, double tolerance) {
    Eigen::Index const n = k_per_fm.size(), nodes = panels.r().size();
    Eigen::ArrayXd const k_squared = k_per_fm.square();
    RadialSolutions result{Eigen::MatrixXd(nodes, n), Eigen::MatrixXd(nodes, n), Eigen::ArrayXd(n)};
    double const first_fm = std::min(1e-6, 0.01 * panels.r()[0]);
    Carrier regular(potential, equation, k_squared, tolerance, first_fm,
                    first_state(potential, equation, k_squared, first_fm));
    carry_outward(regular, panels, [&](Eigen::Index node) { result.u.row(node) = values_of(regular.state()); });

    double const charges = equation.two_eta_k_per_fm;
    auto const free = free_waves_at({equation.l, charges == 0.0 ? 0 : 1}, charges, k_per_fm, panels.end());
    State outside(2 * static_cast<std::size_t>(n));
    Eigen::ArrayXd scale(n);
    for (Eigen::Index j = 0; j < n; ++j) {
        auto const at = static_cast<std::size_t>(j), slope_at = static_cast<std::size_t>(n + j);
        double const u = regular.state()[at], slope = regular.state()[slope_at] / k_per_fm[j];
        double const cosine = slope * free.g[j] - u * free.g_prime[j];
        double const sine = u * free.f_prime[j] - slope * free.f[j];
        double const amplitude = std::hypot(cosine, sine);
        bool const is_outside = std::isfinite(free.g[j]);
        if (is_outside && !(std::isfinite(amplitude) && amplitude > 0.0))
            throw ConvergenceError("the radial waves leave the range of numbers; the potential is too repulsive");
        scale[j] = is_outside ? 1.0 / amplitude : 0.0;
        result.delta_rad[j] = is_outside ? std::atan2(sine, cosine) : 0.0;
        if (!is_outside) continue;
        outside[at] = scale[j] * (cosine * free.g[j] - sine * free.f[j]);
        outside[slope_at] = scale[j] * k_per_fm[j] * (cosine * free.g_prime[j] - sine * free.f_prime[j]);
    }
    result.u = result.u * scale.matrix().asDiagonal();
    Carrier irregular(potential, equation, k_squared, tolerance, panels.end(), outside);
    carry_inward(irregular, panels, [&](Eigen::Index node) { result.v.row(node) = values_of(irregular.state()); });
    if (!result.u.allFinite() || !result.v.allFinite())
        throw ConvergenceError("the radial waves leave the range of numbers; the potential is too repulsive");
    return result;
}

}  // namespace hadronforce
