#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/scattering/nonlocal_solver.hpp"
#include "hadronforce/units/constants.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <limits>

// How long do 60 phase shifts of the exactly solvable separable kernel take, from the kernel to the last phase shift?

namespace hadronforce {
namespace {

constexpr double omega = -0.017, mu = 1.0, reduced_mass = 3.30;

double exact_delta(double k) {
    double const x = k * k, sum = mu * mu + x;
    double const k_cot = -1.0 / (4.0 * mu * mu) *
                         (2.0 * mu * (mu * mu - x) - (3.0 * mu * mu + x) * sum * sum / (4.0 * mu * mu * mu) +
                          std::pow(sum, 4) / (8.0 * units::pi * reduced_mass * omega));
    return std::atan2(k, k_cot);
}

void separable_phase_shifts(benchmark::State& state) {
    SeparableExponential const potential(omega, mu, std::numeric_limits<double>::infinity());
    Eigen::ArrayXd const k = end_points(0.05, 3.0, 60);
    Eigen::ArrayXd delta;
    for (auto _ : state) {
        delta = NonlocalSolver({nullptr, &potential, 2.0 * reduced_mass}, 3.0, 1e-12).scatter(k).delta_rad;
        benchmark::DoNotOptimize(delta.data());
    }
    state.counters["max_error"] = (delta - k.unaryExpr([](double x) { return exact_delta(x); })).abs().maxCoeff();
}
BENCHMARK(separable_phase_shifts)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hadronforce
