#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/scattering/radial_waves.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/adaptive_solver.hpp"
#include "support/five_parameter_potential.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <vector>

// How many correlation functions (60 k* from 5 to 300 MeV/c, five-parameter prior) does one core solve a second, and
// how many does Boost.odeint's adaptive Runge-Kutta-Fehlberg 7(8) to the same accuracy?

namespace hadronforce {
namespace {

constexpr double tolerance = 1e-6;
constexpr int draws_of_odeint = 200;

struct Draw {
    std::unique_ptr<LocalPotential> potential;
    double r0_fm;
    Eigen::VectorXd parameters;
};

std::vector<Draw> draws(int count, bool log_uniform = false) {
    std::mt19937_64 generator(1);
    std::vector<Draw> all;
    for (int i = 0; i < count; ++i) {
        auto const s = testing::draw_five_parameters(generator, log_uniform);
        all.push_back({testing::five_parameter_potential(s.b1, s.b2, s.b3, s.b4), s.r0_fm, s.parameters()});
    }
    return all;
}

Eigen::ArrayXd const& k_star_MeV() {
    static Eigen::ArrayXd const k = bin_centres(5.0, 300.0, 60);
    return k;
}

double largest_error(Eigen::ArrayXd const& c, Eigen::ArrayXd const& reference) {
    return ((c - reference).abs() / reference.max(1.0)).maxCoeff();
}

Eigen::ArrayXd odeint_correlation(Draw const& draw, double ode_tolerance) {
    return testing::adaptive_correlation(*draw.potential, draw.r0_fm, k_star_MeV(), testing::p_omega_reduced_mass_MeV,
                                         ode_tolerance, std::max(14.0, 9.0 * draw.r0_fm));
}

/// Against this project's solver at a hundredth of the tolerance.
double error_of(std::vector<Draw> const& all, std::function<Eigen::ArrayXd(Draw const&)> const& solve) {
    auto const reference = testing::five_parameter_pair(0.01 * tolerance).solver(k_star_MeV());
    double error = 0.0;
    for (auto const& draw : all)
        error = std::max(error, largest_error(solve(draw), reference->solve(draw.parameters).correlation));
    return error;
}

/// What generate does for a sample, its files aside: potential and source are made of the parameters, C, a0, r_eff, the
/// number of bound states and all phase shifts computed. Uniform draws (argument 0), or b2 and b4 log-uniform (1); what
/// is excluded is the making of tables for the momenta, once a run.
void correlation_functions(benchmark::State& state) {
    auto const all = draws(2000, state.range(0) != 0);
    auto const solver = testing::five_parameter_pair(tolerance).solver(k_star_MeV());
    auto const solve = [&](Draw const& d) { return solver->solve(d.parameters); };
    for (auto const& draw : all) solve(draw);
    std::size_t i = 0;
    for (auto _ : state) benchmark::DoNotOptimize(solve(all[i++ % all.size()]).correlation.data());
    state.SetItemsProcessed(state.iterations());
    auto const correlation = [&](Draw const& d) { return solve(d).correlation; };
    state.counters["max_error"] = error_of(all, correlation);
    state.counters["max_error_of_first"] = error_of(draws(draws_of_odeint, state.range(0) != 0), correlation);
}
BENCHMARK(correlation_functions)->Arg(0)->Arg(1);

// Stages of the above at the two levels that most samples need: V alone, then with the waves as far as the matching
// radius. What remains is phase shifts, the source's integrals and the extrapolation.
constexpr int first_level = 1, last_level = 2;

void potential_alone(benchmark::State& state) {
    auto const all = draws(2000);
    RadialGrid const grid(0.30, 20.0, std::nullopt);
    std::vector<Eigen::ArrayXd> radii{grid.level(0).r_fm};
    for (int level = 1; level <= last_level; ++level)  // the nodes between, up to 12 fm
        radii.push_back(grid.level(level).odd_r_fm.head(35 << (level - 1)));
    Eigen::ArrayXd v(radii[0].size() + radii[last_level].size());
    std::size_t i = 0;
    for (auto _ : state) {
        auto const& potential = *all[i++ % all.size()].potential;
        for (auto const& r : radii) potential.fill_MeV(r, v.head(r.size()));
        benchmark::DoNotOptimize(v.data());
    }
}
BENCHMARK(potential_alone);

void waves(benchmark::State& state) {
    auto const all = draws(2000);
    RadialWaves radial(k_star_MeV() / units::hbar_c_MeV_fm, testing::p_omega_reduced_mass_MeV, 60.0, tolerance);
    double const k_min = k_star_MeV()[0] / units::hbar_c_MeV_fm;
    std::vector<Eigen::ArrayXd> weights;  // of each draw's levels
    for (auto const& draw : all)
        for (int level = first_level; level <= last_level; ++level) {
            weights.emplace_back(radial.grid().level(level - 1).r_fm.size());
            GaussianSource(draw.r0_fm).fill_per_fm3(radial.grid().level(level - 1).r_fm, weights.back());
        }
    WavesAtLevel at_match;
    double lane_nodes = 0.0;
    auto const solve = [&](std::size_t i) {
        radial.set_potential(*all[i].potential, negligible_potential_per_fm2(tolerance, k_min), 9.6 * all[i].r0_fm);
        for (int level = first_level; level <= last_level; ++level) {
            Eigen::Index const nodes = (radial.matching_node() << (level - 1)) + 1;
            auto const& weight = weights[2 * i + static_cast<std::size_t>(level - first_level)];
            radial.at_level(level, level - 1, weight.head(nodes), at_match);
            benchmark::DoNotOptimize(at_match.values.data());
            lane_nodes +=
                static_cast<double>((radial.matching_node() << level) * radial.interpolation().nodes_per_fm().size());
        }
    };
    for (std::size_t i = 0; i < all.size(); ++i) solve(i);
    lane_nodes = 0.0;
    std::size_t i = 0;
    for (auto _ : state) solve(i++ % all.size());
    // A step: 6 for the cubic, 2 for y; 9 for the density at every second node.
    state.counters["flops"] = benchmark::Counter(12.5 * lane_nodes, benchmark::Counter::kIsRate);
}
BENCHMARK(waves);

/// As many multiply-adds as a core does: ten independent chains of registers.
void peak(benchmark::State& state) {
#ifdef __AVX512F__
    constexpr int width = 8;
#else
    constexpr int width = 4;
#endif
    using Register = double __attribute__((vector_size(width * sizeof(double))));
    Register x[10];
    for (int c = 0; c < 10; ++c) x[c] = Register{} + 1.0 + c;
    Register const factor = Register{} + 0.999999, addend = Register{} + 1e-6;
    for (auto _ : state) {
        for (int n = 0; n < 1000; ++n)
            for (auto& chain : x) chain = chain * factor + addend;
        benchmark::DoNotOptimize(x);
    }
    state.counters["flops"] = benchmark::Counter(static_cast<double>(state.iterations()) * 1000 * 10 * width * 2,
                                                 benchmark::Counter::kIsRate);
}
BENCHMARK(peak);

/// To a tolerance of 10^-argument: 1e-10 is the loosest, by powers of ten, whose largest error over these draws stays
/// under 1e-6.
void odeint_correlation_functions(benchmark::State& state) {
    double const ode_tolerance = std::pow(10.0, -static_cast<double>(state.range(0)));
    auto const all = draws(draws_of_odeint);
    std::size_t i = 0;
    for (auto _ : state) benchmark::DoNotOptimize(odeint_correlation(all[i++ % all.size()], ode_tolerance).data());
    state.SetItemsProcessed(state.iterations());
    state.counters["max_error"] = error_of(all, [&](Draw const& d) { return odeint_correlation(d, ode_tolerance); });
}
BENCHMARK(odeint_correlation_functions)->DenseRange(10, 12)->MinTime(1.0)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hadronforce
