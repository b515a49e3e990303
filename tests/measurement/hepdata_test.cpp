#include "hadronforce/measurement/hepdata.hpp"

#include "support/text_file.hpp"

#include <gtest/gtest.h>

namespace hadronforce {
namespace {

char const* const table = R"(dependent_variables:
- header: {name: C(k*)}
  qualifiers:
  - {name: SQRT(S), units: GeV, value: 13000}
  - {name: RE, value: P P --> P P X}
  values:
  - value: 2.0
    errors:
    - {symerror: 0.1, label: stat}
    - {asymerror: {plus: 0.3, minus: -0.2}, label: 'sys,tracking'}
    - {symerror: 5%, label: 'sys,pid'}
  - value: '-'
  - value: 1.5
    errors:
    - {symerror: 0.05, label: stat}
    - {asymerror: {plus: -4%, minus: 2%}, label: 'sys,tracking'}
- header: {name: C(k*) of another pair}
  values: [{value: 1}, {value: 1.25}, {value: '-'}]
independent_variables:
- header: {name: k*, units: 'GeV/$c$'}
  values:
  - {low: 0, high: 0.004}
  - {low: 0.004, high: 0.008}
  - {low: 0.008, high: 0.016, value: 0.013}
)";

TEST(Hepdata, ReadsBinsErrorsAndQualifiers) {
    TextFile const file("t.yaml", table);
    auto const data = read_hepdata(file.path(), {"C(k*)"});
    ASSERT_EQ(data.size(), 2);
    EXPECT_DOUBLE_EQ(data.k_high_MeV[0], 4.0);
    EXPECT_DOUBLE_EQ(data.k_low_MeV[1], 8.0);
    EXPECT_DOUBLE_EQ(data.k_star_MeV[1], 13.0);
    EXPECT_DOUBLE_EQ(data.correlation[1], 1.5);
    EXPECT_EQ(data.table_rows, (std::vector<int>{0, 2}));
    EXPECT_EQ(data.where(1), file.path() + ":13");
    ASSERT_EQ(data.qualifiers.size(), 2U);
    EXPECT_EQ(data.qualifiers[0].name, "SQRT(S)");
    EXPECT_EQ(data.qualifiers[0].value, "13000 GeV");
    EXPECT_EQ(data.qualifiers[1].value, "P P --> P P X");
    ASSERT_EQ(data.errors.size(), 3U);  // by name: stat, sys,pid, sys,tracking
    EXPECT_EQ(data.errors[0].name, "stat");
    EXPECT_DOUBLE_EQ(data.errors[0].up[1], 0.05);
    EXPECT_DOUBLE_EQ(data.errors[1].down[0], 0.1);  // 5% of 2
    EXPECT_DOUBLE_EQ(data.errors[1].down[1], 0.0);  // the bin does not have it
    EXPECT_DOUBLE_EQ(data.errors[2].down[0], 0.2);
    EXPECT_DOUBLE_EQ(data.errors[2].up[0], 0.3);
    EXPECT_DOUBLE_EQ(data.errors[2].down[1], 0.06);  // signs turned round: plus lowers
    EXPECT_DOUBLE_EQ(data.errors[2].up[1], 0.03);
}

TEST(Hepdata, ReadsAnotherVariableOfTheTable) {
    TextFile const file("t.yaml", table);
    auto const data = read_hepdata(file.path(), {"C(k*) of another pair"});
    EXPECT_EQ(data.table_rows, (std::vector<int>{0, 1}));
    EXPECT_EQ(data.correlation[1], 1.25);
    EXPECT_TRUE(data.errors.empty());
}

TEST(Hepdata, TakesMomentaInEveryDressOfTheirUnit) {
    for (char const* units : {"MeV/c", "MeV", "MEV/C", "MeV/$c$", "MeV/$\\textit{c}$"}) {
        TextFile const file("u.yaml", std::string("dependent_variables:\n- {header: {name: C}, values: [{value: 1}]}\n"
                                                  "independent_variables:\n- {header: {name: k, units: '") +
                                          units + "'}, values: [{value: 20}]}\n");
        EXPECT_EQ(read_hepdata(file.path()).k_star_MeV[0], 20.0) << units;
    }
}

TEST(Covariance, BinsByMomentumOrNumberOrFromCsv) {
    TextFile const file("t.yaml", table);
    TextFile const by_momentum("m.yaml", R"(independent_variables:
- {header: {name: k1, units: MeV/c}, values: [{low: 0, high: 4}, {low: 0, high: 4}, {value: 13}, {low: 4, high: 8}]}
- header: {name: k2, units: MeV/c}
  values: [{low: 0, high: 4}, {low: 8, high: 16}, {low: 8, high: 16}, {low: 4, high: 8}]
dependent_variables:
- {header: {name: cov}, values: [{value: 0.04}, {value: 0.01}, {value: 0.09}, {value: '-'}]}
)");
    TextFile const by_number("n.yaml", R"(independent_variables:
- {header: {name: bin}, values: [{value: 1}, {value: 1}, {value: 3}, {value: 3}, {value: 2}]}
- {header: {name: bin}, values: [{value: 1}, {value: 3}, {value: 3}, {value: 1}, {value: 2}]}
dependent_variables:
- {header: {name: cov}, values: [{value: 0.04}, {value: 0.01}, {value: 0.09}, {value: 0.01}, {value: 5}]}
)");
    TextFile const csv("c.csv", "bin1,bin2,covariance\n1,1,0.04\n3,1,0.01\n3,3,0.09\n");
    Eigen::Matrix2d const expected = (Eigen::Matrix2d() << 0.04, 0.01, 0.01, 0.09).finished();
    for (auto const& path : {by_number.path(), csv.path()}) {
        auto data = read_hepdata(file.path(), {"C(k*)"});
        read_covariance(path, {}, {}, data);
        EXPECT_EQ(*data.covariance, expected) << path;
    }
    // By momentum: the point 13 is the centre that the table gives.
    auto data = read_hepdata(file.path(), {"C(k*)"});
    read_covariance(by_momentum.path(), {"cov"}, {}, data);
    EXPECT_EQ(*data.covariance, expected);
}

}  // namespace
}  // namespace hadronforce
