#include "hadronforce/measurement/correlation_csv.hpp"

#include "support/paths.hpp"
#include "support/text_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace hadronforce {
namespace {

TEST(CorrelationCsv, ReadsMomentaAndValuesAmongOtherColumns) {
    TextFile const file("a.csv", "# a comment\nk_star_MeV,C,C_LL\n5,2.5,1\n\n10,1.5,1\n");
    auto const data = read_correlation_csv(file.path());
    ASSERT_EQ(data.size(), 2);
    EXPECT_FALSE(data.has_edges());
    EXPECT_EQ(data.k_star_MeV[1], 10.0);
    EXPECT_EQ(data.k_low_MeV[1], 10.0);
    EXPECT_EQ(data.correlation[0], 2.5);
    EXPECT_EQ(data.where(1), file.path() + ":5");
    EXPECT_TRUE(data.errors.empty());
}

TEST(CorrelationCsv, ReadsEdgesAndNamedErrors) {
    TextFile const file("b.csv",
                        "k_low_GeV,k_high_GeV,C,stat_err,sys_err_down,sys_err_up\n"
                        "0,0.004,1.5,0.2,0.1,0.3\n0.004,0.012,1.2,0.1,0.05,0.06\n");
    auto const data = read_correlation_csv(file.path());
    ASSERT_EQ(data.size(), 2);
    EXPECT_TRUE(data.has_edges());
    EXPECT_DOUBLE_EQ(data.k_high_MeV[1], 12.0);
    EXPECT_DOUBLE_EQ(data.k_star_MeV[1], 8.0);
    ASSERT_EQ(data.errors.size(), 2U);
    EXPECT_EQ(data.errors[0].name, "stat");
    EXPECT_EQ(data.errors[0].up[0], 0.2);
    EXPECT_EQ(data.errors[1].name, "sys");
    EXPECT_EQ(data.errors[1].down[1], 0.05);
    EXPECT_EQ(data.errors[1].up[1], 0.06);
}

TEST(CorrelationCsv, ColumnsMayBeNamed) {
    TextFile const file("c.csv", "from,to,mean,y,e1,minus,plus\n10,20,16,1.5,0.1,0.2,0.3\n20,30,26,1.4,0.1,0.2,0.3\n");
    CorrelationColumns columns;
    columns.k_low = "from";
    columns.k_high = "to";
    columns.k_star = "mean";
    columns.value = "y";
    columns.errors = {{"stat", "e1", "e1"}, {"sys", "minus", "plus"}};
    auto const data = read_correlation_csv(file.path(), columns);
    EXPECT_EQ(data.k_star_MeV[1], 26.0);  // given, not the centre
    EXPECT_EQ(data.errors[1].down[0], 0.2);
    EXPECT_EQ(data.errors[1].up[0], 0.3);
}

std::string const shared = testing::shared_data_folder() + "/measured/";

TEST(CorrelationCsv, ReadsMeasuredProtonPairsWhereTheyLie) {
    auto const path = shared + "pp_13TeV_MB_Ck_reweighted.csv";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
    auto const data = read_correlation_csv(path);
    EXPECT_TRUE(data.has_edges());
    EXPECT_EQ(data.k_low_MeV[5], 20.0);
    EXPECT_EQ(data.k_high_MeV[5], 24.0);
    EXPECT_EQ(data.correlation[5], 3.4090295);
    ASSERT_EQ(data.errors.size(), 1U);
    EXPECT_EQ(data.errors[0].name, "stat");
    EXPECT_EQ(data.errors[0].up[5], 0.094880634);
}

TEST(CorrelationCsv, ReadsMeasuredProtonLambdaPairsWhereTheyLie) {
    auto const path = shared + "p_lambda_unknown_system.csv";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
    auto const data = read_correlation_csv(path);
    EXPECT_EQ(data.k_star_MeV[0], 6.0);
    EXPECT_EQ(data.correlation[0], 1.8132232);
}

TEST(CorrelationCsv, ReadsAsymmetricErrorsOfSourceRadiiWhereTheyLie) {
    auto const path = shared + "pp_source_radius_vs_mT.csv";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
    CorrelationColumns columns;  // any quantity in bins of another: radii over transverse mass
    columns.k_low = "mT_low";
    columns.k_high = "mT_high";
    columns.value = "r_gauss_fm";
    columns.errors = {{"stat", "stat", "stat"}, {"sys", "sys_down", "sys_up"}};
    auto const data = read_correlation_csv(path, columns, {"", "GeV"});
    ASSERT_EQ(data.size(), 7);
    EXPECT_DOUBLE_EQ(data.k_low_MeV[1], 1140.0);
    EXPECT_EQ(data.correlation[6], 1.03737);
    EXPECT_EQ(data.errors[1].down[0], 0.0247313);
    EXPECT_EQ(data.errors[1].up[0], 0.0303012);
}

}  // namespace
}  // namespace hadronforce
