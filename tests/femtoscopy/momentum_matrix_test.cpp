#include "hadronforce/femtoscopy/momentum_matrix.hpp"

#include "hadronforce/femtoscopy/bin_average.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

double normal_integral(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

/// Rows [low, high] of `width`; columns of `from_width` up to `from_max`; the momentum of the columns is Gaussian about
/// the row's centre (width sigma; 0: the identity).
MomentumMatrix smearing(double from, double to, double width, double from_max, double from_width, double sigma) {
    auto const rows = std::lround((to - from) / width), columns = std::lround(from_max / from_width);
    MomentumMatrix m;
    m.path = "resolution.csv";
    m.low_MeV = from + width * Eigen::ArrayXd::LinSpaced(rows, 0.0, static_cast<double>(rows - 1));
    m.high_MeV = m.low_MeV + width;
    m.from_low_MeV = from_width * Eigen::ArrayXd::LinSpaced(columns, 0.0, static_cast<double>(columns - 1));
    m.from_high_MeV = m.from_low_MeV + from_width;
    m.weights = Eigen::MatrixXd::Zero(rows, columns);
    for (Eigen::Index i = 0; i < rows; ++i)
        for (Eigen::Index j = 0; j < columns; ++j) {
            double const centre = 0.5 * (m.low_MeV[i] + m.high_MeV[i]);
            if (sigma == 0.0)
                m.weights(i, j) = centre >= m.from_low_MeV[j] && centre < m.from_high_MeV[j] ? 1.0 : 0.0;
            else
                m.weights(i, j) = normal_integral((m.from_high_MeV[j] - centre) / sigma) -
                                  normal_integral((m.from_low_MeV[j] - centre) / sigma);
        }
    normalise_rows(m);
    return m;
}

TEST(MomentumMatrix, OfDeltaFunctionsIsTheIdentity) {
    auto const m = smearing(0.0, 100.0, 4.0, 100.0, 4.0, 0.0);
    check_momentum_matrix(m);
    Eigen::ArrayXd const c = 1.0 + (-m.from_low_MeV / 30.0).exp();
    EXPECT_EQ((m.weights * c.matrix()).array().size(), c.size());
    EXPECT_LE(((m.weights * c.matrix()).array() - c).abs().maxCoeff(), 0.0);
}

TEST(MomentumMatrix, AConstantStaysConstant) {
    auto const m = smearing(4.0, 100.0, 4.0, 200.0, 2.0, 7.0);
    check_momentum_matrix(m);
    Eigen::ArrayXd const ones = Eigen::ArrayXd::Constant(m.from_low_MeV.size(), 1.3);
    EXPECT_LE(((m.weights * ones.matrix()).array() - 1.3).abs().maxCoeff(), 1e-14);
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(37, 0.5, 150.0);
    EXPECT_LE((fed_down(m, ones, k) - 1.3).abs().maxCoeff(), 1e-14);
}

// A Gaussian of width s about m, smeared with sigma, is one of width sqrt(s^2 + sigma^2), lower by s over that. Columns
// of 0.5 MeV/c under a width of 15 leave (0.5/15)^2/24 = 5e-5.
TEST(MomentumMatrix, SmearsAGaussianIntoAWiderOne) {
    double const s = 15.0, mean = 100.0, sigma = 8.0, wide = std::hypot(s, sigma);
    auto const m = smearing(60.0, 140.0, 4.0, 250.0, 0.5, sigma);
    BinAverage const from(m.from_low_MeV, m.from_high_MeV, 4, [](double) { return 1.0; });
    Eigen::ArrayXd const narrow = (-0.5 * ((from.nodes_MeV() - mean) / s).square()).exp();
    Eigen::ArrayXd const centres = 0.5 * (m.low_MeV + m.high_MeV);
    Eigen::ArrayXd const expected = s / wide * (-0.5 * ((centres - mean) / wide).square()).exp();
    Eigen::ArrayXd const found = (m.weights * from.average(narrow).matrix()).array();
    EXPECT_LE((found - expected).abs().maxCoeff(), 1e-4);
    // Smearing did something: the peak lost an eighth.
    EXPECT_GT((found - (-0.5 * ((centres - mean) / s).square()).exp()).abs().maxCoeff(), 0.1);
    // Fed down to other momenta: third order in the rows' spacing of 4 under a width of 17.
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(50, 63.0, 137.0);
    Eigen::ArrayXd const at_k = s / wide * (-0.5 * ((k - mean) / wide).square()).exp();
    EXPECT_LE((fed_down(m, from.average(narrow), k) - at_k).abs().maxCoeff(), 3e-3);
}

TEST(MomentumMatrix, RowsAreTakenByTheirEdges) {
    auto const m = smearing(0.0, 100.0, 4.0, 200.0, 2.0, 7.0);
    Eigen::ArrayXd const low = (Eigen::ArrayXd(2) << 8.0, 40.0).finished();
    auto const part = rows_of_bins(m, low, low + 4.0);
    EXPECT_TRUE((part.weights.row(0).array() == m.weights.row(2).array()).all());
    EXPECT_TRUE((part.weights.row(1).array() == m.weights.row(10).array()).all());
    EXPECT_NE(message_of([&] { rows_of_bins(m, low, low + 5.0); }).find("has no row for the bin from 8 to 13 MeV/c"),
              std::string::npos);
}

TEST(MomentumMatrix, RefusesWhatIsNoSmearing) {
    auto const good = smearing(0.0, 20.0, 4.0, 40.0, 4.0, 5.0);
    auto const with = [&](auto const& spoil) {
        MomentumMatrix m = good;
        spoil(m);
        return message_of([&] { check_momentum_matrix(m); });
    };
    EXPECT_EQ(with([](MomentumMatrix&) {}), "");
    EXPECT_NE(with([](MomentumMatrix& m) { m.weights.row(2) *= 0.9; }).find("from 8 to 12 MeV/c adds to 0.9"),
              std::string::npos);
    EXPECT_NE(with([](MomentumMatrix& m) { m.weights(1, 1) = -0.1; }).find("negative"), std::string::npos);
    EXPECT_NE(with([](MomentumMatrix& m) { m.weights(1, 1) = std::nan(""); }).find("not finite"), std::string::npos);
    EXPECT_NE(with([](MomentumMatrix& m) { m.low_MeV[2] = 6.0; }).find("begins before the one that ends at 8"),
              std::string::npos);
    EXPECT_NE(with([](MomentumMatrix& m) { m.from_high_MeV[0] = 0.0; }).find("is no bin"), std::string::npos);
    EXPECT_NE(with([](MomentumMatrix& m) { m.weights.conservativeResize(4, 10); }).find("is 4 x 10"),
              std::string::npos);
    EXPECT_NE(message_of([&] {
                  MomentumMatrix m = good;
                  m.weights.row(0).setZero();
                  normalise_rows(m);
              }).find("has no pairs"),
              std::string::npos);
}

}  // namespace
}  // namespace hadronforce
