#include "hadronforce/interaction/potential_registry.hpp"

#include "hadronforce/units/constants.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

std::string refusal_of(std::string const& form, PotentialParameters const& parameters) {
    return message_of([&] { make_potential(form, parameters, 600.0); });
}

TEST(PotentialRegistry, EveryPresetMakesAFinitePotentialAndNamesItsPaper) {
    EXPECT_GE(potential_presets().size(), 8u);
    Eigen::ArrayXd const r = Eigen::ArrayXd::LinSpaced(500, 0.0, 20.0);
    Eigen::ArrayXd v(500);
    for (auto const& preset : potential_presets()) {
        auto const potential =
            make_potential(preset.form, preset.parameters, units::reduced_mass(preset.mass1_MeV, preset.mass2_MeV));
        potential->fill_MeV(r, v);
        if (potential->r_times_v_at_origin_MeV_fm() != 0.0) v[0] = 0.0;
        EXPECT_TRUE(v.isFinite().all()) << preset.name;
        EXPECT_LT(std::fabs(v[499]), 1e-3) << preset.name;
        // A paper of before 1991 has no number there.
        EXPECT_TRUE(preset.reference.find("arXiv:") != std::string::npos ||
                    preset.reference.find("(1968)") != std::string::npos)
            << preset.name;
    }
}

// "1s0" in a name is l = 0, "3p1" l = 1; a pair is alike or not as its masses are.
TEST(PotentialRegistry, PresetsKnowTheirWaveAndPair) {
    for (auto const& preset : potential_presets()) {
        bool const is_p_wave = preset.name.find("_3p") != std::string::npos;
        EXPECT_EQ(preset.orbital, is_p_wave ? 1 : 0) << preset.name;
        EXPECT_GT(preset.mass_tolerance, 0.0);
        if (preset.form == "argonne_v18") {
            EXPECT_EQ(preset.parameters.at("orbital")[0], preset.orbital) << preset.name;
            EXPECT_EQ(*preset.charge_product, preset.name.find("_pp_") != std::string::npos ? 1 : 0) << preset.name;
            // Narrow enough to tell a proton from a neutron, wide enough for their mean.
            double const split = units::neutron_mass_MeV / units::proton_mass_MeV - 1.0;
            EXPECT_LT(preset.mass_tolerance, split);
            EXPECT_GT(preset.mass_tolerance, 0.5 * split);
        }
    }
    EXPECT_EQ(*potential_preset("n_omega_published").charge_product, -1);
    EXPECT_FALSE(potential_preset("n_omega_t12").charge_product);
}

// The paper prints t = 12 rounded: -306.5 MeV in the text is the same potential in other units, so close.
TEST(PotentialRegistry, LatticeNumbersAreConverted) {
    auto const& exact = potential_preset("n_omega_t12").parameters;
    EXPECT_NEAR(exact.at("b1_MeV")[0], -313.0, 0.1);
    EXPECT_NEAR(exact.at("b2_per_fm2")[0], 81.7, 0.1);
    EXPECT_NEAR(exact.at("b3_MeV_fm2")[0], -252.0, 0.5);
    EXPECT_NEAR(exact.at("b4_per_fm2")[0], 0.85, 0.01);
}

TEST(PotentialRegistry, FormsAreSortedAndFoundByName) {
    auto const& all = potential_forms();
    for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LT(all[i - 1].name, all[i].name);
    for (auto const& form : all) EXPECT_EQ(&potential_form(form.name), &form);
    EXPECT_THROW(potential_form("gausian"), InputError);
    EXPECT_THROW(potential_preset("n_omega"), InputError);
}

// A prior may pass through no force at all; terms of 1/r that cancel leave a finite value.
TEST(PotentialRegistry, ZeroStrengthsMakeAZeroPotential) {
    Eigen::ArrayXd const r = (Eigen::ArrayXd(4) << 0.0, 0.1, 1.0, 5.0).finished();
    for (char const* name :
         {"gaussian_plus_yukawa_power", "gaussians_plus_pions", "gaussians_plus_two_pion_tail", "hulthen",
          "square_well", "sum_of_gaussians", "sum_of_yukawas", "usmani", "woods_saxon", "yukawa"})
        for (double n_pi : {1.0, 2.0, 3.0}) {
            PotentialParameters parameters;
            for (auto const& parameter : potential_form(name).parameters) {
                bool const is_strength = parameter.key.find("MeV") != std::string::npos && parameter.key != "m_MeV" &&
                                         parameter.key != "m_pi_MeV";
                parameters[parameter.key] = {is_strength ? 0.0 : parameter.key == "n_pi" ? n_pi : 0.7};
            }
            auto const potential = make_potential(name, parameters, 500.0);
            Eigen::ArrayXd v(r.size());
            potential->fill_MeV(r, v);
            EXPECT_TRUE((v == 0.0).all()) << name << ": " << v.transpose();
            EXPECT_EQ(potential->r_times_v_at_origin_MeV_fm(), 0.0) << name;
        }
    auto const cancelling =
        make_potential("sum_of_yukawas", {{"strengths_MeV_fm", {60.0, -60.0}}, {"m_per_fm", {1.0, 3.0}}}, 500.0);
    Eigen::ArrayXd near(2), v(2);
    near << 0.0, 1e-6;
    cancelling->fill_MeV(near, v);
    EXPECT_NEAR(v[0], 120.0, 1e-12);
    EXPECT_NEAR(v[1], 120.0, 1e-3);
}

