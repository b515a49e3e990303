#include "hadronforce/lattice/correlator_mock.hpp"

#include "hadronforce/lattice/leading_order_potential.hpp"
#include "support/message_of.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

CorrelatorMockSettings small_mock() {
    CorrelatorMockSettings settings;
    auto& ensemble = settings.ensemble;
    ensemble.spatial_extent = 8;
    ensemble.temporal_extent = 32;
    ensemble.inverse_a_MeV = 1500.0;
    ensemble.baryons = {LatticeBaryon{"A", 1.4, 0.0}, LatticeBaryon{"B", 2.4, 0.0}};
    ensemble.configurations = 10;
    ensemble.resampling.bin_size = 2;
    settings.times = {4, 5, 6, 7, 8, 9};
    settings.states = 6;
    settings.noise.t_reference = 4;
    settings.noise.growth = 0.3;
    settings.noise.correlation_a = 1.5;
    settings.noise.time_correlation = 0.6;
    settings.noise.common = 0.5;
    return settings;
}

BoxInteraction well(CubicOrbits const& orbits) { return {-0.2 * (-0.3 * orbits.r().square()).exp(), {}}; }

/// V(t, r) of a correlator, from the file it makes.
Eigen::RowVectorXd potential_of(Correlator const& correlator, CorrelatorMockSettings const& settings,
                                std::vector<std::int64_t> const& times) {
    TemporaryFile const path("mock.h5");
    write_correlator(world(), path.path(), correlator, "");
    CorrelatorFile const file(world(), path.path());
    LeadingOrderSettings const equation{times, settings.space_order, settings.time_order,
                                        settings.ensemble.reduced_mass_a(), settings.ensemble.mass_asymmetry()};
    return leading_order_potential(world(), file, equation).result[LeadingOrderPotential::total].mean;
}

// A local potential obeys the time-dependent equation at leading order without any other term, and the mock's decays
// obey it with finite differences: what comes out is what went in, for unequal masses too.
TEST(CorrelatorMock, LeadingOrderPotentialWithoutNoiseIsTheOneThatWentIn) {
    for (StencilOrder const space : {StencilOrder::second, StencilOrder::fourth})
        for (StencilOrder const time : {StencilOrder::second, StencilOrder::fourth}) {
            auto settings = small_mock();
            settings.space_order = space;
            settings.time_order = time;
            settings.states =
                4;  // of higher ones no decay obeys the fourth-order differences, which bend over at 1.2/a
            CubicOrbits const orbits(settings.ensemble.spatial_extent);
            auto const interaction = well(orbits);
            auto const correlator = mock_correlator(world(), settings, interaction);
            auto const V = potential_of(correlator, settings, {6, 7});
            for (Eigen::Index i = 0; i < V.size(); ++i)
                EXPECT_NEAR(V[i], interaction.V[i % orbits.size()], 1e-9) << "point " << i;
        }
}

// R = sum_n w_n psi_n exp(-dW_n t) with c dW^2 + dW = E_n: the relativistic sqrt(m1^2 + p^2) + sqrt(m2^2 + p^2) - m1 -
// m2 to second order in E = p^2/(2 mu). Weights are those given, or of a wall source the sums of psi.
TEST(CorrelatorMock, ExactDecaysAreThoseOfTheEnergies) {
    auto settings = small_mock();
    settings.time_dependence = TimeDependence::exact;
    CubicOrbits const orbits(settings.ensemble.spatial_extent);
    auto const points = orbits.size();
    double const m1 = 1.4, m2 = 2.4, mu = m1 * m2 / (m1 + m2), D = (m1 - m2) / (m1 + m2);
    double const c = (1.0 + 3.0 * D * D) / (8.0 * mu);
    for (bool const given : {false, true}) {
        if (given) settings.weights = {1.0, -0.5, 0.25, 0.0, 2.0, 0.1};
        BoxSpectrum spectrum;
        auto const correlator = mock_correlator(world(), settings, well(orbits), &spectrum);
        ASSERT_EQ(spectrum.energies.size(), 6);
        EXPECT_LT(spectrum.energies[0], 0.0);  // bound
        RowMatrixXd expected = RowMatrixXd::Zero(6, points);
        for (Eigen::Index n = 0; n < 6; ++n) {
            double const E = spectrum.energies[n], dW = (std::sqrt(1.0 + 4.0 * c * E) - 1.0) / (2.0 * c);
            if (n < 2) {
                auto const energy = [&](double m) { return std::sqrt(m * m + 2.0 * mu * E) - m; };
                EXPECT_NEAR(dW, energy(m1) + energy(m2), 6.0 * std::abs(E * E * E));
            }
            double const weight =
                given ? settings.weights[static_cast<std::size_t>(n)] : orbits.integral(spectrum.states.col(n).array());
            for (Eigen::Index slice = 0; slice < 6; ++slice)
                expected.row(slice) +=
                    weight * std::exp(-dW * static_cast<double>(settings.times[static_cast<std::size_t>(slice)])) *
                    spectrum.states.col(n).transpose();
        }
        EXPECT_LT((correlator.ensemble_R - expected).cwiseAbs().maxCoeff(), 1e-12 * expected.cwiseAbs().maxCoeff());
    }
}

/// R(t, r) of the second state alone, whose energy is `energy`, as rate of decay between the first two slices.
double rate_of_second_state(CorrelatorMockSettings settings, double& energy) {
    settings.states = 2;
    settings.weights = {0.0, 1.0};
    settings.time_dependence = TimeDependence::exact;
    CubicOrbits const orbits(settings.ensemble.spatial_extent);
    BoxSpectrum spectrum;
    auto const R = mock_correlator(world(), settings, well(orbits), &spectrum).ensemble_R;
    energy = spectrum.energies[1];
    return std::log(R(0, 0) / R(1, 0));
}

