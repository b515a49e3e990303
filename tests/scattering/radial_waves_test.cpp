#include "hadronforce/scattering/radial_waves.hpp"

#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/slide_potential.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace hadronforce {
namespace {

double const mu = testing::p_omega_reduced_mass_MeV;
constexpr double tolerance = 1e-6;

Eigen::ArrayXd const& momenta_per_fm() {
    static Eigen::ArrayXd const k = bin_centres(5.0, 300.0, 60) / units::hbar_c_MeV_fm;
    return k;
}

std::unique_ptr<LocalPotential> gaussian(double strength_MeV, double range_fm) {
    return make_potential("sum_of_gaussians", {{"strengths_MeV", {strength_MeV}}, {"ranges_fm", {range_fm}}}, mu);
}

RadialWaves waves_of(LocalPotential const& potential, Eigen::ArrayXd const& k) {
    RadialWaves radial(k, mu, 20.0, tolerance);
    radial.set_potential(potential, negligible_potential_per_fm2(tolerance, momenta_per_fm()[0]), 0.0);
    return radial;
}

/// tan(delta) that one level gives a wave with next to no potential.
Eigen::ArrayXd tangent_of_a_free_wave(int level) {
    auto const none = gaussian(1e-5, 1.6);
    RadialWaves radial = waves_of(*none, momenta_per_fm());
    auto const waves = radial.at_level(level, 0, {});
    auto const& free = radial.free_waves();
    Eigen::ArrayXd const slope = waves.slope / momenta_per_fm();
    return (waves.u * free.f_prime - slope * free.f) / (slope * free.g - waves.u * free.g_prime);
}

// Errors of order step^4 are those of Numerov's step, but for the part that a constant T has; with the order step^6
// of a constant T gone as well the last correction of three levels is below 1e-7, a tenth of what it is without.
TEST(RadialWaves, AFreeWaveHasHardlyAnErrorOfSixthOrder) {
    Eigen::ArrayXd const coarse = tangent_of_a_free_wave(0), middle = tangent_of_a_free_wave(1);
    Eigen::ArrayXd const fine = tangent_of_a_free_wave(2);
    EXPECT_NEAR(std::log2((coarse - middle).abs().maxCoeff() / (middle - fine).abs().maxCoeff()), 4.0, 0.1);
    Eigen::ArrayXd const once = middle + (middle - coarse) / 15.0, once_finer = fine + (fine - middle) / 15.0;
    EXPECT_LE((once_finer - once).abs().maxCoeff() / 63.0, 1e-7);
}

// Waves are matched beyond a potential that has vanished at 20 fm and begins again at 45 fm.
TEST(RadialWaves, AShellBeyondWhereThePotentialSeemsToEndIsSeen) {
    auto const r = Eigen::ArrayXd::LinSpaced(601, 0.0, 60.0);
    Eigen::ArrayXd const v = -40.0 * (-r.square()).exp() - 0.5 * (-((r - 45.0) / 2.0).square()).exp();
    auto const shell = make_potential(
        "tabulated", {{"radii_fm", {r.begin(), r.end()}}, {"values_MeV", {v.begin(), v.end()}}, {"scale", {1.0}}}, mu);
    EXPECT_GT(waves_of(*shell, momenta_per_fm()).matching_radius_fm(), 50.0);
    EXPECT_LT(waves_of(*gaussian(-40.0, 1.0), momenta_per_fm()).matching_radius_fm(), 5.0);
}

// Zeros between k = 0 and the largest momentum are inferred where few momenta are solved: the same as those counted
// where each momentum is solved by itself, in whatever order the momenta come.
TEST(RadialWaves, ZerosAreThoseOfEachMomentumAlone) {
    Eigen::ArrayXd const descending = momenta_per_fm().reverse();
    int largest = 0;
    for (double const strength : {-3000.0, -700.0, -60.0, 500.0}) {
        auto const potential = gaussian(strength, 1.1);
        auto const together = waves_of(*potential, momenta_per_fm()).at_level(3, 2, {});
        auto const backwards = waves_of(*potential, descending).at_level(3, 2, {});
        EXPECT_TRUE((together.zeros == backwards.zeros.reverse()).all());
        for (Eigen::Index j = 0; j < momenta_per_fm().size(); ++j) {
            auto const alone = waves_of(*potential, momenta_per_fm().segment(j, 1)).at_level(3, 2, {});
            EXPECT_EQ(together.zeros[j], alone.zeros[0]) << strength << " MeV, momentum " << j;
            EXPECT_EQ(together.threshold_zeros, alone.threshold_zeros) << strength << " MeV";
        }
        largest = std::max(largest, together.zeros.maxCoeff());
    }
    EXPECT_GE(largest, 5);
}

// The density's weight may stand on every node of the level or on every second.
TEST(RadialWaves, DensityOnEverySecondNodeAgreesWithThatOnAll) {
    auto const potential = gaussian(-60.0, 1.1);
    RadialWaves radial(momenta_per_fm(), mu, 20.0, tolerance);
    radial.set_potential(*potential, negligible_potential_per_fm2(tolerance, momenta_per_fm()[0]), 20.0);
    auto const weight_on = [&](int level) -> Eigen::ArrayXd {
        auto const& grid = radial.grid().level(level);
        Eigen::Index const nodes = (radial.matching_node() << level) + 1;
        return grid.step * grid.dr_dx_fm.head(nodes).square() * (-grid.r_fm.head(nodes).square()).exp();
    };
    Eigen::ArrayXd const every_second = radial.at_level(5, 4, weight_on(4)).density;
    Eigen::ArrayXd const all = radial.at_level(5, 5, weight_on(5)).density;
    // The trapezoid's first correction at the origin, where u^2 ~ r^2, is of order step^4.
    EXPECT_LE((every_second / all - 1.0).abs().maxCoeff(), 1e-6);
}

// What was solved before must not show in a single bit: datasets are compared across numbers of ranks.
TEST(RadialWaves, DoNotDependOnWhatWasSolvedBefore) {
    auto const potential = gaussian(-60.0, 1.1);
    RadialWaves fresh = waves_of(*potential, momenta_per_fm());
    auto const expected = fresh.at_level(2, 1, {});

    auto const other = gaussian(-3000.0, 2.0);
    RadialWaves used = waves_of(*other, momenta_per_fm());
    used.at_level(4, 3, {});
    used.reach(150.0);
    auto const well = make_potential("square_well", {{"depth_MeV", {50.0}}, {"radius_fm", {1.7}}}, mu);
    used.set_potential(*well, 1e-9, 0.0);
    used.at_level(1, 0, {});
    used.set_potential(*potential, negligible_potential_per_fm2(tolerance, momenta_per_fm()[0]), 0.0);
    auto const again = used.at_level(2, 1, {});
    EXPECT_TRUE((again.u == expected.u).all());
    EXPECT_TRUE((again.slope == expected.slope).all());
    EXPECT_EQ(again.threshold_norm_fm, expected.threshold_norm_fm);
}

}  // namespace
}  // namespace hadronforce
