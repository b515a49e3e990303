#include "hadronforce/lattice/sample_fits.hpp"

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

/// As fit_samples asks for them.
KernelFitData data_in(IndexRange which) { return data_of(which.size() == 0 ? -1 : which.begin); }

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
    settings.local_steps = 0;
    settings.most_steps = 60;
    settings.patience = 10;
    settings.least_progress = 0.05;
    return settings;
}

/// The network that explains the mean, found by one rank.
KernelNetwork const& mean_network() {
    static KernelNetwork const fitted = [] {
        auto network = small_network();
        auto settings = some_settings();
        settings.most_steps = 200;
        KernelFitState state;
        fit_kernel(world().split(world().rank()), network, data_of(-1), settings, {}, {}, state);
        return network;
    }();
    return fitted;
}

SampleFits fit_all(Communicator const& comm, KernelFitSettings const& settings,
                   std::function<KernelFitData(IndexRange)> const& data = data_in) {
    SampleFits fits;
    fit_samples(comm, mean_network(), samples, data, settings, {}, fits);
    return fits;
}

void expect_same_bits(SampleFits const& a, SampleFits const& b) {
    EXPECT_EQ(a.done, b.done);
    EXPECT_EQ(a.parameters, b.parameters);
    EXPECT_EQ(a.residual, b.residual);
    EXPECT_EQ(a.steps, b.steps);
    EXPECT_EQ(a.converged, b.converged);
}

/// Relative residual of parameters on the data of a sample.
double residual_of(Eigen::VectorXd const& parameters, std::int64_t sample) {
    auto network = small_network();
    network.set_parameters(parameters);
    auto const data = data_of(sample);
    return relative_residuals(network, data).norm() / std::sqrt(static_cast<double>(data.waves.cols()));
}

// Each sample's kernel explains its own data, and better than the mean's does.
TEST(SampleFits, FitEachSampleToItsOwnData) {
    auto const fits = fit_all(world(), some_settings());
    ASSERT_EQ(fits.done, samples);
    ASSERT_EQ(fits.parameters.rows(), samples);
    for (std::int64_t s = 0; s < samples; ++s) {
        auto const i = static_cast<std::size_t>(s);
        double const own = residual_of(fits.parameters.row(s).transpose(), s);
        EXPECT_NEAR(fits.residual[i], own, 1e-12);
        EXPECT_LT(own, 0.5 * residual_of(mean_network().parameters(), s)) << "sample " << s;
        EXPECT_EQ(fits.converged[i], 1);
        EXPECT_GT(fits.steps[i], 0);
    }
}

// Samples that a rank fits alone are those of one rank to the bit; groups of ranks sum in another order, which the
// steps of a fit blow up, but not what it finds.
TEST(SampleFits, GroupsOfRanksAgreeWithOneRank) {
    Communicator const alone = world().split(world().rank());
    auto settings = some_settings();
    settings.most_steps = 8;
    auto const together = fit_all(world(), settings), single = fit_all(alone, settings);
    for (std::int64_t s = 0; s < samples; ++s) {
        auto const i = static_cast<std::size_t>(s);
        EXPECT_EQ(together.steps[i], single.steps[i]);
        EXPECT_EQ(together.converged[i], single.converged[i]);
        EXPECT_NEAR(together.residual[i] / single.residual[i], 1.0, 1e-7) << "sample " << s;
        // 5 samples on 2 ranks: rounds of 2, 2, 1; on 3 ranks: 3, 2. Where ranks outnumber the rest they share a fit.
        bool const fitted_alone = s < samples - samples % world().size();
        if (fitted_alone) {
            EXPECT_EQ(together.parameters.row(s), single.parameters.row(s)) << "sample " << s;
        }
    }
}

// Sample 3 starts where the mean ended, is given no step and has other data: not converged. Others have reached the
// goal before their first step.
TEST(SampleFits, ASampleThatDoesNotConvergeIsMarkedAndLeftOutOfErrors) {
    auto settings = some_settings();
    settings.goal = 1.1 * residual_of(mean_network().parameters(), -1);
    settings.most_steps = 0;
    auto const fits = fit_all(world(), settings, [](IndexRange which) { return data_of(which.begin == 3 ? 3 : -1); });
    EXPECT_EQ(fits.converged, (std::vector<std::int64_t>{1, 1, 1, 0, 1}));
    EXPECT_GT(fits.residual[3], settings.goal);

    // U psi/psi of each sample: 1, 2, 3, 5 and, for the one left out, 1e6. The jackknife error of the four is sqrt(3/4
    // ((7/4)^2 + (3/4)^2 + (1/4)^2 + (9/4)^2)).
    double const values[] = {1.0, 2.0, 3.0, 1e6, 5.0};
    TemporaryFile const path("potential.h5");
    auto const data = data_of(-1);
    KernelFitReport report;
    report.wave_axis = "momentum";
    report.wave_unit = "1";
    report.wave_values = end_points(0.2, 1.4, 4);
    report.state.curve = {{0, 0.1, 0.01, 1.0, 0.0}};
    report.own_samples = share_of(samples, world().rank(), world().size());
    report.effective_local_of_samples.resize(report.own_samples.size(), data.waves.size());
    for (auto s = report.own_samples.begin; s < report.own_samples.end; ++s)
        report.effective_local_of_samples.row(s - report.own_samples.begin).setConstant(values[s]);
    KernelSamples const kept{Resampling::Kind::jackknife, fits};
    write_fitted_kernel(world(), path.path(), {{true, reduced_mass}, mean_network(), kept}, data, report, "a: 1\n");
    File const file(world(), path.path(), File::Mode::read);
    auto const error = file.read_all("/effective_local_error");
    double const expected = std::sqrt(0.75 * (49.0 + 9.0 + 1.0 + 81.0) / 16.0);
    EXPECT_LT((error.array() - expected).abs().maxCoeff(), 1e-12);
    auto const read = read_fitted_kernel(world(), path.path());
    ASSERT_TRUE(read.samples.has_value());
    expect_same_bits(read.samples->fits, fits);
}

