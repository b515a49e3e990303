#include "hadronforce/femtoscopy/measurement_model.hpp"

#include "hadronforce/femtoscopy/uncoupled_pair.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

struct Bins {
    Eigen::ArrayXd low, high;
    Eigen::Index size() const { return low.size(); }
    Eigen::ArrayXd centres() const { return 0.5 * (low + high); }
};

Bins bins_of(double from, double width, int count) {
    Eigen::ArrayXd const low = from + width * Eigen::ArrayXd::LinSpaced(count, 0.0, count - 1.0);
    return {low, low + width};
}

/// Two spin-1/2 fermions without any force: C = 1 - exp(-4 k^2 r0^2)/2.
PairModel free_fermions(ModelNumber r0_fm) {
    return {
        "fermions",
        uncoupled_pair(
            {469.0, 0, {{0.25, Exchange::even, {}}, {0.75, Exchange::odd, {}}}, {"gaussian", {{"r0_fm", {r0_fm}}}}})};
}

double free_fermions_at(double k_MeV, double r0_fm) {
    double const x = 2.0 * k_MeV * r0_fm / units::hbar_c_MeV_fm;
    return 1.0 - 0.5 * std::exp(-x * x);
}

/// integral k^2 f dk/integral k^2 dk by Simpson's rule of 2000 intervals.
template <class Function>
double bin_average(double low, double high, Function const& f) {
    double sum = 0.0, weight = 0.0;
    for (int i = 0; i <= 2000; ++i) {
        double const k = low + (high - low) * i / 2000.0,
                     w = k * k * (i == 0 || i == 2000 ? 1.0 : (i % 2 == 1 ? 4.0 : 2.0));
        sum += w * f(k);
        weight += w;
    }
    return sum / weight;
}

TEST(CorrelationModel, AveragesFreeFermionsOverBins) {
    auto const bins = bins_of(4.0, 8.0, 20);
    MeasurementModel model;
    model.pair = free_fermions({0.0, 0});
    model.lambda = {0.7, {}};
    model.normalisation = {0.0, 1};
    model.baseline = {{0.0, 2}, {-0.3, {}}};
    CorrelationModel correlation(model, bins.low, bins.high);
    for (double r0 : {1.3, 2.0, 1.3}) {
        Eigen::ArrayXd const c = correlation.in_bins(Eigen::Vector3d(r0, 1.1, 0.2));
        for (Eigen::Index i = 0; i < bins.size(); ++i) {
            double const low = bins.low[i], high = bins.high[i];
            double const pairs =
                bin_average(low, high, [&](double k) { return 1.0 + 0.7 * (free_fermions_at(k, r0) - 1.0); });
            double const baseline =
                bin_average(low, high, [](double k) { return 1.0 + 0.2 * k / 1e3 - 0.3 * k * k / 1e6; });
            EXPECT_NEAR(c[i], 1.1 * baseline * pairs, 3e-6) << r0 << " " << low;
        }
    }
}

TEST(CorrelationModel, PointsAreTakenWhereTheyAre) {
    auto bins = bins_of(4.0, 8.0, 5);
    bins.low = bins.high = bins.centres();
    MeasurementModel model;
    model.pair = free_fermions({1.3, {}});
    Eigen::ArrayXd const c = CorrelationModel(model, bins.low, bins.high).in_bins({});
    for (Eigen::Index i = 0; i < 5; ++i) EXPECT_NEAR(c[i], free_fermions_at(bins.centres()[i], 1.3), 1e-6);
}

// l = 3 in a square well: a resonance at 80 MeV/c, 0.15 MeV/c wide, which three points in each bin of 4 MeV/c do not
// see. Means of the two bins beside it: spherical Bessel functions, with panels of 16 points that shrink towards the
// resonance.
PairModel resonant_pair(ModelNumber depth_MeV) {
    double const mass = units::reduced_mass(938.272, 1115.683);
    return {
        "p-Lambda-like",
        uncoupled_pair(
            {mass,
             0,
             {{1.0, Exchange::none, {{3, {"square_well", {{"depth_MeV", {depth_MeV}}, {"radius_fm", {{2.0, {}}}}}}}}}},
             {"gaussian", {{"r0_fm", {{1.2, {}}}}}}})};
}

