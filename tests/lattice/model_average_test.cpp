#include "hadronforce/lattice/model_average.hpp"

#include "hadronforce/error.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace hadronforce {
namespace {

/// A full grid of two factors, of as many levels, with values(level of one, level of the other) and no noise.
template <class Values>
ModelGrid grid_of(int levels_one, int levels_other, Values const& values) {
    ModelGrid grid;
    int const models = levels_one * levels_other;
    grid.weights = Eigen::VectorXd::Constant(models, 1.0 / models);
    grid.values.resize(models, 1);
    grid.other_starts = RowMatrixXd::Zero(models, 1);
    for (int i = 0; i < levels_one; ++i)
        for (int j = 0; j < levels_other; ++j) {
            grid.values(static_cast<Eigen::Index>(grid.choices.size()), 0) = values(i, j);
            grid.choices.push_back({i, j});
            grid.samples.emplace_back(RowMatrixXd::Zero(4, 1));
        }
    return grid;
}

// Factors that add up have each its own variance: that of 0, 1, 2 is 2/3, that of 0, 3 is 9/4.
TEST(ErrorBudget, FactorsThatAddUpHaveTheirOwnVariance) {
    auto const budget = error_budget(grid_of(3, 2, [](int i, int j) { return 5.0 + i + 3.0 * j; }));
    EXPECT_NEAR(budget.value[0], 5.0 + 1.0 + 1.5, 1e-14);
    EXPECT_NEAR(budget.spread(0, 0), std::sqrt(2.0 / 3.0), 1e-14);
    EXPECT_NEAR(budget.spread(1, 0), 1.5, 1e-14);
    EXPECT_EQ(budget.spread, budget.systematic);
    EXPECT_NEAR(budget.total[0], std::sqrt(2.0 / 3.0 + 2.25), 1e-14);
    EXPECT_EQ(budget.statistical[0], 0.0);
}

// What two factors do only together they share: for the product of +-1 and +-1 half of its variance of one each.
TEST(ErrorBudget, WhatFactorsDoTogetherTheyShare) {
    auto const budget = error_budget(grid_of(2, 2, [](int i, int j) { return (2.0 * i - 1.0) * (2.0 * j - 1.0); }));
    EXPECT_NEAR(std::pow(budget.spread(0, 0), 2), 0.5, 1e-14);
    EXPECT_NEAR(std::pow(budget.spread(1, 0), 2), 0.5, 1e-14);
}

// Whatever weights and values, the shares add up to the variance of the models.
TEST(ErrorBudget, SharesAddUpToTheVarianceOfModels) {
    std::mt19937_64 generator(5);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    auto grid = grid_of(3, 4, [&](int, int) { return uniform(generator); });
    for (auto& weight : grid.weights) weight = uniform(generator);
    grid.weights /= grid.weights.sum();
    auto const budget = error_budget(grid);
    double const variance = grid.weights.dot((grid.values.col(0).array() - budget.value[0]).square().matrix());
    EXPECT_NEAR(budget.spread.squaredNorm(), variance, 1e-13 * variance);
}

// One model of ten a unit above the others: nine tenths of the variance lie above the mean, and the mean square of both
// sides is that of the whole.
TEST(ErrorBudget, SidesAreWeighedApart) {
    auto const budget = error_budget(grid_of(10, 1, [](int i, int) { return i == 9 ? 1.0 : 0.0; }));
    EXPECT_NEAR(budget.up[0] / budget.down[0], 3.0, 1e-12);
    EXPECT_NEAR(0.5 * (std::pow(budget.up[0], 2) + std::pow(budget.down[0], 2)), std::pow(budget.total[0], 2), 1e-14);
}

TEST(ErrorBudget, OneModelHasNoSystematicError) {
    ModelGrid grid = grid_of(1, 1, [](int, int) { return 2.0; });
    grid.samples[0] << 1.9, 2.1, 1.9, 2.1;
    auto const budget = error_budget(grid);
    EXPECT_NEAR(budget.statistical[0], std::sqrt(0.75 * 0.04), 1e-14);
    EXPECT_EQ(budget.systematic.squaredNorm(), 0.0);
    EXPECT_EQ(budget.total[0], budget.statistical[0]);
    EXPECT_EQ(budget.up[0], budget.down[0]);
}

/// Mock experiments: models are means of overlapping parts of the same noisy data, so that they differ by noise alone,
/// and one factor may be biased. Returns the root mean square of (value - truth)/total and the mean systematic error.
std::pair<double, double> pulls(double bias) {
    constexpr int experiments = 2000;
    constexpr Eigen::Index bins = 20, points = 12;
    std::mt19937_64 generator(17);
    std::normal_distribution<double> normal;
    double squares = 0.0, systematic = 0.0;
    for (int e = 0; e < experiments; ++e) {
        RowMatrixXd data(bins, points);
        for (auto& value : data.reshaped()) value = normal(generator);
        auto grid = grid_of(3, 1, [](int, int) { return 0.0; });
        for (int level = 0; level < 3; ++level) {
            RowMatrixXd const of_bins = data.middleCols(2 * level, 8).rowwise().mean().array() + bias * (level - 1);
            grid.values(level, 0) = of_bins.mean();
            RowMatrixXd samples(bins, 1);
            for (Eigen::Index b = 0; b < bins; ++b)
                samples(b, 0) = (of_bins.sum() - of_bins(b, 0)) / static_cast<double>(bins - 1);
            grid.samples[static_cast<std::size_t>(level)] = samples;
        }
        auto const budget = error_budget(grid);
        squares += std::pow(budget.value[0] / budget.total[0], 2) / experiments;
        systematic += budget.systematic(0, 0) / experiments;
    }
    return {std::sqrt(squares), systematic};
}

TEST(ErrorBudget, NoiseAloneIsNotCountedTwice) {
    auto const [width, systematic] = pulls(0.0);
    EXPECT_NEAR(width, 1.0, 0.08);  // 1.05 for the errors of 20 bins themselves
    EXPECT_LT(systematic, 0.02);    // of a statistical error of 0.07
}

TEST(ErrorBudget, ABiasIsFoundWithinNoise) { EXPECT_NEAR(pulls(0.3).second, 0.3 * std::sqrt(2.0 / 3.0), 0.02); }

TEST(ErrorBudget, RefusesWhatDoesNotFitTogether) {
    auto grid = grid_of(2, 2, [](int, int) { return 0.0; });
    grid.samples.pop_back();
    EXPECT_THROW(error_budget(grid), InputError);
    grid = grid_of(2, 1, [](int, int) { return 0.0; });
    for (auto& choices : grid.choices) choices.assign(9, 0);
    EXPECT_THROW(error_budget(grid), InputError);
    grid = grid_of(2, 1, [](int, int) { return 0.0; });
    for (auto& samples : grid.samples) samples = RowMatrixXd::Zero(1, 1);
    EXPECT_THROW(error_budget(grid), InputError);
}

}  // namespace
}  // namespace hadronforce