// A sample whose loss overflows is marked, keeps the mean's parameters, and does not disturb the others.
TEST(SampleFits, ASampleThatBreaksDownIsMarked) {
    auto const good = fit_all(world(), some_settings());
    auto const fits = fit_all(world(), some_settings(), [](IndexRange which) {
        auto data = data_in(which);
        if (which.size() > 0 && which.begin == 1) data.targets *= 1e200;
        return data;
    });
    ASSERT_EQ(fits.done, samples);
    EXPECT_EQ(fits.converged, (std::vector<std::int64_t>{1, 0, 1, 1, 1}));
    EXPECT_TRUE(std::isnan(fits.residual[1]));
    EXPECT_EQ(fits.parameters.row(1).transpose(), mean_network().parameters());
    for (std::int64_t const s : {0, 2, 3, 4}) EXPECT_EQ(fits.parameters.row(s), good.parameters.row(s));
}

// Data that no fit could take end the run on all ranks, and are not counted as a fit that did not converge.
TEST(SampleFits, ASampleWithBadDataIsNamed) {
    auto const message = message_of([&] {
        fit_all(world(), some_settings(), [](IndexRange which) {
            auto data = data_in(which);
            if (which.begin == 1) data.targets.col(0).setZero();
            return data;
        });
    });
    EXPECT_NE(message.find("sample 1: wave 0 of the fit has a target that is zero everywhere"), std::string::npos)
        << message;
}

// Stopped in the second round, taken up again from the checkpoint: the same bits.
TEST(SampleFits, AStoppedRunGoesOnExactlyWhereItWas) {
    auto const undisturbed = fit_all(world(), some_settings());
    TemporaryFile const file("samples.checkpoint");
    RunIdentity const identity{"fit: {}\n", {}, {}, {}};
    SampleFits fits;
    KernelFitState mean;
    mean.parameters = mean_network().parameters();
    mean.loss = 0.01;
    mean.curve = {{0, 0.1, 0.01, 1.0, 0.0}};
    SampleFitCallbacks callbacks;
    std::int64_t rounds = 0;
    callbacks.round_done = [&](SampleFits const& done) {
        write_fit_checkpoint(world(), file.path(), {mean, FitEnd::no_more_progress, done}, identity);
        ++rounds;
    };
    // Only the last rank is asked to; all leave together.
    callbacks.should_stop = [&] { return rounds == 1 && world().rank() == world().size() - 1; };
    EXPECT_THROW(fit_samples(world(), mean_network(), samples, data_in, some_settings(), callbacks, fits), Stopped);
    EXPECT_EQ(rounds, 1);

    auto progress = read_fit_checkpoint(world(), file.path(), identity, mean_network().parameter_count());
    EXPECT_EQ(progress.mean_end, FitEnd::no_more_progress);
    EXPECT_EQ(progress.samples.done, world().size());
    fit_samples(world(), mean_network(), samples, data_in, some_settings(), {}, progress.samples);
    expect_same_bits(progress.samples, undisturbed);
}

/// The message of a fit whose loss becomes infinite on the rank that holds the radius `guilty`.
std::string message_of_overflow(std::int64_t guilty, std::string const& checkpoint) {
    auto data = data_of(-1);
    data.targets.row(guilty).setConstant(1e200);
    auto network = small_network();
    KernelFitCallbacks callbacks;
    callbacks.checkpoint = checkpoint;
    KernelFitState state, start;
    start.step = 7;
    start.parameters = mean_network().parameters();
    try {
        fit_kernel(world(), network, data, some_settings(), start, callbacks, state);
    } catch (std::runtime_error const& error) {
        return error.what();
    }
    return "";
}

TEST(KernelFit, NamesStepRankAndCheckpointWhereItsLossIsNotFinite) {
    auto const radii = static_cast<std::int64_t>(data_of(-1).r.size());
    for (int rank = 0; rank < world().size(); ++rank) {
        auto const message = message_of_overflow(share_of(radii, rank, world().size()).begin, "out/p.h5.checkpoint");
        EXPECT_EQ(message, "the loss of the fit is not finite in step 7, on rank " + std::to_string(rank) + " of " +
                               std::to_string(world().size()) +
                               "; go on from out/p.h5.checkpoint with --resume where it exists, or change the network "
                               "or fit.seed");
    }
    EXPECT_NE(message_of_overflow(0, "").find("; change the network or fit.seed"), std::string::npos);
}

}  // namespace
}  // namespace hadronforce
