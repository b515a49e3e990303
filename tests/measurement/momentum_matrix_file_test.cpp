#include "hadronforce/measurement/momentum_matrix_file.hpp"

#include "hadronforce/storage/file.hpp"
#include "support/message_of.hpp"
#include "support/text_file.hpp"

#include <gtest/gtest.h>

namespace hadronforce {
namespace {

TEST(MomentumMatrixFile, CsvEntriesMayComeInAnyOrder) {
    TextFile const file("m.csv",
                        "k_low_MeV,k_high_MeV,k_from_low_MeV,k_from_high_MeV,weight\n"
                        "4,8,4,8,6\n0,4,0,4,3\n4,8,0,4,2\n0,4,4,8,1\n");
    auto const m = read_momentum_matrix(world(), file.path(), true);
    Eigen::Matrix2d const expected = (Eigen::Matrix2d() << 0.75, 0.25, 0.25, 0.75).finished();
    EXPECT_LE((m.weights - expected).cwiseAbs().maxCoeff(), 1e-15);
    EXPECT_EQ(m.low_MeV[1], 4.0);
    EXPECT_EQ(m.from_high_MeV[0], 4.0);
}

void write_matrix(std::string const& path, std::vector<double> const& edges, Eigen::MatrixXd const& weights) {
    File file(world(), path, File::Mode::create);
    file.write_vector("/k_edges_MeV", edges, {"MeV/c", "edges of measured k*", {"edge"}});
    file.write_vector("/k_from_edges_MeV", {0.0, 2.0, 4.0, 6.0}, {"MeV/c", "edges of true k*", {"edge"}});
    file.write_all("/matrix", weights, Precision::float64, {"1", "resolution", {"measured", "true"}});
    file.close();
}

TEST(MomentumMatrixFile, Hdf5HoldsEdgesAndMatrix) {
    TemporaryFile const file("m.h5");
    Eigen::MatrixXd weights(2, 3);
    weights << 0.5, 0.3, 0.2, 0.1, 0.4, 0.5;
    write_matrix(file.path(), {0.0, 4.0, 8.0}, weights);
    auto const m = read_momentum_matrix(world(), file.path(), false);
    EXPECT_LE((m.weights - weights).cwiseAbs().maxCoeff(), 1e-15);
    EXPECT_EQ(m.high_MeV[1], 8.0);
    EXPECT_EQ(m.from_low_MeV[2], 4.0);
}

TEST(MomentumMatrixFile, Hdf5OfOtherShapesIsRefused) {
    TemporaryFile const file("m.h5");
    write_matrix(file.path(), {0.0, 4.0, 8.0, 12.0}, Eigen::MatrixXd::Constant(2, 3, 1.0 / 3.0));
    auto const message = message_of([&] { read_momentum_matrix(world(), file.path(), false); });
    EXPECT_NE(message.find("the matrix is 2 x 3, its edges are of 3 rows and 3 columns"), std::string::npos) << message;
    write_matrix(file.path(), {0.0}, Eigen::MatrixXd::Constant(2, 3, 1.0 / 3.0));
    auto const short_message = message_of([&] { read_momentum_matrix(world(), file.path(), true); });
    EXPECT_NE(short_message.find("k_edges_MeV: must be a list of two edges"), std::string::npos) << short_message;
}

}  // namespace
}  // namespace hadronforce