TEST(CorrelationModel, AveragesANarrowResonance) {
    auto const bins = bins_of(76.0, 4.0, 2);
    Eigen::Array2d const exact(152.753033, 141.648587);
    MeasurementModel model;
    model.pair = resonant_pair({0.0, 0});
    Eigen::VectorXd const depth = Eigen::VectorXd::Constant(1, 308.2668666657679);
    auto const largest_error = [&](double lambda) {
        Eigen::ArrayXd const c = CorrelationModel(model, bins.low, bins.high).in_bins(depth);
        return ((c - 1.0) / (lambda * (exact - 1.0)) - 1.0).abs().maxCoeff();
    };
    EXPECT_LE(largest_error(1.0), 2e-6);
    // Other rules to begin with, and nodes that were chosen for another depth.
    model.pair.tolerance = 1e-4;
    model.points_per_bin = 1;
    EXPECT_LE(largest_error(1.0), 2e-4);
    model.typical = 1.001 * depth;
    EXPECT_LE(largest_error(1.0), 2e-4);
    // A contribution is averaged no worse.
    model.contributions = {{"resonant", {0.5, {}}, model.pair}};
    model.pair = free_fermions({1.3, {}});
    model.lambda = {0.0, {}};
    EXPECT_LE(largest_error(0.5), 2e-4);
}

/// Columns of the bins' width from 0 on, so that rows are some of them.
MomentumMatrix identity(Bins const& bins, int columns) {
    double const width = bins.high[0] - bins.low[0];
    MomentumMatrix matrix;
    matrix.path = "resolution.csv";
    matrix.low_MeV = bins.low;
    matrix.high_MeV = bins.high;
    matrix.from_low_MeV = width * Eigen::ArrayXd::LinSpaced(columns, 0.0, columns - 1.0);
    matrix.from_high_MeV = matrix.from_low_MeV + width;
    matrix.weights = Eigen::MatrixXd::Zero(bins.size(), columns);
    for (Eigen::Index i = 0; i < bins.size(); ++i) matrix.weights(i, std::lround(bins.low[i] / width)) = 1.0;
    return matrix;
}

TEST(CorrelationModel, AResolutionOfDeltaFunctionsChangesNothing) {
    auto const bins = bins_of(8.0, 4.0, 20);
    MeasurementModel model;
    model.pair = free_fermions({1.3, {}});
    model.baseline = {{0.5, {}}};
    Eigen::ArrayXd const without = CorrelationModel(model, bins.low, bins.high).in_bins({});
    model.resolution = identity(bins, 40);
    EXPECT_LE((CorrelationModel(model, bins.low, bins.high).in_bins({}) - without).abs().maxCoeff(), 1e-6);
    EXPECT_LE(
        (CorrelationModel(model, bins.low, bins.high).genuine_in_bins({}) * (1.0 + 0.5e-3 * bins.centres()) - without)
            .abs()
            .maxCoeff(),
        1e-3);
    auto const others = bins_of(10.0, 4.0, 20);
    EXPECT_NE(message_of([&] {
                  CorrelationModel(model, others.low, others.high);
              }).find("has no row for the bin from 10 to 14"),
              std::string::npos);
}

// A pair that is fed down without a change of momentum, and a flat one: lambdas of one C.
TEST(CorrelationModel, ContributionsAddWithTheirLambdas) {
    auto const bins = bins_of(0.0, 4.0, 30);
    MeasurementModel model;
    model.pair = free_fermions({1.3, {}});
    Eigen::ArrayXd const c = CorrelationModel(model, bins.low, bins.high).in_bins({});
    model.lambda = {0.5, {}};
    model.contributions = {{"same", {0.2, {}}, free_fermions({1.3, {}})}, {"flat", {0.3, {}}, {}}};
    EXPECT_LE((CorrelationModel(model, bins.low, bins.high).in_bins({}) - (1.0 + 0.7 * (c - 1.0))).abs().maxCoeff(),
              1e-6);
    // The same through a matrix of delta functions: C of bins, interpolated, (4/60)^3 = 3e-4 of the curve's scale.
    model.contributions[0].mothers = identity(bins, 30);
    EXPECT_LE((CorrelationModel(model, bins.low, bins.high).in_bins({}) - (1.0 + 0.7 * (c - 1.0))).abs().maxCoeff(),
              1e-3);
    // All mothers at large momentum, where C is 1: nothing is left of it.
    model.contributions[0].mothers->weights.setZero();
    model.contributions[0].mothers->weights.col(29).setOnes();
    model.contributions[0].mothers->from_low_MeV += 800.0;
    model.contributions[0].mothers->from_high_MeV += 800.0;
    EXPECT_LE((CorrelationModel(model, bins.low, bins.high).in_bins({}) - (1.0 + 0.5 * (c - 1.0))).abs().maxCoeff(),
              1e-6);
}

