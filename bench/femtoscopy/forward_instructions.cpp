#include "hadronforce/scattering/momentum_grid.hpp"
#include "support/five_parameter_potential.hpp"

#include <cstdio>
#include <memory>
#include <random>
#include <vector>

// Solves 300 draws of bench_forward, and again with all tables made, which is what callgrind.sh counts.

namespace hadronforce {
namespace {

double solve_all(PairSolver& solver, std::vector<Eigen::VectorXd> const& draws) {
    double sum = 0.0;
    for (auto const& draw : draws) sum += solver.solve(draw).correlation[0];
    return sum;
}

}  // namespace

[[gnu::noinline]] double solve_counted(PairSolver& solver, std::vector<Eigen::VectorXd> const& draws) {
    return solve_all(solver, draws);
}

}  // namespace hadronforce

int main() {
    using namespace hadronforce;
    std::mt19937_64 generator(1);
    std::vector<Eigen::VectorXd> draws;
    for (int i = 0; i < 300; ++i) draws.push_back(testing::draw_five_parameters(generator, false).parameters());
    auto const solver = testing::five_parameter_pair(1e-6).solver(bin_centres(5.0, 300.0, 60));
    double const first = solve_all(*solver, draws);
    double const second = solve_counted(*solver, draws);
    std::printf("%zu correlation functions\n", draws.size());
    return first == second ? 0 : 1;
}
