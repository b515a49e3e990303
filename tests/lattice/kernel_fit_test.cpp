#include "hadronforce/error.hpp"
#include "hadronforce/lattice/kernel_file.hpp"
#include "hadronforce/lattice/kernel_fit_checkpoint.hpp"
#include "hadronforce/lattice/mock_waves.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/message_of.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <csignal>
#include <limits>

namespace hadronforce {
namespace {

double const reduced_mass = 3.30;

SeparableExponential const& kernel() {
    static SeparableExponential const potential(-0.017, 1.0, std::numeric_limits<double>::infinity());
    return potential;
}

KernelFitData data() {
    return mock_waves({nullptr, &kernel(), 2.0 * reduced_mass}, end_points(0.1, 1.5, 10), 1e-13, 12.0, 2);
}

KernelNetwork small_network() {
    KernelNetworkSettings settings;
    settings.latent = 2;
    settings.widths_f = settings.widths_g = {8};
    settings.cut = 12.1;
    settings.r_scale = 4.0;
    settings.u_scale = 0.017;
    return KernelNetwork(settings);
}

KernelFitState fitted(
    KernelNetwork& network, std::int64_t steps, std::optional<KernelFitState> const& from = {},
    std::function<void(KernelFitState const&)> const& step_done = [](KernelFitState const&) {},
    std::function<void(KernelFitState const&)> const& save = [](KernelFitState const&) {}) {
    KernelFitSettings settings;
    settings.most_steps = steps;
    settings.goal = 1e-12;
    KernelFitState state;
    StopRequest const stop;
    KernelFitCallbacks callbacks;
    callbacks.step_done = step_done;
    callbacks.save = save;
    callbacks.should_stop = [&] { return stop.on_this_rank(); };
    EXPECT_EQ(fit_kernel(world(), network, data(), settings, from, callbacks, state), FitEnd::most_steps);
    return state;
}

// (E - H0) psi is taken from the kernel; it must be what the Laplacian makes of psi = u/r: (u'' + k^2 u)/(2 m r), by
// differences of step h, error h^4.
TEST(MockWaves, SatisfyTheSchroedingerEquation) {
    Interaction const interaction{nullptr, &kernel(), 2.0 * reduced_mass};
    auto const waves = data();
    NonlocalSolver const solver(interaction, 1.5);
    Eigen::ArrayXd const k = end_points(0.1, 1.5, 10);
    Eigen::MatrixXd const u = solver.waves(k);
    double const h = 1e-2;
    for (Eigen::Index i : {5, 20, 40}) {
        double const r = waves.r[i];
        Eigen::ArrayXd around(5);
        around << r - 2 * h, r - h, r, r + h, r + 2 * h;
        Eigen::MatrixXd const near = solver.panels().interpolation(around) * u;
        for (Eigen::Index s = 0; s < 10; ++s) {
            double const curvature =
                (-near(0, s) + 16 * near(1, s) - 30 * near(2, s) + 16 * near(3, s) - near(4, s)) / (12 * h * h);
            EXPECT_NEAR(waves.targets(i, s), (curvature + k[s] * k[s] * near(2, s)) / (2.0 * reduced_mass * r), 1e-7);
            EXPECT_NEAR(waves.waves(i, s), near(2, s) / r, 1e-12);
        }
    }
}

TEST(KernelFit, ReducesTheResidualAndNeverTheOtherWay) {
    auto network = small_network();
    auto const state = fitted(network, 60);
    EXPECT_NEAR(state.curve.front().residual, 1.0, 1e-12);  // U = 0 at the start
    for (std::size_t i = 1; i < state.curve.size(); ++i) EXPECT_LT(state.curve[i].loss, state.curve[i - 1].loss);
    EXPECT_LT(state.curve.back().residual, 0.05);
    auto const residuals = relative_residuals(network, data());
    EXPECT_NEAR(std::sqrt(residuals.squaredNorm() / 10.0), state.curve.back().residual, 1e-12);
}

// The losses of one rank alone, whatever the number of ranks: sums differ by rounding, which the first steps do not
// blow up.
TEST(KernelFit, LossesDoNotDependOnTheNumberOfRanks) {
    auto network = small_network();
    auto const together = fitted(network, 20);
    Communicator const alone = world().split(world().rank());
    auto single = small_network();
    KernelFitSettings settings;
    settings.most_steps = 20;
    settings.goal = 1e-12;
    KernelFitState state;
    fit_kernel(alone, single, data(), settings, {}, {}, state);
    ASSERT_EQ(state.curve.size(), together.curve.size());
    for (std::size_t i = 0; i < state.curve.size(); ++i)
        EXPECT_NEAR(together.curve[i].loss / state.curve[i].loss, 1.0, 1e-10) << "step " << i;
}

TEST(KernelFit, AStoppedFitGoesOnExactlyWhereItWas) {
    RunIdentity const identity{"fit: {l2: 1e-6}\n", {}, {{"data.file", "waves.h5", "abc"}}, {}};
    TemporaryFile const file("fit.checkpoint");
    auto undisturbed = small_network();
    auto const whole = fitted(undisturbed, 30);
    auto network = small_network();
    auto const stop_at_12 = [&](KernelFitState const& state) {
        if (state.step == 12 && world().is_root()) std::raise(SIGUSR1);
    };
    auto const save = [&](KernelFitState const& state) {
        write_fit_checkpoint(world(), file.path(), {state, {}, {}}, identity);
    };
    EXPECT_THROW(fitted(network, 30, {}, stop_at_12, save), Stopped);
    auto const saved = read_fit_checkpoint(world(), file.path(), identity, network.parameter_count());
    EXPECT_EQ(saved.mean.step, 12);
    auto resumed = small_network();
    auto const rest = fitted(resumed, 30, saved.mean);
    ASSERT_EQ(rest.curve.size(), whole.curve.size());
    for (std::size_t i = 0; i < rest.curve.size(); ++i)
        EXPECT_EQ(rest.curve[i].loss, whole.curve[i].loss) << "step " << i;
    EXPECT_EQ(resumed.parameters(), undisturbed.parameters());
    auto const refusal_of = [&](RunIdentity const& other) {
        return message_of([&] { read_fit_checkpoint(world(), file.path(), other, network.parameter_count()); });
    };
    EXPECT_EQ(refusal_of({"fit: {l2: 1e-5}\n", {}, identity.inputs, {}}),
              file.path() + ": belongs to another config; fit without --resume (fit.l2 was 1e-06 and is 1e-05)");
    EXPECT_EQ(refusal_of({identity.config, {}, {{"data.file", "waves.h5", "abd"}}, {}}),
              file.path() + ": belongs to another config; fit without --resume (waves.h5 has changed since)");
    EXPECT_NE(
        message_of([&] { read_fit_checkpoint(world(), file.path(), identity, 3); }).find("does not fit the network"),
        std::string::npos);
}

TEST(KernelFiles, WavesAndKernelsComeBackAsTheyWere) {
    TemporaryFile const waves_file("waves.h5"), potential_file("potential.h5");
    WavesFile const waves{{true, reduced_mass}, end_points(0.1, 1.5, 10), data()};
    write_waves(world(), waves_file.path(), waves, "a: 1\n");
    auto const read = read_waves(world(), waves_file.path());
    EXPECT_TRUE(read.units.natural);
    EXPECT_EQ(read.units.reduced_mass, reduced_mass);
    EXPECT_EQ(read.data.waves, waves.data.waves);
    EXPECT_EQ(read.data.targets, waves.data.targets);
    EXPECT_TRUE((read.data.r == waves.data.r).all() && (read.data.measure == waves.data.measure).all());

    auto network = small_network();
    auto const state = fitted(network, 3);
    KernelFitReport report;
    report.wave_axis = "momentum";
    report.wave_unit = "1";
    report.wave_values = waves.momenta;
    report.state = state;
    report.how_it_ended = "most steps";
    write_fitted_kernel(world(), potential_file.path(), {waves.units, network, {}}, waves.data, report, "a: 1\n");
    auto const kernel_read = read_fitted_kernel(world(), potential_file.path());
    EXPECT_EQ(kernel_read.network.parameters(), network.parameters());
    Eigen::ArrayXXd before(48, 48), after(48, 48);
    network.fill(waves.data.r, waves.data.r, before);
    kernel_read.network.fill(waves.data.r, waves.data.r, after);
    EXPECT_TRUE((before == after).all());
    EXPECT_NE(message_of([&] { read_waves(world(), potential_file.path()); }).find("a waves file is needed"),
              std::string::npos);
}

TEST(KernelFiles, RefuseDataThatMakeNoSense) {
    auto const refused = [](std::function<void(KernelFitData&)> const& spoil, char const* part) {
        auto bad = data();
        spoil(bad);
        auto const message = message_of([&] { check(bad); });
        EXPECT_NE(message.find(part), std::string::npos) << message;
    };
    refused([](KernelFitData& d) { d.waves(3, 2) = NAN; }, "not finite");
    refused([](KernelFitData& d) { d.targets.col(4).setZero(); }, "wave 4");
    refused([](KernelFitData& d) { d.r[7] = d.r[6]; }, "must increase");
    refused([](KernelFitData& d) { d.r = -d.r; }, "must increase");
    refused([](KernelFitData& d) { d.measure[0] = 0.0; }, "must be positive");
    refused([](KernelFitData& d) { d.targets.conservativeResize(d.r.size(), 9); }, "do not fit together");
    refused([](KernelFitData& d) { d.waves.resize(0, 0); }, "do not fit together");
}

}  // namespace
}  // namespace hadronforce
