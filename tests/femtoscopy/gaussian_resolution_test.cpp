#include "hadronforce/femtoscopy/gaussian_resolution.hpp"

#include "hadronforce/femtoscopy/adaptive_bin_average.hpp"
#include "hadronforce/femtoscopy/measurement_model.hpp"
#include "hadronforce/femtoscopy/uncoupled_pair.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <iostream>
#include <random>

namespace hadronforce {
namespace {

constexpr double r0_fm = 1.3;

struct Bins {
    Eigen::ArrayXd low, high;
};

/// Of width 4 from 0 on, of unequal ones with a gap between, and momenta without a width.
Bins const even{Eigen::ArrayXd::LinSpaced(40, 0.0, 156.0), Eigen::ArrayXd::LinSpaced(40, 4.0, 160.0)};
Bins const uneven{(Eigen::ArrayXd(5) << 6.0, 10.0, 13.0, 60.0, 150.0).finished(),
                  (Eigen::ArrayXd(5) << 10.0, 13.0, 25.0, 150.0, 170.0).finished()};
Bins const points{(Eigen::ArrayXd(4) << 3.0, 9.0, 30.0, 120.0).finished(),
                  (Eigen::ArrayXd(4) << 3.0, 9.0, 30.0, 120.0).finished()};

/// Two spin-1/2 fermions without any force.
double fermions(double k_MeV) {
    double const x = 2.0 * k_MeV * r0_fm / units::hbar_c_MeV_fm;
    return 1.0 - 0.5 * std::exp(-x * x);
}

MeasurementModel model_of_fermions(double sigma_MeV) {
    MeasurementModel model;
    model.pair = {"fermions", uncoupled_pair({469.0,
                                              0,
                                              {{0.25, Exchange::even, {}}, {0.75, Exchange::odd, {}}},
                                              {"gaussian", {{"r0_fm", {{r0_fm, {}}}}}}})};
    model.resolution_sigma_MeV = sigma_MeV;
    return model;
}

/// C(k) = 1 - exp(-k^2/(2 a^2))/2 under phase space is a Gaussian in three dimensions, and so is what smears it: what
/// is measured at k is 1 - (a^2/(a^2 + sigma^2))^(3/2) exp(-k^2/(2 (a^2 + sigma^2)))/2.
double smeared_fermions(double k_MeV, double sigma) {
    double const a2 = std::pow(units::hbar_c_MeV_fm / r0_fm, 2) / 8.0, wide2 = a2 + sigma * sigma;
    return 1.0 - 0.5 * std::pow(a2 / wide2, 1.5) * std::exp(-0.5 * k_MeV * k_MeV / wide2);
}

/// integral w f dk/integral w dk by Simpson's rule.
template <class Function, class Weight>
double average(double low, double high, Function const& f, Weight const& w, int intervals = 2000) {
    if (low == high) return f(low);
    double sum = 0.0, norm = 0.0;
    for (int i = 0; i <= intervals; ++i) {
        double const k = low + (high - low) * i / intervals;
        double const rule = i == 0 || i == intervals ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;
        sum += rule * w(k) * f(k);
        norm += rule * w(k);
    }
    return sum / norm;
}

Eigen::ArrayXd measured(MeasurementModel const& model, Bins const& bins) {
    return CorrelationModel(model, bins.low, bins.high).in_bins({});
}

TEST(GaussianResolution, WithoutCorrelationsNothingIsSeen) {
    for (auto const& bins : {even, uneven, points})
        for (double const sigma : {0.01, 1.0, 3.0, 20.0}) {
            auto const matrix = gaussian_resolution(bins.low, bins.high, sigma);
            EXPECT_NO_THROW(if (bins.low[0] < bins.high[0]) check_momentum_matrix(matrix));
            auto model = model_of_fermions(sigma);
            model.lambda = {0.0, {}};
            EXPECT_LT((measured(model, bins) - 1.0).abs().maxCoeff(), 1e-10);
            EXPECT_LE(matrix.from_high_MeV.tail(1)[0], bins.high.tail(1)[0] + 6.0 * sigma + 1e-9);
        }
}

TEST(GaussianResolution, FermionsAreSmearedInClosedForm) {
    for (auto const& bins : {even, uneven, points})
        for (double const sigma : {0.5, 3.0, 8.0}) {
            auto const c = measured(model_of_fermions(sigma), bins);
            for (Eigen::Index i = 0; i < c.size(); ++i) {
                double const expected = average(
                    bins.low[i], bins.high[i], [&](double k) { return smeared_fermions(k, sigma); },
                    BinAverage::phase_space);
                EXPECT_NEAR(c[i], expected, 2e-6) << bins.low[i] << " " << sigma;
            }
        }
    // It is seen: the depth at k = 0 by per cents.
    EXPECT_GT(smeared_fermions(0.0, 8.0) - fermions(0.0), 0.01);
}

/// By its definition, over true and measured momenta: with a weight that is not phase space.
TEST(GaussianResolution, IsTheDoubleIntegralOfAnyWeight) {
    double const sigma = 3.0;
    auto const weight = [](double k) { return k * k * std::exp(-k / 40.0); };
    auto const density = [&](double to, double from) {  // Maxwell's about a centre
        auto const bell = [&](double x) { return std::exp(-0.5 * x * x / (sigma * sigma)); };
        return from == 0.0 ? 0.0 : to / from * (bell(to - from) - bell(to + from));
    };
    auto model = model_of_fermions(sigma);
    model.weight = weight;
    auto const c = measured(model, even);
    for (Eigen::Index i = 0; i < c.size(); i += 3) {
        double pairs = 0.0, all = 0.0;
        int const steps = 40;
        for (int n = 0; n <= steps; ++n) {
            double const to = even.low[i] + (even.high[i] - even.low[i]) * n / steps;
            double const rule = n == 0 || n == steps ? 1.0 : n % 2 == 1 ? 4.0 : 2.0;
            double const low = std::max(0.0, to - 10.0 * sigma), high = to + 10.0 * sigma;
            auto const at = [&](double from) { return weight(from) * density(to, from); };
            double const norm = average(low, high, at, [](double) { return 1.0; }) * (high - low);
            if (norm > 0.0) pairs += rule * norm * average(low, high, fermions, at);
            all += rule * norm;
        }
        EXPECT_NEAR(c[i], pairs / all, 1e-5) << even.low[i];
    }
}

TEST(GaussianResolution, OfNoWidthChangesNothing) {
    for (auto const& bins : {even, uneven, points}) {
        auto model = model_of_fermions(0.01);
        auto const c = measured(model, bins);
        model.resolution_sigma_MeV.reset();
        EXPECT_LT((c - measured(model, bins)).abs().maxCoeff(), 2e-6);  // twice the tolerance
    }
}

/// Momenta are drawn in phase space, weighted by C, smeared component by component, and counted.
TEST(GaussianResolution, IsWhatCountedPairsGive) {
    double const sigma = 3.0, k_max = 90.0;
    Bins const bins{Eigen::ArrayXd::LinSpaced(8, 0.0, 56.0), Eigen::ArrayXd::LinSpaced(8, 8.0, 64.0)};
    unsigned const seed = 20260417;
    std::cout << "seed " << seed << "\n";
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> uniform;
    std::normal_distribution<double> normal(0.0, sigma);
    Eigen::ArrayXd same = Eigen::ArrayXd::Zero(8), mixed = same, squares = same;
    for (int n = 0; n < 4000000; ++n) {
        double const k = k_max * std::cbrt(uniform(random));
        // The direction of k does not matter: along z.
        double const x = normal(random), y = normal(random), z = k + normal(random);
        double const found = std::sqrt(x * x + y * y + z * z);
        if (found >= 64.0) continue;
        auto const bin = static_cast<Eigen::Index>(found / 8.0);
        double const c = fermions(k);
        same[bin] += c;
        squares[bin] += c * c;
        mixed[bin] += 1.0;
    }
    Eigen::ArrayXd const ratio = same / mixed, error = ((squares / mixed - ratio.square()) / mixed).sqrt();
    auto const c = measured(model_of_fermions(sigma), bins);
    for (Eigen::Index i = 0; i < 8; ++i) {
        EXPECT_NEAR(c[i], ratio[i], 3.0 * error[i]) << bins.low[i];
        EXPECT_LT(error[i], 1e-3);
    }
    // 60 MeV/c and more from where pairs were drawn no more: 6 sigma.
    EXPECT_GT(k_max - 64.0, 6.0 * sigma);
}

TEST(GaussianResolution, ProbabilityIsThatOfThreeComponents) {
    // All of them below a large momentum, none below 0, and half the sphere's fraction in between by its derivative.
    EXPECT_NEAR(smeared_below(20.0, 200.0, 3.0), 1.0, 1e-15);
    EXPECT_NEAR(smeared_below(20.0, 0.0, 3.0), 0.0, 1e-15);
    // At k -> 0 it is Maxwell's own: erf(x) - 2 x exp(-x^2)/sqrt(pi) with x = k'/(sqrt(2) sigma).
    double const x = 5.0 / (std::sqrt(2.0) * 3.0);
    EXPECT_NEAR(smeared_below(1e-4, 5.0, 3.0), std::erf(x) - 2.0 * x * std::exp(-x * x) / std::sqrt(units::pi), 1e-9);
}

TEST(GaussianResolution, RefusesWidthsThatAreNone) {
    for (double const sigma : {0.0, -1.0, 1000.0, std::nan("")})
        EXPECT_NE(message_of([&] { gaussian_resolution(even.low, even.high, sigma); }).find("between 0.01 and 100"),
                  std::string::npos);
}

}  // namespace
}  // namespace hadronforce
