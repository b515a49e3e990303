#include "hadronforce/random/permutation.hpp"

#include "hadronforce/error.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace hadronforce {
namespace {

std::vector<std::int64_t> order(Permutation const& permutation) {
    std::vector<std::int64_t> values;
    for (std::int64_t i = 0; i < permutation.count(); ++i) values.push_back(permutation.at(i));
    return values;
}

TEST(Permutation, VisitsEverythingOnceAndKnowsWhere) {
    for (std::int64_t count : {1, 2, 3, 5, 16, 97, 1000, 4096, 4097, 99991})
        for (std::uint64_t stream : {0U, 1U, 17U}) {
            Permutation const permutation(5, stream, count);
            auto values = order(permutation);
            for (std::int64_t i = 0; i < count; ++i)
                ASSERT_EQ(permutation.place_of(values[static_cast<std::size_t>(i)]), i) << count;
            std::sort(values.begin(), values.end());
            std::vector<std::int64_t> all(static_cast<std::size_t>(count));
            std::iota(all.begin(), all.end(), 0);
            ASSERT_EQ(values, all) << count;
        }
    EXPECT_EQ(Permutation(1, 0, 0).count(), 0);
    EXPECT_THROW(Permutation(1, 0, -1), InputError);
}

// Without memory for what it orders: far beyond any.
TEST(Permutation, OrdersMoreThanMemoryHolds) {
    std::int64_t const count = std::int64_t{1} << 50;
    Permutation const permutation(3, 0, count);
    for (std::int64_t place : {std::int64_t{0}, std::int64_t{12345}, count / 3, count - 1}) {
        auto const value = permutation.at(place);
        EXPECT_TRUE(value >= 0 && value < count);
        EXPECT_EQ(permutation.place_of(value), place);
    }
}

TEST(Permutation, DependsOnSeedAndStream) {
    EXPECT_EQ(order({1, 0, 1000}), order({1, 0, 1000}));
    EXPECT_NE(order({1, 0, 1000}), order({1, 1, 1000}));
    EXPECT_NE(order({1, 0, 1000}), order({2, 0, 1000}));
}

// Of 2,000 orders of 20: each value equally often at each place (chi^2 of 19^2 degrees of freedom), and neighbours of
// an order as often rising as falling. Bounds are 5 standard deviations.
TEST(Permutation, AllOrdersAreEquallyProbable) {
    constexpr int count = 20, orders = 2000;
    std::vector<double> at(count * count, 0.0);
    double rising = 0.0, neighbours = 0.0;
    for (std::uint64_t stream = 0; stream < orders; ++stream) {
        auto const values = order({11, stream, count});
        for (int i = 0; i < count; ++i) at[static_cast<std::size_t>(i * count + values[static_cast<std::size_t>(i)])]++;
        for (std::size_t i = 1; i < values.size(); ++i) {
            rising += values[i] > values[i - 1] ? 1.0 : 0.0;
            neighbours += std::abs(values[i] - values[i - 1]) == 1 ? 1.0 : 0.0;
        }
    }
    double const expected = static_cast<double>(orders) / count;
    double chi2 = 0.0;
    for (double n : at) chi2 += (n - expected) * (n - expected) / expected;
    double const freedom = (count - 1) * (count - 1);
    EXPECT_NEAR(chi2, freedom, 5.0 * std::sqrt(2.0 * freedom));
    // Rises of an order of n: mean (n - 1)/2, variance (n + 1)/12. Pairs that differ by one: mean 2 (n - 1)/n, variance
    // close to that.
    EXPECT_NEAR(rising, orders * (count - 1) / 2.0, 5.0 * std::sqrt(orders * (count + 1) / 12.0));
    EXPECT_NEAR(neighbours, orders * 2.0 * (count - 1) / count, 5.0 * std::sqrt(orders * 2.0));
}

// Among 200,000 the correlation of place and value, and of consecutive values, is that of independent ones.
TEST(Permutation, NothingOfTheOrderIsLeft) {
    constexpr std::int64_t count = 200000;
    auto const values = order({7, 3, count});
    double const mean = (count - 1) / 2.0, variance = (static_cast<double>(count) * count - 1.0) / 12.0;
    double with_place = 0.0, with_next = 0.0;
    for (std::int64_t i = 0; i + 1 < count; ++i) {
        auto const a = static_cast<double>(values[static_cast<std::size_t>(i)]) - mean;
        with_place += a * (static_cast<double>(i) - mean);
        with_next += a * (static_cast<double>(values[static_cast<std::size_t>(i + 1)]) - mean);
    }
    double const bound = 5.0 / std::sqrt(static_cast<double>(count));
    EXPECT_NEAR(with_place / (variance * count), 0.0, bound);
    EXPECT_NEAR(with_next / (variance * count), 0.0, bound);
}

}  // namespace
}  // namespace hadronforce
