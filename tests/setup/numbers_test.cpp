#include "hadronforce/config/section.hpp"
#include "hadronforce/setup/fit_numbers.hpp"
#include "hadronforce/setup/prior_numbers.hpp"

#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

char const* const tied = R"(parameters:
  core_fm: {start: 1.1, min: 0.5, max: 2, unit: fm}
  slope: -0.3
  third: {formula: core_fm / 3}
one: {source: {r0_fm: {formula: core_fm * 1.2^slope}}}
two: {source: {r0_fm: {formula: core_fm * 1.6^slope + third}}}
)";

ModelNumber radius(Config const& config, std::string const& name, NumberReader& numbers,
                   Check<double> const& check = {}) {
    return numbers.number(config.root().section(name).section("source"), "r0_fm", "fm", std::nullopt, check);
}

TEST(Numbers, FormulasTieNumbersToNamedParameters) {
    auto const config = Config::from_text(tied, "c.yaml");
    FitNumbers numbers;
    auto const one = radius(config, "one", numbers), two = radius(config, "two", numbers);
    ASSERT_EQ(numbers.space().names(), std::vector<std::string>{"core_fm"});
    auto const& core = numbers.space().free()[0];
    EXPECT_EQ(core.unit, "fm");
    EXPECT_EQ(core.low, 0.5);
    auto const all = numbers.space().all(Eigen::VectorXd::Constant(1, 1.5));
    EXPECT_DOUBLE_EQ(one.at(all), 1.5 * std::pow(1.2, -0.3));
    EXPECT_DOUBLE_EQ(two.at(all), 1.5 * std::pow(1.6, -0.3) + 0.5);
    EXPECT_DOUBLE_EQ(numbers.trial()[*one.parameter], 1.1 * std::pow(1.2, -0.3));
    config.reject_unread_keys();
}

TEST(Numbers, AKeyReadTwiceIsOneParameter) {
    auto const config = Config::from_text("source: {r0_fm: {start: 1.2}}", "c.yaml");
    FitNumbers numbers;
    auto const source = config.root().section("source");
    auto const first = numbers.number(source, "r0_fm", "fm", std::nullopt);
    EXPECT_EQ(numbers.number(source, "r0_fm", "fm", std::nullopt).parameter, first.parameter);
    EXPECT_EQ(numbers.space().size(), 1);
    EXPECT_EQ(numbers.space().free()[0].name, "source.r0_fm");
}

TEST(Numbers, AFitTakesPriorsToo) {
    auto const config = Config::from_text(
        "a: {normal: [0.75, 0.02], min: 0.5, max: 1}\nb: {uniform: [1, 3]}\nc: {log_uniform: [1, 4], start: 3}\n",
        "c.yaml");
    FitNumbers numbers;
    for (char const* key : {"a", "b", "c"}) numbers.number(config.root(), key, "1", std::nullopt);
    auto const& free = numbers.space().free();
    EXPECT_EQ(free[0].prior.kind, Prior::Kind::normal);
    EXPECT_EQ(free[0].start, 0.75);
    EXPECT_EQ(free[0].high, 1.0);
    EXPECT_EQ(free[1].start, 2.0);
    EXPECT_EQ(free[1].low, 1.0);
    EXPECT_EQ(free[2].start, 3.0);
    EXPECT_EQ(free[2].high, 4.0);
}

TEST(Numbers, PriorsOfNamedParametersAndColumnsOfFiles) {
    auto const config = Config::from_text(
        "parameters: {depth: {uniform: [10, 30]}}\npotential: {depth_MeV: {formula: 2 * depth}}\nsource: {form: x}\n",
        "c.yaml");
    PriorNumbers numbers({"r0_fm"});
    auto const depth = numbers.number(config.root().section("potential"), "depth_MeV", "MeV", std::nullopt);
    EXPECT_DOUBLE_EQ(numbers.trial()[*depth.parameter], 40.0);
    numbers.number(config.root().section("source"), "r0_fm", "fm", std::nullopt);
    EXPECT_FALSE(numbers.trial_is_known());
    EXPECT_EQ(numbers.space().names(), (std::vector<std::string>{"depth", "source.r0_fm"}));
}

TEST(Numbers, ColumnsOfFilesMayStandInFormulas) {
    auto const config =
        Config::from_text("potential: {depth_MeV: {formula: 2 * v + shift}}\nparameters: {shift: 1}\n", "c.yaml");
    PriorNumbers numbers({"v"});
    auto const depth = numbers.number(config.root().section("potential"), "depth_MeV", "MeV", std::nullopt);
    EXPECT_EQ(numbers.space().names(), std::vector<std::string>{"v"});
    EXPECT_DOUBLE_EQ(depth.at(numbers.space().all(Eigen::VectorXd::Constant(1, 7.0))), 15.0);
}

TEST(Numbers, WhatIsWrongIsNamed) {
    struct Case {
        char const *text, *message;
    };
    for (auto const& [text, message] :
         {Case{"one: {source: {r0_fm: {formula: core}}}", "c.yaml:1: one.source.r0_fm = core names core"},
          Case{"parameters: {sin: 1}\none: {source: {r0_fm: {formula: 1}}}",
               "parameters.sin cannot stand in a formula"},
          Case{"parameters: {a: -1}\none: {source: {r0_fm: {formula: a}}}", "comes to -1; it must be positive"},
          Case{"parameters: {a: -1}\none: {source: {r0_fm: {formula: sqrt(a)}}}", "is not a finite number"},
          Case{"parameters: {a: {formula: b}, b: 1}\none: {source: {r0_fm: {formula: a}}}", "names b"},
          Case{"one: {source: {r0_fm: {start: 1, min: 2}}}", "it must lie between min and max"},
          Case{"one: {source: {r0_fm: {uniform: [1, 2], normal: [1, 1]}}}", "stands beside another prior"}}) {
        auto const config = Config::from_text(text, "c.yaml");
        FitNumbers numbers;
        auto const found = message_of([&] { radius(config, "one", numbers, positive()); });
        EXPECT_NE(found.find(message), std::string::npos) << found;
    }
}

}  // namespace
}  // namespace hadronforce
