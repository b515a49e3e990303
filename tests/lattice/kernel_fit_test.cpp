#include "hadronforce/error.hpp"
#include "hadronforce/lattice/kernel_file.hpp"
#include "hadronforce/lattice/mock_waves.hpp"
#include "hadronforce/random/random.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/message_of.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>
#include <Eigen/Cholesky>

#include <cmath>
#include <limits>
#include <stdexcept>

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

KernelFitResult fitted(KernelNetwork& network, std::int64_t steps) {
    KernelFitSettings settings;
    settings.most_steps = steps;
    settings.goal = 1e-12;
    initialise(network, settings.seed);
    auto result = fit_kernel(network, data(), settings);
    EXPECT_EQ(result.end, FitEnd::most_steps);
    return result;
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
    auto const result = fitted(network, 60);
    EXPECT_NEAR(result.curve.front().residual, 1.0, 1e-12);  // U = 0 at the start
    for (std::size_t i = 1; i < result.curve.size(); ++i) EXPECT_LT(result.curve[i].loss, result.curve[i - 1].loss);
    EXPECT_LT(result.residual, 0.05);
    EXPECT_EQ(network.parameters(), result.parameters);
    EXPECT_NEAR(weighted_residuals(network, data()).norm(), result.residual, 1e-9);
}

/// A correlator of sorts: three waves that differ little at many radii, of V(r) and a kernel, with errors and offsets.
KernelFitData noisy_data(double noise, std::int64_t sample = 0) {
    constexpr Eigen::Index radii = 300, waves = 3;
    KernelFitData data;
    data.r = Eigen::ArrayXd::LinSpaced(radii, 0.01, 2.4);
    data.measure = 4.0 * units::pi * data.r.square() * (2.4 / radii);
    data.waves.resize(radii, waves);
    data.targets.resize(radii, waves);
    for (Eigen::Index s = 0; s < waves; ++s) {
        Eigen::ArrayXd const psi = 1.0 + (0.8 + 0.01 * static_cast<double>(s)) * (-data.r).exp();
        Eigen::ArrayXd const V = 300.0 * (-(data.r / 0.15).square()).exp() - 60.0 * (-(data.r / 0.7).square()).exp();
        Eigen::ArrayXd U_psi = (-2.0 * data.r).exp();
        U_psi *= -3.0 * (U_psi * psi * data.measure).sum();
        data.waves.col(s) = psi;
        data.targets.col(s) = V * psi + U_psi;
        double const offset = noise * normal_draw(9, static_cast<std::uint64_t>(sample), static_cast<std::uint32_t>(s));
        for (Eigen::Index i = 0; i < radii; ++i)
            data.targets(i, s) += psi[i] * (offset + noise * normal_draw(10 + static_cast<std::uint64_t>(s),
                                                                         static_cast<std::uint64_t>(i),
                                                                         static_cast<std::uint32_t>(sample)));
    }
    data.weights = (noise * data.waves.array()).square().inverse().matrix();
    data.is_chi2 = true;
    data.offset_covariance = noise * noise * Eigen::MatrixXd::Identity(waves, waves);
    return data;
}

KernelNetwork unit_network(bool has_kernel) {
    KernelNetworkSettings settings;
    settings.latent = has_kernel ? 2 : 0;
    settings.widths_f = {16};
    settings.widths_g = settings.widths_local = {64};
    settings.inputs = "logarithm";
    settings.cut = 2.5;
    settings.r_scale = 0.06;
    settings.u_scale = settings.v_scale = 30.0;
    settings.tail = {"yukawa", 300.0, 0.3, false, 0.0};
    KernelNetwork network(settings);
    initialise(network, 1);
    return network;
}

