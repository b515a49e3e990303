#include "hadronforce/parameters/prior.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

TEST(Prior, QuantilesAreTheClosedForms) {
    Prior const uniform{Prior::Kind::uniform, -2.0, 6.0};
    EXPECT_DOUBLE_EQ(uniform.quantile(0.25), 0.0);
    Prior const log_uniform{Prior::Kind::log_uniform, 0.01, 100.0};
    EXPECT_NEAR(log_uniform.quantile(0.5), 1.0, 1e-14);
    EXPECT_NEAR(log_uniform.quantile(0.75), 10.0, 1e-13);
    Prior const normal{Prior::Kind::normal, 3.0, 2.0};
    EXPECT_DOUBLE_EQ(normal.quantile(0.5), 3.0);
    EXPECT_NEAR(normal.quantile(0.8413447460685429), 5.0, 1e-12);  // Phi(1)
    EXPECT_EQ((Prior{Prior::Kind::fixed, 4.0, 0.0}).quantile(0.9), 4.0);
}

TEST(Prior, ProblemsAreNamed) {
    EXPECT_EQ(problem_of({Prior::Kind::uniform, 0.0, 1.0}), "");
    EXPECT_NE(problem_of({Prior::Kind::uniform, 1.0, 1.0}), "");
    EXPECT_NE(problem_of({Prior::Kind::log_uniform, -1.0, 1.0}), "");
    EXPECT_NE(problem_of({Prior::Kind::normal, 0.0, 0.0}), "");
}

}  // namespace
}  // namespace hadronforce
