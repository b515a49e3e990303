#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/units/constants.hpp"

#include <benchmark/benchmark.h>

// How long do Coulomb waves take at 300 radii up to 20 fm and 60 momenta, for a pair of protons, l = 0..l_max?

namespace hadronforce {
namespace {

template <class Waves>
void at_radii_and_momenta(benchmark::State& state, Waves const& waves) {
    int const l_max = static_cast<int>(state.range(0));
    Eigen::ArrayXd const radii_fm = Eigen::ArrayXd::LinSpaced(300, 20.0 / 300, 20.0);
    Eigen::ArrayXd const k_MeV = bin_centres(5.0, 300.0, 60);
    for (auto _ : state) {
        for (double k : k_MeV) {
            double const eta = units::sommerfeld_parameter(1.0, 0.5 * units::proton_mass_MeV, k);
            benchmark::DoNotOptimize(waves(eta, units::wave_number_per_fm(k) * radii_fm, l_max));
        }
    }
    double const values = 300.0 * 60.0 * (l_max + 1);
    state.counters["s_per_value"] =
        benchmark::Counter(values, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void regular_waves(benchmark::State& state) {
    at_radii_and_momenta(state, [](auto const&... of) { return regular_coulomb_functions(of...).sum(); });
}
BENCHMARK(regular_waves)->ArgName("l_max")->Arg(0)->Arg(5)->Arg(20)->Unit(benchmark::kMillisecond);

void all_waves(benchmark::State& state) {
    at_radii_and_momenta(state, [](auto const&... of) { return coulomb_functions(of...).f.sum(); });
}
BENCHMARK(all_waves)->ArgName("l_max")->Arg(0)->Arg(5)->Arg(20)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hadronforce
