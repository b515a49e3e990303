#include "hadronforce/femtoscopy/measured_correlation.hpp"

#include "support/message_of.hpp"

#include <gtest/gtest.h>

namespace hadronforce {
namespace {

MeasuredCorrelation four_bins() {
    MeasuredCorrelation data;
    data.path = "data.csv";
    data.k_low_MeV = (Eigen::ArrayXd(4) << 0.0, 4.0, 8.0, 20.0).finished();
    data.k_high_MeV = (Eigen::ArrayXd(4) << 4.0, 8.0, 12.0, 24.0).finished();
    data.k_star_MeV = 0.5 * (data.k_low_MeV + data.k_high_MeV);
    data.correlation = (Eigen::ArrayXd(4) << 1.0, 2.0, 3.0, 2.0).finished();
    data.errors = {{"stat", Eigen::ArrayXd::Constant(4, 0.3), Eigen::ArrayXd::Constant(4, 0.3)},
                   {"sys", Eigen::ArrayXd::Constant(4, 0.2), Eigen::ArrayXd::Constant(4, 0.6)}};
    data.covariance = Eigen::MatrixXd::Constant(4, 4, 0.01);
    data.lines = {3, 4, 5, 8};
    data.table_rows = {0, 1, 2, 4};
    return data;
}

TEST(MeasuredBins, AreSelectedWhole) {
    auto const part = within(four_bins(), 4.0, 22.0);
    ASSERT_EQ(part.size(), 2);
    EXPECT_EQ(part.k_low_MeV[0], 4.0);
    EXPECT_EQ(part.correlation[1], 3.0);
    EXPECT_EQ(part.errors[1].up.size(), 2);
    EXPECT_EQ(part.covariance->rows(), 2);
    EXPECT_EQ(part.where(1), "data.csv:5");
    EXPECT_EQ(within(four_bins(), 4.0, 24.0).table_rows.back(), 4);
    EXPECT_NE(message_of([] { within(four_bins(), 30.0, 40.0); }).find("has no bin within 30 to 40 MeV/c"),
              std::string::npos);
}

// 0.3^2 + ((0.2 + 0.6)/2)^2 = 0.25, and the table's 0.01 everywhere.
TEST(MeasuredBins, ErrorsAddInQuadrature) {
    auto const both = covariance_of(four_bins(), {"stat", "sys"}, false);
    EXPECT_LE((both - 0.25 * Eigen::MatrixXd::Identity(4, 4)).cwiseAbs().maxCoeff(), 1e-16);
    auto const all = covariance_of(four_bins(), {"stat", "sys"}, true);
    EXPECT_NEAR(all(2, 2), 0.26, 1e-15);
    EXPECT_NEAR(all(2, 1), 0.01, 1e-15);
    EXPECT_NE(message_of([] { covariance_of(four_bins(), {"syst"}, false); }).find("its errors are stat, sys"),
              std::string::npos);
    EXPECT_NE(message_of([] { covariance_of(four_bins(), {}, false); }).find("data.csv:3: the bin has no error"),
              std::string::npos);
}

TEST(MeasuredBins, RefusesBinsThatAreNone) {
    auto const with = [&](auto const& spoil) {
        MeasuredCorrelation data = four_bins();
        spoil(data);
        return message_of([&] { check_measured_correlation(data); });
    };
    using Data = MeasuredCorrelation;
    EXPECT_EQ(with([](Data&) {}), "");
    EXPECT_NE(with([](Data& d) { d.k_low_MeV[0] = -1.0; }).find("data.csv:3: the bin begins at -1"), std::string::npos);
    EXPECT_NE(with([](Data& d) { d.k_high_MeV[1] = 3.0; }).find("data.csv:4: the bin from 4 to 3"), std::string::npos);
    EXPECT_NE(with([](Data& d) { d.k_star_MeV[3] = 30.0; }).find("data.csv:8: k* = 30"), std::string::npos);
    EXPECT_NE(with([](Data& d) { d.k_low_MeV[2] = 7.0; }).find("data.csv:5: the bin begins at 7"), std::string::npos);
    EXPECT_NE(with([](Data& d) { d.errors[1].down[2] = -0.1; }).find("data.csv:5: the error sys is -0.1"),
              std::string::npos);
}

}  // namespace
}  // namespace hadronforce
