#include <hadronforce/parallel/mpi_session.hpp>
#include <hadronforce/setup/physics_config.hpp>

#include <cstdio>

char const* const text = R"(
potential: {preset: n_omega_t12}
source:    {form: gaussian, r0_fm: 1.1}
momentum:  {k_min_MeV: 5, k_max_MeV: 300, points: 10}
)";

int main(int argc, char** argv) {
    using namespace hadronforce;
    MpiSession const session(argc, argv);
    auto const config = Config::from_text(text, "n_omega");
    FixedPair const pair = read_fixed_pair(config.root(), Communicator::world());
    config.reject_unread_keys();
    PairSolution const solution = pair.model.solver(pair.k_star_MeV)->solve({});
    for (Eigen::Index i = 0; i < pair.k_star_MeV.size(); ++i)
        std::printf("%8.2f MeV/c  C = %.6f\n", pair.k_star_MeV[i], solution.correlation[i]);
    return solution.error_estimate < 1e-6 ? 0 : 1;
}
