#include <hadronforce/femtoscopy/pair_model.hpp>
#include <hadronforce/interaction/potential_registry.hpp>
#include <hadronforce/scattering/momentum_grid.hpp>
#include <hadronforce/scattering/phase_shift.hpp>
#include <hadronforce/units/constants.hpp>

#include <cmath>
#include <cstdio>

// The scattering length of a square well, a0 = R - tan(K R)/K with K^2 = 2 mu V, from the installed library; the solver
// is asked for 1e-9. Matrices cross the border, so this also fails where both sides align them differently.
int main() {
    using namespace hadronforce;
    double const mu_MeV = 500.0, depth_MeV = 30.0, radius_fm = 1.5;
    auto const well = make_potential("square_well", {{"depth_MeV", {depth_MeV}}, {"radius_fm", {radius_fm}}}, mu_MeV);
    auto const result = scatter(*well, bin_centres(5.0, 300.0, 60), mu_MeV, 1e-9);
    double const inside = std::sqrt(units::two_mu_over_hbar2(mu_MeV) * depth_MeV);
    double const exact_fm = radius_fm - std::tan(inside * radius_fm) / inside;
    std::printf("a0 = %.12f fm, exactly %.12f fm\n", result.scattering_length_fm, exact_fm);
    return std::fabs(result.scattering_length_fm - exact_fm) < 1e-8 * std::fmax(1.0, exact_fm * exact_fm) ? 0 : 1;
}
