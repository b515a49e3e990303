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

// Mean, variance, fourth moment 3 and the independence of neighbours, which come from one pair of words; five standard
// errors of 400,000 numbers (the variances of x^2, x^4 and x y are 2, 96 and 1).
TEST(Random, NoiseIsNormal) {
    constexpr std::size_t count = 400;
    std::vector<float> values(count), again(count - 3);
    double sums[4] = {}, n = 0.0;
    for (std::uint64_t sample = 0; sample < 1000; ++sample) {
        fill_with_noise(7, sample, values.data(), count);
        for (std::size_t i = 0; i < count; ++i) {
            double const x = static_cast<double>(values[i]), y = static_cast<double>(values[(i + 1) % count]);
            sums[0] += x;
            sums[1] += x * x;
            sums[2] += x * x * x * x;
            sums[3] += x * y;
            n += 1.0;
        }
    }
    EXPECT_NEAR(sums[0] / n, 0.0, 5.0 / std::sqrt(n));
    EXPECT_NEAR(sums[1] / n, 1.0, 5.0 * std::sqrt(2.0 / n));
    EXPECT_NEAR(sums[2] / n, 3.0, 5.0 * std::sqrt(96.0 / n));
    EXPECT_NEAR(sums[3] / n, 0.0, 5.0 / std::sqrt(n));
    fill_with_noise(7, 999, again.data(), again.size());
    for (std::size_t i = 0; i < again.size(); ++i) EXPECT_EQ(again[i], values[i]) << "whatever the count";
    fill_with_noise(8, 999, again.data(), again.size());
    EXPECT_NE(again[0], values[0]);
}

TEST(Random, IndicesCoverTheirRangeEvenly) {
    std::vector<int> counts(7, 0);
    for (std::uint64_t i = 0; i < 70000; ++i) ++counts.at(index_draw(3, i, 7));
    for (int count : counts) EXPECT_NEAR(count, 10000, 5 * 93) << "five standard deviations of a binomial";
}

}  // namespace
}  // namespace hadronforce
