#include "hadronforce/lattice/leading_order_potential.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/lattice/correlator_import.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/message_of.hpp"
#include "support/paths.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace hadronforce {
namespace {

using Term = LeadingOrderPotential::Term;

/// R_s(t, r) = exp(-E_s t) (c + cos kx + cos ky + cos kz), k = 2 pi/L: both derivatives are known in closed form.
constexpr int L = 6;
constexpr std::int64_t samples = 5;
constexpr double offset = 4.0;
double const k = 2.0 * units::pi / L;
double energy(std::int64_t sample) { return 0.1 + 0.02 * static_cast<double>(sample); }
double cosines(CubicOrbits::Site const& site) {
    return std::cos(k * site[0]) + std::cos(k * site[1]) + std::cos(k * site[2]);
}

void write_waves(std::string const& path) {
    CubicOrbits const orbits(L);
    Correlator c;
    c.ensemble.spatial_extent = L;
    c.ensemble.temporal_extent = 16;
    c.ensemble.inverse_a_MeV = 2000.0;
    c.ensemble.baryons = {LatticeBaryon{"A", 0.5, 0.0}, LatticeBaryon{"B", 1.0, 0.0}};
    c.ensemble.configurations = samples;
    c.times = {3, 4, 5, 6, 7, 8};
    c.samples = share_of(samples, world().rank(), world().size());
    c.R.resize(c.samples.size(), 6 * orbits.size());
    c.ensemble_R = RowMatrixXd::Ones(6, orbits.size());
    for (std::int64_t s = c.samples.begin; s < c.samples.end; ++s)
        for (Eigen::Index i = 0; i < c.R.cols(); ++i)
            c.R(s - c.samples.begin, i) =
                std::exp(-energy(s) * static_cast<double>(c.times[static_cast<std::size_t>(i / orbits.size())])) *
                (offset + cosines(orbits.representatives()[static_cast<std::size_t>(i % orbits.size())]));
    write_correlator(world(), path, c, "");
}

// Masses 0.5 and 1: mu = 1/3, D = -1/3, so (1 + 3 D^2)/(8 mu) = (4/3)/(8/3) = 1/2.
TEST(LeadingOrderPotential, TermsOfAnExponentialTimesAPlaneWave) {
    TemporaryFile const path("waves.h5");
    write_waves(path.path());
    CorrelatorFile const file(world(), path.path());
    for (StencilOrder const order : {StencilOrder::second, StencilOrder::fourth}) {
        bool const second = order == StencilOrder::second;
        LeadingOrderSettings const settings{
            {5, 6}, order, order, file.ensemble().reduced_mass_a(), file.ensemble().mass_asymmetry()};
        auto const potential = leading_order_potential(world(), file, settings);
        double const eigenvalue =
            second ? 2.0 * std::cos(k) - 2.0 : (-2.0 * std::cos(2.0 * k) + 32.0 * std::cos(k) - 30.0) / 12.0;
        for (std::int64_t s = potential.samples.begin; s < potential.samples.end; ++s) {
            double const E = energy(s);
            double const slope = second ? -std::sinh(E) : (2.0 * std::sinh(2.0 * E) - 16.0 * std::sinh(E)) / 12.0;
            double const curvature =
                second ? 2.0 * std::cosh(E) - 2.0 : (-2.0 * std::cosh(2.0 * E) + 32.0 * std::cosh(E) - 30.0) / 12.0;
            for (Eigen::Index i = 0; i < 2 * file.orbits().size(); ++i) {
                double const wave =
                    cosines(file.orbits().representatives()[static_cast<std::size_t>(i % file.orbits().size())]);
                auto const value = [&](Term term) { return potential.of_sample[term](s - potential.samples.begin, i); };
                double const kinetic = 1.5 * eigenvalue * wave / (offset + wave);
                EXPECT_NEAR(value(Term::kinetic), kinetic, 1e-13);
                EXPECT_NEAR(value(Term::first_derivative), -slope, 1e-13);
                EXPECT_NEAR(value(Term::second_derivative), 0.5 * curvature, 1e-13);
                EXPECT_NEAR(value(Term::total), kinetic - slope + 0.5 * curvature, 1e-13);
            }
        }
        // The kinetic term has no error here; that of -dR/dt is the jackknife's, sqrt(4/5 sum (x - mean)^2).
        EXPECT_LT(potential.result[Term::kinetic].error.maxCoeff(), 1e-13);
        if (!second) continue;
        double mean = 0.0, squares = 0.0;
        for (std::int64_t s = 0; s < samples; ++s) mean += std::sinh(energy(s)) / samples;
        for (std::int64_t s = 0; s < samples; ++s) squares += std::pow(std::sinh(energy(s)) - mean, 2);
        EXPECT_NEAR(potential.result[Term::first_derivative].mean[3], mean, 1e-13);
        EXPECT_NEAR(potential.result[Term::first_derivative].error[3], std::sqrt(0.8 * squares), 1e-13);
    }
}

TEST(LeadingOrderPotential, IsEqualToTheBitOnAnyNumberOfRanks) {
    TemporaryFile const path("bits.h5");
    write_waves(path.path());
    Communicator const self = world().split(world().rank());
    CorrelatorFile const file(world(), path.path()), own(self, path.path());
    LeadingOrderSettings const settings{{4, 5}, StencilOrder::fourth, StencilOrder::second, 0.3, 0.0};
    auto const together = leading_order_potential(world(), file, settings);
    auto const alone = leading_order_potential(self, own, settings);
    for (std::size_t i = 0; i < LeadingOrderPotential::terms; ++i) {
        EXPECT_EQ(together.result[i].mean, alone.result[i].mean);
        EXPECT_EQ(together.result[i].error, alone.result[i].error);
    }
}

TEST(LeadingOrderPotential, NeighboursInTimeMustBeThere) {
    TemporaryFile const path("edge.h5");
    write_waves(path.path());
    CorrelatorFile const file(world(), path.path());
    auto const message = [&](std::int64_t t, StencilOrder order) {
        return message_of([&] {
            leading_order_potential(world(), file, {{t}, StencilOrder::second, order, 0.3, 0.0});
        });
    };
    EXPECT_NE(message(3, StencilOrder::second).find("lacks t = 2, which derivatives at t = 3 need"), std::string::npos);
    EXPECT_NE(message(7, StencilOrder::fourth).find("lacks t = 9"), std::string::npos);
    EXPECT_EQ(message(7, StencilOrder::second), "");
}

std::string printed(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6e", value);
    return text;
}

// A published table of another program, all seven digits of values and errors: Xi-Xi 1S0 on a 48^3 lattice at t = 10
// with two bins of two configurations; every 15th orbit, in the order of CubicOrbits.
TEST(LeadingOrderPotential, ReproducesThePublishedXiXiTable) {
    std::string const folder = testing::shared_data_folder() + "/lattice/xixi_48/";
    std::ifstream table(folder + "published_potential_1s0_t10_sample.dat");
    if (!table) GTEST_SKIP() << folder << " is absent";
    ImportSettings settings;
    settings.configurations = {"rot_tyzx", "rot_xtzy", "rot_xytz", "rot_xyzt"};
    settings.times = {9, 10, 11};
    settings.ensemble.spatial_extent = settings.ensemble.temporal_extent = 48;
    settings.ensemble.inverse_a_MeV = 2194.0;
    settings.ensemble.baryons.fill({"Xi", 0.6640971, 0.0});
    settings.ensemble.configurations = 4;
    settings.ensemble.resampling.bin_size = 2;
    settings.wave_file = [&](std::string const& c, std::int64_t t) {
        return folder + (t < 10 ? "nbs/NBSwave.t00" : "nbs/NBSwave.t0") + std::to_string(t) + "." + c;
    };
    auto const correlator = [&](std::string const& name) {
        return [=](std::string const& c) { return folder + "correlator/" + name + "_CG05_CG05_correlator.ama." + c; };
    };
    settings.baryons = {{correlator("Xi"), correlator("antiXi")}};
    TemporaryFile const path("xixi.h5");
    write_correlator(world(), path.path(), import_correlator(world(), settings), "");
    CorrelatorFile const file(world(), path.path());
    // The table's reduced mass: half of 0.665.
    auto const potential =
        leading_order_potential(world(), file, {{10}, StencilOrder::second, StencilOrder::second, 0.3325, 0.0});

    Eigen::Index orbit = 0;
    for (std::string line; std::getline(table, line);) {
        if (line[0] == '#') continue;
        std::istringstream numbers(line);
        std::array<double, 9> published{};
        for (double& number : published) numbers >> number;
        ASSERT_TRUE(numbers);
        EXPECT_EQ(printed(file.orbits().r()[orbit]), printed(published[0]));
        for (std::size_t term = 0; term < LeadingOrderPotential::terms; ++term) {
            EXPECT_EQ(printed(potential.result[term].mean[orbit]), printed(published[1 + 2 * term]))
                << "orbit " << orbit;
            EXPECT_EQ(printed(potential.result[term].error[orbit]), printed(published[2 + 2 * term]))
                << "orbit " << orbit;
        }
        orbit += 15;
    }
    EXPECT_EQ(orbit, file.orbits().size());
    // Values that were published at more points: r = 0 ... 5.
    double const at_r[] = {1.478588, 0.7249425, 0.2449829, 0.1045931, 0.03781774, 0.006441390};
    for (Eigen::Index r = 0; r < 6; ++r) EXPECT_EQ(printed(potential.result[Term::total].mean[r]), printed(at_r[r]));
}

}  // namespace
}  // namespace hadronforce
