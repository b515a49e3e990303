#include "hadronforce/dataset/unit_of_key.hpp"

#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"

#include <gtest/gtest.h>

#include <set>

namespace hadronforce {
namespace {

TEST(UnitOfKey, IsWrittenInTheKey) {
    EXPECT_EQ(unit_of_key("b1_MeV"), "MeV");
    EXPECT_EQ(unit_of_key("b2_per_fm2"), "1/fm^2");
    EXPECT_EQ(unit_of_key("b3_MeV_fm2"), "MeV fm^2");
    EXPECT_EQ(unit_of_key("strengths_MeV[2]"), "MeV");
    EXPECT_EQ(unit_of_key("r0_fm"), "fm");
    EXPECT_EQ(unit_of_key("m_pi_MeV"), "MeV");
    EXPECT_EQ(unit_of_key("values_per_fm3"), "1/fm^3");
    EXPECT_EQ(unit_of_key("theta"), "1");
    EXPECT_EQ(unit_of_key("fm"), "1");
    EXPECT_EQ(unit_of_key("channels[0].waves[1].b1_MeV"), "MeV");
    EXPECT_EQ(unit_of_key("channels[0].waves[1].strengths_MeV_fm[2]"), "MeV fm");
    EXPECT_EQ(unit_of_key("channels[0].waves[1].delta_k_min_rad"), "rad");
    EXPECT_EQ(unit_of_key("inelasticity_k_min"), "1");
    EXPECT_EQ(unit_of_key("contributions.p_fm.lambda"), "1");
}

// The baseline is 1 + b k + c k^2 + d k^3 with k in GeV/c.
TEST(UnitOfKey, OfTheBaselineDividesPowersOfMomenta) {
    EXPECT_EQ(unit_of_key("baseline.linear_per_GeV"), "c/GeV");
    EXPECT_EQ(unit_of_key("baseline.quadratic_per_GeV2"), "c^2/GeV^2");
    EXPECT_EQ(units_of_keys({"baseline.cubic_per_GeV3", "lambda", "source.r0_fm"}), "c^3/GeV^3, 1, fm");
}

// Every number that a form of a potential or source takes: these alone have no unit.
TEST(UnitOfKey, KnowsTheNumbersOfAllForms) {
    std::set<std::string> without;
    for (auto const& form : potential_forms())
        for (auto const& parameter : form.parameters)
            if (unit_of_key(parameter.key) == "1") without.insert(parameter.key);
    for (auto const& form : source_forms())
        for (auto const& parameter : form.parameters)
            if (unit_of_key(parameter.key) == "1") without.insert(parameter.key);
    EXPECT_EQ(without, (std::set<std::string>{"alpha", "fraction", "fraction1", "fraction2", "isospin_z", "n_pi",
                                              "orbital", "scale", "spin", "theta", "total"}));
}

}  // namespace
}  // namespace hadronforce
