#include "hadronforce/scattering/bound_states.hpp"

#include "hadronforce/scattering/extrapolation.hpp"
#include "hadronforce/scattering/level_equation.hpp"
#include "hadronforce/scattering/whittaker.hpp"
#include "hadronforce/units/constants.hpp"
#include "scattering/sampled_potential.hpp"

#include <boost/math/tools/toms748_solve.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

namespace hadronforce {
namespace {

/// The wave that decays outside, at the matching radius, up to a factor, and how many zeros it has beyond.
struct OuterWave {
    double w;
    double slope_per_fm;
    int zeros;
};

OuterWave outer_wave(double kappa, PartialWaveKind kind, double two_eta_k_per_fm, double r_fm) {
    constexpr double far = 1e5;
    if (kind.neutral_s_wave() || kappa * r_fm > far) return {1.0, -kappa, 0};
    // Towards a threshold without attraction the slope no longer depends on kappa.
    double const least = two_eta_k_per_fm < 0.0 ? 0.0 : std::max(1e-3, two_eta_k_per_fm * r_fm / 399.9);
    double const rho = std::max(kappa * r_fm, least);
    auto const w = whittaker_w(0.5 * two_eta_k_per_fm * r_fm / rho, kind.l, rho);
    return {w.value, rho / r_fm * w.derivative, w.zeros};
}

/// Where waves from inside and from outside meet: half way through the phase that a wave of energy 0 gains, and outside
/// of a jump.
Eigen::Index meeting_node(LevelEquation const& equation) {
    Eigen::Map<Eigen::ArrayXd const> const a(equation.a, equation.match);
    Eigen::ArrayXd const phase = (-a).max(0.0).sqrt();
    double const half = 0.5 * phase.sum();
    if (half == 0.0) return equation.match - 1;
    Eigen::Index node = 0;
    for (double sum = 0.0; node < equation.match && sum < half; ++node) sum += phase[node];
    Eigen::Index const first = std::max(equation.first, equation.jump) + 2;
    return std::clamp<Eigen::Index>(node, first, equation.match - 1);
}

/// Angle in (0, pi) of a wave with this ratio of its values at a node and the one before, cot(angle) = (ratio -
/// cos)/sin as if the wave were a sine whose phase grows by acos(cosine) a step.
double angle(double ratio, double cosine) {
    double const sine = std::sqrt(std::max(std::fabs(1.0 - cosine * cosine), 1e-12));
    return std::isinf(ratio) ? (ratio > 0.0 ? 0.0 : units::pi) : std::atan2(sine, ratio - cosine);
}

/// Numerov's y at a node and the one before, on the way there, and its changes of sign. Scaled down as it grows.
struct March {
    double before, here;
    int zeros = 0;

