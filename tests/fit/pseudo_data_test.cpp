// Fits of data made from known parameters with Gaussian noise.

#include "hadronforce/femtoscopy/measurement_model.hpp"
#include "hadronforce/femtoscopy/uncoupled_pair.hpp"
#include "hadronforce/fit/profile.hpp"
#include "hadronforce/fit/whitening.hpp"
#include "hadronforce/random/random.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

namespace hadronforce {
namespace {

constexpr std::uint64_t seed = 20240131;

struct Replicas {
    Eigen::ArrayXd mean, width;  ///< of the pulls, one a parameter
    double chi2_per_degree;
};

/// A fast model, C = N (1 + lambda exp(-(2 k r/197)^2)), fitted `count` times to noise of a covariance, with a chi^2 of
/// `assumed`.
Replicas fit_replicas(int count, Eigen::MatrixXd const& covariance, Eigen::MatrixXd const& assumed) {
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(covariance.rows(), 6.0, 200.0);
    auto const model = [&](Eigen::VectorXd const& p) -> Eigen::VectorXd {
        return (p[0] * (1.0 + p[1] * (-(2.0 * p[2] / 197.3 * k).square()).exp())).matrix();
    };
    Eigen::Vector3d const truth(1.02, -0.35, 1.25);
    Whitening const noise(covariance), whitening(assumed);
    Eigen::ArrayXXd pulls(count, 3);
    double chi2 = 0.0;
    for (int replica = 0; replica < count; ++replica) {
        Eigen::VectorXd normal(k.size());
        for (Eigen::Index i = 0; i < k.size(); ++i)
            normal[i] = normal_draw(seed, static_cast<std::uint64_t>(replica), static_cast<std::uint32_t>(i));
        Eigen::VectorXd const data = model(truth) + noise.unwhiten(normal);
        auto const fit = least_squares([&](Eigen::VectorXd const& p) { return whitening.whiten(model(p) - data); },
                                       {{"N", 1.0}, {"lambda", -0.2}, {"r", 1.0, 0.3, 5.0}});
        pulls.row(replica) = ((fit.values - truth).array() / fit.errors().array()).transpose();
        chi2 += fit.chi2;
    }
    Replicas result{pulls.colwise().mean().transpose(), {}, chi2 / (count * static_cast<double>(k.size() - 3))};
    result.width = ((pulls.rowwise() - result.mean.transpose()).square().colwise().sum() / (count - 1.0)).sqrt();
    return result;
}

Eigen::MatrixXd correlated(int points, double correlation) {
    Eigen::MatrixXd c(points, points);
    for (int i = 0; i < points; ++i)
        for (int j = 0; j < points; ++j) c(i, j) = 4e-4 * std::pow(correlation, std::abs(i - j));
    return c;
}

// Of n pulls the mean has the error 1/sqrt(n), the width 1/sqrt(2n); three parameters, four standard deviations.
TEST(PseudoData, PullsHaveUnitWidth) {
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    int const count = 200;
    for (double correlation : {0.0, 0.8}) {
        auto const c = correlated(40, correlation);
        auto const replicas = fit_replicas(count, c, c);
        for (Eigen::Index i = 0; i < 3; ++i) {
            EXPECT_NEAR(replicas.mean[i], 0.0, 4.0 / std::sqrt(count)) << correlation << " " << i;
            EXPECT_NEAR(replicas.width[i], 1.0, 4.0 / std::sqrt(2.0 * count)) << correlation << " " << i;
        }
        EXPECT_NEAR(replicas.chi2_per_degree, 1.0, 4.0 * std::sqrt(2.0 / (37.0 * count))) << correlation;
    }
}

// With the diagonal alone, errors of what correlated noise shifts as a whole are too small: that of N by about
// sqrt((1 + 0.8)/(1 - 0.8)) = 3.
TEST(PseudoData, ADiagonalChi2UnderestimatesErrorsOfCorrelatedData) {
    auto const c = correlated(40, 0.8);
    auto const replicas = fit_replicas(100, c, c.diagonal().asDiagonal());
    EXPECT_GT(replicas.width[0], 2.0);
}

// The exact solver inside: p-Lambda-like pairs, distinct and neutral, in an s-wave well of which the depth is free too.
TEST(PseudoData, AnExactModelReturnsTheTruthWithinErrors) {
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    Eigen::ArrayXd const low = 8.0 * Eigen::ArrayXd::LinSpaced(25, 0.0, 24.0), high = low + 8.0;
    MeasurementModel model;
    ModelForm const well{"sum_of_gaussians", {{"strengths_MeV", {{0.0, 0}}}, {"ranges_fm", {{1.0, {}}}}}};
    model.pair = {"pair", uncoupled_pair(
                              {509.0, 0, {{1.0, Exchange::none, {{0, well}}}}, {"gaussian", {{"r0_fm", {{0.0, 1}}}}}})};
    model.normalisation = {0.0, 2};
    Eigen::Vector3d const truth(-28.0, 1.3, 1.01);
    CorrelationModel exact(model, low, high);
    Eigen::ArrayXd data = exact.in_bins(truth);
    double const error = 0.01;
    for (Eigen::Index i = 0; i < data.size(); ++i)
        data[i] += error * normal_draw(seed, 7, static_cast<std::uint32_t>(i));

    std::vector<Parameter> const parameters{
        {"depth", -20.0, -60.0, 0.0}, {"r0", 1.0, 0.5, 3.0}, {"normalisation", 1.0}};
    MakeResiduals const make = [&] {
        auto const own = std::make_shared<CorrelationModel>(model, low, high);
        return [own, &data, error](Eigen::VectorXd const& p) -> Eigen::VectorXd {
            return ((own->in_bins(p) - data) / error).matrix();
        };
    };
    FinishedJobs jobs;
    auto const fit = best_of_starts(world(), make, parameters, {2, seed}, jobs).fit;
    auto const errors = profile(world(), make, parameters, fit, jobs).errors;
    for (Eigen::Index i = 0; i < 3; ++i) {
        EXPECT_LE(std::fabs(fit.values[i] - truth[i]), 3.0 * fit.errors()[i]) << i;
        EXPECT_LT(fit.errors()[i], 0.2 * std::fabs(truth[i])) << i;
        auto const& sides = errors[static_cast<std::size_t>(i)];
        EXPECT_NEAR(0.5 * (*sides.down + *sides.up), fit.errors()[i], 0.2 * fit.errors()[i]) << i;
    }
    EXPECT_GT(chi2_probability(fit.chi2, 22.0), 1e-3);
    EXPECT_LT(chi2_probability(fit.chi2, 22.0), 0.999);
    // The same bits on every rank.
    Eigen::VectorXd values = fit.values;
    world().broadcast(values.data(), 3);
    EXPECT_EQ(values, fit.values);
}

}  // namespace
}  // namespace hadronforce
