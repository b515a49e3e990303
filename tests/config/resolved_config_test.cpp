#include "hadronforce/config/section.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

namespace hadronforce {
namespace {

TEST(ResolvedConfig, ReadsBackTheSame) {
    auto const config = Config::from_text("pair: {name: p-Omega, mass1_MeV: 938.27}", "a.yaml");
    auto const first =
        std::make_pair(config.root().section("pair").required<double>("mass1_MeV"),
                       config.root().optional_section("solver").optional<double>("tolerance", 0.1 + 0.2));
    auto const again = Config::from_text(config.resolved(), "again.yaml");
    auto const second = std::make_pair(again.root().section("pair").required<double>("mass1_MeV"),
                                       again.root().section("solver").required<double>("tolerance"));
    EXPECT_EQ(first, second);
    EXPECT_NO_THROW(again.reject_unread_keys());
    EXPECT_EQ(again.resolved(), config.resolved());
}

// A default may stand for "none" and be a value that nobody else may give; an empty list is printed alike, made or
// read.
TEST(ResolvedConfig, DefaultsMayBeWrittenOutWhateverTheCheck) {
    auto const read = [](Config const& config) {
        Section const network = config.root().section("network");
        network.optional<double>("penalty", 0.0, positive());
        network.optional<double>("r0_fm", 1e6);
        network.optional<std::vector<std::string>>("names", {});
        return network.optional<std::vector<std::int64_t>>("widths", {}, each(at_least(1)));
    };
    auto const config = Config::from_text("network: {}", "a.yaml");
    EXPECT_TRUE(read(config).empty());
    auto const again = Config::from_text(config.resolved(), "again.yaml");
    EXPECT_TRUE(read(again).empty());
    EXPECT_EQ(again.resolved(), config.resolved());
    for (auto const& [wrong, message] :
         {std::pair("network.widths=[0]", "has an entry that must be at least 1"),
          std::pair("network.penalty=-1", "must be positive"), std::pair("network.r0_fm=2e6", "at most 100000")}) {
        auto const changed = Config::from_text("network: {}", "a.yaml", {wrong});
        EXPECT_NE(message_of([&] { read(changed); }).find(message), std::string::npos) << wrong;
    }
    EXPECT_TRUE(read(Config::from_text("", "a.yaml", {"network.widths=[]"})).empty());
}

TEST(ResolvedConfig, NamesOfParametersStayKeys) {
    auto const config =
        Config::from_text("truth: {'strengths_MeV[0]': -60, 'contributions.other.lambda': 1}", "a.yaml");
    auto const read = [](Config const& given) {
        Section const truth = given.root().section("truth");
        return truth.required<double>("strengths_MeV[0]") + truth.required<double>("contributions.other.lambda");
    };
    EXPECT_EQ(read(config), -59.0);
    EXPECT_EQ(read(Config::from_text(config.resolved(), "again.yaml")), -59.0);
}

}  // namespace
}  // namespace hadronforce
