#include "hadronforce/random/random.hpp"

#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

namespace hadronforce {
namespace {

// The known answer of Philox4x32-10 for zero counter and key, from the generator's own table (kat_vectors of
// Random123).
TEST(Random, PhiloxGivesItsKnownAnswer) {
    auto const words = r123::Philox4x32()({{0, 0, 0, 0}}, {{0, 0}});
    EXPECT_EQ(words[0], 0x6627e8d5U);
    EXPECT_EQ(words[1], 0xe169c58dU);
    // uniform_draw(0, 0, 0) has the same counter and key, and takes its bits from these two words.
    double const expected = (static_cast<double>(0x6627e8d5e169c58dULL >> 11U) + 0.5) * 0x1p-53;
    EXPECT_EQ(uniform_draw(0, 0, 0), expected);
}

TEST(Random, DependsOnEveryArgument) {
    std::set<double> values;
    for (std::uint64_t seed : {0ULL, 1ULL, 1ULL << 32U})
        for (std::uint64_t sample : {0ULL, 1ULL, 1ULL << 32U})
            for (std::uint32_t draw : {0U, 1U}) values.insert(uniform_draw(seed, sample, draw));
    EXPECT_EQ(values.size(), 18u);
}

// Mean 1/2 and variance 1/12 of a uniform number; five standard errors of 100,000 draws.
TEST(Random, IsUniform) {
    std::uint64_t const seed = 11;
    int const n = 100000;
    double sum = 0.0, squares = 0.0;
    for (int i = 0; i < n; ++i) {
        double const x = uniform_draw(seed, static_cast<std::uint64_t>(i), 0);
        ASSERT_GT(x, 0.0);
        ASSERT_LT(x, 1.0);
        sum += x;
        squares += (x - 0.5) * (x - 0.5);
    }
    EXPECT_NEAR(sum / n, 0.5, 5.0 / std::sqrt(12.0 * n)) << "seed " << seed;
    EXPECT_NEAR(squares / n, 1.0 / 12.0, 5.0 / std::sqrt(180.0 * n)) << "seed " << seed;
}

TEST(Random, IndicesCoverTheirRangeEvenly) {
    std::vector<int> counts(7, 0);
    for (std::uint64_t i = 0; i < 70000; ++i) ++counts.at(index_draw(3, i, 7));
    for (int count : counts) EXPECT_NEAR(count, 10000, 5 * 93) << "five standard deviations of a binomial";
}

}  // namespace
}  // namespace hadronforce
