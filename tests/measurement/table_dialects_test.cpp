// What experiments and spreadsheets write: signs of errors, variables of one name, HEPData's own CSV, separators and
// encodings.

#include "hadronforce/measurement/correlation_csv.hpp"
#include "hadronforce/measurement/hepdata.hpp"
#include "support/message_of.hpp"
#include "support/text_file.hpp"

#include <gtest/gtest.h>

namespace hadronforce {
namespace {

std::string table_with(std::string const& error) {
    return "independent_variables:\n- {header: {name: k*, units: MeV/c}, values: [{value: 10}]}\n"
           "dependent_variables:\n- header: {name: C}\n  values:\n  - value: 2.0\n    errors: [" +
           error + "]\n";
}

// HEPData's rule is that signs tell the sides; 155 of 417 public tables with asymmetric errors write none.
TEST(AsymmetricErrors, SidesAreToldBySignsWhereTheseDiffer) {
    struct Case {
        std::string both;
        double down, up;
    };
    for (auto const& c : std::vector<Case>{{"{plus: 0.3, minus: -0.2}", 0.2, 0.3},
                                           {"{plus: 0.3, minus: 0.2}", 0.2, 0.3},
                                           {"{plus: -0.3, minus: 0.2}", 0.3, 0.2},
                                           {"{plus: -0.3, minus: -0.2}", 0.2, 0.3},
                                           {"{plus: 0, minus: 0.2}", 0.2, 0.0},
                                           {"{plus: 0.3, minus: 0}", 0.0, 0.3},
                                           {"{plus: -0.3, minus: 0}", 0.3, 0.0},
                                           {"{plus: '', minus: -0.2}", 0.2, 0.0},
                                           {"{plus: 0.3, minus: ''}", 0.0, 0.3},
                                           {"{plus: 0.3, minus: }", 0.0, 0.3},
                                           {"{plus: '-', minus: -0.2}", 0.2, 0.0},
                                           {"{plus: 15%, minus: ' 10 %'}", 0.2, 0.3},
                                           {"{plus: '+0.3', minus: '-0.2'}", 0.2, 0.3}}) {
        TextFile const file("a.yaml", table_with("{asymerror: " + c.both + "}"));
        auto const error = read_hepdata(file.path()).errors.at(0);
        EXPECT_DOUBLE_EQ(error.down[0], c.down) << c.both;
        EXPECT_DOUBLE_EQ(error.up[0], c.up) << c.both;
    }
}

TEST(AsymmetricErrors, OneThatCannotBeUsedIsRefusedWhereItIsAskedFor) {
    TextFile const file("a.yaml", table_with("{symerror: 0.1, label: stat}, {symerror: see text, label: sys}"));
    auto const data = read_hepdata(file.path());
    EXPECT_DOUBLE_EQ(covariance_of(data, {"stat"}, false)(0, 0), 0.01);
    EXPECT_NE(message_of([&] {
                  covariance_of(data, {"stat", "sys"}, false);
              }).find(":6: symerror is 'see text'"),
              std::string::npos);
}

std::string const alike = R"(independent_variables:
- {header: {name: k*, units: GeV/c}, values: [{value: 0.01}, {value: 0.02}]}
dependent_variables:
- header: {name: C(k*)}
  qualifiers: [{name: CENTRALITY, value: 0-20, units: '%'}, {name: SQRT(S), units: GeV, value: 13000}]
  values: [{value: 1.1}, {value: 1}]
- header: {name: C(k*)}
  qualifiers: [{name: CENTRALITY, value: 20-60, units: '%'}, {name: SQRT(S), units: GeV, value: 13000}]
  values: [{value: 1.2}, {value: 1}]
- {header: {name: background}, values: [{value: 1.3}, {value: }]}
)";

TEST(VariableChoice, ByNumberQualifierAndName) {
    TextFile const file("q.yaml", alike);
    auto const first = [&](VariableChoice const& choice) { return read_hepdata(file.path(), choice).correlation[0]; };
    EXPECT_EQ(first({"", 1, {}}), 1.1);
    EXPECT_EQ(first({"", 2, {}}), 1.2);
    EXPECT_EQ(first({"", 0, {{"CENTRALITY", "20-60"}}}), 1.2);
    EXPECT_EQ(first({"C(k*)", 0, {{"CENTRALITY", "0-20 %"}}}), 1.1);
    EXPECT_EQ(first({"background", 0, {}}), 1.3);
    EXPECT_EQ(read_hepdata(file.path(), {"background", 0, {}}).size(), 1);  // a value of nothing is missing
    for (VariableChoice const& none :
         std::vector<VariableChoice>{{"", 4, {}}, {"C", 0, {}}, {"", 0, {{"CENTRALITY", "0"}}}, {"background", 1, {}}})
        EXPECT_NE(message_of([&] { first(none); }).find(": has no dependent variable "), std::string::npos);
    for (VariableChoice const& several :
         std::vector<VariableChoice>{{"C(k*)", 0, {}}, {"", 0, {{"SQRT(S)", "13000"}}}}) {
        auto const message = message_of([&] { first(several); });
        EXPECT_NE(message.find("data.dependent_number or data.qualifiers: 1 C(k*) (CENTRALITY: 0-20 %, SQRT(S): 13000 "
                               "GeV); 2 C(k*) (CENTRALITY: 20-60 %"),
                  std::string::npos)
            << message;
    }
}

TEST(Hepdata, ASubmissionNamesItsTables) {
    TextFile const file(
        "submission.yaml",
        "comment: about\n---\nname: Table 1\ndata_file: t1.yaml\n---\nname: Table 2\ndata_file: t2.yaml\n");
    EXPECT_NE(message_of([&] { read_hepdata(file.path()); })
                  .find("is a submission, which lists its tables; give one of "
                        "them: t1.yaml, t2.yaml"),
              std::string::npos);
}

std::string const exported =
    "#: table_doi: 10.17182/hepdata.1.v1/t1\n#: name: Table 1\n#: description: one, two\n"
    "#: CENTRALITY [%],,,0-20,,,,\n"
    "k* [GeV/c],k* [GeV/c] LOW,k* [GeV/c] HIGH,C(k*),stat +,stat -,\"sys,pid +\",\"sys,pid -\"\n"
    "0.005,0.0,0.01,1.5,0.2,-0.1,5%,-5%\n0.015,0.01,0.02,-,,,,\n0.025,0.02,0.03,1.25,0.1,-0.1,,-0.5\n"
    "\n"
    "#: CENTRALITY [%],,,20-60\nk* [GeV/c],k* [GeV/c] LOW,k* [GeV/c] HIGH,C(k*)\n0.005,0.0,0.01,2\n\n";

TEST(HepdataCsv, IsWhatItsYamlWouldBe) {
    TextFile const file("e.csv", exported);
    ASSERT_TRUE(is_hepdata(file.path()));
    auto const data = read_hepdata(file.path(), {"", 1, {}});
    ASSERT_EQ(data.size(), 2);
    EXPECT_DOUBLE_EQ(data.k_high_MeV[1], 30.0);
    EXPECT_DOUBLE_EQ(data.k_star_MeV[0], 5.0);
    EXPECT_EQ(data.correlation[1], 1.25);
    EXPECT_EQ(data.where(1), file.path() + ":8");
    EXPECT_EQ(data.table_rows, (std::vector<int>{0, 2}));
    ASSERT_EQ(data.errors.size(), 2U);
    EXPECT_EQ(data.errors[0].name, "stat");
    EXPECT_DOUBLE_EQ(data.errors[0].down[0], 0.1);
    EXPECT_DOUBLE_EQ(data.errors[0].up[0], 0.2);
    EXPECT_EQ(data.errors[1].name, "sys,pid");
    EXPECT_DOUBLE_EQ(data.errors[1].down[0], 0.075);  // 5 % of 1.5
    EXPECT_DOUBLE_EQ(data.errors[1].down[1], 0.5);
    EXPECT_DOUBLE_EQ(data.errors[1].up[1], 0.0);
    ASSERT_EQ(data.qualifiers.size(), 1U);
    EXPECT_EQ(data.qualifiers[0].value, "0-20 %");
    EXPECT_EQ(read_hepdata(file.path(), {"", 0, {{"CENTRALITY", "20-60"}}}).correlation[0], 2.0);
    EXPECT_NE(message_of([&] { read_hepdata(file.path()); }).find("has 2 dependent variables; choose one"),
              std::string::npos);
}

TEST(HepdataCsv, SeveralVariablesMayStandSideBySide) {
    TextFile const file("p.csv",
                        "#: RE,,P P --> P P,P P --> PBAR PBAR\nk* (MeV/c),C,stat +,stat -,C,stat +,stat -\n"
                        "10,1.5,0.1,-0.1,1.6,0.2,-0.2\n");
    TextFile const plain("plain.csv", "k,C\n10,1.5\n");
    EXPECT_FALSE(is_hepdata(plain.path()));
    EXPECT_EQ(read_hepdata(file.path(), {"", 2, {}}).correlation[0], 1.6);
    EXPECT_EQ(read_hepdata(file.path(), {"", 2, {}}).errors[0].up[0], 0.2);
}

TEST(HepdataCsv, GivesACovarianceToo) {
    TextFile const file("e.csv", exported);
    TextFile const covariance("c.csv", "#: name: covariance\nBIN,BIN 2,COV\n1,1,0.04\n1,3,0.01\n3,3,0.09\n");
    auto data = read_hepdata(file.path(), {"", 1, {}});
    read_covariance(covariance.path(), {}, {}, data);
    EXPECT_EQ(*data.covariance, (Eigen::Matrix2d() << 0.04, 0.01, 0.01, 0.09).finished());
}

// A table of Q = 2 k*: half the momenta, edges and all; of a covariance's bins too.
TEST(Hepdata, TakesQForTwiceKStar) {
    TextFile const file("q.yaml",
                        "independent_variables:\n- {header: {name: Q, units: GeV}, values: [{low: 0.01, high: "
                        "0.03}]}\ndependent_variables:\n- {header: {name: C}, values: [{value: 1.5}]}\n");
    EXPECT_NE(message_of([&] { read_hepdata(file.path()); }).find(":2: the momentum is called Q"), std::string::npos);
    auto data = read_hepdata(file.path(), {}, {"q_inv", ""});
    EXPECT_DOUBLE_EQ(data.k_low_MeV[0], 5.0);
    EXPECT_DOUBLE_EQ(data.k_star_MeV[0], 10.0);
    TextFile const covariance("c.yaml", R"(independent_variables:
- {header: {name: Q1, units: GeV}, values: [{low: 0.01, high: 0.03}]}
- {header: {name: Q2, units: GeV}, values: [{low: 0.01, high: 0.03}]}
dependent_variables:
- {header: {name: cov}, values: [{value: 0.04}]}
)");
    read_covariance(covariance.path(), {}, {"q_inv", ""}, data);
    EXPECT_EQ((*data.covariance)(0, 0), 0.04);
}

TEST(CsvDialects, OneTableInEveryDialectThatCanBeRead) {
    std::string const mark = "\xef\xbb\xbf";
    for (std::string const& text : {
             std::string("k_star_MeV,C,stat_err\n5,0.5,0.01\n15,0.75,0.02\n"),
             mark + "k_star_MeV,C,stat_err\n5,0.5,0.01\n15,0.75,0.02\n",
             mark + "# a comment\r\nk_star_MeV,C,stat_err\r\n5,0.5,0.01\r\n15,0.75,0.02\r\n",
             std::string("k_star_MeV,C,stat_err\r5,0.5,0.01\r15,0.75,0.02\r"),
             std::string("k_star_MeV\tC\tstat_err\n5\t0.5\t0.01\n15\t0.75\t0.02\n"),
             std::string("k_star_MeV;C;stat_err\n5;0.5;0.01\n15;0.75;0.02"),
             std::string("\"k_star_MeV\" , \"C\" , \"stat_err\"\n \"5\", \"0.5\",0.01\n15 ,0.75, 0.02 \n"),
             std::string("k_star_MeV,C,\"a, b\",stat_err\n5,0.5,1,0.01\n15,0.75,1,0.02\n"),
         }) {
        TextFile const file("d.csv", text);
        auto const data = read_correlation_csv(file.path());
        ASSERT_EQ(data.size(), 2) << text;
        EXPECT_EQ(data.k_star_MeV[1], 15.0) << text;
        EXPECT_EQ(data.correlation[0], 0.5) << text;
        EXPECT_EQ(data.errors.at(0).up[1], 0.02) << text;
    }
}

TEST(CsvDialects, OthersAreNamed) {
    std::string const utf16("\xff\xfek\0,\0C\0\n\0", 10), bare("k\0,\0C\0\n\0", 8);
    for (auto const& [text, part] : std::vector<std::pair<std::string, std::string>>{
             {utf16, "UTF-16"},
             {bare, "zero bytes"},
             {"k_star_MeV C stat_err\n5 0.5 0.01\n",
              ":1: names one column, 'k_star_MeV C stat_err'; separate columns by commas"},
             {"k_star_MeV;C;stat_err\n5;0,5;0,01\n",
              ":2: C is '0,5'; it must be a number; write the decimal comma as a point"},
             {"k_star_MeV\tC\n5\t0,5\n", "write the decimal comma as a point"},
             {"k_star_MeV,C,stat_err\n5,0,0,5,0,01\n",
              ":2: has 6 entries, the header names 3 columns; write decimal commas"},
             {"k_star_MeV;C\n5;1;2\n", ":2: has 3 entries, the header names 2 columns"},
         }) {
        TextFile const file("o.csv", text);
        auto const message = message_of([&, path = file.path()] { read_correlation_csv(path); });
        EXPECT_NE(message.find(part), std::string::npos) << text << "\n" << message;
    }
}

TEST(CorrelationCsv, LowerSidesMayHaveASign) {
    TextFile const file("s.csv", "k_star_MeV,C,stat_err_down,stat_err_up\n5,0.5,-0.1,0.2\n15,0.5,0,0.2\n");
    auto const error = read_correlation_csv(file.path()).errors.at(0);
    EXPECT_EQ(error.down[0], 0.1);
    EXPECT_EQ(error.up[0], 0.2);
}

TEST(CorrelationCsv, MomentaMayBeThoseOfQ) {
    TextFile const file("q.csv", "q_low_GeV,q_high_GeV,C\n0,0.01,1.5\n");
    auto const data = read_correlation_csv(file.path(), {}, {"q_inv", ""});
    EXPECT_DOUBLE_EQ(data.k_high_MeV[0], 5.0);
    EXPECT_NE(message_of([&] { read_correlation_csv(file.path()); }).find("data.momentum"), std::string::npos);
    CorrelationColumns columns;
    columns.k_star = "q_high_GeV";
    EXPECT_NE(message_of([&] { read_correlation_csv(file.path(), columns); }).find("2 k*"), std::string::npos);
}

}  // namespace
}  // namespace hadronforce
