#include "hadronforce/scattering/bound_states.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/extrapolation.hpp"
#include "hadronforce/scattering/whittaker.hpp"
#include "hadronforce/units/constants.hpp"
#include "scattering/level_equation.hpp"
#include "scattering/sampled_potential.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

/// w'/w of the wave that decays outside, at radius r.
double decaying_slope_per_fm(double kappa, PartialWaveKind kind, double two_eta_k_per_fm, double r_fm) {
    if (kind.neutral_s_wave()) return -kappa;
    // Towards threshold the slope no longer depends on kappa.
    double const least = std::max(1e-3, std::fabs(two_eta_k_per_fm) * r_fm / 400.0);
    double const rho = std::max(kappa * r_fm, least);
    auto const w = whittaker_w(0.5 * two_eta_k_per_fm * r_fm / rho, kind.l, rho);
    return rho / r_fm * w.derivative / w.value;
}

/// Number of states with a binding momentum above kappa (1/fm), i.e. deeper. The ratios y_{n+1}/y_n of Numerov's
/// variable are the pivots of a tridiagonal matrix, so the negative ones count the eigenvalues below the energy
/// (Johnson, J. Chem. Phys. 69 (1978) 4678); one more lies outside if u'/u at the matching radius is under that of
/// the decaying wave, `outer_slope`.
int states_deeper_than(double kappa, double outer_slope, LevelEquation const& equation) {
    double const k_squared = -kappa * kappa;
    auto const t = [&](Eigen::Index n) { return equation.a[n] - k_squared * equation.b[n]; };
    int count = 0;
    auto const first = first_values<double>(equation, k_squared);
    double inverse_ratio = first.y / first.y_next;
    for (Eigen::Index n = equation.first + 1; n <= equation.match; ++n) {
        double ratio = step_factor(t(n)) - inverse_ratio;
        if (n == equation.jump) {
            auto const outside = across_jump<double>({1.0, ratio}, k_squared, equation);
            ratio = outside.y_next / outside.y;
        }
        if (n < equation.match) count += ratio < 0.0 ? 1 : 0;
        inverse_ratio = 1.0 / ratio;
    }
    Eigen::Index const n = equation.match;
    auto const wave = wave_value<double>(1.0, 1.0 / inverse_ratio, t(n - 1), t(n), t(n + 1), equation.step);
    double const u = equation.root_g * wave.chi;
    double const slope = equation.half_slope * wave.chi + wave.slope / equation.root_g;
    return count + (slope / u < outer_slope ? 1 : 0);
}

}  // namespace

std::vector<double> bound_state_energies_MeV(LocalPotential const& potential, double reduced_mass_MeV,
                                             PartialWaveKind kind) {
    RadialEquation const equation{units::two_mu_over_hbar2(reduced_mass_MeV), kind.l,
                                  kind.two_eta_k_per_fm(reduced_mass_MeV)};
    constexpr double tolerance_per_fm = 1e-10;
    constexpr double negligible_per_fm2 = 1e-12;
    constexpr int count_level = 4;
    RadialGrid grid(0.16, 60.0, std::nullopt);
    SampledPotential sampled;
    sampled.sample(potential, equation, negligible_per_fm2, grid);
    double const radius = grid.level(0).r_fm[sampled.matching_node()];
    std::vector<double> memory;
    auto const equation_at = [&](int level) {
        return make_level_equation(potential, equation, grid, level, sampled.level(level, grid), memory);
    };
    auto const deeper_than = [&](double kappa, LevelEquation const& at_level) {
        return states_deeper_than(kappa, decaying_slope_per_fm(kappa, kind, equation.two_eta_k_per_fm, radius),
                                  at_level);
    };
    double const shallowest = std::max(0.0, -0.5 * equation.two_eta_k_per_fm) / (kind.l + 1.0);
    int const states = deeper_than(shallowest, equation_at(count_level));
    if (states == 0) return {};

    auto const momenta_at_level = [&](int level) {
        LevelEquation const at_level = equation_at(level);
        // No state lies below the bottom of the potential, as Numerov sees it.
        Eigen::Map<Eigen::ArrayXd const> const a(at_level.a, at_level.nodes()), b(at_level.b, at_level.nodes());
        double const deepest = std::sqrt(std::max(0.0, -(a / b).minCoeff()));
        Eigen::ArrayXd kappa(states);
        for (int i = 0; i < states; ++i) {
            // The state that has i below it, by bisection of the count to rounding.
            double low = shallowest, high = deepest;
            while (high - low > 4e-16 * deepest) {
                double const middle = 0.5 * (low + high);
                if (middle <= low || middle >= high) break;
                (deeper_than(middle, at_level) > i ? low : high) = middle;
            }
            kappa[i] = 0.5 * (low + high);
        }
        return kappa;
    };
    auto const kappa = extrapolate_to_zero_step(momenta_at_level, states, tolerance_per_fm, RadialGrid::finest_level);
    std::vector<double> energies;
    for (double const k : kappa.values) energies.push_back(-k * k / equation.two_mu_per_MeV_fm2);
    return energies;
}

}  // namespace hadronforce
