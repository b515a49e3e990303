#include "hadronforce/inference/measured_correlation.hpp"

#include "hadronforce/error.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <fstream>

namespace hadronforce {
namespace {

class CsvFile {
  public:
    explicit CsvFile(std::string const& text)
        : path_(::testing::TempDir() + "hadronforce_" + std::to_string(::getpid()) + ".csv") {
        std::ofstream(path_) << text;
    }
    ~CsvFile() { std::remove(path_.c_str()); }
    std::string const& path() const { return path_; }

  private:
    std::string path_;
};

std::string message_of(std::string const& text) {
    CsvFile const file(text);
    try {
        read_measured_correlation(file.path());
    } catch (InputError const& error) {
        return std::string(error.what()).substr(file.path().size());
    }
    return "";
}

TEST(MeasuredCorrelation, SkipsCommentsAndOtherColumns) {
    CsvFile const file("# a comment\nk_star_MeV,C,C_LL\n5,2.5,1\n\n10,1.5,1\n");
    auto const data = read_measured_correlation(file.path());
    ASSERT_EQ(data.k_star_MeV.size(), 2);
    EXPECT_EQ(data.k_star_MeV[1], 10.0);
    EXPECT_EQ(data.correlation[0], 2.5);
}

TEST(MeasuredCorrelation, MalformedFilesAreNamedByLine) {
    EXPECT_NE(message_of("k_star_MeV,C\n5,1\n10,\n").find(":3: C is empty"), std::string::npos);
    EXPECT_NE(message_of("k_star_MeV,C\n5,nan\n").find(":2: C is nan; it must be finite"), std::string::npos);
    EXPECT_NE(message_of("k_star_MeV,C\n5,one\n").find(":2: C is 'one'; it must be a number"), std::string::npos);
    EXPECT_NE(message_of("k_star_MeV,C\n5,1\n5,1\n").find(":3: k_star_MeV = 5 must be larger than 5"),
              std::string::npos);
    EXPECT_NE(message_of("k_star_MeV,C\n-5,1\n").find(":2: k_star_MeV = -5"), std::string::npos);
    EXPECT_NE(message_of("k_star_MeV,C\n5,1,2\n").find(":2: has 3 entries, the header names 2"), std::string::npos);
    EXPECT_NE(message_of("k,C\n5,1\n").find("has no column k_star_MeV; its columns are k, C"), std::string::npos);
    EXPECT_NE(message_of("5,1\n10,1\n").find(":1: the first line must name the columns"), std::string::npos);
    EXPECT_NE(message_of("C,C\n5,1\n").find(":1: column C is named twice"), std::string::npos);
    EXPECT_NE(message_of("k_star_MeV,C\n").find("has no rows"), std::string::npos);
    EXPECT_NE(message_of("").find("has no rows"), std::string::npos);
}

MeasuredCorrelation curve(Eigen::ArrayXd const& k) { return {"data.csv", k, 1.0 + (-k / 50.0).exp()}; }

TEST(OnGrid, EqualMomentaAreTakenAsTheyAre) {
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(30, 5.0, 300.0);
    auto const result = on_grid(curve(k * (1.0 + 1e-12)), k);
    EXPECT_FALSE(result.interpolated);
    EXPECT_TRUE((result.correlation == curve(k * (1.0 + 1e-12)).correlation).all());
}

// Modified Akima's error is of third order in the spacing, 5 MeV/c here: (5/50)^3 = 1e-3 of the curve's scale is
// generous.
TEST(OnGrid, OtherMomentaAreInterpolated) {
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(30, 5.0, 300.0);
    auto const result = on_grid(curve(Eigen::ArrayXd::LinSpaced(60, 5.0, 300.0)), k);
    EXPECT_TRUE(result.interpolated);
    EXPECT_LE((result.correlation - curve(k).correlation).abs().maxCoeff(), 1e-3);
    EXPECT_GT((result.correlation - curve(k).correlation).abs().maxCoeff(), 0.0);
}

TEST(OnGrid, MomentaOutsideTheModelAreRefused) {
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(30, 5.0, 300.0);
    EXPECT_THROW(on_grid(curve(Eigen::ArrayXd::LinSpaced(30, 5.0, 310.0)), k), InputError);
    EXPECT_THROW(on_grid(curve(Eigen::ArrayXd::LinSpaced(30, 4.0, 300.0)), k), InputError);
    EXPECT_THROW(on_grid(curve(Eigen::ArrayXd::LinSpaced(30, 10.0, 290.0)), k), InputError);
}

}  // namespace
}  // namespace hadronforce
