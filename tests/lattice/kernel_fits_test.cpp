#include "hadronforce/lattice/kernel_fits.hpp"

#include "hadronforce/lattice/kernel_file.hpp"
#include "hadronforce/lattice/kernel_fit_checkpoint.hpp"
#include "hadronforce/lattice/mock_waves.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "support/message_of.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace hadronforce {
namespace {

constexpr std::int64_t samples = 5;
constexpr double reduced_mass = 3.30;

/// Exact waves of omega exp(-r - r') with omega a little stronger in each sample; -1 is the mean.
KernelFitData data_of(std::int64_t sample) {
    SeparableExponential const kernel(-0.017 * (1.0 + 0.03 * static_cast<double>(sample + 1)), 1.0,
                                      std::numeric_limits<double>::infinity());
    return mock_waves({nullptr, &kernel, 2.0 * reduced_mass}, end_points(0.2, 1.4, 4), 1e-12, 8.0, 1);
}

KernelNetwork small_network() {
    KernelNetworkSettings settings;
    settings.latent = 2;
    settings.widths_f = settings.widths_g = {5};
    settings.cut = 8.1;
    settings.r_scale = 3.0;
    settings.u_scale = 0.017;
    return KernelNetwork(settings);
}

KernelFitSettings some_settings() {
    KernelFitSettings settings;
    settings.goal = 1e-12;
    settings.l2 = 1e-6;
    settings.most_steps = 60;
    settings.patience = 10;
    settings.least_progress = 0.05;
    return settings;
}

/// The network that explains the mean.
KernelNetwork const& mean_network() {
    static KernelNetwork const fitted = [] {
        auto network = small_network();
        auto settings = some_settings();
        settings.most_steps = 200;
        initialise(network, 1);
        fit_kernel(network, data_of(-1), settings);
        return network;
    }();
    return fitted;
}

KernelFitResult fit_sample(std::int64_t sample) {
    auto network = mean_network();
    return fit_kernel(network, data_of(sample), some_settings());
}

KernelFits fit_all(Communicator const& comm, std::function<KernelFitResult(std::int64_t)> const& fit = fit_sample) {
    KernelFits fits;
    fit_in_rounds(comm, "sample", samples, true, fit, {}, fits);
    return fits;
}

void expect_same_bits(KernelFits const& a, KernelFits const& b) {
    EXPECT_EQ(a.done, b.done);
    EXPECT_EQ(a.parameters, b.parameters);
    EXPECT_EQ(a.loss, b.loss);
    EXPECT_EQ(a.data_loss, b.data_loss);
    EXPECT_EQ(a.residual, b.residual);
    EXPECT_EQ(a.steps, b.steps);
    EXPECT_EQ(a.converged, b.converged);
}

/// Relative residual of parameters on the data of a sample.
double residual_of(Eigen::VectorXd const& parameters, std::int64_t sample) {
    auto network = small_network();
    network.set_parameters(parameters);
    return weighted_residuals(network, data_of(sample)).norm();
}

// Each sample's kernel explains its own data, and better than the mean's does.
TEST(KernelFits, FitEachSampleToItsOwnData) {
    auto const fits = fit_all(world());
    ASSERT_EQ(fits.done, samples);
    ASSERT_EQ(fits.parameters.rows(), samples);
    for (std::int64_t s = 0; s < samples; ++s) {
        auto const i = static_cast<std::size_t>(s);
        double const own = residual_of(fits.parameters.row(s).transpose(), s);
        EXPECT_NEAR(fits.residual[i], own, 1e-9);
        EXPECT_LT(own, 0.5 * residual_of(mean_network().parameters(), s)) << "sample " << s;
        EXPECT_EQ(fits.converged[i], 1);
        EXPECT_GT(fits.steps[i], 0);
    }
}

// 5 samples on 2 ranks: rounds of 2, 2, 1; on 3 ranks: 3, 2.
TEST(KernelFits, DoNotDependOnTheNumberOfRanks) {
    Communicator const alone = world().split(world().rank());
    auto const together = fit_all(world()), single = fit_all(alone);
    expect_same_bits(together, single);
    ASSERT_EQ(together.best_curve.size(), single.best_curve.size());
    ASSERT_EQ(static_cast<std::int64_t>(together.best_curve.size()),
              together.steps[static_cast<std::size_t>(together.best())] + 1);
    for (std::size_t i = 0; i < together.best_curve.size(); ++i)
        EXPECT_EQ(together.best_curve[i].loss, single.best_curve[i].loss);
}

TEST(KernelFits, TheBestHasTheLowestLossOfThoseThatConverged) {
    double const losses[] = {3.0, std::nan(""), 1.0, 2.0, 2.5};
    auto fits = fit_all(world(), [&](std::int64_t i) {
        KernelFitResult result;
        result.parameters = mean_network().parameters();
        result.loss = losses[i];
        result.converged = i != 2;
        return result;
    });
    EXPECT_EQ(fits.best(), 3);
    fits.converged.assign(5, 0);
    EXPECT_EQ(fits.best(), 2);
    fits.loss.assign(5, std::nan(""));
    EXPECT_EQ(fits.best(), -1);
}

// U psi/psi of each sample: 1, 2, 3, 5 and, for the one that did not converge, 1e6. The jackknife error of the four is
// sqrt(3/4 ((7/4)^2 + (3/4)^2 + (1/4)^2 + (9/4)^2)).
TEST(KernelFits, ASampleThatDidNotConvergeIsLeftOutOfErrors) {
    auto fits = fit_all(world());
    fits.converged[3] = 0;
    double const values[] = {1.0, 2.0, 3.0, 1e6, 5.0};
    TemporaryFile const path("potential.h5");
    auto const data = data_of(-1);
    KernelFitReport report;
    report.wave_axis = "momentum";
    report.wave_unit = "1";
    report.wave_values = end_points(0.2, 1.4, 4);
    report.own_samples = share_of(samples, world().rank(), world().size());
    report.effective_local_of_samples.resize(report.own_samples.size(), data.waves.size());
    for (auto s = report.own_samples.begin; s < report.own_samples.end; ++s)
        report.effective_local_of_samples.row(s - report.own_samples.begin).setConstant(values[s]);
    KernelSamples const kept{Resampling::Kind::jackknife, fits, {}};
    write_fitted_kernel(world(), path.path(), {{true, reduced_mass}, mean_network(), fits, kept, {}, {}}, data, report,
                        "a: 1\n");
    File const file(world(), path.path(), File::Mode::read);
    auto const error = file.read_all("/effective_local_error");
    // Four of five samples stand for all: (N - 1)^2/(N (n - 1)).
    double const expected = std::sqrt(16.0 / (5.0 * 3.0) * (49.0 + 9.0 + 1.0 + 81.0) / 16.0);
    EXPECT_LT((error.array() - expected).abs().maxCoeff(), 1e-12);
    auto const read = read_fitted_kernel(world(), path.path());
    ASSERT_TRUE(read.samples.has_value());
    expect_same_bits(read.samples->fits, fits);
    expect_same_bits(read.starts, fits);
}

// Data that no fit could take end the run on all ranks, and are not counted as a fit that did not converge.
TEST(KernelFits, ASampleWithBadDataIsNamed) {
    auto const message = message_of([&] {
        fit_all(world(), [](std::int64_t sample) {
            auto network = mean_network();
            auto data = data_of(sample);
            if (sample == 1) data.targets.col(0).setZero();
            return fit_kernel(network, data, some_settings());
        });
    });
    EXPECT_NE(message.find("sample 1: wave 0 of the fit has a target that is zero everywhere"), std::string::npos)
        << message;
}

// Stopped in the second round, taken up again from the checkpoint: the same bits.
TEST(KernelFits, AStoppedRunGoesOnExactlyWhereItWas) {
    auto const undisturbed = fit_all(world());
    TemporaryFile const file("samples.checkpoint");
    RunIdentity const identity{"fit: {l2: 1e-6}\n", {}, {{"data.file", "waves.h5", "abc"}}, {}};
    KernelFits fits;
    KernelFitsCallbacks callbacks;
    std::int64_t rounds = 0;
    callbacks.round_done = [&](KernelFits const& done) {
        write_fit_checkpoint(world(), file.path(), {undisturbed, done}, identity);
        ++rounds;
    };
    // Only one rank is asked to; all leave together.
    auto const stops_in_second = [&](std::int64_t i) {
        if (rounds == 1 && world().is_root()) throw Stopped{"asked to"};
        return fit_sample(i);
    };
    EXPECT_THROW(fit_in_rounds(world(), "sample", samples, true, stops_in_second, callbacks, fits), Stopped);
    EXPECT_EQ(rounds, 1);

    auto const parameters = mean_network().parameter_count();
    auto progress = read_fit_checkpoint(world(), file.path(), identity, parameters);
    expect_same_bits(progress.starts, undisturbed);
    EXPECT_EQ(progress.starts.best_curve.size(), undisturbed.best_curve.size());
    EXPECT_EQ(progress.samples.done, world().size());
    fit_in_rounds(world(), "sample", samples, true, fit_sample, {}, progress.samples);
    expect_same_bits(progress.samples, undisturbed);

    auto const refusal_of = [&](RunIdentity const& other) {
        return message_of([&] { read_fit_checkpoint(world(), file.path(), other, parameters); });
    };
    EXPECT_EQ(refusal_of({"fit: {l2: 1e-5}\n", {}, identity.inputs, {}}),
              file.path() + ": belongs to another config; fit without --resume (fit.l2 was 1e-06 and is 1e-05)");
    EXPECT_EQ(refusal_of({identity.config, {}, {{"data.file", "waves.h5", "abd"}}, {}}),
              file.path() + ": belongs to another config; fit without --resume (waves.h5 has changed since)");
    EXPECT_NE(message_of([&] {
                  read_fit_checkpoint(world(), file.path(), identity, 3);
              }).find("/starts: does not fit the network"),
              std::string::npos);
}

}  // namespace
}  // namespace hadronforce
