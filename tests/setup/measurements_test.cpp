#include "hadronforce/config/section.hpp"
#include "hadronforce/setup/measurements_config.hpp"

#include "support/message_of.hpp"
#include "support/text_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace hadronforce {
namespace {

char const* const table = "k_low,k_high,C,stat_err\n0,20,1.2,0.1\n20,40,1.1,0.1\n40,60,1.05,0.1\n";

/// Two measurements whose forces, unless one has its own, stand at the top.
std::string two(std::string const& file, std::string const& of_second = "") {
    return fmt::format(R"(pair: {{mass1_MeV: 938, mass2_MeV: 1116}}
potential: {{form: square_well, radius_fm: 1, depth_MeV: {{start: 10}}}}
source: {{form: gaussian, r0_fm: {{start: 1.2}}}}
measurements:
  a: {{data: {{file: {0}}}}}
  b: {{data: {{file: {0}}}, source: {{form: gaussian, r0_fm: {{start: 2.0}}}}, lambda: 0.5{1}}}
)",
                       file, of_second);
}

std::vector<FittedMeasurement> read(std::string const& text, FitNumbers& numbers) {
    auto const config = Config::from_text(text, "c.yaml");
    auto all = read_measurements(config.root(), world(), numbers);
    config.reject_unread_keys();
    return all;
}

TEST(MeasurementsConfig, WhatStandsAtTheTopIsShared) {
    TextFile const file("measurements.csv", table);
    FitNumbers numbers;
    auto const all = read(two(file.path()), numbers);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[1].name, "b");
    EXPECT_EQ(numbers.space().names(),
              (std::vector<std::string>{"potential.depth_MeV", "source.r0_fm", "measurements.b.source.r0_fm"}));
    EXPECT_EQ(all[0].model.pair.parameters(), (std::vector<Eigen::Index>{0, 1}));
    EXPECT_EQ(all[1].model.pair.parameters(), (std::vector<Eigen::Index>{0, 2}));
    EXPECT_EQ(all[0].model.lambda.value, 1.0);
    EXPECT_EQ(all[1].model.lambda.value, 0.5);
}

TEST(MeasurementsConfig, WhoeverSaysAnythingOfTheForcesSaysAll) {
    TextFile const file("measurements_own.csv", table);
    FitNumbers numbers;
    auto const all = read(
        two(file.path(), ", channels: [{weight: 1, waves: [{l: 0, form: square_well, radius_fm: 2, depth_MeV: 5}]}]"),
        numbers);
    EXPECT_EQ(all[1].model.pair.parameters(), std::vector<Eigen::Index>{2});
    EXPECT_DOUBLE_EQ(all[1].model.pair.kind->reduced_mass_MeV(), all[0].model.pair.kind->reduced_mass_MeV());
}

TEST(MeasurementsConfig, ResidualsAreThoseOfEachAndOfWhatIsKnown) {
    TextFile const file("measurements_residuals.csv", table);
    FitNumbers numbers;
    auto text = two(file.path());
    text.replace(text.find("depth_MeV: {start: 10}"), 22, "depth_MeV: {normal: [10, 2]}");
    auto const all = read(text, numbers);
    auto const parameters = numbers.space().free();
    JointResiduals residuals(all, parameters);
    Eigen::Vector3d const at(13.0, 1.1, 2.2);
    Eigen::VectorXd const found = residuals(at);
    ASSERT_EQ(found.size(), 7);
    EXPECT_DOUBLE_EQ(found[6], 1.5);
    for (std::size_t m = 0; m < 2; ++m) {
        auto solver = all[m].make_model();
        Eigen::ArrayXd const expected = (solver.in_bins(at) - all[m].data.bins.correlation) / 0.1;
        EXPECT_TRUE(found.segment(3 * static_cast<Eigen::Index>(m), 3).isApprox(expected.matrix(), 1e-12));
    }
}

}  // namespace
}  // namespace hadronforce
