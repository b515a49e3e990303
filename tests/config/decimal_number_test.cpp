#include "hadronforce/config/decimal_number.hpp"

#include <gtest/gtest.h>

#include <clocale>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>

namespace hadronforce {
namespace {

TEST(DecimalNumber, ReadsWhatDataFilesWrite) {
    for (auto const& [text, value] : {std::pair{"0", 0.0},
                                      {"-1.5", -1.5},
                                      {"+2", 2.0},
                                      {".5", 0.5},
                                      {"5.", 5.0},
                                      {"1e5", 1e5},
                                      {"1E-05", 1e-5},
                                      {"007", 7.0},
                                      {"1.5D+03", 1500.0},
                                      {"-2d-1", -0.2},
                                      {"6.02214076e23", 6.02214076e23},
                                      {"4.9406564584124654e-324", 4.9406564584124654e-324},
                                      {"1e-400", 0.0},
                                      {"0.0e-999999999999999999999", 0.0},
                                      {"0.1000000000000000055511151231257827", 0.1}})
        EXPECT_EQ(decimal_number(text).value_or(-99.0), value) << text;
    EXPECT_TRUE(std::signbit(*decimal_number("-0")));
    EXPECT_EQ(decimal_number("0." + std::string(400, '0') + "1"), 0.0);
    EXPECT_TRUE(std::isinf(*decimal_number("1" + std::string(400, '0'))));
    for (char const* infinite : {"1e400", "-1e400", "inf", "-INF", "Infinity"})
        EXPECT_TRUE(std::isinf(decimal_number(infinite).value_or(0.0))) << infinite;
    for (char const* nan : {"nan", "NaN", "-nan"}) EXPECT_TRUE(std::isnan(decimal_number(nan).value_or(0.0))) << nan;
}

TEST(DecimalNumber, ReadsNothingElse) {
    for (char const* text : {"",
                             " ",
                             "-",
                             "+",
                             ".",
                             "e5",
                             "0x1",
                             "0x1p3",
                             "0o17",
                             "1e5f",
                             "1.5f",
                             "1 2",
                             " 1",
                             "1 ",
                             "nan(abc)",
                             "nan(1)",
                             "infinite",
                             "1,5",
                             "1_000",
                             "--1",
                             "+-1",
                             "1.2.3",
                             "1e",
                             "1e+",
                             "1d5d5",
                             "1.234-105",
                             "true",
                             "one",
                             "\xe2\x88\x92"
                             "1",
                             "1e5e5",
                             "1D"})
        EXPECT_FALSE(decimal_number(text)) << text;
}

TEST(DecimalNumber, IsTheSameInEveryLocale) {
    char const* const comma = std::setlocale(LC_NUMERIC, "de_DE.UTF-8");
    EXPECT_EQ(decimal_number("1.5"), 1.5);
    EXPECT_FALSE(decimal_number("1,5"));
    if (comma != nullptr) std::setlocale(LC_NUMERIC, "C");
}

// Where a text is a decimal number, std::strtod is right to the last bit in the C locale.
TEST(DecimalNumber, IsTheNearestDouble) {
    unsigned const seed = 20261126;
    std::mt19937_64 generator(seed);
    std::uniform_int_distribution<int> digit('0', '9'), length(0, 20), exponent(-330, 330), choice(0, 3);
    for (int draw = 0; draw < 20000; ++draw) {
        std::string text = choice(generator) == 0 ? "-" : choice(generator) == 0 ? "+" : "";
        text += static_cast<char>(digit(generator));
        for (int i = length(generator); i > 0; --i) text += static_cast<char>(digit(generator));
        if (choice(generator) != 0) text += '.';
        if (text.back() == '.')
            for (int i = length(generator); i > 0; --i) text += static_cast<char>(digit(generator));
        if (choice(generator) != 0) text += (choice(generator) < 2 ? "e" : "E") + std::to_string(exponent(generator));
        double const expected = std::strtod(text.c_str(), nullptr);
        auto const found = decimal_number(text);
        ASSERT_TRUE(found) << text << ", seed " << seed;
        EXPECT_EQ(*found, expected) << text << ", seed " << seed;
    }
}

}  // namespace
}  // namespace hadronforce
