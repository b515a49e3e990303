#include "hadronforce/scattering/extrapolation.hpp"

#include "hadronforce/error.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

Eigen::ArrayXd series(int level, double fourth, double sixth, double eighth) {
    double const h = std::pow(0.5, level);
    Eigen::ArrayXd values(1);
    values[0] = 2.0 + fourth * std::pow(h, 4) + sixth * std::pow(h, 6) + eighth * std::pow(h, 8);
    return values;
}

TEST(Extrapolation, RemovesFourthAndSixthPowerExactly) {
    auto const result = extrapolate_to_zero_step([](int level) { return series(level, 0.3, -0.2, 0.0); }, 1, 1.0, 9);
    EXPECT_EQ(result.level, 2);
    EXPECT_NEAR(result.values[0], 2.0, 1e-14);
}

TEST(Extrapolation, RefinesUntilTheToleranceIsMetAndNoFurther) {
    int finest = 0;
    auto const result = extrapolate_to_zero_step(
        [&](int level) {
            finest = level;
            return series(level, 1.0, 1.0, 50.0);
        },
        1, 1e-9, 9);
    EXPECT_EQ(result.level, finest);
    EXPECT_GT(finest, 2);
    EXPECT_LE(result.error_estimate, 1e-9);
    EXPECT_LE(std::fabs(result.values[0] - 2.0), result.error_estimate);
}

TEST(Extrapolation, RemovesTheEighthPowerAndTrustsNoMoreThanItsLeastOrder) {
    for (int least_order : {3, 4}) {
        auto const result =
            extrapolate_eighth_order([](int level) { return series(level, 0.0, 0.0, 0.3); }, 1, 1.0, least_order, 9);
        EXPECT_EQ(result.level, 1);
        EXPECT_NEAR(result.values[0], 2.0, 1e-14);
        double const difference = 0.3 * (1.0 - std::pow(0.5, 8));
        EXPECT_NEAR(result.error_estimate, difference / result.values[0] / (std::exp2(least_order) - 1.0), 1e-3);
    }
    // Irregular errors are judged by two changes.
    auto const irregular = refine_irregular([](int level) { return series(level, 0.0, 0.0, 0.3); }, 1, 1.0, 9);
    EXPECT_EQ(irregular.level, 2);
    EXPECT_NEAR(irregular.error_estimate, 0.3 * (1.0 - 1.0 / 256.0) / irregular.values[0] / 16.0, 1e-3);
    // Of an error that falls by step^4 only, least order 4 is the exact estimate.
    auto const slower = extrapolate_eighth_order([](int level) { return series(level, 0.3, 0.0, 0.0); }, 1, 1e-7, 4, 9);
    double const error = 0.3 * std::pow(16.0, -slower.level);
    EXPECT_LE(error / 2.0, 1e-7);
    EXPECT_NEAR(slower.error_estimate, error / 2.0, 0.01 * error);
    auto const hopeless = extrapolate_eighth_order(
        [](int level) { return Eigen::ArrayXd::Constant(1, level % 2 == 0 ? 1.0 : -1.0).eval(); }, 1, 1e-6, 3, 5);
    EXPECT_EQ(hopeless.level, 5);
    EXPECT_GT(hopeless.error_estimate, 1e-6);
}

TEST(Extrapolation, OnlyJudgedValuesDecide) {
    auto const result = extrapolate_to_zero_step(
        [](int level) {
            Eigen::ArrayXd values(2);
            values << series(level, 1.0, 0.0, 0.0)[0], std::pow(-1.0, level);
            return values;
        },
        1, 1e-9, 4);
    EXPECT_EQ(result.level, 2);
}

TEST(Extrapolation, WhatDoesNotConvergeIsAnErrorNotAResult) {
    auto const alternating = [](int level) { return Eigen::ArrayXd::Constant(1, level % 2 == 0 ? 1.0 : -1.0).eval(); };
    EXPECT_THROW(extrapolate_to_zero_step(alternating, 1, 1e-6, 5), ConvergenceError);
    auto const not_a_number = [](int) { return Eigen::ArrayXd::Constant(1, std::nan("")).eval(); };
    EXPECT_THROW(extrapolate_to_zero_step(not_a_number, 1, 1e-6, 5), ConvergenceError);
}

}  // namespace
}  // namespace hadronforce
