#include "hadronforce/measurement/written_unit.hpp"

#include "hadronforce/units/constants.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace hadronforce {
namespace {

constexpr auto momentum = Dimension::momentum, length = Dimension::length, energy = Dimension::energy,
               inverse_volume = Dimension::inverse_volume;

TEST(WrittenUnit, SizesAreThoseOfPowersOfMeVAndFm) {
    for (auto const& [text, size] : std::vector<std::pair<char const*, double>>{{"MeV/c", 1.0},
                                                                                {"GeV c^{-1}", 1e3},
                                                                                {"$\\mathrm{keV}/c$", 1e-3},
                                                                                {"TeV", 1e6},
                                                                                {"fm⁻¹", units::hbar_c_MeV_fm},
                                                                                {"fm−1", units::hbar_c_MeV_fm},
                                                                                {"1/m", 1e-15 * units::hbar_c_MeV_fm}})
        EXPECT_DOUBLE_EQ(unit_size(text, momentum).value_or(0.0), size) << text;
    EXPECT_DOUBLE_EQ(*unit_size("m", length), 1e15);
    EXPECT_DOUBLE_EQ(*unit_size("pm", length), 1e3);
    EXPECT_DOUBLE_EQ(*unit_size("(GeV)", energy), 1e3);
    EXPECT_DOUBLE_EQ(*unit_size("1/fm^3", inverse_volume), 1.0);
    EXPECT_DOUBLE_EQ(*unit_size("per_m3", inverse_volume), 1e-45);
    EXPECT_DOUBLE_EQ(*unit_size("fm**-3", inverse_volume), 1.0);
}

TEST(WrittenUnit, OtherDimensionsHaveNoSize) {
    for (char const* text :
         {"", "1", "c", "furlong", "MeVs", "GeV^-1", "GeV/c^2", "fm", "fm^-2", "GeV fm", "(GeV/c)^2"})
        EXPECT_FALSE(unit_size(text, momentum)) << text;
    for (char const* text : {"1/fm", "MeV", "fm^2", "fm/c"}) EXPECT_FALSE(unit_size(text, length)) << text;
    for (char const* text : {"fm^-1", "MeV fm", "MeV/c", "MeV^2", "fm"}) EXPECT_FALSE(unit_size(text, energy)) << text;
    for (char const* text : {"fm3", "1/fm", "fm^-2", "GeV^3"}) EXPECT_FALSE(unit_size(text, inverse_volume)) << text;
}

TEST(WrittenUnit, NamesStateThem) {
    for (auto const& [name, unit] :
         std::vector<std::pair<char const*, char const*>>{{"k* [GeV/c]", "GeV/c"},   {"k* [GeV/c] LOW", "GeV/c"},
                                                          {"k* / (MeV/c)", "MeV/c"}, {"k*/MeV", "MeV"},
                                                          {"k* / GeV/c", "GeV/c"},   {"k* in GeV/c", "GeV/c"},
                                                          {"k*, 1/fm", "1/fm"},      {"k_star_GeV_c", "GeV_c"},
                                                          {"k_1/fm", "1/fm"},        {"k_per_fm", "per_fm"},
                                                          {"k_GeV_low", "GeV"},      {"kstarMeV", "MeV"},
                                                          {"kGeV/c", "GeV/c"},       {"b3_MeV_fm2", "MeV_fm2"},
                                                          {"S_per_fm3", "per_fm3"},  {"r_m", "m"},
                                                          {"V(r) [GeV]", "GeV"},     {"V_keV", "keV"},
                                                          {"q_inv_GeV", "GeV"},      {"r (cm)", "cm"}})
        EXPECT_EQ(unit_in_name(name), unit) << name;
    for (char const* name : {"k", "k_star", "C(k*)", "V_c", "V_M", "m_T", "from", "mean", "C_LL", "a1_st", "fm", "MeV"})
        EXPECT_EQ(unit_in_name(name), "") << name;
}

TEST(WrittenUnit, ColumnsAreConvertedOrRefused) {
    auto const factor = [](char const* name, Dimension dimension, bool unchecked = false) {
        return factor_of_unit(name, unit_in_name(name), dimension, unchecked, "t.csv:1");
    };
    EXPECT_EQ(factor("V", energy), 1.0);
    EXPECT_EQ(factor("V_MeV", energy), 1.0);
    EXPECT_EQ(factor("V_GeV", energy), 1e3);
    EXPECT_EQ(factor("V_keV", energy), 1e-3);
    EXPECT_EQ(factor("r_m", length), 1e15);
    EXPECT_DOUBLE_EQ(factor_of_unit("U", "GeV/fm^3", Dimension::energy_density, false, "u.h5"), 1e3);
    EXPECT_EQ(factor_of_unit("S", "arbitrary", inverse_volume, false, "s.h5"), 1.0);
    EXPECT_NE(
        message_of([] { factor_of_unit("/r", "a", length, false, "v.h5"); }).find("v.h5: /r is in a, where a length"),
        std::string::npos);  // a lattice spacing
    EXPECT_EQ(factor("S_per_fm3", inverse_volume), 1.0);
    for (auto const& [name, dimension] : std::vector<std::pair<char const*, Dimension>>{{"V_per_fm", energy},
                                                                                        {"V_fm", energy},
                                                                                        {"V [MeV fm]", energy},
                                                                                        {"r_MeV", length},
                                                                                        {"r_per_GeV", length},
                                                                                        {"S_per_fm", inverse_volume},
                                                                                        {"S_MeV", inverse_volume}}) {
        auto const message = message_of([&, n = name, d = dimension] { factor(n, d); });
        EXPECT_EQ(message.rfind("t.csv:1: " + std::string(name) + " is in ", 0), 0U) << message;
        EXPECT_NE(message.find("allow: [units]"), std::string::npos) << message;
        EXPECT_EQ(factor(name, dimension, true), 1.0);
    }
}

}  // namespace
}  // namespace hadronforce
