#include "hadronforce/config/section.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

namespace hadronforce {
namespace {

char const* const text =
    "data: {file: a.h5, cut_fm: 3.0}\n"
    "network: {latent: 2, tail: {form: yukawa}}\n"
    "output: out.h5\n"
    "variations:\n"
    "  cut:\n"
    "    - {data: {cut_fm: 2.5}}\n"
    "    - {data: {cut_fm: x}}\n"
    "  tail:\n"
    "    - {network: {tail: }}\n"
    "    - {network: {tail: {form: gaussian, range_fm: 1}}}\n"
    "  wrong: [{output: {file: b.h5}}, {data: {cut_fm: 2}}]\n";

std::vector<Section> levels(Config const& config, char const* factor) {
    return config.root().section("variations").list(factor);
}

TEST(VariedConfig, TakesChangesInPlaceOfItsOwnValues) {
    auto const config = Config::from_text(text, "a.yaml");
    auto const varied =
        config.varied({levels(config, "cut")[0], levels(config, "tail")[1]}, {"data", "network", "fit"});
    auto const root = varied.root();
    EXPECT_EQ(root.section("data").required<double>("cut_fm"), 2.5);
    EXPECT_EQ(root.section("data").required<std::string>("file"), "a.h5");
    EXPECT_EQ(root.section("network").required<std::int64_t>("latent"), 2);
    auto const tail = root.section("network").section("tail");
    EXPECT_EQ(tail.required<std::string>("form"), "gaussian");  // as a whole: no key of the old one is left
    EXPECT_EQ(tail.required<double>("range_fm"), 1.0);
    EXPECT_FALSE(root.has("output"));
    EXPECT_TRUE(root.optional_section("fit").keys().empty());
    EXPECT_NO_THROW(varied.reject_unread_keys());
    EXPECT_EQ(config.root().section("data").required<double>("cut_fm"), 3.0);
}

// What the config needs and a variation of it does not is no mistake; what only the change has is.
TEST(VariedConfig, KeysOfTheChangesMustBeRead) {
    auto const config = Config::from_text(text, "a.yaml");
    auto const varied = config.varied({levels(config, "cut")[0]}, {"data", "network"});
    varied.root().section("network");
    varied.root().section("data");
    EXPECT_EQ(message_of([&] { varied.reject_unread_keys(); }).find("a.yaml:6: data.cut_fm is not a known key"), 0U);
    varied.root().section("data").required<double>("cut_fm");
    EXPECT_NO_THROW(varied.reject_unread_keys());
}

TEST(VariedConfig, AKeyWithoutValueIsTakenAway) {
    auto const config = Config::from_text(text, "a.yaml");
    auto const varied = config.varied({levels(config, "tail")[0]}, {"data", "network"});
    EXPECT_FALSE(varied.root().section("network").has("tail"));
}

TEST(VariedConfig, MessagesNameTheLineOfTheChange) {
    auto const config = Config::from_text(text, "a.yaml");
    auto const message = [&](std::vector<Section> const& changes) {
        return message_of([&] { config.varied(changes, {"data"}).root().section("data").required<double>("cut_fm"); });
    };
    EXPECT_EQ(message({levels(config, "cut")[1]}), "a.yaml:7: data.cut_fm is 'x'; it must be a number");
    EXPECT_EQ(message({levels(config, "wrong")[0]}),
              "a.yaml:11: variations.wrong[0].output varies nothing; it must be one of data");
    EXPECT_EQ(message({levels(config, "cut")[0], levels(config, "wrong")[1]}),
              "a.yaml:11: variations.wrong[1].data.cut_fm is varied by variations.cut[0].data too; keep one");
}

TEST(VariedConfig, MessagesNameTheArgumentOfTheChange) {
    auto const config = Config::from_text(text, "a.yaml", {"variations.cut=[{data: {cut_fm: y}}]", "data.file=b.h5"});
    auto const varied = config.varied({levels(config, "cut")[0]}, {"data"});
    EXPECT_EQ(varied.root().section("data").where("cut_fm"), "--set variations.cut");
    EXPECT_EQ(varied.root().section("data").where("file"), "--set data.file");
}

TEST(VariedConfig, WhatIsReadAsAWholeIsReadAndResolved) {
    auto const config = Config::from_text("levels: [{data: {times: [1, 2], tail: {m: 3}}}]\n", "a.yaml");
    auto const level = config.root().list("levels")[0];
    level.read_all();
    EXPECT_NO_THROW(config.reject_unread_keys());
    EXPECT_EQ(level.text(), "{data: {times: [1, 2], tail: {m: 3}}}");
    auto const again = Config::from_text(config.resolved(), "b.yaml");
    EXPECT_EQ(again.root().list("levels")[0].text(), level.text());
}

}  // namespace
}  // namespace hadronforce