TEST(PotentialRegistry, MessagesNameTheParameter) {
    EXPECT_NE(refusal_of("yukawa", {{"strength_MeV_fm", {1.0}}}).find("m_MeV"), std::string::npos);
    EXPECT_NE(refusal_of("yukawa", {{"strength_MeV_fm", {1.0}}, {"m_MeV", {-3.0}}}).find("m_MeV = -3 must be positive"),
              std::string::npos);
    // In metres: the message named memory.
    EXPECT_NE(refusal_of(
                  "tabulated",
                  {{"radii_fm", {0.0, 2e-15, 4e-15, 6e-15}}, {"values_MeV", {-9.0, -4.0, -1.0, 0.0}}, {"scale", {1.0}}})
                  .find("at least 0.001, in fm"),
              std::string::npos);
    EXPECT_NE(refusal_of("square_well", {{"depth_MeV", {1.0}}, {"radius_fm", {1.0}}, {"radius", {1.0}}})
                  .find("no parameter radius"),
              std::string::npos);
    EXPECT_NE(refusal_of("square_well", {{"depth_MeV", {1.0, 2.0}}, {"radius_fm", {1.0}}}).find("one number"),
              std::string::npos);
    EXPECT_NE(refusal_of("sum_of_gaussians", {{"strengths_MeV", {1.0, 2.0}}, {"ranges_fm", {1.0}}}).find("2 entries"),
              std::string::npos);
    EXPECT_NE(refusal_of("square_well", {{"depth_MeV", {std::nan("")}}, {"radius_fm", {1.0}}}).find("finite"),
              std::string::npos);
    EXPECT_NE(
        refusal_of(
            "gaussian_plus_yukawa_power",
            {{"n_pi", {4.0}}, {"b1_MeV", {1.0}}, {"b2_per_fm2", {1.0}}, {"b3_MeV_fm2", {1.0}}, {"b4_per_fm2", {1.0}}})
            .find("n_pi = 4"),
        std::string::npos);
    PotentialParameters v18{{"isospin_z", {1.0}}, {"spin", {1.0}}, {"orbital", {0.0}}, {"total", {1.0}}};
    EXPECT_NE(refusal_of("argonne_v18", v18).find("only np has"), std::string::npos);
    v18["isospin_z"] = {0.5};
    EXPECT_NE(refusal_of("argonne_v18", v18).find("isospin_z = 0.5"), std::string::npos);
    v18["isospin_z"] = {0.0}, v18["total"] = {2.0};
    EXPECT_NE(refusal_of("argonne_v18", v18).find("total = 2 must be between"), std::string::npos);
    EXPECT_NE(refusal_of("tabulated", {{"radii_fm", {0.0, 1.0, 1.0, 2.0}}, {"values_MeV", {1.0, 1.0, 1.0, 1.0}}})
                  .find("number 3 does not exceed"),
              std::string::npos);
    EXPECT_NE(refusal_of("tabulated", {{"radii_fm", {0.0, 1.0, 2.0}}, {"values_MeV", {1.0, 1.0, 1.0}}})
                  .find("needs 4 or more"),
              std::string::npos);
    EXPECT_NE(refusal_of("tabulated", {{"radii_fm", {0.0, 1.0, 2.0, 3.0}}, {"values_MeV", {1.0, 1.0, 1.0}}})
                  .find("4 radii and 3 values"),
              std::string::npos);
    EXPECT_NE(refusal_of("sum_of_yukawas", {{"strengths_MeV_fm", {1.0}}, {"m_per_fm", {1.0, 2.0}}}).find("1 entries"),
              std::string::npos);
}

}  // namespace
}  // namespace hadronforce
