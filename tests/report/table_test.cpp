#include "hadronforce/report/table.hpp"

#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace hadronforce {
namespace {

Table example() {
    Table table("k_star");
    table.add({"k_star_MeV", Eigen::Array2d(5.0, 12.5), "MeV/c", "momentum", "/k_star_MeV"});
    table.add(
        {"C_err", Eigen::Array2d(1.0 / 3.0, std::numeric_limits<double>::quiet_NaN()), "1", "error", "/C/error", 3});
    table.add({"", Eigen::Array2d(1.0, 2.0), "1", "of the file alone", "/C/weight"});
    table.add({"agree", Eigen::Array2d(1.0, 0.0), "1", "of the CSV alone"});
    table.comment("p-p");
    return table;
}

TEST(Table, AsText) {
    EXPECT_EQ(example().csv(), "k_star_MeV,C_err,agree\n# p-p\n5,0.333,1\n12.5,nan,0\n");
    Table table = example();
    table.add_first({"measurement", Eigen::Array2d(7.0, 7.0), "1", ""});
    EXPECT_EQ(table.head(), "measurement,k_star_MeV,C_err,agree\n");
    EXPECT_EQ(table.lines(), "7,5,0.333,1\n7,12.5,nan,0\n");
    EXPECT_EQ(Table("k_star").csv(), "\n");
}

// All digits, whatever the text has; what each column is stands beside it.
TEST(Table, AsDatasets) {
    TemporaryFile const temporary("table.h5");
    File file(world(), temporary.path(), File::Mode::create);
    example().write(file);
    EXPECT_EQ(file.read_all("/k_star_MeV").col(0), Eigen::Vector2d(5.0, 12.5));
    EXPECT_EQ(file.read_all("/C/error")(0, 0), 1.0 / 3.0);
    EXPECT_TRUE(std::isnan(file.read_all("/C/error")(1, 0)));
    EXPECT_EQ(file.read_all("/C/weight").col(0), Eigen::Vector2d(1.0, 2.0));
    auto const datasets = file.datasets();
    ASSERT_EQ(datasets.size(), 3U);
    for (auto const& dataset : datasets) {
        EXPECT_EQ(dataset.meaning.axes, std::vector<std::string>{"k_star"});
        if (dataset.name == "/k_star_MeV") {
            EXPECT_EQ(dataset.meaning.unit, "MeV/c");
            EXPECT_EQ(dataset.meaning.description, "momentum");
        }
    }
    file.close();
}

}  // namespace
}  // namespace hadronforce
