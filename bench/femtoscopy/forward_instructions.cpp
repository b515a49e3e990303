#include "hadronforce/femtoscopy/correlation_solver.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "support/five_parameter_potential.hpp"

#include <cstdio>
#include <memory>
#include <random>
#include <vector>

// Solves 300 draws of bench_forward, and again with all tables made, which is what callgrind.sh counts.

namespace hadronforce {
namespace {

struct Draw {
    std::unique_ptr<LocalPotential> potential;
    double r0_fm;
};

double solve_all(CorrelationSolver& solver, std::vector<Draw> const& draws) {
    double sum = 0.0;
    for (auto const& draw : draws) sum += solver.solve(*draw.potential, GaussianSource(draw.r0_fm)).correlation[0];
    return sum;
}

}  // namespace

[[gnu::noinline]] double solve_counted(CorrelationSolver& solver, std::vector<Draw> const& draws) {
    return solve_all(solver, draws);
}

}  // namespace hadronforce

int main() {
    using namespace hadronforce;
    std::mt19937_64 generator(1);
    std::vector<Draw> draws;
    for (int i = 0; i < 300; ++i) {
        auto const s = testing::draw_five_parameters(generator, false);
        draws.push_back({testing::five_parameter_potential(s.b1, s.b2, s.b3, s.b4), s.r0_fm});
    }
    CorrelationSolver solver(bin_centres(5.0, 300.0, 60), testing::p_omega_reduced_mass_MeV, 1e-6);
    double const first = solve_all(solver, draws);
    double const second = solve_counted(solver, draws);
    std::printf("%zu correlation functions\n", draws.size());
    return first == second ? 0 : 1;
}
