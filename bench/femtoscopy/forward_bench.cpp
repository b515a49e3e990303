#include "hadronforce/femtoscopy/correlation_solver.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "support/adaptive_solver.hpp"
#include "support/slide_potential.hpp"

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <vector>

// How many correlation functions (60 k* from 5 to 300 MeV/c, five-parameter prior) does one core solve a second, and
// how many does Boost.odeint's adaptive Runge-Kutta-Fehlberg 7(8) to the same accuracy?

namespace hadronforce {
namespace {

constexpr double tolerance = 1e-6;

struct Draw {
    std::unique_ptr<LocalPotential> potential;
    double r0_fm;
};

std::vector<Draw> draws(int count) {
    std::mt19937_64 generator(1);
    std::vector<Draw> all;
    for (int i = 0; i < count; ++i) {
        auto const s = testing::draw_slide_sample(generator, false);
        all.push_back({testing::slide_potential(s.b1, s.b2, s.b3, s.b4), s.r0_fm});
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
    CorrelationSolver reference(k_star_MeV(), testing::p_omega_reduced_mass_MeV, 0.01 * tolerance);
    double error = 0.0;
    for (auto const& draw : all)
        error = std::max(
            error,
            largest_error(solve(draw), reference.solve(*draw.potential, GaussianSource(draw.r0_fm)).correlation));
    return error;
}

void correlation_functions(benchmark::State& state) {
    auto const all = draws(2000);
    CorrelationSolver solver(k_star_MeV(), testing::p_omega_reduced_mass_MeV, tolerance);
    std::size_t i = 0;
    for (auto _ : state) {
        auto const& draw = all[i++ % all.size()];
        benchmark::DoNotOptimize(solver.solve(*draw.potential, GaussianSource(draw.r0_fm)).correlation.data());
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["max_error"] =
        error_of(all, [&](Draw const& d) { return solver.solve(*d.potential, GaussianSource(d.r0_fm)).correlation; });
}
BENCHMARK(correlation_functions);

void odeint_correlation_functions(benchmark::State& state) {
    // The loosest tolerance, by powers of ten, whose largest error over these draws stays under 1e-6.
    constexpr double ode_tolerance = 1e-10;
    auto const all = draws(40);
    std::size_t i = 0;
    for (auto _ : state) benchmark::DoNotOptimize(odeint_correlation(all[i++ % all.size()], ode_tolerance).data());
    state.SetItemsProcessed(state.iterations());
    state.counters["max_error"] = error_of(all, [](Draw const& d) { return odeint_correlation(d, ode_tolerance); });
}
BENCHMARK(odeint_correlation_functions)->MinTime(3.0)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hadronforce
