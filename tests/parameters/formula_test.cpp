#include "hadronforce/parameters/formula.hpp"

#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

Eigen::VectorXd const values = (Eigen::VectorXd(3) << 1.1, -0.3, 7.0).finished();
std::vector<std::string> const names{"core_fm", "slope", "unused"};

TEST(Formula, IsWhatItSays) {
    EXPECT_DOUBLE_EQ(Formula("core_fm * 1.35^slope", names).at(values), 1.1 * std::pow(1.35, -0.3));
    EXPECT_DOUBLE_EQ(Formula("-core_fm^2 + sqrt(2)*pi", names).at(values),
                     -1.1 * 1.1 + std::sqrt(2.0) * std::acos(-1.0));
    EXPECT_DOUBLE_EQ(Formula("slope < 0 ? 1 : 2", names).at(values), 1.0);
    EXPECT_DOUBLE_EQ(Formula("1.5e-3", {}).at({}), 1.5e-3);
}

TEST(Formula, NamesAreKnownBeforeTheyHaveValues) {
    EXPECT_EQ(names_in_formula("slope + 2*slope - core_fm * sqrt(pi)"), (std::vector<std::string>{"core_fm", "slope"}));
    EXPECT_NE(message_of([] { names_in_formula("2 +"); }).find("is no formula"), std::string::npos);
}

TEST(Formula, WhatIsWrongIsNamed) {
    EXPECT_NE(message_of([] { Formula("core_fm * r0", names); }).find("names r0"), std::string::npos);
    EXPECT_NE(message_of([] { Formula("1, 2", names); }).find("commas"), std::string::npos);
    EXPECT_NE(message_of([] { Formula("", names); }), "");
    EXPECT_NE(message_of([] { Formula("core_fm = 2", names); }), "");
    EXPECT_NE(message_of([] { Formula("2 core_fm", names); }), "");
    EXPECT_NE(message_of([] { Formula("ln(slope)", names).at(values); }).find("finite"), std::string::npos);
    EXPECT_NE(message_of([] { Formula("1/(slope + 0.3)", names).at(values); }).find("finite"), std::string::npos);
}

TEST(Formula, NamesAreLettersAndNoFunctions) {
    for (char const* name : {"a", "core_fm", "r0", "A_1"}) EXPECT_TRUE(is_formula_name(name)) << name;
    for (char const* name : {"", "1a", "_a", "a.b", "a b", "sin", "pi", "a-b", "[0]"})
        EXPECT_FALSE(is_formula_name(name)) << name;
}

}  // namespace
}  // namespace hadronforce
