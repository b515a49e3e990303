// Every malformed table ends in one message: where, what, and how to mend it.

#include "hadronforce/measurement/correlation_csv.hpp"
#include "hadronforce/measurement/hepdata.hpp"
#include "hadronforce/measurement/momentum_matrix_file.hpp"
#include "support/message_of.hpp"
#include "support/text_file.hpp"

#include <gtest/gtest.h>

#include <tuple>

namespace hadronforce {
namespace {

struct Malformed {
    std::string text;
    std::string message;  ///< part of it, after the path; begins with the line where there is one
};

void expect_message(std::string const& path, Malformed const& malformed, std::function<void()> const& read) {
    std::string const message = message_of(read);
    EXPECT_EQ(message.rfind(path, 0), 0U) << malformed.text << "\n" << message;
    EXPECT_NE(message.find(malformed.message), std::string::npos) << malformed.text << "\n" << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(Malformed, Csv) {
    for (Malformed const& m : std::vector<Malformed>{
             {"k_star_MeV,C\n5,1\n10,\n", ":3: C is empty; fill the hole"},
             {"k_star_MeV,C\n5,nan\n", ":2: C is nan; it must be finite"},
             {"k_star_MeV,C\n5,inf\n", ":2: C is inf; it must be finite"},
             {"k_star_MeV,C\n5,one\n", ":2: C is 'one'; it must be a number"},
             {"k_star_MeV,C\n5,1.5.2\n", ":2: C is '1.5.2'; it must be a number"},
             {"k_star_MeV,C\n5,1\n5,1\n", ":3: k* = 5 MeV/c must be larger than 5; sort the rows"},
             {"k_star_MeV,C\n-5,1\n", ":2: the bin begins at -5 MeV/c"},
             {"k_star_MeV,C\n0,1\n", ":2: k* = 0 MeV/c must be positive"},
             {"k_star_MeV,C\n5,1,2\n", ":2: has 3 entries, the header names 2"},
             {"momentum,C\n5,1\n", "its columns are momentum, C"},
             {"k_star_MeV,CF\n5,1\n", "has no column C; its columns are k_star_MeV, CF"},
             {"5,1\n10,1\n", ":1: the first line must name the columns"},
             {"C,C\n5,1\n", ":1: column C is named twice"},
             {"k_star_MeV,,C\n5,1,1\n", ":1: a column has no name"},
             {"k_star_MeV,C\n", "has no rows"},
             {"", "it is empty"},
             {"# only a comment\n", "has no rows"},
             {"k_low,C\n0,1\n", "has the column k_low alone; give both edges"},
             {"k_low,k_high,C\n0,4,1\n4,4,1\n", ":3: the bin from 4 to 4 MeV/c is empty"},
             {"k_low,k_high,C\n0,4,1\n8,5,1\n", ":3: the bin from 8 to 5 MeV/c is empty"},
             {"k_low,k_high,C\n0,4,1\n3,8,1\n", ":3: the bin begins at 3 MeV/c, before the one above ends at 4"},
             {"k_low,k_high,C\n8,12,1\n0,4,1\n", ":3: k* = 2 MeV/c must be larger than 10"},
             {"k_low,k_high,k_star,C\n0,4,5,1\n", ":2: k* = 5 MeV/c lies outside its bin from 0 to 4"},
             {"k_low,k_high,C,stat_err\n0,4,1,-0.1\n", ":2: the error stat is -0.1; it must not be negative"},
             {"k_low,k_high,C,sys_err_down\n0,4,1,0.1\n", "has the column sys_err_down but not sys_err_up"},
             {"k_low,k_high,C,sys_err_up\n0,4,1,0.1\n", "has the column sys_err_up but not sys_err_down"},
         }) {
        TextFile const file("bad.csv", m.text);
        expect_message(file.path(), m, [&] { read_correlation_csv(file.path()); });
    }
    Malformed const missing{"", ": cannot be read (No such file or directory); check the name"};
    expect_message("no/such.csv", missing, [] { read_correlation_csv("no/such.csv"); });
}

std::string hepdata_table(std::string const& values, std::string const& bins = "[{low: 0, high: 4}, {low: 4, high: 8}]",
                          std::string const& header = "{name: k*, units: MeV/c}") {
    return "dependent_variables:\n- header: {name: C}\n  values: " + values +
           "\nindependent_variables:\n- header: " + header + "\n  values: " + bins + "\n";
}

TEST(Malformed, Hepdata) {
    std::string const good = "[{value: 1}, {value: 2}]";
    auto const with_errors = [](std::string const& errors) {
        return hepdata_table("[{value: 1, errors: " + errors + "}, {value: 2}]");
    };
    for (Malformed const& m : std::vector<Malformed>{
             {"dependent_variables: [\n", ":2: is not valid YAML"},
             {"a: 1\n---\nb: 2\n", "a second YAML document begins; keep one"},
             {"just text\n", ":1: is no HEPData table"},
             {"independent_variables: []\n", ":1: independent_variables must be a list of variables"},
             {"independent_variables: [{header: {name: k}}]\n", "has no dependent_variables"},
             {"independent_variables: [3]\n", ":1: an entry of independent_variables must have header and values"},
             {hepdata_table(good, "[{low: 0, high: 4}]"), ":3: C has 2 values, the first variable has 1"},
             {hepdata_table(good, "[]"), "k* has no list of values"},
             {hepdata_table(good, "[{low: 0, high: 4}, {low: 4, high: 8}]", "{name: k*, units: fm}"),
              ":5: the units of k* are 'fm'; they must be MeV/c or GeV/c"},
             {hepdata_table(good, "[{low: 0, high: 4}, {low: 4, high: 8}]", "{name: k*}"),
              ":5: the units of k* are ''"},
             {hepdata_table(good, "[{low: 0, high: 4}, {low: 4, high: 8}]", "{units: MeV}"),
              "the variable has no header with a name"},
             {hepdata_table(good, "[{low: 0, high: 4}, {low: 4}]"), ":6: high is missing"},
             {hepdata_table(good, "[{low: 0, high: 4}, {low: 4, high: x}]"), ":6: high is 'x'; it must be a number"},
             {hepdata_table(good, "[{low: 0, high: 4}, 6]"), ":6: a bin must be {low, high} or {value}"},
             {hepdata_table(good, "[{low: 0, high: 4}, {mid: 6}]"), ":6: a bin must have low and high, or a value"},
             {hepdata_table(good, "[{low: 0, high: 4}, {low: 3, high: 8}]"), ":3: the bin begins at 3 MeV/c"},
             {hepdata_table("[{value: 1}, {}]"), ":3: an entry of the dependent variable has no value"},
             {hepdata_table("[{value: 1}, {value: many}]"), ":3: value is 'many'; it must be a number"},
             {hepdata_table("[{value: .nan}, {value: 1}]"), ":3: value is .nan; it must be finite"},
             {hepdata_table("[{value: '-'}, {value: '-'}]"), "has no bin with a value"},
             {with_errors("0.1"), ":3: errors must be a list"},
             {with_errors("[{label: stat}]"), ":3: an error must have either symerror or asymerror"},
             {with_errors("[{symerror: [1]}]"), ":3: symerror must be a number or a text"},
             {with_errors("[{asymerror: {plus: 0.1}}]"), ":3: asymerror must have plus and minus"},
             {with_errors("[{symerror: 0.1}, {symerror: 0.2}]"), ":3: the error error is given twice"},
         }) {
        TextFile const file("bad.yaml", m.text);
        expect_message(file.path(), m, [&] { read_hepdata(file.path()); });
    }
    for (Malformed const& m : std::vector<Malformed>{
             {with_errors("[{symerror: -0.1}]"), ":3: symerror is -0.1; it must not be negative"},
             {with_errors("[{symerror: x%}]"), ":3: symerror is 'x%'; it must be a number or a percentage"},
         }) {
        TextFile const file("bad.yaml", m.text);
        expect_message(file.path(), m, [&] { covariance_of(read_hepdata(file.path()), {"error"}, false); });
    }
    TextFile const two("two.yaml",
                       "dependent_variables:\n- {header: {name: A}, values: [{value: 1}]}\n- {header: {name: B}, "
                       "values: [{value: 1}]}\nindependent_variables:\n- {header: {name: k, units: MeV}, values: "
                       "[{value: 1}]}\n");
    expect_message(two.path(), {"two", ": has 2 dependent variables; name one of its dependent variables: A, B"},
                   [&] { read_hepdata(two.path()); });
    expect_message(two.path(), {"two", ": has no dependent variable D; name one"},
                   [&] { read_hepdata(two.path(), {"D"}); });
}

TEST(Malformed, Covariance) {
    TextFile const data_file("data.csv", "k_low,k_high,C\n0,4,1\n4,8,1\n");
    for (Malformed const& m : std::vector<Malformed>{
             {"bin1,bin2,cov\n1,1,1\n", "has no column covariance"},
             {"bin1,bin2,covariance\n1,1,0.1\n", "gives no positive variance of bin 2"},
             {"bin1,bin2,covariance\n1,1,0.1\n2,2,-0.1\n", "gives no positive variance of bin 2"},
             {"bin1,bin2,covariance\n1,1,0.1\n2,3,0.1\n", ":3: the bin number 3 exceeds the 2 bins"},
             {"bin1,bin2,covariance\n1,1.5,0.1\n", ":2: the bin number 1.5 must be a whole number"},
             {"bin1,bin2,covariance\n1,1,0.1\n1,1,0.1\n", ":3: the covariance of these two bins is given twice"},
             {"bin1,bin2,covariance\n1,2,0.1\n2,1,0.2\n",
              ":3: the covariance 0.2 differs from that of the mirrored bins"},
             {"bin1,bin2,covariance\n1,1,1\n2,2,1\n1,2,1\n", "is not positive definite"},
         }) {
        TextFile const file("bad_cov.csv", m.text);
        expect_message(file.path(), m, [&] {
            auto data = read_correlation_csv(data_file.path());
            read_covariance(file.path(), {}, {}, data);
        });
    }
    TextFile const one("one.yaml", hepdata_table("[{value: 1}, {value: 2}]"));
    expect_message(one.path(), {"one", ":5: the table has 1 independent variable; a covariance has two"}, [&] {
        auto data = read_correlation_csv(data_file.path());
        read_covariance(one.path(), {}, {}, data);
    });
}

TEST(Malformed, MomentumMatrix) {
    std::string const head = "k_low_MeV,k_high_MeV,k_from_low_MeV,k_from_high_MeV,weight\n";
    for (Malformed const& m : std::vector<Malformed>{
             {"k_low_MeV,k_high_MeV,weight\n0,4,1\n", "has no column k_from_low_MeV"},
             {head + "4,0,0,4,1\n", ":2: edges of bins must increase"},
             {head + "0,4,0,4,-1\n", ":2: the weight is -1; it must not be negative"},
             {head + "0,4,0,4,1\n0,4,0,4,1\n", ":3: this entry is given twice"},
             {head + "0,4,0,4,0.5\n", "the row from 0 to 4 MeV/c adds to 0.5; it must add to 1 (normalise"},
             {head + "0,4,0,4,1\n3,8,0,4,1\n", "the rows from 3 MeV/c begins before the one that ends at 4"},
         }) {
        TextFile const file("bad_matrix.csv", m.text);
        expect_message(file.path(), m, [&] { read_momentum_matrix(world(), file.path(), false); });
    }
}

// Regular expressions recurse: names of this length overflowed the stack.
TEST(Malformed, TextsOfAnyLengthAreReadOrRefused) {
    std::string const text(400000, 'a'), rows = "10,1,0.1,-0.1\n20,1,0.1,-0.1\n";
    std::string const units = "units: MeV/c}\n  values: [{value: 10}]\n";
    TextFile const described("long.csv",
                             "#: description: " + text + "\n#: " + text + "\nk* [MeV/c],C,e +,e -\n" + rows);
    EXPECT_EQ(read_hepdata(described.path()).size(), 2);
    for (auto const& [name, content, message] : std::vector<std::tuple<char const*, std::string, char const*>>{
             {"name.csv", "#: name: T\nk* [MeV/c]," + text + ",e +,e -\n" + rows,
              ":2: a column's name has 400000 letters"},
             {"error.csv", "k_star,C," + text + "_err\n10,1,0.1\n", ":1: a column's name has 400004 letters"},
             {"name.yaml",
              "dependent_variables:\n- header: {name: C}\n  values: [{value: 1}]\nindependent_variables:\n"
              "- header: {name: " +
                  text + ", " + units,
              ":5: name has 400000 letters; at most 1000"},
             {"label.yaml",
              "dependent_variables:\n- header: {name: C}\n  values: [{value: 1, errors: [{symerror: 1, label: " + text +
                  "}]}]\nindependent_variables:\n- header: {name: k*, " + units,
              ":3: label has 400000 letters"},
             {"submission.yaml", "data_file: " + text + "\n", ": is a submission"}}) {
        TextFile const file(name, content);
        bool const is_table = std::string(name) == "error.csv";
        auto const found = message_of([&, path = file.path()] {
            if (is_table)
                read_correlation_csv(path);
            else
                read_hepdata(path);
        });
        EXPECT_EQ(found.rfind(file.path() + message, 0), 0U) << found.substr(0, 200);
        EXPECT_LT(found.size(), 2000U);
    }
}

}  // namespace
}  // namespace hadronforce
