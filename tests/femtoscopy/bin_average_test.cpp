#include "hadronforce/femtoscopy/bin_average.hpp"

#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

Eigen::ArrayXd const low = (Eigen::ArrayXd(4) << 0.0, 4.0, 20.0, 50.0).finished();
Eigen::ArrayXd const high = (Eigen::ArrayXd(4) << 4.0, 12.0, 50.0, 50.0).finished();  // the last: a point

TEST(BinAverage, AConstantStaysConstant) {
    for (int points : {1, 2, 5, 20}) {
        BinAverage const bins(low, high, points);
        Eigen::ArrayXd const average = bins.average(Eigen::ArrayXd::Constant(bins.nodes_MeV().size(), 1.7));
        ASSERT_EQ(average.size(), 4);
        EXPECT_LE((average - 1.7).abs().maxCoeff(), 1e-14) << points;
    }
}

// Gauss's rule of n points is exact to degree 2n - 1; k^2 k^m has degree m + 2.
TEST(BinAverage, PowersAreExactWithPhaseSpace) {
    BinAverage const bins(low, high, 4);
    for (int m = 0; m <= 5; ++m) {
        Eigen::ArrayXd const average = bins.average(bins.nodes_MeV().pow(m));
        for (Eigen::Index i = 0; i < 3; ++i) {
            double const a = low[i], b = high[i];
            double const expected =
                3.0 * (std::pow(b, m + 3) - std::pow(a, m + 3)) / ((m + 3) * (std::pow(b, 3) - std::pow(a, 3)));
            EXPECT_NEAR(average[i], expected, 1e-13 * expected) << m;
        }
        EXPECT_DOUBLE_EQ(average[3], std::pow(50.0, m));
    }
}

// w = exp(k/10), f = exp(-k/10): the average is (b - a)/(10 (exp(b/10) - exp(a/10))).
TEST(BinAverage, TakesAGivenWeight) {
    BinAverage const bins(low, high, 12, [](double k) { return std::exp(k / 10.0); });
    Eigen::ArrayXd const average = bins.average((-bins.nodes_MeV() / 10.0).exp());
    for (Eigen::Index i = 0; i < 3; ++i)
        EXPECT_NEAR(average[i], (high[i] - low[i]) / (10.0 * (std::exp(high[i] / 10.0) - std::exp(low[i] / 10.0))),
                    1e-12);
}

TEST(BinAverage, NodesLieInTheirBins) {
    BinAverage const bins(low, high, 3);
    ASSERT_EQ(bins.nodes_MeV().size(), 10);
    for (Eigen::Index i = 0; i < 3; ++i)
        for (Eigen::Index p = 0; p < 3; ++p) {
            EXPECT_GT(bins.nodes_MeV()[3 * i + p], low[i]);
            EXPECT_LT(bins.nodes_MeV()[3 * i + p], high[i]);
        }
    EXPECT_EQ(bins.nodes_MeV()[9], 50.0);
}

TEST(BinAverage, RefusesWhatHasNoAverage) {
    EXPECT_NE(message_of([] { BinAverage(high.head(2), low.head(2), 3); }).find("from 4 to 0 MeV/c is reversed"),
              std::string::npos);
    EXPECT_NE(message_of([] { BinAverage(low, high, 0); }).find("between 1 and 64"), std::string::npos);
    EXPECT_NE(message_of([] { BinAverage(low, high, 3, [](double) { return 0.0; }); }).find("has no weight"),
              std::string::npos);
    EXPECT_NE(message_of([] { BinAverage(low, high, 3, [](double k) { return k - 6.0; }); }).find("negative weight"),
              std::string::npos);
}

}  // namespace
}  // namespace hadronforce
