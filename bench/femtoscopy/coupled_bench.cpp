#include "hadronforce/femtoscopy/coupled_correlation.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "support/adaptive_coupled_solver.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

// How many correlation functions of two coupled channels (60 k* from 5 to 300 MeV/c, thresholds up to 40 MeV apart, a
// charge in the first) does one core solve a second, and how many does Boost.odeint's adaptive Runge-Kutta-Fehlberg
// 7(8)?

namespace hadronforce {
namespace {

constexpr double tolerance = 1e-6;

std::shared_ptr<LocalPotential const> gaussian(double strength_MeV, double range_fm) {
    return make_potential("sum_of_gaussians", {{"strengths_MeV", {strength_MeV}}, {"ranges_fm", {range_fm}}}, 1.0);
}

std::vector<testing::TwoChannels> draws(int count, bool absorptive) {
    std::mt19937_64 generator(1);
    auto const uniform = [&](double low, double high) {
        return std::uniform_real_distribution<double>(low, high)(generator);
    };
    std::vector<testing::TwoChannels> all(static_cast<std::size_t>(count));
    for (auto& draw : all) {
        draw.channels = {Channel{323.5, 0.0, 0, -1.0}, Channel{325.0, 20.0, 0, 0.0}};
        draw.potential.set(0, 0, gaussian(uniform(-300.0, 150.0), uniform(0.5, 1.4)),
                           absorptive ? gaussian(uniform(-60.0, 0.0), 0.8) : nullptr);
        draw.potential.set(0, 1, gaussian(uniform(-150.0, 150.0), uniform(0.5, 1.2)));
        draw.potential.set(1, 1, gaussian(uniform(-300.0, 150.0), uniform(0.5, 1.4)));
        draw.r0_fm = {uniform(0.7, 1.4), uniform(0.7, 1.4)};
        draw.weight = uniform(0.2, 3.0);
    }
    return all;
}

Eigen::ArrayXd k_star_MeV() { return bin_centres(5.0, 300.0, 60); }

Eigen::ArrayXd solve(CoupledCorrelationSolver& solver, testing::TwoChannels const& draw) {
    GaussianSource const first(draw.r0_fm[0]), second(draw.r0_fm[1]);
    return solver.solve(draw.potential, {{&first}, {&second, draw.weight}}).correlation;
}

void coupled_correlation_functions(benchmark::State& state) {
    auto const all = draws(200, state.range(0) != 0);
    std::vector<Channel> const channels(all[0].channels.begin(), all[0].channels.end());
    CoupledCorrelationSolver solver(channels, k_star_MeV(), tolerance);
    for (auto const& draw : all) benchmark::DoNotOptimize(solve(solver, draw).data());  // makes the tables
    std::size_t i = 0;
    for (auto _ : state) benchmark::DoNotOptimize(solve(solver, all[i++ % all.size()]).data());
    state.SetItemsProcessed(state.iterations());
    CoupledCorrelationSolver fine(channels, k_star_MeV(), 0.01 * tolerance);
    double error = 0.0;
    for (auto const& draw : all) {
        Eigen::ArrayXd const reference = solve(fine, draw);
        error = std::max(error, ((solve(solver, draw) - reference).abs() / reference.max(1.0)).maxCoeff());
    }
    state.counters["max_error"] = error;
}
BENCHMARK(coupled_correlation_functions)->ArgName("absorptive")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void odeint_coupled_correlation_functions(benchmark::State& state) {
    auto const all = draws(5, state.range(0) != 0);
    std::size_t i = 0;
    for (auto _ : state) {
        for (double k : k_star_MeV())
            benchmark::DoNotOptimize(testing::adaptive_two_channels(all[i % all.size()], k, 1e-10).correlation);
        ++i;
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(odeint_coupled_correlation_functions)->ArgName("absorptive")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hadronforce