// With everything that a detector does: parts add up, what is flat adds nothing, and what is twice there adds as its
// lambda.
TEST(CorrelationModel, PartsAddUp) {
    auto const bins = bins_of(0.0, 4.0, 20);
    MeasurementModel model;
    model.pair = free_fermions({1.3, {}});
    model.lambda = {0.5, {}};
    model.contributions = {{"same", {0.2, {}}, free_fermions({1.3, {}})}, {"flat", {0.3, {}}, {}}};
    model.normalisation = {1.1, {}};
    model.baseline = {{-0.4, {}}};
    model.resolution_sigma_MeV = 5.0;
    CorrelationModel correlation(model, bins.low, bins.high);
    auto const parts = correlation.parts_in_bins({});
    ASSERT_EQ(parts.contributions.size(), 2U);
    Eigen::ArrayXd const sum = parts.baseline + parts.genuine + parts.contributions[0] + parts.contributions[1];
    EXPECT_LE((sum - correlation.in_bins({})).abs().maxCoeff(), 1e-14);
    EXPECT_LE((parts.contributions[0] - 0.4 * parts.genuine).abs().maxCoeff(), 1e-14);
    EXPECT_EQ(parts.contributions[1].abs().maxCoeff(), 0.0);
    // Averages over phase space, k^2 dk.
    Eigen::ArrayXd const k = 0.75 * (bins.high.pow(4) - bins.low.pow(4)) / (bins.high.pow(3) - bins.low.pow(3));
    EXPECT_LE((parts.baseline - 1.1 * (1.0 - 0.4e-3 * k)).abs().maxCoeff(), 1e-12);
    EXPECT_LT(parts.genuine[0], -0.2);  // of two fermions C - 1 = -1/2 at k = 0
}

// A shape with a kink in the middle of the second bin, |k - 16|/10: its averages are those of two lines.
TEST(CorrelationModel, AddsTheTemplateOfABaseline) {
    auto const bins = bins_of(4.0, 8.0, 3);
    MeasurementModel model;
    model.pair = free_fermions({1.3, {}});
    model.lambda = {0.0, {}};
    model.baseline = {{0.2, {}}};
    model.baseline_template = BaselineTemplate{[](double k) { return 1.0 + std::fabs(k - 16.0) / 10.0; }, {0.0, 0}};
    CorrelationModel correlation(model, bins.low, bins.high);
    for (double const scale : {0.0, 0.7, -0.1}) {
        Eigen::ArrayXd const c = correlation.in_bins(Eigen::VectorXd::Constant(1, scale));
        for (Eigen::Index i = 0; i < 3; ++i)
            EXPECT_NEAR(c[i],
                        bin_average(bins.low[i], bins.high[i],
                                    [&](double k) { return 1.0 + 0.2e-3 * k + scale * std::fabs(k - 16.0) / 10.0; }),
                        2e-6);
    }
    CorrelationModel points(model, bins.centres(), bins.centres());
    EXPECT_NEAR(points.in_bins(Eigen::VectorXd::Constant(1, 0.5))[0], 1.0 + 0.2e-3 * 8.0 + 0.5 * 0.8, 1e-14);
}

TEST(CorrelationModel, RefusesSourcesThatAreNone) {
    MeasurementModel model;
    model.pair = free_fermions({0.0, 0});
    auto const bins = bins_of(4.0, 8.0, 5);
    CorrelationModel correlation(model, bins.low, bins.high);
    EXPECT_NE(message_of([&] { correlation.in_bins(Eigen::VectorXd::Constant(1, -1.0)); }), "");
}

}  // namespace
}  // namespace hadronforce