// c dW^2 + dW exceeds k^2/(2 mu) by a term in dW^3 that equal masses do not have: there it is exact.
TEST(CorrelatorMock, RelativisticDecaysAreThoseOfTheMomenta) {
    auto settings = small_mock();
    settings.dispersion = Dispersion::relativistic;
    double E = 0.0;
    double const unequal = rate_of_second_state(settings, E);
    double const m1 = 1.4, m2 = 2.4, mu = m1 * m2 / (m1 + m2), k2 = 2.0 * mu * E;
    EXPECT_GT(E, 0.1);
    EXPECT_NEAR(unequal, std::sqrt(m1 * m1 + k2) + std::sqrt(m2 * m2 + k2) - m1 - m2, 1e-13);
    settings.dispersion = Dispersion::nonrelativistic;
    EXPECT_GT(std::abs(unequal - rate_of_second_state(settings, E)), 1e-5);
    settings.ensemble.baryons[0].mass_a = 2.4;
    double const equal = rate_of_second_state(settings, E);
    settings.dispersion = Dispersion::relativistic;
    EXPECT_NEAR(rate_of_second_state(settings, E), equal, 1e-13);
}

// One state alone shifts V by what the equation leaves out at its energy; pi-N in a box of (9.3 fm)^3, time stencils of
// order a^4.
TEST(CorrelatorMock, RelativisticDecaysShiftThePotentialByTheThirdOrder) {
    auto settings = small_mock();
    double const inverse_a = settings.ensemble.inverse_a_MeV = 340.0;
    settings.ensemble.spatial_extent = 16;
    settings.ensemble.baryons = {LatticeBaryon{"N", 938.919 / inverse_a, 0.0},
                                 LatticeBaryon{"pi", 138.039 / inverse_a, 0.0}};
    settings.space_order = settings.time_order = StencilOrder::fourth;
    settings.time_dependence = TimeDependence::exact;
    settings.dispersion = Dispersion::relativistic;
    settings.states = 2;
    settings.weights = {0.0, 1.0};
    CubicOrbits const orbits(settings.ensemble.spatial_extent);
    BoxSpectrum spectrum;
    auto const correlator = mock_correlator(world(), settings, well(orbits), &spectrum);
    auto const V = potential_of(correlator, settings, {6});
    double const E = spectrum.energies[1];
    double const m1 = settings.ensemble.baryons[0].mass_a, m2 = settings.ensemble.baryons[1].mass_a;
    double const mu = settings.ensemble.reduced_mass_a(), D = settings.ensemble.mass_asymmetry(), k2 = 2.0 * mu * E;
    double const dW = std::sqrt(m1 * m1 + k2) + std::sqrt(m2 * m2 + k2) - m1 - m2;
    double const left_out = dW + (1.0 + 3.0 * D * D) / (8.0 * mu) * dW * dW - E;
    for (Eigen::Index i = 0; i < V.size(); ++i) EXPECT_NEAR(V[i] - well(orbits).V[i], left_out, 0.005 * left_out) << i;
    EXPECT_NEAR(E * inverse_a, 71.1, 0.1);
    EXPECT_NEAR(left_out * inverse_a, 0.457, 0.001);
}

// Bit for bit what one rank makes alone, whoever draws which configuration.
TEST(CorrelatorMock, DoesNotDependOnTheNumberOfRanks) {
    auto settings = small_mock();
    settings.noise.relative = 0.02;
    CubicOrbits const orbits(settings.ensemble.spatial_extent);
    Communicator const alone = world().split(world().rank());
    for (auto const kind : {Resampling::Kind::jackknife, Resampling::Kind::bootstrap}) {
        settings.ensemble.resampling.kind = kind;
        settings.ensemble.resampling.bootstrap_samples = 7;
        settings.ensemble.resampling.seed = 0;
        auto const together = mock_correlator(world(), settings, well(orbits));
        auto const single = mock_correlator(alone, settings, well(orbits));
        EXPECT_EQ(single.samples.size(), kind == Resampling::Kind::jackknife ? 5 : 7);
        EXPECT_EQ(world().sum(together.samples.size()), single.samples.size());
        EXPECT_EQ(together.ensemble_R, single.ensemble_R);
        EXPECT_EQ(together.R, single.R.middleRows(together.samples.begin, together.samples.size()));
        EXPECT_GT((single.R.row(0) - single.R.row(1)).cwiseAbs().maxCoeff(), 0.0);
    }
}

TEST(CorrelatorMock, RefusesWhatCannotBe) {
    CubicOrbits const orbits(8);
    auto settings = small_mock();
    settings.weights = {1.0, 2.0};
    EXPECT_NE(message_of([&] { mock_correlator(world(), settings, well(orbits)); }).find("2 weights were given for 6"),
              std::string::npos);
    settings = small_mock();
    BoxInteraction const abyss{Eigen::ArrayXd::Constant(orbits.size(), -5.0), {}};
    EXPECT_NE(message_of([&] { mock_correlator(world(), settings, abyss); }).find("too deep"), std::string::npos);
    settings.dispersion = Dispersion::relativistic;
    EXPECT_NE(message_of([&] { mock_correlator(world(), settings, well(orbits)); }).find("needs an exact time"),
              std::string::npos);
    settings.time_dependence = TimeDependence::exact;
    EXPECT_NE(message_of([&] { mock_correlator(world(), settings, abyss); }).find("too deep"), std::string::npos);
    settings.states = orbits.size();
    EXPECT_NE(message_of([&] { mock_correlator(world(), settings, well(orbits)); }).find("take at most"),
              std::string::npos);
}

}  // namespace
}  // namespace hadronforce
