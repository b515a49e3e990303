#include "hadronforce/parameters/parameter_space.hpp"

#include "support/message_of.hpp"

#include <gtest/gtest.h>

namespace hadronforce {
namespace {

/// Of what is named a parameter with this start.
Parameter named(std::string const& name, double start) {
    Parameter parameter;
    parameter.name = name;
    parameter.start = start;
    return parameter;
}

TEST(ParameterSpace, TiedNumbersFollowTheFreeOnes) {
    ParameterSpace space;
    auto const a = space.add(named("a", 2.0));
    auto const square = space.add_tied("square", Formula("a*a", {"a"}), {a});
    auto const b = space.add(named("b", 5.0));
    auto const sum = space.add_tied("sum", Formula("b + square", {"b", "square"}), {b, square});
    EXPECT_EQ(space.size(), 2);
    EXPECT_EQ(space.names(), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(space.free_at(b), 1U);
    EXPECT_FALSE(space.free_at(sum));
    auto const all = space.all(space.starts());
    ASSERT_EQ(all.size(), 4);
    EXPECT_DOUBLE_EQ(all[square], 4.0);
    EXPECT_DOUBLE_EQ(all[sum], 9.0);
}

TEST(ParameterSpace, AFormulaWithoutAValueIsNamed) {
    ParameterSpace space;
    auto const a = space.add(named("a", -1.0));
    space.add_tied("source.r0_fm", Formula("sqrt(a)", {"a"}), {a});
    EXPECT_NE(message_of([&] { space.all(space.starts()); }).find("source.r0_fm: the formula sqrt(a)"),
              std::string::npos);
}

TEST(Parameters, ShortNamesOfEarlierVersionsAreKnown) {
    EXPECT_TRUE(same_parameter("potential.b1_MeV", "b1_MeV"));
    EXPECT_TRUE(same_parameter("r0_fm", "source.r0_fm"));
    EXPECT_TRUE(same_parameter("lambda", "lambda"));
    EXPECT_FALSE(same_parameter("channels[0].b1_MeV", "b1_MeV"));
    EXPECT_FALSE(same_parameter("source.r0_fm", "potential.r0_fm"));
    EXPECT_FALSE(are_same_parameters({"a"}, {"a", "b"}));
}

}  // namespace
}  // namespace hadronforce