// The loss of the fit is worked out as a quadratic form on nodes; here by the sum over all radii, with the offsets set
// to their best values, written out.
TEST(KernelFit, ItsLossIsThatOfAllRadii) {
    auto const data = noisy_data(0.3);
    auto network = unit_network(true);
    KernelFitSettings settings;
    settings.l2 = 0.7;
    settings.penalty = 1e3;
    auto const result = fit_kernel(network, data, settings);
    EXPECT_TRUE(result.converged);
    Eigen::VectorXd const b = fitted_offsets(network, data, settings);
    Eigen::MatrixXd const residual =
        weighted_residuals(network, data).array() + (data.waves * b.asDiagonal()).array() * data.weights.array().sqrt();
    double const expected = residual.squaredNorm() + b.dot(data.offset_covariance.ldlt().solve(b));
    EXPECT_NEAR(result.data_loss / expected, 1.0, 1e-6);
    double const log_scale = network.parameters().tail(1)[0];
    double of_outputs = 0.0;
    for (auto const& span : {network.output_of_kernel(), network.output_of_local()})
        of_outputs += network.parameters().segment(span.begin, span.size).squaredNorm();
    Eigen::ArrayXd const r = data.r;
    Eigen::ArrayXXd U(r.size(), r.size());
    network.fill(r, r, U);
    double const of_waves = (data.waves.array().square().colwise() * data.measure).sum();
    double const of_targets = (data.targets.array().square().colwise() * data.measure).sum();
    double U_squared = 0.0;
    for (Eigen::Index i = 0; i < r.size(); ++i)
        for (Eigen::Index j = 0; j < r.size(); ++j) U_squared += U(i, j) * U(i, j) * data.measure[i] * data.measure[j];
    double const whole =
        expected + 0.7 * of_outputs + std::pow(log_scale / 0.3, 2) + 1e3 * of_waves / of_targets * U_squared;
    EXPECT_NEAR(result.loss / whole, 1.0, 1e-2);  // the sum over radii is no better than that
}

// A sample's fit that starts where the mean ended is the fit from scratch: there is one minimum.
TEST(KernelFit, SamplesDoNotDependOnWhereTheyStart) {
    for (bool const has_kernel : {false, true}) {
        KernelFitSettings settings;
        settings.l2 = 1.0;
        settings.penalty = 1e4;
        auto mean = unit_network(has_kernel);
        EXPECT_TRUE(fit_kernel(mean, noisy_data(0.3), settings).converged);
        auto const other = noisy_data(0.3, 1);
        auto from_mean = mean, from_scratch = unit_network(has_kernel);
        auto const a = fit_kernel(from_mean, other, settings), b = fit_kernel(from_scratch, other, settings);
        EXPECT_TRUE(a.converged && b.converged);
        EXPECT_NEAR(a.loss, b.loss, 1e-3);  // in units of chi^2
        Eigen::ArrayXd const r = Eigen::ArrayXd::LinSpaced(30, 0.1, 3.0);
        EXPECT_LT((from_mean.local(r) - from_scratch.local(r)).abs().maxCoeff(),
                  0.02 * (from_mean.local(r) - mean.local(r)).abs().maxCoeff());
    }
}

TEST(KernelFit, NamesTheStepWhereItsLossIsNotFinite) {
    auto broken = data();
    broken.targets.row(3).setConstant(1e200);
    auto network = small_network();
    initialise(network, 1);
    try {
        fit_kernel(network, broken, {});
        ADD_FAILURE() << "nothing was thrown";
    } catch (std::runtime_error const& error) {
        EXPECT_STREQ(error.what(), "the loss of the fit is not finite in step 0; change the network or fit.seed");
    }
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
    auto const result = fitted(network, 3);
    KernelFits starts;
    fit_in_rounds(
        world(), "start", 1, true, [&](std::int64_t) { return result; }, {}, starts);
    KernelFitReport report;
    report.wave_axis = "momentum";
    report.wave_unit = "1";
    report.wave_values = waves.momenta;
    report.how_it_ended = "most steps";
    write_fitted_kernel(world(), potential_file.path(), {waves.units, network, starts, {}, {}, {}}, waves.data, report,
                        "a: 1\n");
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