    /// One step on; `counted`: whether a zero within it counts.
    void step(double factor, bool counted) {
        double const next = factor * here - before;
        if (counted && (next < 0.0) != (here < 0.0)) ++zeros;
        before = here;
        here = next;
        if (std::fabs(here) > 1e100) {
            before *= 1e-100;
            here *= 1e-100;
        }
    }
};

/// From the origin to the node beyond `meeting`, where zeros are no longer counted.
March outward(double k_squared, LevelEquation const& equation, Eigen::Index meeting) {
    auto const t = [&](Eigen::Index n) { return equation.a[n] - k_squared * equation.b[n]; };
    auto const first = first_values<double>(equation, k_squared);
    March wave{first.y, first.y_next};
    for (Eigen::Index n = equation.first + 1; n <= meeting; ++n) {
        wave.step(step_factor(t(n)), n < meeting);
        if (n == equation.jump) {
            auto const across = across_jump<double>({wave.before, wave.here}, k_squared, equation);
            wave.before = across.y;
            wave.here = across.y_next;
        }
    }
    return wave;
}

/// From outside to `meeting`.
March inward(double k_squared, OuterWave const& outside, LevelEquation const& equation, Eigen::Index meeting) {
    auto const t = [&](Eigen::Index n) { return equation.a[n] - k_squared * equation.b[n]; };
    // Where the wave has fallen by exp(-40) what it does beyond does not matter.
    constexpr double forgotten = 40.0;
    Eigen::Index begin = equation.match;
    while (begin > meeting + 1 && t(begin - 1) > 0.0) --begin;
    for (double decay = 0.0; begin < equation.match && decay < forgotten; ++begin) decay += std::sqrt(12.0 * t(begin));
    March wave{1.0, std::exp(std::sqrt(12.0 * std::max(0.0, t(begin))))};
    if (begin == equation.match) {
        double const chi = outside.w / equation.root_g;
        double const slope = (outside.slope_per_fm - equation.half_slope * chi) * equation.root_g;
        auto const edge = wave_before<double>(chi, slope, t(begin - 1), t(begin), t(begin + 1), equation.step);
        wave = {edge.y_next, edge.y, outside.zeros};
    }
    if ((wave.here < 0.0) != (wave.before < 0.0)) ++wave.zeros;
    for (Eigen::Index n = begin - 1; n > meeting; --n) wave.step(step_factor(t(n)), true);
    return wave;
}

/// Phase of the wave from inside less that of the wave from outside where they meet; it falls with kappa and is i pi
/// for the state that has i below it. Ratios y_{n+1}/y_n are the pivots of a tridiagonal matrix, so negative ones count
/// eigenvalues (Johnson, J. Chem. Phys. 69 (1978) 4678): (phase/pi, rounded down) + 1 states are deeper.
double phase_difference(double kappa, OuterWave const& outside, LevelEquation const& equation, Eigen::Index meeting) {
    double const k_squared = -kappa * kappa;
    March const inner = outward(k_squared, equation, meeting);
    March const outer = inward(k_squared, outside, equation, meeting);
    double const cosine = 0.5 * step_factor(equation.a[meeting] - k_squared * equation.b[meeting]);
    return (inner.zeros + outer.zeros) * units::pi + angle(inner.here / inner.before, cosine) -
           angle(outer.before / outer.here, cosine);
}

/// The equation on the levels of a grid whose first resolves the fastest wave.
class BoundStateEquation {
  public:
    BoundStateEquation(LocalPotential const& potential, double reduced_mass_MeV, PartialWaveKind kind)
        : potential_(potential),
          kind_(kind),
          equation_{units::two_mu_over_hbar2(reduced_mass_MeV), kind.l, kind.two_eta_k_per_fm(reduced_mass_MeV)} {
        constexpr double negligible_per_fm2 = 1e-12;
        constexpr double longest_phase = 0.8;
        for (double step = 0.16;;) {
            double const inner_fm =
                inner_where_series_holds_fm(RadialGrid::ordinary_inner_fm, step, equation_, potential);
            grid_ = RadialGrid(step, 20.0, std::nullopt, inner_fm);
            sampled_.sample(potential, equation_, negligible_per_fm2, grid_);
            set_level(0);
            Eigen::Map<Eigen::ArrayXd const> const a(at_level_.a, at_level_.match);
            double const phase = std::sqrt(12.0 * std::max(0.0, -a.minCoeff()));
            resolved_ = phase < longest_phase;
            double const refined = step * std::exp2(-std::ceil(std::log2(phase / longest_phase)));
            if (resolved_ || nodes_of(grid_) * step / refined > 0.5 * most_nodes) break;
            step = std::min(refined, 0.5 * step);
        }
        radius_fm_ = at_level_.r_fm[at_level_.match];
    }

    bool resolved() const { return resolved_; }
    RadialEquation const& equation() const { return equation_; }
    /// The finest level of no more than so many nodes up to where the potential ends, and not too many to keep; -1
    /// where there is none.
    int finest_level_of(double nodes) const {
        double const most =
            std::min(nodes / static_cast<double>(sampled_.matching_node()), most_nodes / nodes_of(grid_));
        return most < 1.0 ? -1 : std::min(static_cast<int>(std::log2(most)), RadialGrid::finest_level);
    }

    void set_level(int level) {
        at_level_ = make_level_equation(potential_, equation_, grid_, level, sampled_.level(level, grid_), memory_);
        meeting_ = meeting_node(at_level_);
    }

    double phase(double kappa) const {
        auto const outside = outer_wave(kappa, kind_, equation_.two_eta_k_per_fm, radius_fm_);
        return phase_difference(kappa, outside, at_level_, meeting_);
    }
    int states_deeper_than(double kappa) const { return static_cast<int>(std::floor(phase(kappa) / units::pi)) + 1; }

    /// A binding momentum that no state exceeds.
    double deepest() const {
        Eigen::Map<Eigen::ArrayXd const> const a(at_level_.a, at_level_.match), b(at_level_.b, at_level_.match);
        double const attraction = -equation_.two_eta_k_per_fm;
        double kappa =
            std::sqrt(std::max({1e-6, -(a / b).tail(at_level_.match - 1).minCoeff(), attraction / radius_fm_}));
        while (states_deeper_than(kappa) > 0) kappa *= 1.1;
        return kappa;
    }

  private:
    static constexpr double most_nodes = 1.5e6;  // 200 MB
    static double nodes_of(RadialGrid const& grid) { return grid.map().x_of_r(grid.r_max_fm()) / grid.base_step(); }

