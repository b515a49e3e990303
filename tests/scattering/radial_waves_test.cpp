#include "hadronforce/scattering/radial_waves.hpp"

#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/five_parameter_potential.hpp"

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

WavesAtLevel at_level(RadialWaves& radial, int level, int density_level, Eigen::ArrayXd const& weight = {}) {
    WavesAtLevel waves;
    radial.at_level(level, density_level, weight, waves);
    return waves;
}

WavesAtLevel at_level_of(LocalPotential const& potential, Eigen::ArrayXd const& k, int level, int density_level) {
    RadialWaves radial = waves_of(potential, k);
    return at_level(radial, level, density_level);
}

/// tan(delta) that one level gives a wave with next to no potential.
Eigen::ArrayXd tangent_of_a_free_wave(int level) {
    auto const none = gaussian(1e-5, 1.6);
    RadialWaves radial = waves_of(*none, momenta_per_fm());
    auto const waves = at_level(radial, level, 0);
    auto const& free = radial.free_waves();
    Eigen::ArrayXd const slope = waves.slope() / momenta_per_fm();
    return (waves.u() * free.f_prime - slope * free.f) / (slope * free.g - waves.u() * free.g_prime);
}

// All that order 8 neglects of a free wave comes from the map.
TEST(RadialWaves, AFreeWaveHasAnErrorOfEighthOrder) {
    Eigen::ArrayXd const coarse = tangent_of_a_free_wave(0), middle = tangent_of_a_free_wave(1);
    Eigen::ArrayXd const fine = tangent_of_a_free_wave(2);
    EXPECT_NEAR(std::log2((coarse - middle).abs().maxCoeff() / (middle - fine).abs().maxCoeff()), 8.0, 0.2);
    EXPECT_LE((middle - fine).abs().maxCoeff(), 1e-7);
}

// Charges and barriers forbid order 8: there errors are those of Numerov's step, of order 4. Where k^8 is a cubic in
// k^2, order 6 remains and shows below 1e-9.
TEST(RadialWaves, HaveErrorsOfTheOrderThatTheyPromise) {
    auto const order = [](LocalPotential const& potential, PartialWaveKind kind, int first_level) {
        RadialWaves radial(momenta_per_fm(), mu, 20.0, tolerance, kind);
        radial.set_potential(potential, negligible_potential_per_fm2(tolerance, momenta_per_fm()[0]), 0.0);
        Eigen::ArrayXd values[3], amplitude_squared(momenta_per_fm().size());
        for (int i = 0; i < 3; ++i) {
            values[i].resize(OutsideWave::size(momenta_per_fm().size()));
            OutsideWave::fill(at_level(radial, first_level + i, 0), radial, values[i], amplitude_squared);
            values[i].conservativeResize(values[i].size() - 1);
        }
        EXPECT_EQ(radial.smooth(), kind.neutral_s_wave());
        return std::log2((values[0] - values[1]).abs().maxCoeff() / (values[1] - values[2]).abs().maxCoeff());
    };
    auto const well = gaussian(-60.0, 1.1);
    EXPECT_NEAR(order(*well, {}, 0), 8.0, 0.3);
    EXPECT_NEAR(order(*well, {0, 1}, 2), 4.0, 0.3);
    EXPECT_NEAR(order(*well, {1, 0}, 2), 4.0, 0.3);
}

// Waves are matched beyond a potential that has vanished at 20 fm and begins again at 45 fm.
TEST(RadialWaves, AShellBeyondWhereThePotentialSeemsToEndIsSeen) {
    auto const r = Eigen::ArrayXd::LinSpaced(601, 0.0, 60.0);
    Eigen::ArrayXd const v = -40.0 * (-r.square()).exp() - 0.5 * (-((r - 45.0) / 2.0).square()).exp();
    auto const shell = make_potential(
        "tabulated", {{"radii_fm", {r.begin(), r.end()}}, {"values_MeV", {v.begin(), v.end()}}, {"scale", {1.0}}}, mu);
    EXPECT_GT(waves_of(*shell, momenta_per_fm()).matching_radius_fm(), 50.0);
    EXPECT_LT(waves_of(*gaussian(-40.0, 1.0), momenta_per_fm()).matching_radius_fm(), 6.0);
}

// Zeros between k = 0 and the largest momentum are inferred where few momenta are solved: the same as those counted
// where each momentum is solved by itself, in whatever order the momenta come.
TEST(RadialWaves, ZerosAreThoseOfEachMomentumAlone) {
    Eigen::ArrayXd const descending = momenta_per_fm().reverse();
    int largest = 0;
    for (double const strength : {-3000.0, -700.0, -60.0, 500.0}) {
        auto const potential = gaussian(strength, 1.1);
        auto const together = at_level_of(*potential, momenta_per_fm(), 3, 2);
        auto const backwards = at_level_of(*potential, descending, 3, 2);
        EXPECT_TRUE((together.zeros == backwards.zeros.reverse()).all());
        for (Eigen::Index j = 0; j < momenta_per_fm().size(); ++j) {
            auto const alone = at_level_of(*potential, momenta_per_fm().segment(j, 1), 3, 2);
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
    Eigen::ArrayXd const every_second = at_level(radial, 5, 4, weight_on(4)).density();
    Eigen::ArrayXd const all = at_level(radial, 5, 5, weight_on(5)).density();
    // The trapezoid's first correction at the origin, where u^2 ~ r^2, is of order step^4.
    EXPECT_LE((every_second / all - 1.0).abs().maxCoeff(), 1e-6);
}

// What was solved before must not show in a single bit: datasets are compared across numbers of ranks.
TEST(RadialWaves, DoNotDependOnWhatWasSolvedBefore) {
    auto const potential = gaussian(-60.0, 1.1);
    RadialWaves fresh = waves_of(*potential, momenta_per_fm());
    auto const expected = at_level(fresh, 2, 1);

    auto const other = gaussian(-3000.0, 2.0);
    RadialWaves used = waves_of(*other, momenta_per_fm());
    at_level(used, 4, 3);
    used.reach(150.0);
    auto const well = make_potential("square_well", {{"depth_MeV", {50.0}}, {"radius_fm", {1.7}}}, mu);
    used.set_potential(*well, 1e-9, 0.0);
    at_level(used, 1, 0);
    used.set_potential(*potential, negligible_potential_per_fm2(tolerance, momenta_per_fm()[0]), 0.0);
    auto const again = at_level(used, 2, 1);
    EXPECT_TRUE((again.u() == expected.u()).all());
    EXPECT_TRUE((again.slope() == expected.slope()).all());
    EXPECT_EQ(again.threshold_norm_fm, expected.threshold_norm_fm);
}

}  // namespace
}  // namespace hadronforce
