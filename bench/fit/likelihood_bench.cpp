#include "hadronforce/error.hpp"
#include "hadronforce/parallel/mpi_session.hpp"
#include "hadronforce/setup/measurements_config.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>

// likelihood_bench CONFIG CALLS: chi^2 of a fit at so many points about its start, each another one; prints calls a
// second of processor time and their sum. bench/python/likelihood_bench.py does the same from Python.
int main(int argc, char** argv) {
    using namespace hadronforce;
    if (argc != 3) return 2;
    MpiSession const session(argc, argv);
    try {
        auto const config = Config::from_text(read_text(argv[1]), argv[1]);
        FitNumbers numbers;
        auto const measurements = read_measurements(config.root(), Communicator::self(), numbers);
        auto const& parameters = numbers.space().free();
        JointResiduals residuals(measurements, parameters);
        int const calls = std::atoi(argv[2]);
        Eigen::MatrixXd points(numbers.space().size(), calls);
        for (int i = 0; i < calls; ++i)
            for (Eigen::Index j = 0; j < points.rows(); ++j)
                points(j, i) = parameters[static_cast<std::size_t>(j)].start *
                               (1.0 + 1e-2 * std::sin(static_cast<double>((i + 1) * (j + 1))));
        double sum = 0.0;
        auto const begin = std::clock();
        for (int i = 0; i < calls; ++i) sum += residuals(points.col(i)).squaredNorm();
        double const seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
        std::printf("%.17g %.17g\n", calls / seconds, sum);
    } catch (std::exception const& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