    LocalPotential const& potential_;
    PartialWaveKind kind_;
    RadialEquation equation_;
    RadialGrid grid_{0.16, 20.0, std::nullopt};
    SampledPotential sampled_;
    LevelEquation at_level_;
    Eigen::Index meeting_ = 0;
    double radius_fm_ = 0.0;
    bool resolved_ = false;
    std::vector<double> memory_;
};

struct Point {
    double kappa, phase;
};

/// Where the phase is `wanted`, between two points: by secants from a guess, and where they do not lead there by
/// bracketing.
double binding_momentum(BoundStateEquation const& equation, double wanted, Point shallower, Point deeper, double guess,
                        double phase_per_kappa) {
    constexpr double rounding = 4e-15;
    std::optional<Point> before;
    for (int i = 0; i < 8 && guess > shallower.kappa && guess < deeper.kappa; ++i) {
        Point const here{guess, equation.phase(guess)};
        if (here.phase == wanted) return guess;
        (here.phase > wanted ? shallower : deeper) = here;
        if (before) phase_per_kappa = (before->phase - here.phase) / (here.kappa - before->kappa);
        before = here;
        guess += (here.phase - wanted) / phase_per_kappa;
        if (std::fabs(guess - here.kappa) <= rounding * here.kappa) return guess;
    }
    std::uintmax_t evaluations = 200;
    auto const root = boost::math::tools::toms748_solve(
        [&](double kappa) { return equation.phase(kappa) - wanted; }, shallower.kappa, deeper.kappa,
        shallower.phase - wanted, deeper.phase - wanted, boost::math::tools::eps_tolerance<double>(50), evaluations);
    return 0.5 * (root.first + root.second);
}

/// All `states` binding momenta above `shallowest` at the level that is set, deepest first. A state that this level
/// does not bind stays at `shallowest`. `known`: those of the level before, or none.
Eigen::ArrayXd binding_momenta(BoundStateEquation const& equation, int states, double shallowest,
                               Eigen::ArrayXd const& known) {
    Eigen::ArrayXd kappa = Eigen::ArrayXd::Constant(states, shallowest);
    Point const low{shallowest, equation.phase(shallowest)};
    double const deepest = equation.deepest();
    Point high{deepest, equation.phase(deepest)};
    for (int i = 0; i < states; ++i) {
        double const wanted = i * units::pi;
        if (low.phase <= wanted) break;
        double const spacing = i > 1 ? kappa[i - 2] - kappa[i - 1] : high.kappa - low.kappa;
        double const guess = i < known.size() ? known[i] : high.kappa - spacing;
        kappa[i] = binding_momentum(equation, wanted, low, high, guess, units::pi / spacing);
        high = {kappa[i], wanted};
    }
    return kappa;
}

}  // namespace

BoundStates bound_states(LocalPotential const& potential, double reduced_mass_MeV, PartialWaveKind kind,
                         int charged_levels) {
    constexpr double tolerance = 1e-10;
    constexpr int least_count_level = 3;
    constexpr double most_work = 3e8;  // nodes times states, some ten seconds
    BoundStateEquation equation(potential, reduced_mass_MeV, kind);
    double const two_mu = equation.equation().two_mu_per_MeV_fm2;
    double const attraction = std::max(0.0, -0.5 * equation.equation().two_eta_k_per_fm);
    double const shallowest = attraction / (kind.l + charged_levels + 0.5);
    BoundStates result;
    if (shallowest > 0.0) result.limit_MeV = -shallowest * shallowest / two_mu;
    if (!equation.resolved()) return result;

    auto const count_at = [&](int level) {
        equation.set_level(level);
        return equation.states_deeper_than(shallowest);
    };
    int const finest_counted = equation.finest_level_of(1e9);
    int count = count_at(0);
    bool agree = false;
    for (int level = 1; level <= finest_counted && !(agree && level > least_count_level); ++level) {
        int const finer = count_at(level);
        agree = finer == count;
        count = finer;
    }
    if (!agree) return result;
    result.count = count;
    int const finest = equation.finest_level_of(most_work / std::max(1, count));
    if (count == 0 || finest < 2) return result;

    double const unit = shallowest > 0.0 ? std::min(1.0, shallowest) : 1.0;
    Eigen::ArrayXd known;
    auto const momenta_at_level = [&](int level) -> Eigen::ArrayXd {
        equation.set_level(level);
        known = binding_momenta(equation, count, shallowest, known);
        return known / unit;
    };
    auto const kappa = extrapolate_as_far_as_needed(momenta_at_level, count, tolerance, finest);
    if (!(kappa.error_estimate <= tolerance)) return result;
    for (double const k : kappa.values) result.energies_MeV.push_back(-k * k * unit * unit / two_mu);
    return result;
}

}  // namespace hadronforce
