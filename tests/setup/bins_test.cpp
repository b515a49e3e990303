#include "hadronforce/config/section.hpp"
#include "hadronforce/setup/measured_config.hpp"
#include "hadronforce/setup/physics_config.hpp"

#include "support/message_of.hpp"
#include "support/text_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace hadronforce {
namespace {

char const* const table =
    "k_low,k_high,C,stat_err,sys_err\n0,4,1.5,0.1,0.02\n4,10,1.4,0.1,0.03\n10,20,1.2,0.1,0.04\n"
    "20,40,1.1,0.1,0.05\n";

MeasuredData data_of(std::string const& text) {
    auto const config = Config::from_text(text, "c.yaml");
    return read_measured_data(config.root().section("data"), world());
}

TEST(MeasuredConfig, BinsAreCutAndExcluded) {
    TextFile const file("setup_bins.csv", table);
    auto const data =
        data_of(fmt::format("data: {{file: {}, k_min_MeV: 4, exclude: [[9, 15]], errors: [stat]}}", file.path()));
    ASSERT_EQ(data.bins.size(), 1);
    EXPECT_EQ(data.bins.k_low_MeV[0], 20.0);
    EXPECT_DOUBLE_EQ(data.variance[0], 0.01);
}

TEST(MeasuredConfig, ErrorsInCommonAreLeftOutOfTheRest) {
    TextFile const file("setup_common.csv", table);
    auto const data = data_of(fmt::format(
        "data: {{file: {}, correlated: {{pid: {{errors: [sys]}}, scale: {{relative: 0.01}}}}}}", file.path()));
    EXPECT_TRUE(data.variance.isApprox(Eigen::ArrayXd::Constant(4, 0.01)));
    ASSERT_EQ(data.correlated.size(), 2U);
    EXPECT_DOUBLE_EQ(data.correlated[0].of_bins[2], 0.04);
    auto const covariance = full_covariance(data);
    EXPECT_NEAR(covariance(0, 1), 0.02 * 0.03 + 0.01 * 0.01 * 1.5 * 1.4, 1e-15);
    EXPECT_NEAR(covariance(1, 1), 0.01 + 0.03 * 0.03 + 1e-4 * 1.4 * 1.4, 1e-15);
}

TEST(MeasuredConfig, WhatIsWrongIsNamed) {
    TextFile const file("setup_wrong.csv", table);
    auto const message = [&](std::string const& keys) {
        return message_of([&] { data_of(fmt::format("data: {{file: {}, {}}}", file.path(), keys)); });
    };
    EXPECT_NE(message("exclude: [[10, 5]]").find("data.exclude[0] must be a range"), std::string::npos);
    EXPECT_NE(message("exclude: [[0, 50]]").find("no bin outside"), std::string::npos);
    EXPECT_NE(message("correlated: {a: {relative: 0.1, errors: [sys]}}").find("needs either relative"),
              std::string::npos);
    EXPECT_NE(message("correlated: {a: {errors: [no]}}").find("has no error no"), std::string::npos);
}

TEST(PhysicsConfig, MomentaOfATable) {
    TextFile const file("setup_momenta.csv", table);
    auto const config = Config::from_text(
        fmt::format(
            "pair: {{mass1_MeV: 938, mass2_MeV: 1116}}\npotential: {{form: square_well, radius_fm: 1, depth_MeV: "
            "10}}\nsource: {{form: gaussian, r0_fm: {{uniform: [1, 2]}}}}\nmomentum: {{from: {}, k_max_MeV: 20}}",
            file.path()),
        "c.yaml");
    auto const family = read_sample_family(config.root(), world());
    EXPECT_TRUE(family.k_low_MeV().isApprox((Eigen::ArrayXd(3) << 0.0, 4.0, 10.0).finished()));
    EXPECT_TRUE(family.k_high_MeV().isApprox((Eigen::ArrayXd(3) << 4.0, 10.0, 20.0).finished()));
    EXPECT_EQ(family.names(), std::vector<std::string>{"source.r0_fm"});
    EXPECT_EQ(family.free[0].unit, "fm");
    config.reject_unread_keys();
}

TEST(PhysicsConfig, ASolvedPairMayHaveFormulasAndADetector) {
    auto const config = Config::from_text(
        "parameters: {r: 1.2}\npair: {mass1_MeV: 938, mass2_MeV: 1116}\npotential: {form: square_well, radius_fm: 1, "
        "depth_MeV: 10}\nsource: {form: gaussian, r0_fm: {formula: 2 * r}}\nmomentum: {k_min_MeV: 0, k_max_MeV: 100, "
        "points: 5}\nlambda: 0.5\nnormalisation: 1.1\n",
        "c.yaml");
    auto const pair = read_fixed_pair(config.root(), world());
    EXPECT_DOUBLE_EQ(pair.model.kind->source()->at(pair.numbers).at("r0_fm").front(), 2.4);
    ASSERT_TRUE(pair.measured);
    auto const c = pair.model.solver(pair.k_star_MeV)->solve(pair.numbers).correlation;
    auto const seen = CorrelationModel(*pair.measured, pair.k_low_MeV, pair.k_high_MeV).in_bins(pair.numbers);
    EXPECT_TRUE(seen.isApprox(1.1 * (1.0 + 0.5 * (c - 1.0)), 1e-12));
    config.reject_unread_keys();
}

}  // namespace
}  // namespace hadronforce
