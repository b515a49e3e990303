#include "hadronforce/lattice/potential_fit.hpp"

#include "hadronforce/error.hpp"
#include "support/message_of.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>
#include <Eigen/LU>

#include <cmath>
#include <random>

namespace hadronforce {
namespace {

constexpr std::int64_t samples = 8;
Eigen::ArrayXd const radii_fm = Eigen::ArrayXd::LinSpaced(25, 0.0, 2.0);

IndexRange own_samples() { return share_of(samples, world().rank(), world().size()); }

/// A core and a well; strengths differ from sample to sample, ranges do not.
double core(std::int64_t s) { return 1500.0 + 20.0 * std::sin(static_cast<double>(s)); }
double well(std::int64_t s) { return -60.0 + 3.0 * std::cos(2.0 * static_cast<double>(s)); }
Eigen::RowVectorXd two_gaussians(double strong, double weak) {
    return (strong * (-(radii_fm / 0.3).square()).exp() + weak * (-(radii_fm / 0.9).square()).exp())
        .matrix()
        .transpose();
}

RowMatrixXd rows(std::function<Eigen::RowVectorXd(std::int64_t)> const& of_sample) {
    RowMatrixXd values(own_samples().size(), radii_fm.size());
    for (std::int64_t s = own_samples().begin; s < own_samples().end; ++s)
        values.row(s - own_samples().begin) = of_sample(s);
    return values;
}

Eigen::RowVectorXd noise(std::int64_t s) {
    std::mt19937_64 generator(static_cast<std::uint64_t>(s) + 1);
    std::normal_distribution<double> normal;
    return Eigen::RowVectorXd::NullaryExpr(radii_fm.size(), [&] { return normal(generator); });
}

PotentialFitSettings two_gaussian_fit() {
    PotentialFitSettings settings;
    settings.form = "sum_of_gaussians";
    settings.start = {{"strengths_MeV", {1000.0, -30.0}}, {"ranges_fm", {0.4, 1.1}}};
    settings.reduced_mass_MeV = 700.0;
    return settings;
}

PotentialFit fitted(PotentialFitSettings const& settings, RowMatrixXd const& own) {
    auto const mean = mean_and_error(world(), Resampling::Kind::jackknife, samples, own).mean;
    return fit_potential(world(), settings, Resampling::Kind::jackknife, samples, radii_fm, mean.transpose().array(),
                         own_samples(), own);
}

// Every sample is of the fitted form, so the fit finds its parameters, whatever the weights, and the errors of the
// strengths are the jackknife errors of the numbers that went in; those of the ranges vanish.
TEST(PotentialFit, FindsTheParametersOfEachSample) {
    auto const fit = fitted(two_gaussian_fit(), rows([](std::int64_t s) { return two_gaussians(core(s), well(s)); }));
    EXPECT_EQ(fit.names,
              (std::vector<std::string>{"ranges_fm[0]", "ranges_fm[1]", "strengths_MeV[0]", "strengths_MeV[1]"}));
    double mean = 0.0, squares = 0.0;
    for (std::int64_t s = 0; s < samples; ++s) mean += core(s) / samples;
    for (std::int64_t s = 0; s < samples; ++s) squares += std::pow(core(s) - mean, 2);
    EXPECT_NEAR(fit.result.mean[0], 0.3, 1e-8);
    EXPECT_NEAR(fit.result.mean[1], 0.9, 1e-8);
    EXPECT_NEAR(fit.result.mean[2], mean, 1e-5);
    EXPECT_NEAR(fit.result.error[2], std::sqrt(squares * (samples - 1.0) / samples), 1e-5);
    EXPECT_LT(fit.result.error[0], 1e-8);
    for (std::int64_t s = fit.samples.begin; s < fit.samples.end; ++s)
        EXPECT_NEAR(fit.of_sample(s - fit.samples.begin, 3), well(s), 1e-5);
    EXPECT_EQ(fit.degrees_of_freedom, 21);
    EXPECT_LT(fit.chi2, 1e-8);
}

// The curve's error is that of its samples: exact where the samples are of the fitted form.
TEST(PotentialFit, TheCurveIsTheMeanOfTheSamplesCurves) {
    auto const of_sample = [](std::int64_t s) { return two_gaussians(core(s), well(s)); };
    auto const own = rows(of_sample);
    auto settings = two_gaussian_fit();
    auto const fit = fitted(settings, own);
    auto const expected = mean_and_error(world(), Resampling::Kind::jackknife, samples, own);
    auto const curve = fitted_curve_MeV(world(), settings, Resampling::Kind::jackknife, samples, fit, radii_fm);
    EXPECT_LT((curve.mean - expected.mean).cwiseAbs().maxCoeff(), 1e-5);
    EXPECT_LT((curve.error - expected.error).cwiseAbs().maxCoeff(), 1e-5);
}

TEST(PotentialFit, OneEntryOfAListCanBeFixed) {
    auto settings = two_gaussian_fit();
    settings.start["ranges_fm"][1] = 0.9;
    settings.fixed = {"ranges_fm[1]"};
    auto const fit = fitted(settings, rows([](std::int64_t s) { return two_gaussians(core(s), well(s)); }));
    EXPECT_EQ(fit.names, (std::vector<std::string>{"ranges_fm[0]", "strengths_MeV[0]", "strengths_MeV[1]"}));
    EXPECT_EQ(fit.of_mean.at("ranges_fm")[1], 0.9);
    EXPECT_NEAR(fit.of_mean.at("ranges_fm")[0], 0.3, 1e-8);
}

// One strength and a fixed range is a linear problem: A = f.W.v / f.W.f with W the inverse of (1 - lambda) C + lambda
// diag(C), or the inverse variances; a floor adds its square to the variances.
TEST(PotentialFit, OneStrengthIsTheGeneralisedLeastSquaresSolution) {
    auto const of_sample = [](std::int64_t s) -> Eigen::RowVectorXd {
        return two_gaussians(core(s), well(s)) + noise(s);
    };
    RowMatrixXd all(samples, radii_fm.size());
    for (std::int64_t s = 0; s < samples; ++s) all.row(s) = of_sample(s);
    Eigen::RowVectorXd const mean = all.colwise().mean();
    RowMatrixXd const deviations = all.rowwise() - mean;
    Eigen::MatrixXd const covariance = deviations.transpose() * deviations * ((samples - 1.0) / samples);
    Eigen::VectorXd const f = (-(radii_fm / 0.3).square()).exp().matrix();
    PotentialFitSettings settings;
    settings.form = "sum_of_gaussians";
    settings.start = {{"strengths_MeV", {100.0}}, {"ranges_fm", {0.3}}};
    settings.fixed = {"ranges_fm"};
    settings.reduced_mass_MeV = 700.0;
    for (double const shrinkage : {1.0, 0.3, 0.05})
        for (double const floor_MeV : {0.0, 4.0}) {
            settings.is_correlated = shrinkage < 1.0;
            settings.shrinkage = shrinkage;
            settings.error_floor_MeV = floor_MeV;
            Eigen::MatrixXd shrunk = (1.0 - shrinkage) * covariance;
            shrunk.diagonal() = covariance.diagonal().array() + floor_MeV * floor_MeV;
            Eigen::MatrixXd const W = shrunk.inverse();
            double const A = (f.transpose() * W * mean.transpose()).value() / (f.transpose() * W * f).value();
            Eigen::VectorXd const rest = mean.transpose() - A * f;
            auto const fit = fitted(settings, rows(of_sample));
            EXPECT_NEAR(fit.of_mean.at("strengths_MeV")[0], A, 1e-6 * A);
            EXPECT_NEAR(fit.chi2, (rest.transpose() * W * rest).value(), 1e-6 * fit.chi2);
            EXPECT_EQ(fit.of_mean.at("ranges_fm")[0], 0.3);
        }
}

TEST(PotentialFit, IsEqualToTheBitOnAnyNumberOfRanks) {
    Communicator const self = world().split(world().rank());
    auto const of_sample = [](std::int64_t s) -> Eigen::RowVectorXd {
        return two_gaussians(core(s), well(s)) + noise(s);
    };
    RowMatrixXd all(samples, radii_fm.size());
    for (std::int64_t s = 0; s < samples; ++s) all.row(s) = of_sample(s);
    auto const mean = mean_and_error(self, Resampling::Kind::jackknife, samples, all).mean;
    auto settings = two_gaussian_fit();
    settings.is_correlated = true;
    settings.shrinkage = 0.2;
    auto const alone = fit_potential(self, settings, Resampling::Kind::jackknife, samples, radii_fm,
                                     mean.transpose().array(), {0, samples}, all);
    auto const together = fitted(settings, rows(of_sample));
    EXPECT_EQ(together.result.mean, alone.result.mean);
    EXPECT_EQ(together.result.error, alone.result.error);
    EXPECT_EQ(together.chi2, alone.chi2);
}

TEST(PotentialFit, RefusesWhatCannotBeFitted) {
    auto const noisy =
        rows([](std::int64_t s) -> Eigen::RowVectorXd { return two_gaussians(core(s), well(s)) + noise(s); });
    auto const message = [&](std::function<void(PotentialFitSettings&)> const& change, RowMatrixXd const& own) {
        auto settings = two_gaussian_fit();
        change(settings);
        return message_of([&] { fitted(settings, own); });
    };
    EXPECT_NE(message([](auto& s) { s.is_correlated = true; }, noisy)
                  .find("8 samples do not determine the covariance of 25 points"),
              std::string::npos);
    EXPECT_NE(message([](auto& s) { s.fixed = {"range_fm"}; }, noisy).find("range_fm is fixed, but no parameter"),
              std::string::npos);
    EXPECT_NE(message(
                  [](auto& s) {
                      s.fixed = {"ranges_fm", "strengths_MeV"};
                  },
                  noisy)
                  .find("all parameters are fixed"),
              std::string::npos);
    EXPECT_NE(message([](auto& s) { s.start["ranges_fm"][0] = -1.0; }, noisy).find("positive"), std::string::npos);
    EXPECT_NE(message([](auto& s) { s.form = "gauss"; }, noisy).find("there is no potential form"), std::string::npos);
    auto const exact = rows([](std::int64_t) { return two_gaussians(1.0, 1.0); });
    EXPECT_NE(message([](auto&) {}, exact).find("has the error 0"), std::string::npos);
    EXPECT_NE(message(
                  [](auto& s) {
                      s.form = "gaussian_plus_yukawa_power";
                      s.start = {{"n_pi", {2.0}},        {"m_pi_MeV", {146.0}},    {"b1_MeV", {-300.0}},
                                 {"b2_per_fm2", {70.0}}, {"b3_MeV_fm2", {-260.0}}, {"b4_per_fm2", {0.8}}};
                  },
                  noisy)
                  .find("n_pi cannot vary about where it starts (n_pi = 1.9"),
              std::string::npos);
    EXPECT_NE(message([](auto& s) { s.fixed = {"ranges_fm[2]"}; }, noisy).find("ranges_fm[2] is fixed, but no"),
              std::string::npos);
    EXPECT_NE(message(
                  [](auto& s) {
                      s.form = "yukawa";
                      s.start = {{"strength_MeV_fm", {1.0}}, {"m_MeV", {146.0}}};
                  },
                  noisy)
                  .find("yukawa is inf MeV at r = 0 fm"),
              std::string::npos);
    EXPECT_NE(message(
                  [](auto& s) {
                      s.start = {{"strengths_MeV", std::vector<double>(13, 1.0)},
                                 {"ranges_fm", std::vector<double>(13, 1.0)}};
                  },
                  noisy)
                  .find("25 points do not determine 26 parameters"),
              std::string::npos);
}

TEST(PotentialFit, NamesTheFitThatDoesNotConverge) {
    auto settings = two_gaussian_fit();
    settings.largest_evaluations = 2;
    auto const own = rows([](std::int64_t s) { return two_gaussians(core(s), well(s)); });
    EXPECT_THROW(fitted(settings, own), ConvergenceError);
}

}  // namespace
}  // namespace hadronforce
