#include "hadronforce/fit/correlation_model.hpp"

#include "hadronforce/units/constants.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

MeasuredCorrelation bins_of(double from, double width, int count) {
    MeasuredCorrelation bins;
    bins.path = "data.csv";
    bins.k_low_MeV = from + width * Eigen::ArrayXd::LinSpaced(count, 0.0, count - 1.0);
    bins.k_high_MeV = bins.k_low_MeV + width;
    bins.k_star_MeV = bins.k_low_MeV + 0.5 * width;
    bins.correlation = Eigen::ArrayXd::Ones(count);
    for (int i = 0; i < count; ++i) bins.lines.push_back(i + 2), bins.table_rows.push_back(i);
    return bins;
}

/// Two spin-1/2 fermions without any force: C = 1 - exp(-4 k^2 r0^2)/2.
PairModel free_fermions(ModelNumber r0_fm) {
    PairModel pair;
    pair.reduced_mass_MeV = 469.0;
    pair.channels = {{0.25, Exchange::even, {}}, {0.75, Exchange::odd, {}}};
    pair.source_form = "gaussian";
    pair.source = {{"r0_fm", {r0_fm}}};
    return pair;
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
    CorrelationModel correlation(model, bins);
    for (double r0 : {1.3, 2.0, 1.3}) {
        Eigen::ArrayXd const c = correlation.in_bins(Eigen::Vector3d(r0, 1.1, 0.2));
        for (Eigen::Index i = 0; i < bins.size(); ++i) {
            double const low = bins.k_low_MeV[i], high = bins.k_high_MeV[i];
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
    bins.k_low_MeV = bins.k_high_MeV = bins.k_star_MeV;
    MeasurementModel model;
    model.pair = free_fermions({1.3, {}});
    Eigen::ArrayXd const c = CorrelationModel(model, bins).in_bins({});
    for (Eigen::Index i = 0; i < 5; ++i) EXPECT_NEAR(c[i], free_fermions_at(bins.k_star_MeV[i], 1.3), 1e-6);
}

/// Columns of the bins' width from 0 on, so that rows are some of them.
MomentumMatrix identity(MeasuredCorrelation const& bins, int columns) {
    double const width = bins.k_high_MeV[0] - bins.k_low_MeV[0];
    MomentumMatrix matrix;
    matrix.path = "resolution.csv";
    matrix.low_MeV = bins.k_low_MeV;
    matrix.high_MeV = bins.k_high_MeV;
    matrix.from_low_MeV = width * Eigen::ArrayXd::LinSpaced(columns, 0.0, columns - 1.0);
    matrix.from_high_MeV = matrix.from_low_MeV + width;
    matrix.weights = Eigen::MatrixXd::Zero(bins.size(), columns);
    for (Eigen::Index i = 0; i < bins.size(); ++i) matrix.weights(i, std::lround(bins.k_low_MeV[i] / width)) = 1.0;
    return matrix;
}

TEST(CorrelationModel, AResolutionOfDeltaFunctionsChangesNothing) {
    auto const bins = bins_of(8.0, 4.0, 20);
    MeasurementModel model;
    model.pair = free_fermions({1.3, {}});
    model.baseline = {{0.5, {}}};
    Eigen::ArrayXd const without = CorrelationModel(model, bins).in_bins({});
    model.resolution = identity(bins, 40);
    EXPECT_LE((CorrelationModel(model, bins).in_bins({}) - without).abs().maxCoeff(), 1e-6);
    EXPECT_LE((CorrelationModel(model, bins).genuine_in_bins({}) * (1.0 + 0.5e-3 * bins.k_star_MeV) - without)
                  .abs()
                  .maxCoeff(),
              1e-3);
    auto const others = bins_of(10.0, 4.0, 20);
    EXPECT_NE(message_of([&] { CorrelationModel(model, others); }).find("has no row for the bin from 10 to 14"),
              std::string::npos);
}

// A pair that is fed down without a change of momentum, and a flat one: lambdas of one C.
TEST(CorrelationModel, ContributionsAddWithTheirLambdas) {
    auto const bins = bins_of(0.0, 4.0, 30);
    MeasurementModel model;
    model.pair = free_fermions({1.3, {}});
    Eigen::ArrayXd const c = CorrelationModel(model, bins).in_bins({});
    model.lambda = {0.5, {}};
    model.contributions = {{"same", {0.2, {}}, free_fermions({1.3, {}}), {}}, {"flat", {0.3, {}}, {}, {}}};
    EXPECT_LE((CorrelationModel(model, bins).in_bins({}) - (1.0 + 0.7 * (c - 1.0))).abs().maxCoeff(), 1e-6);
    // The same through a matrix of delta functions: C of bins, interpolated, (4/60)^3 = 3e-4 of the curve's scale.
    model.contributions[0].mothers = identity(bins, 30);
    EXPECT_LE((CorrelationModel(model, bins).in_bins({}) - (1.0 + 0.7 * (c - 1.0))).abs().maxCoeff(), 1e-3);
    // All mothers at large momentum, where C is 1: nothing is left of it.
    model.contributions[0].mothers->weights.setZero();
    model.contributions[0].mothers->weights.col(29).setOnes();
    model.contributions[0].mothers->from_low_MeV += 800.0;
    model.contributions[0].mothers->from_high_MeV += 800.0;
    EXPECT_LE((CorrelationModel(model, bins).in_bins({}) - (1.0 + 0.5 * (c - 1.0))).abs().maxCoeff(), 1e-6);
}

TEST(CorrelationModel, RefusesSourcesThatAreNone) {
    MeasurementModel model;
    model.pair = free_fermions({0.0, 0});
    CorrelationModel correlation(model, bins_of(4.0, 8.0, 5));
    EXPECT_NE(message_of([&] { correlation.in_bins(Eigen::VectorXd::Constant(1, -1.0)); }), "");
}

}  // namespace
}  // namespace hadronforce
