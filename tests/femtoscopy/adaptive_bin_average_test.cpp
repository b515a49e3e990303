#include "hadronforce/femtoscopy/adaptive_bin_average.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

namespace hadronforce {
namespace {

struct Averaged {
    Eigen::ArrayXd values;
    Eigen::Index asked_for;  ///< momenta beside the first ones
};

Averaged averaged(AdaptiveBinAverage const& bins, std::function<double(double)> const& value,
                  std::function<double(double)> const& phase, double tolerance) {
    Averaged result{{}, 0};
    auto const at = [&](Eigen::ArrayXd const& k) {
        CurveAtNodes curve{k.unaryExpr(value), {}};
        if (phase) curve.phases_rad.push_back(k.unaryExpr(phase));
        return curve;
    };
    auto const elsewhere = [&](Eigen::ArrayXd const& k) {
        result.asked_for += k.size();
        EXPECT_TRUE((k.tail(k.size() - 1) > k.head(k.size() - 1)).all());
        return at(k);
    };
    result.values = bins.average(at(bins.nodes_MeV()), elsewhere, tolerance);
    return result;
}

Eigen::ArrayXd edges(double from, double to, int bins) { return Eigen::ArrayXd::LinSpaced(bins + 1, from, to); }

AdaptiveBinAverage bins_between(double from, double to, int bins, int points = 3,
                                BinAverage::Weight const& weight = BinAverage::phase_space) {
    Eigen::ArrayXd const e = edges(from, to, bins);
    return {e.head(bins), e.tail(bins), points, weight};
}

// integral k^2 exp(-a k) dk = -exp(-a k) (k^2/a + 2 k/a^2 + 2/a^3).
TEST(AdaptiveBinAverage, NeedsNothingMoreWhereTheCurveIsSmooth) {
    double const a = 1.0 / 60.0;
    auto const primitive = [&](double k) {
        return -std::exp(-a * k) * (k * k / a + 2.0 * k / (a * a) + 2.0 / (a * a * a));
    };
    for (int points : {1, 2, 3, 5, 20}) {
        auto const bins = bins_between(4.0, 304.0, 75, points);
        auto const result = averaged(
            bins, [&](double k) { return std::exp(-a * k); }, {}, 1e-6);
        if (points >= 3) {
            EXPECT_EQ(result.asked_for, 0) << points;
        }
        Eigen::ArrayXd const e = edges(4.0, 304.0, 75);
        for (Eigen::Index i = 0; i < 75; ++i)
            EXPECT_NEAR(result.values[i],
                        3.0 * (primitive(e[i + 1]) - primitive(e[i])) / (std::pow(e[i + 1], 3) - std::pow(e[i], 3)),
                        1e-6)
                << points;
    }
}

// Breit and Wigner's curve with weight 1 is an arctangent. Down to widths of which no node has an inkling the phase
// tells where to look.
TEST(AdaptiveBinAverage, FindsResonancesByTheirPhase) {
    for (double width : {3.0, 0.1, 1e-3, 1e-6})
        for (double centre : {81.3, 79.9999, 76.0, 98.0, 62.000001}) {
            auto const bins = bins_between(60.0, 100.0, 10, 3, [](double) { return 1.0; });
            auto const phase = [&](double k) { return std::atan2(0.5 * width, centre - k); };
            auto const value = [&](double k) { return std::pow(std::sin(phase(k)), 2) / width; };
            auto const result = averaged(bins, value, phase, 1e-6);
            Eigen::ArrayXd const e = edges(60.0, 100.0, 10);
            for (Eigen::Index i = 0; i < 10; ++i) {
                double const exact = 0.5 * (phase(e[i + 1]) - phase(e[i])) / 4.0;
                EXPECT_NEAR(result.values[i], exact, 1e-6 * std::max(1.0, exact)) << width << " " << centre << " " << i;
            }
            EXPECT_LT(result.asked_for, 8000) << width << " " << centre;
        }
}

// Cusps, |k - c|^(1/2) as at a threshold, anywhere in a bin.
TEST(AdaptiveBinAverage, FollowsCusps) {
    auto const bins = bins_between(60.0, 100.0, 4, 3, [](double) { return 1.0; });
    for (int i = 0; i < 200; ++i) {
        double const at = 70.01 + i * 0.0499;
        auto const cusp = averaged(
            bins, [&](double k) { return std::sqrt(std::fabs(k - at)); }, {}, 1e-6);
        double const exact = (std::pow(at - 70.0, 1.5) + std::pow(80.0 - at, 1.5)) / 1.5 / 10.0;
        EXPECT_NEAR(cusp.values[1], exact, 1e-6 * exact) << at;
    }
}

// One wide bin has no neighbours: Kronrod's rule judges.
TEST(AdaptiveBinAverage, TakesOneWideBin) {
    auto const bins = bins_between(1.0, 401.0, 1, 3, [](double) { return 1.0; });
    auto const result = averaged(
        bins, [](double k) { return std::cos(0.3 * k); }, {}, 1e-7);
    EXPECT_NEAR(result.values[0], (std::sin(0.3 * 401.0) - std::sin(0.3)) / 0.3 / 400.0, 1e-7);
}

// A table of pairs has kinks: w = |k - 30|, f = k.
TEST(AdaptiveBinAverage, TakesWeightsWithKinks) {
    auto const bins = bins_between(20.0, 44.0, 3, 3, [](double k) { return std::fabs(k - 30.0); });
    auto const result = averaged(
        bins, [](double k) { return k / 30.0; }, {}, 1e-6);
    // From 28 to 36 with x = k - 30: integral |x| (30 + x) from -2 to 6 over integral |x|.
    EXPECT_NEAR(result.values[1], (30.0 * 20.0 + (216.0 - 8.0) / 3.0) / 20.0 / 30.0, 1e-6);
}

TEST(AdaptiveBinAverage, PointsAndGapsStayAsTheyAre) {
    Eigen::ArrayXd const low = (Eigen::ArrayXd(4) << 0.0, 4.0, 20.0, 50.0).finished();
    Eigen::ArrayXd const high = (Eigen::ArrayXd(4) << 4.0, 12.0, 30.0, 50.0).finished();
    AdaptiveBinAverage const bins(low, high, 3);
    auto const& nodes = bins.nodes_MeV();
    EXPECT_TRUE((nodes.tail(nodes.size() - 1) > nodes.head(nodes.size() - 1)).all());
    auto const result = averaged(
        bins, [](double k) { return k * k / 2500.0; }, {}, 1e-9);
    for (Eigen::Index i = 0; i < 3; ++i)
        EXPECT_NEAR(
            result.values[i],
            0.6 * (std::pow(high[i], 5) - std::pow(low[i], 5)) / (std::pow(high[i], 3) - std::pow(low[i], 3)) / 2500.0,
            1e-9);
    EXPECT_DOUBLE_EQ(result.values[3], 1.0);
}

TEST(AdaptiveBinAverage, NamesTheBinThatItCannotAverage) {
    auto const bins = bins_between(60.0, 100.0, 10);
    auto const jumps = [](double k) { return k < 77.0 ? 0.0 : units::pi; };
    try {
        averaged(
            bins, [](double) { return 1.0; }, jumps, 1e-6);
        FAIL() << "no average has this bin";
    } catch (ConvergenceError const& error) {
        EXPECT_NE(std::string(error.what()).find("the bin from 76 to 80 MeV/c"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace hadronforce
