#include "hadronforce/lattice/fit_quality.hpp"

#include "hadronforce/error.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>
#include <Eigen/Cholesky>

#include <cmath>
#include <random>

namespace hadronforce {
namespace {

/// Noise whose neighbours are correlated, bins x points.
class Noise {
  public:
    Noise(Eigen::Index points, double correlation, unsigned seed) : covariance_(points, points), generator_(seed) {
        for (Eigen::Index i = 0; i < points; ++i)
            for (Eigen::Index j = 0; j < points; ++j)
                covariance_(i, j) = std::pow(correlation, std::abs(i - j)) * static_cast<double>((10 + i) * (10 + j));
        root_ = covariance_.llt().matrixL();
    }
    RowMatrixXd draw(Eigen::Index bins) {
        RowMatrixXd normal(bins, root_.rows());
        for (auto& value : normal.reshaped()) value = distribution_(generator_);
        return normal * root_.transpose();
    }
    Eigen::MatrixXd const& covariance() const { return covariance_; }

  private:
    Eigen::MatrixXd covariance_, root_;
    std::mt19937_64 generator_;
    std::normal_distribution<double> distribution_;
};

RowMatrixXd deviations(RowMatrixXd const& bins) { return bins.rowwise() - bins.colwise().mean(); }

// With many bins the covariance is known, and chi^2 is the textbook's r C^-1 r with C that of the mean.
TEST(FitQuality, WithManyBinsItIsTheChi2OfTheKnownCovariance) {
    constexpr Eigen::Index bins = 4000;
    Noise noise(6, 0.7, 3);
    RowMatrixXd const data = deviations(noise.draw(bins));
    Eigen::RowVectorXd residual(6);
    residual << 0.3, -0.2, 0.1, 0.0, 0.4, -0.1;
    auto const quality = fit_quality(residual, data, data);
    double const expected = residual * (noise.covariance() / bins).llt().solve(residual.transpose());
    EXPECT_NEAR(quality.chi2 / expected, 1.0, 0.1);
    EXPECT_NEAR(quality.points, 6.0, 0.05);
    EXPECT_NEAR(quality.expected, 6.0, 0.05);
    EXPECT_EQ(quality.parameters, 0.0);
}

// Mock experiments of 20 bins and 15 points, in which a constant is fitted with all correlations known: chi^2 is on
// average what is expected of it, as few as the bins are, and the fit has taken one parameter from the points.
TEST(FitQuality, OfARightModelIsOnAverageWhatIsExpected) {
    constexpr int experiments = 400;
    constexpr Eigen::Index bins = 20, points = 15;
    Noise noise(points, 0.9, 7);
    Eigen::VectorXd weights = noise.covariance().llt().solve(Eigen::VectorXd::Ones(points));
    weights /= weights.sum();
    double chi2 = 0.0, squares = 0.0, expected = 0.0, taken = 0.0, of_points = 0.0;
    for (int i = 0; i < experiments; ++i) {
        RowMatrixXd const data = noise.draw(bins);
        RowMatrixXd const residuals = data.colwise() - Eigen::VectorXd(data * weights);
        Eigen::RowVectorXd const mean = residuals.colwise().mean();
        auto const quality = fit_quality(mean, deviations(data), deviations(residuals));
        chi2 += quality.chi2 / experiments;
        squares += quality.chi2 * quality.chi2 / experiments;
        expected += quality.expected / experiments;
        taken += quality.parameters / experiments;
        of_points += quality.points / experiments;
    }
    double const error = std::sqrt((squares - chi2 * chi2) / experiments);
    EXPECT_LT(std::abs(chi2 - expected), 3.0 * error) << chi2 << " +- " << error << " for " << expected;
    EXPECT_LT(error, 0.1 * expected);
    EXPECT_LT(of_points, static_cast<double>(points));
    EXPECT_LT(taken, of_points);
}

// Of many bins the covariance is known: as many points as there are, one parameter of a fitted constant.
TEST(FitQuality, CountsPointsAndParametersWhereTheCovarianceIsKnown) {
    constexpr Eigen::Index bins = 4000, points = 15;
    Noise noise(points, 0.9, 11);
    Eigen::VectorXd weights = noise.covariance().llt().solve(Eigen::VectorXd::Ones(points));
    weights /= weights.sum();
    RowMatrixXd const data = noise.draw(bins);
    RowMatrixXd const residuals = data.colwise() - Eigen::VectorXd(data * weights);
    auto const quality = fit_quality(residuals.colwise().mean(), deviations(data), deviations(residuals));
    EXPECT_NEAR(quality.points, 15.0, 0.3);
    EXPECT_NEAR(quality.parameters, 1.0, 0.05);
    EXPECT_NEAR(quality.expected, 14.0, 0.3);
}

// A wrong model: chi^2 grows by r C^-1 r.
TEST(FitQuality, OfAWrongModelIsLarger) {
    Noise noise(8, 0.5, 1);
    RowMatrixXd const data = noise.draw(40);
    Eigen::RowVectorXd const right = data.colwise().mean(), wrong = right.array() + 10.0;
    auto const of = [&](Eigen::RowVectorXd const& mean) {
        return fit_quality(mean, deviations(data), deviations(data));
    };
    EXPECT_GT(of(wrong).chi2, of(right).chi2 + 10.0);
    EXPECT_EQ(of(wrong).expected, of(right).expected);
}

TEST(FitQuality, NumbersDoNotDependOnUnits) {
    Noise noise(5, 0.6, 2);
    RowMatrixXd const data = deviations(noise.draw(12));
    Eigen::RowVectorXd const mean = Eigen::RowVectorXd::LinSpaced(5, -0.2, 0.3);
    auto const one = fit_quality(mean, data, data), other = fit_quality(1e-6 * mean, 1e-6 * data, 1e-6 * data);
    EXPECT_NEAR(one.chi2 / other.chi2, 1.0, 1e-9);
    EXPECT_NEAR(one.points / other.points, 1.0, 1e-9);
}

TEST(FitQuality, RefusesWhatHasNoCovariance) {
    RowMatrixXd const three = RowMatrixXd::Random(3, 2);
    EXPECT_NE(message_of([&] { fit_quality(three.row(0), three, three); }).find("four bins"), std::string::npos);
    RowMatrixXd still = RowMatrixXd::Random(6, 2);
    still.col(1).setZero();
    EXPECT_NE(message_of([&] { fit_quality(still.row(0), still, still); }).find("vary"), std::string::npos);
}

/// A model with this criterion, chi^2 as noise makes it.
FitQuality with_aic(double aic) { return {4.0, 4.0, 0.5 * (4.0 - aic), 0.0}; }

TEST(AkaikeWeights, FallByTheRootOfEPerUnit) {
    auto const weights = akaike_weights({with_aic(3.0), with_aic(1.0), with_aic(std::nan("")), with_aic(1e9)});
    EXPECT_NEAR(weights[0], 1.0 / (1.0 + std::exp(1.0)), 1e-14);
    EXPECT_NEAR(weights[1] / weights[0], std::exp(1.0), 1e-13);
    EXPECT_EQ(weights[2], 0.0);
    EXPECT_LT(weights[3], 1e-300);
    EXPECT_THROW(akaike_weights({with_aic(std::nan("")), with_aic(std::nan(""))}), InputError);
}

TEST(AkaikeWeights, WhatNoModelDescribesDoesNotDecide) {
    // chi^2 of all models twenty times what noise makes it, and one thirty: weights as of 4 and 6.
    std::vector<FitQuality> const models{{80.0, 4.0, 5.0, 4.0}, {120.0, 4.0, 5.0, 4.0}};
    EXPECT_DOUBLE_EQ(least_misfit(models), 20.0);
    auto const weights = akaike_weights(models);
    EXPECT_NEAR(weights[1] / weights[0], std::exp(-1.0), 1e-14);
    // One that does is enough for chi^2 to count in full.
    EXPECT_DOUBLE_EQ(least_misfit({{80.0, 4.0, 5.0, 4.0}, {3.0, 4.0, 5.0, 4.0}}), 1.0);
}

}  // namespace
}  // namespace hadronforce
