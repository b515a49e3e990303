#include "hadronforce/measurement/momentum_variable.hpp"

#include "hadronforce/units/constants.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace hadronforce {
namespace {

double factor(std::string const& name, std::string const& units, MomentumReading const& reading = {}) {
    return factor_to_k_star_MeV(name, units, reading, "t.yaml:3");
}

TEST(MomentumVariable, UnitsInEveryDressAreThoseOfAMomentum) {
    for (char const* units :
         {"MeV", "MeV/c", "MEV/C", "MeV/$c$", "MeV/$\\textit{c}$", "$\\mathrm{MeV}/c$", "MeV c^{-1}", "(MeV/c)",
          "[MeV/c]", " MeV / c ", "\\mathrm{MeV}/\\it{c}", "$\\text{MeV}\\,c^{-1}$"})
        EXPECT_EQ(factor("k*", units), 1.0) << units;
    for (char const* units : {"GeV", "GeV/c", "GEV/C", "GeV/$c$", "$\\mathrm{GeV}/c$", "GEV/c", "GeV*c**-1"})
        EXPECT_EQ(factor("k*", units), 1000.0) << units;
    for (char const* units : {"1/fm", "fm^-1", "FM**-1", "fm$^{-1}$", "$\\mathrm{fm}^{-1}$"})
        EXPECT_DOUBLE_EQ(factor("k*", units), units::hbar_c_MeV_fm) << units;
}

TEST(MomentumVariable, UnitsOfNoMomentumAreRefused) {
    for (char const* units :
         {"GEV**-1",     "GeV^-1",     "GeV^{-1}",  "1/GeV", "GeV^2",  "GeV**2", "GeV$^{2}$", "GeV/c^2",
          "GeV/$c^{2}$", "(GeV/c)^-1", "(GeV/c)^2", "c/GeV", "GeV fm", "MeV fm", "fm",        "TeV",
          "keV/c",       "eV",         "%",         "GeVA",  "1/MeV",  ""}) {
        auto const message = message_of([&] { factor("k*", units); });
        EXPECT_EQ(message.rfind("t.yaml:3: the units of k* are '" + std::string(units) + "'", 0), 0U) << message;
        EXPECT_NE(message.find("data.unit"), std::string::npos);
    }
    EXPECT_EQ(factor("k*", "", {"", "GeV"}), 1000.0);
    EXPECT_EQ(factor("k*", "GEV**-1", {"", "MeV"}), 1.0);
}

TEST(MomentumVariable, UnitsMayStandInTheName) {
    for (char const* name : {"k* [MeV/c]", "k* (MeV/c)", "K* (MEV/C)", "$k^{*}$ (MeV/$c$)", "$k^*$ $(\\mathrm{MeV}/c)$",
                             "k* in MeV/c", "k*, MeV/c", "$k^{\\star}$ [MeV/$c$]"})
        EXPECT_EQ(factor(name, ""), 1.0) << name;
    for (char const* name : {"K* (GEV/C)", "k* [GeV]", "k* in GeV/c"}) EXPECT_EQ(factor(name, ""), 1000.0) << name;
    for (char const* name : {"k* [GeV^-1]", "k* (GEV**-1)", "k*", "k* (1/GeV)"})
        EXPECT_NE(message_of([&] { factor(name, ""); }).find("the units of"), std::string::npos) << name;
}

TEST(MomentumVariable, NamesOfKStarAreKnown) {
    for (char const* name : {"k*", "K*", "$k^{*}$", "$k^*$", "k^{\\ast}", "$k^\\star$", "kstar", "k_star", "k", "$k$",
                             "Relative momentum k*", "k* of the pair", "$\\it{k}^{*}$"})
        EXPECT_EQ(factor(name, "MeV/c"), 1.0) << name;
}

TEST(MomentumVariable, WhatIsNotCalledKStarHasToBeNamed) {
    for (char const* name : {"Q", "q", "q_inv", "Q_{inv}", "$q_{\\rm inv}$", "Q(INV)", "QINV", "|q|",
                             "$Q_\\mathrm{inv}$", "relative momentum q", "2k*"}) {
        auto const message = message_of([&] { factor(name, "GeV/c"); });
        EXPECT_NE(message.find("2 k*"), std::string::npos) << name << ": " << message;
        EXPECT_NE(message.find("data.momentum"), std::string::npos) << name;
        EXPECT_EQ(factor(name, "GeV/c", {"q_inv", ""}), 500.0);
        if (std::string(name) == "2k*") continue;  // which says it
        EXPECT_EQ(factor(name, "GeV/c", {"k_star", ""}), 1000.0);
    }
    for (char const* name :
         {"pT", "p_T", "KT [GEV]", "k_T", "$k_{\\mathrm{T}}$", "m_T", "q_out", "$q_{long}$", "M(INV)", "momentum"})
        EXPECT_NE(message_of([&] { factor(name, "GeV/c"); }).find("data.momentum: k_star"), std::string::npos) << name;
}

TEST(MomentumVariable, ColumnsAreInMeVUnlessTheyEndOtherwise) {
    EXPECT_EQ(factor_of_column("k_star_MeV", {}, "t.csv"), 1.0);
    EXPECT_EQ(factor_of_column("from", {}, "t.csv"), 1.0);
    EXPECT_EQ(factor_of_column("k_low_GeV", {}, "t.csv"), 1000.0);
    EXPECT_EQ(factor_of_column("from", {"", "GeV"}, "t.csv"), 1000.0);
    EXPECT_EQ(factor_of_column("q_inv_GeV", {"q_inv", ""}, "t.csv"), 500.0);
    EXPECT_NE(message_of([] { factor_of_column("Q_GeV", {}, "t.csv"); }).find("data.momentum"), std::string::npos);
}

TEST(MomentumVariable, WhatTheTableSaysIsNotContradicted) {
    struct Table {
        char const *name, *units;
        MomentumReading reading;
        double where_meant;
    };
    for (auto const& [name, units, reading, where_meant] :
         std::vector<Table>{{"k*", "GeV/c", {"", "MeV"}, 1.0},
                            {"k*", "MeV/c", {"", "GeV"}, 1000.0},
                            {"k*", "$\\mathrm{fm}^{-1}$", {"", "MeV"}, 1.0},
                            {"k*", "keV/c", {"", "MeV"}, 1.0},
                            {"k* [GeV/c]", "", {"", "1/fm"}, units::hbar_c_MeV_fm},
                            {"k* [GeV/c]", "MeV/c", {"", "MeV"}, 1.0},
                            {"k*", "MeV/c", {"q_inv", ""}, 0.5},
                            {"$k^{*}$", "GeV/c", {"q_inv", "GeV"}, 500.0},
                            {"2k*", "GeV/c", {"k_star", ""}, 1000.0}}) {
        auto const message = message_of([&, n = name, u = units, r = reading] { factor(n, u, r); });
        EXPECT_EQ(message.rfind("t.yaml:3: ", 0), 0U) << name << units;
        EXPECT_NE(message.find("allow: [units]"), std::string::npos) << message;
        MomentumReading meant = reading;
        meant.unchecked = true;
        EXPECT_DOUBLE_EQ(factor(name, units, meant), where_meant) << name << units;
    }
    EXPECT_NE(message_of([] { factor("k* [GeV/c]", "MeV/c"); }).find("in its header and"), std::string::npos);
    EXPECT_EQ(factor("k* [GeV/c]", "GEV", {"k_star", "GeV"}), 1000.0);  // said again
    EXPECT_EQ(factor("Q", "", {"k_star", "GeV"}), 1000.0);              // said by the config alone
    for (auto const& [column, reading] :
         {std::pair{"k_star_GeV", MomentumReading{"", "MeV"}}, {"k_GeV_low", {"", "MeV"}}, {"k_MeV", {"q_inv", ""}}})
        EXPECT_NE(message_of([&, c = column, r = reading] { factor_of_column(c, r, "t.csv"); }).find("allow: [units]"),
                  std::string::npos)
            << column;
}

TEST(MomentumVariable, ColumnsMayStateTheirUnitInAnyDress) {
    for (char const* column : {"k* [GeV/c]", "k (GeV)", "k_GeV_c", "k_low_GeV/c", "k_GeV_low", "kGeV", "k*/GeV"})
        EXPECT_EQ(factor_of_column(column, {}, "t.csv"), 1000.0) << column;
    for (char const* column : {"k_per_fm", "k_1/fm", "k [fm^-1]", "k_fm-1"})
        EXPECT_DOUBLE_EQ(factor_of_column(column, {}, "t.csv"), units::hbar_c_MeV_fm) << column;
    for (char const* column : {"k_cm", "k_star", "k"}) EXPECT_EQ(factor_of_column(column, {}, "t.csv"), 1.0) << column;
    for (char const* column : {"k_keV", "k_fm", "k_per_GeV", "k2_GeV2", "k_TeV"}) {
        auto const message = message_of([&] { factor_of_column(column, {}, "t.csv:1"); });
        EXPECT_EQ(message.rfind("t.csv:1: the column " + std::string(column) + " is in ", 0), 0U) << message;
    }
}

}  // namespace
}  // namespace hadronforce
