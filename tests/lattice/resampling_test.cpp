#include "hadronforce/lattice/resampling.hpp"

#include "hadronforce/error.hpp"
#include "support/message_of.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace hadronforce {
namespace {

RowMatrixXd random_rows(std::int64_t rows, std::int64_t columns) {
    std::mt19937_64 generator(11);
    std::normal_distribution<double> normal(2.0, 1.0);
    RowMatrixXd values(rows, columns);
    for (auto& value : values.reshaped()) value = normal(generator);
    return values;
}

RowMatrixXd own_part(Communicator const& comm, RowMatrixXd const& all) {
    auto const share = share_of(all.rows(), comm.rank(), comm.size());
    return all.middleRows(share.begin, share.size());
}

Resampling jackknife(std::int64_t bin_size) { return {Resampling::Kind::jackknife, bin_size, 0, 0}; }
Resampling bootstrap(std::int64_t bin_size, std::int64_t samples, std::int64_t seed) {
    return {Resampling::Kind::bootstrap, bin_size, samples, seed};
}

TEST(Resampling, JackknifeLeavesOutOneBin) {
    RowMatrixXd const all = random_rows(12, 3);
    for (std::int64_t const bin_size : {1, 2, 3, 4, 6}) {
        auto const result = resample(world(), jackknife(bin_size), 12, own_part(world(), all));
        EXPECT_EQ(world().sum(result.samples.size()), 12 / bin_size);
        EXPECT_LT((result.ensemble_mean - all.colwise().mean()).cwiseAbs().maxCoeff(), 1e-14);
        for (std::int64_t bin = result.samples.begin; bin < result.samples.end; ++bin) {
            Eigen::RowVectorXd expected = Eigen::RowVectorXd::Zero(3);
            for (std::int64_t c = 0; c < 12; ++c)
                if (c / bin_size != bin) expected += all.row(c) / static_cast<double>(12 - bin_size);
            EXPECT_LT((result.means.row(bin - result.samples.begin) - expected).cwiseAbs().maxCoeff(), 1e-14);
        }
    }
}

// For a function that is linear in the means, the jackknife error is the textbook error of the mean of the N bins,
// sqrt(sum (b - mean)^2/(N (N - 1))), exactly.
TEST(Resampling, JackknifeErrorOfALinearFunctionIsTheStandardError) {
    RowMatrixXd const all = random_rows(12, 2);
    for (std::int64_t const bin_size : {1, 3}) {
        auto const samples = resample(world(), jackknife(bin_size), 12, own_part(world(), all));
        RowMatrixXd const function = 3.0 * samples.means.col(0) - samples.means.col(1);
        std::int64_t const bins = 12 / bin_size;
        auto const result = mean_and_error(world(), Resampling::Kind::jackknife, bins, function);
        Eigen::VectorXd of_bin = Eigen::VectorXd::Zero(bins);
        for (std::int64_t c = 0; c < 12; ++c)
            of_bin[c / bin_size] += (3.0 * all(c, 0) - all(c, 1)) / static_cast<double>(bin_size);
        double const mean = of_bin.mean();
        EXPECT_NEAR(result.mean[0], mean, 1e-14);
        EXPECT_NEAR(result.error[0],
                    std::sqrt((of_bin.array() - mean).square().sum() / static_cast<double>(bins * (bins - 1))), 1e-14);
    }
}

// The variance of a bootstrap mean is sum (b - mean)^2/N^2; with 4000 samples it is known to sqrt(2/4000) = 2.2 %, so
// its root to 1.1 %: 4 % is more than three sigma.
TEST(Resampling, BootstrapErrorOfTheMeanIsItsVariance) {
    RowMatrixXd const all = random_rows(20, 1);
    auto const samples = resample(world(), bootstrap(1, 4000, 5), 20, own_part(world(), all));
    auto const result = mean_and_error(world(), Resampling::Kind::bootstrap, 4000, samples.means);
    double const mean = all.mean();
    double const error = std::sqrt((all.array() - mean).square().sum()) / 20.0;
    EXPECT_NEAR(result.error[0], error, 0.04 * error);
    EXPECT_NEAR(result.mean[0], mean, 4.0 * error / std::sqrt(4000.0));
}

TEST(Resampling, BootstrapDependsOnItsSeedAlone) {
    RowMatrixXd const all = random_rows(8, 2);
    auto const means = [&](std::int64_t seed) {
        return resample(world(), bootstrap(2, 40, seed), 8, own_part(world(), all)).means;
    };
    EXPECT_EQ(means(3), means(3));
    EXPECT_NE(means(3), means(4));
    // A constant has no error: each sample draws as many bins as there are.
    auto const constant = resample(world(), bootstrap(2, 40, 3), 8, own_part(world(), RowMatrixXd::Ones(8, 2)));
    EXPECT_EQ(constant.means, RowMatrixXd::Ones(constant.means.rows(), 2));
}

// The bits that one rank alone finds; bins of 5 straddle the ranks' shares.
TEST(Resampling, IsEqualToTheBitOnAnyNumberOfRanks) {
    Communicator const self = world().split(world().rank());
    RowMatrixXd const all = random_rows(20, 7);
    for (auto const& resampling :
         {jackknife(1), jackknife(5), jackknife(10), bootstrap(1, 35, 9), bootstrap(5, 35, 9)}) {
        auto const together = resample(world(), resampling, 20, own_part(world(), all));
        auto const alone = resample(self, resampling, 20, all);
        EXPECT_EQ(together.ensemble_mean, alone.ensemble_mean);
        EXPECT_EQ(together.means, alone.means.middleRows(together.samples.begin, together.samples.size()));
        std::int64_t const n = sample_count(resampling, 20);
        auto const result = mean_and_error(world(), resampling.kind, n, together.means);
        auto const expected = mean_and_error(self, resampling.kind, n, alone.means);
        EXPECT_EQ(result.mean, expected.mean);
        EXPECT_EQ(result.error, expected.error);
    }
}

TEST(Resampling, FewerConfigurationsThanRanksAreFine) {
    RowMatrixXd const all = random_rows(2, 2);
    auto const result = resample(world(), jackknife(1), 2, own_part(world(), all));
    for (std::int64_t i = result.samples.begin; i < result.samples.end; ++i)
        EXPECT_LT((result.means.row(i - result.samples.begin) - all.row(1 - i)).norm(), 1e-14);
}

TEST(Resampling, BinsMustComeOutEven) {
    EXPECT_NE(message_of([] { sample_count(jackknife(3), 10); }).find("leave out 1 configurations"), std::string::npos);
    EXPECT_NE(message_of([] { sample_count(jackknife(0), 10); }).find("bins of 0"), std::string::npos);
    EXPECT_NE(message_of([] { sample_count(jackknife(10), 10); }).find("at least two"), std::string::npos);
    EXPECT_NE(message_of([] { sample_count(bootstrap(1, 1, 0), 10); }).find("at least two"), std::string::npos);
    EXPECT_EQ(sample_count(jackknife(5), 10), 2);
    EXPECT_EQ(sample_count(bootstrap(5, 100, 0), 10), 100);
}

// Sample means say exactly what each bin was, of a jackknife and of a bootstrap of more samples than bins, whichever
// samples are missing.
TEST(Resampling, DeviationsOfBinsFollowFromSamples) {
    RowMatrixXd const all = random_rows(24, 2);
    RowMatrixXd bins(8, 2);
    for (Eigen::Index b = 0; b < 8; ++b) bins.row(b) = all.middleRows(3 * b, 3).colwise().mean();
    RowMatrixXd const expected = bins.rowwise() - bins.colwise().mean();
    Communicator const self = world().split(world().rank());
    auto const strapped = resample(self, bootstrap(3, 40, 5), 24, all);
    std::vector<std::int64_t> kept;
    for (std::int64_t s = 0; s < 40; ++s)
        if (s != 7) kept.push_back(s);
    auto const of_bootstrap = bin_deviations(bootstrap(3, 40, 5), 8, kept, strapped.means(kept, Eigen::all));
    EXPECT_LT((of_bootstrap - expected).cwiseAbs().maxCoeff(), 1e-12);
    auto const knifed = resample(self, jackknife(3), 24, all);
    EXPECT_LT((bin_deviations(jackknife(3), 8, {}, knifed.means) - expected).cwiseAbs().maxCoeff(), 1e-12);
}

// Of a jackknife without some of its samples: on average over which are left out, the variance that all give.
TEST(MeanAndError, SamplesThatAreLeftOutAreStoodForByTheRest) {
    Communicator const self = world().split(world().rank());
    std::mt19937_64 generator(3);
    std::normal_distribution<double> normal;
    RowMatrixXd all(12, 1);
    for (double& value : all.reshaped()) value = normal(generator);
    double const whole = mean_and_error(self, Resampling::Kind::jackknife, 12, all).error[0];
    double variance = 0.0;
    int count = 0;
    for (Eigen::Index i = 0; i < 12; ++i)
        for (Eigen::Index j = 0; j < i; ++j) {
            std::vector<Eigen::Index> kept;
            for (Eigen::Index s = 0; s < 12; ++s)
                if (s != i && s != j) kept.push_back(s);
            RowMatrixXd const rest = all(kept, Eigen::all);
            variance += std::pow(mean_and_error(self, Resampling::Kind::jackknife, 10, rest, 2).error[0], 2);
            ++count;
        }
    EXPECT_NEAR(variance / count / (whole * whole), 1.0, 1e-12);
}

}  // namespace
}  // namespace hadronforce
