#include "hadronforce/parameters/prior.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

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

/// The probability below the quantile of u is u: the density is 1 over the quantile's slope.
TEST(Prior, DensitiesAreSlopesOfTheQuantiles) {
    for (Prior const& prior : {Prior{Prior::Kind::uniform, -2.0, 6.0}, Prior{Prior::Kind::log_uniform, 0.01, 100.0},
                               Prior{Prior::Kind::normal, 3.0, 2.0}})
        for (double u : {0.1, 0.37, 0.5, 0.93}) {
            double const step = 1e-5;
            double const slope = (prior.quantile(u + step) - prior.quantile(u - step)) / (2.0 * step);
            EXPECT_NEAR(prior.log_density(prior.quantile(u)), -std::log(slope), 1e-7) << describe(prior) << ", " << u;
        }
}

TEST(Prior, DensitiesEndWhereThePriorsDo) {
    constexpr double nowhere = -std::numeric_limits<double>::infinity();
    Prior const uniform{Prior::Kind::uniform, -2.0, 6.0}, log_uniform{Prior::Kind::log_uniform, 0.5, 2.0};
    EXPECT_DOUBLE_EQ(uniform.log_density(6.0), -std::log(8.0));
    EXPECT_EQ(uniform.log_density(6.001), nowhere);
    EXPECT_EQ(uniform.log_density(-2.001), nowhere);
    EXPECT_DOUBLE_EQ(log_uniform.log_density(0.5), -std::log(0.5 * std::log(4.0)));
    EXPECT_EQ(log_uniform.log_density(0.499), nowhere);
    EXPECT_EQ(log_uniform.log_density(-1.0), nowhere);
    EXPECT_EQ(log_uniform.log_density(2.001), nowhere);
    EXPECT_DOUBLE_EQ((Prior{Prior::Kind::normal, 3.0, 2.0}).log_density(7.0),
                     -2.0 - std::log(2.0 * 2.5066282746310002));
    EXPECT_EQ((Prior{Prior::Kind::fixed, 4.0, 0.0}).log_density(5.0), 0.0);
}

TEST(Prior, ProblemsAreNamed) {
    EXPECT_EQ(problem_of({Prior::Kind::uniform, 0.0, 1.0}), "");
    EXPECT_NE(problem_of({Prior::Kind::uniform, 1.0, 1.0}), "");
    EXPECT_NE(problem_of({Prior::Kind::log_uniform, -1.0, 1.0}), "");
    EXPECT_NE(problem_of({Prior::Kind::normal, 0.0, 0.0}), "");
}

}  // namespace
}  // namespace hadronforce
