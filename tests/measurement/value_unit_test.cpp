// The numbers of a table are C = 1.5 +- 0.1 (10 % of it 0.15) in whatever unit it states.

#include "hadronforce/measurement/hepdata.hpp"

#include "hadronforce/measurement/correlation_csv.hpp"
#include "support/message_of.hpp"
#include "support/text_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace hadronforce {
namespace {

std::string table(std::string const& name, std::string const& units, double value, std::string const& errors) {
    return fmt::format(
        "dependent_variables:\n- header: {{name: '{0}', units: '{1}'}}\n"
        "  values: [{{value: {2}, errors: [{3}]}}, {{value: {2}, errors: [{3}]}}]\n"
        "independent_variables:\n- header: {{name: k*, units: MeV/c}}\n"
        "  values: [{{low: 0, high: 4}}, {{low: 4, high: 8}}]\n",
        name, units, value, errors);
}

MeasuredCorrelation read(std::string const& text, MomentumReading const& reading = {}) {
    TextFile const file("t.yaml", text);
    return read_hepdata(file.path(), {}, reading);
}

void expect_scaled(MeasuredCorrelation const& data, std::string const& what) {
    EXPECT_DOUBLE_EQ(data.correlation[1], 1.5) << what;
    EXPECT_DOUBLE_EQ(data.errors.at(0).up[1], 0.1) << what;
    EXPECT_DOUBLE_EQ(data.errors.at(1).down[1], 0.15) << what;
}

TEST(ValueUnit, NumbersAndErrorsAreInTheUnitOfTheTable) {
    for (char const* none : {"", "1", "-", "dimensionless", "Dimensionless", "(1)", "none", " "})
        expect_scaled(read(table("C", none, 1.5, "{symerror: 0.1, label: a}, {symerror: 10%, label: b}")), none);
    for (char const* per_cent :
         {"%", "\\%", "[%]", "percent", "10^-2", "10**-2", "$10^{-2}$", "10**(-2)", "1e-2", "0.01"})
        expect_scaled(read(table("C", per_cent, 150, "{symerror: 10, label: a}, {symerror: 10%, label: b}")), per_cent);
    for (char const* name : {"C [%]", "C (%)", "C(k*) in %", "C [10^-2]"})
        expect_scaled(read(table(name, "", 150, "{symerror: 10, label: a}, {symerror: 10%, label: b}")), name);
    expect_scaled(read(table("C", "10^3", 0.0015, "{symerror: 0.0001, label: a}, {symerror: 10%, label: b}")), "10^3");
}

TEST(ValueUnit, UnitsOfNoCorrelationFunctionAreRefused) {
    for (auto const& [name, units] : {std::pair{"C", "GeV/c"},
                                      {"C", "x10^-2"},
                                      {"C", "$\\times 10^{-2}$"},
                                      {"C", "mb"},
                                      {"C", "arb. units"},
                                      {"C", "1/GeV"},
                                      {"C", "%^2"},
                                      {"C x 10^2", ""},
                                      {"$C \\times 10^{2}$", ""},
                                      {"C × 10^2", ""}}) {
        auto const text = table(name, units, 1.5, "{symerror: 0.1, label: a}, {symerror: 10%, label: b}");
        auto const message = message_of([&] { read(text); });
        EXPECT_NE(message.find("t.yaml:2: "), std::string::npos) << name << units << message;
        EXPECT_NE(message.find("has the unit '"), std::string::npos) << message;
        EXPECT_NE(message.find("allow: [units]"), std::string::npos) << message;
        expect_scaled(read(text, {"", "", true}), units);
    }
    auto const twice = table("C [%]", "1", 150, "{symerror: 10, label: a}, {symerror: 10%, label: b}");
    EXPECT_NE(message_of([&] { read(twice); }).find("'1' in its header and '%' in its name"), std::string::npos);
    // A correlation function is near 1: numbers that are so without their unit have another.
    auto const wrong = table("C", "%", 1.5, "{symerror: 0.1, label: a}, {symerror: 10%, label: b}");
    EXPECT_NE(message_of([&] { read(wrong); }).find("multiplied by 0.01, and would then be 0.015"), std::string::npos);
    expect_scaled(read(wrong, {"", "", true}), "%");
}

TEST(ValueUnit, ErrorsCalledPercentagesAreWrittenSo) {
    auto const data = read(table("C", "", 1.5, "{symerror: 10, label: 'sys [%]'}, {symerror: 10%, label: 'b [%]'}"));
    EXPECT_DOUBLE_EQ(variances_of(data, {"b [%]"})[0], 0.0225);
    EXPECT_NE(message_of([&] { variances_of(data, {"sys [%]"}); }).find("'sys [%]' is called a percentage"),
              std::string::npos);
}

TEST(ValueUnit, ColumnsOfCsvMayNameIt) {
    TextFile const file("t.csv", "# mine\nk_low,k_high,C [%],a_err,b_err_percent\n0,4,150,10,10\n4,8,150,10,10\n");
    CorrelationColumns columns;
    columns.value = "C [%]";
    auto const data = read_correlation_csv(file.path(), columns);
    EXPECT_DOUBLE_EQ(data.correlation[0], 1.5);
    EXPECT_DOUBLE_EQ(data.errors.at(0).up[0], 0.1);
    columns.errors = {{"b", "b_err_percent", "b_err_percent"}};
    auto const message = message_of([&] { read_correlation_csv(file.path(), columns); });
    EXPECT_NE(message.find("t.csv:2: the error b_err_percent is called a percentage"), std::string::npos) << message;
}

std::string covariance(std::string const& units, std::string const& bins, double diagonal) {
    return fmt::format(
        "dependent_variables:\n- header: {{name: cov, units: '{}'}}\n  values: [{{value: {}}}, {{value: {}}}]\n"
        "independent_variables:\n- header: {{name: {}}}\n  values: [{{value: 2}}, {{value: 6}}]\n"
        "- header: {{name: {}}}\n  values: [{{value: 2}}, {{value: 6}}]\n",
        units, diagonal, diagonal, bins, bins);
}

TEST(ValueUnit, CovariancesHaveItsSquare) {
    auto const per_cent = read(table("C", "%", 150, "")), plain = read(table("C", "", 1.5, ""));
    auto const variance = [](MeasuredCorrelation data, std::string const& units, double diagonal,
                             std::string const& bins = "'k* [MeV/c]'") {
        TextFile const file("c.yaml", covariance(units, bins, diagonal));
        read_covariance(file.path(), {}, {}, data);
        return (*data.covariance)(1, 1);
    };
    EXPECT_DOUBLE_EQ(variance(plain, "", 0.01), 0.01);
    EXPECT_DOUBLE_EQ(variance(plain, "10^-4", 100), 0.01);
    for (char const* square : {"%^2", "%**2", "\\%$^2$", "(%)^2", "%²", "10**-4"})
        EXPECT_DOUBLE_EQ(variance(per_cent, square, 100), 0.01) << square;
    EXPECT_DOUBLE_EQ(variance(per_cent, "1", 0.01), 0.01);
    EXPECT_NE(message_of([&] { variance(per_cent, "", 100); }).find("states no unit"), std::string::npos);
    for (char const* wrong : {"%", "GeV", "x10^-4"})
        EXPECT_NE(message_of([&] { variance(per_cent, wrong, 100); }).find("has the unit '"), std::string::npos)
            << wrong;
    TextFile const csv("c.csv", "bin1,bin2,covariance\n1,1,100\n2,2,100\n");
    EXPECT_NE(message_of([&, data = per_cent]() mutable {
                  read_covariance(csv.path(), {}, {}, data);
              }).find("c.csv:1: states no unit"),
              std::string::npos);
}

}  // namespace
}  // namespace hadronforce
