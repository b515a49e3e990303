#include "hadronforce/scattering/bound_states.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/extrapolation.hpp"
#include "hadronforce/units/constants.hpp"
#include "scattering/level_equation.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

/// Number of states with a binding momentum above kappa (1/fm), i.e. deeper. The ratios y_{n+1}/y_n of Numerov's
/// variable are the pivots of a tridiagonal matrix, so the negative ones count the eigenvalues below the energy
/// (Johnson, J. Chem. Phys. 69 (1978) 4678); one more lies outside if u'/u at the matching radius is under that of
/// exp(-kappa r).
int states_deeper_than(double kappa, LevelEquation const& equation) {
    double const k_squared = -kappa * kappa;
    auto const t = [&](Eigen::Index n) { return equation.a[n] - k_squared * equation.b[n]; };
    int count = 0;
    double inverse_ratio = equation.y_origin / ((1.0 - t(1)) * equation.chi_first);
    for (Eigen::Index n = 1; n <= equation.match; ++n) {
        double ratio = 12.0 / (1.0 - t(n)) - 10.0 - inverse_ratio;
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
    return count + (slope / u < -kappa ? 1 : 0);
}

/// kappa of the state that has `deeper` states below it, by bisection of the count to rounding; 0 if there is none.
double binding_momentum_per_fm(int deeper, double deepest, LevelEquation const& equation) {
    double low = 0.0;
    double high = deepest;
    while (high - low > 4e-16 * deepest) {
        double const middle = 0.5 * (low + high);
        if (middle <= low || middle >= high) break;
        (states_deeper_than(middle, equation) > deeper ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

}  // namespace

std::vector<double> bound_state_energies_MeV(LocalPotential const& potential, double reduced_mass_MeV) {
    double const two_mu = units::two_mu_over_hbar2(reduced_mass_MeV);
    constexpr double tolerance_per_fm = 1e-10;
    constexpr double negligible_per_fm2 = 1e-12;
    constexpr int count_level = 4;
    RadialGrid grid(0.16, 60.0, std::nullopt);
    std::vector<Eigen::ArrayXd> reduced{match_potential(potential, two_mu, negligible_per_fm2, grid).reduced};
    auto const equation_at = [&](int level) {
        for (int have = static_cast<int>(reduced.size()); have <= level; ++have)
            reduced.push_back(refined_potential(potential, two_mu, grid, have - 1, reduced.back()));
        return make_level_equation(potential, two_mu, grid, level, reduced[static_cast<std::size_t>(level)]);
    };
    int const states = states_deeper_than(0.0, equation_at(count_level));
    if (states == 0) return {};

    auto const momenta_at_level = [&](int level) {
        LevelEquation const equation = equation_at(level);
        // No state lies below the bottom of the potential, as Numerov sees it.
        double const deepest = std::sqrt(
            std::max(0.0, -(equation.a / Eigen::Map<Eigen::ArrayXd const>(equation.b, equation.a.size())).minCoeff()));
        Eigen::ArrayXd kappa(states);
        for (int i = 0; i < states; ++i) kappa[i] = binding_momentum_per_fm(i, deepest, equation);
        return kappa;
    };
    auto const kappa = extrapolate_to_zero_step(momenta_at_level, states, tolerance_per_fm, RadialGrid::finest_level);
    std::vector<double> energies;
    for (double const k : kappa.values) energies.push_back(-k * k / two_mu);
    return energies;
}

}  // namespace hadronforce
