#include "hadronforce/lattice/raw_waves.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/lattice/baryon_correlator.hpp"
#include "hadronforce/storage/file.hpp"
#include "lattice/raw_files.hpp"
#include "support/message_of.hpp"
#include "support/temporary_folder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace hadronforce {
namespace {

using testing::CompressedA1;
using testing::write_bytes;

constexpr int L = 4;

/// Not symmetric: its A1+ part is 1 + (x^2 + y^2 + z^2)/3 with folded coordinates.
double lopsided(std::array<int, 3> const& site) {
    auto const folded = [](int c) { return std::min(c, L - c); };
    auto const odd = [](int c) { return c == 0 || 2 * c == L ? 0 : (c < L / 2 ? 1 : -1); };
    return 1.0 + folded(site[0]) * folded(site[0]) + 0.3 * odd(site[1]);
}
double symmetric_part(std::array<int, 3> const& site) {
    return 1.0 + (site[0] * site[0] + site[1] * site[1] + site[2] * site[2]) / 3.0;
}

/// Each rank with files of its own: reading is not collective.
class RawWaves : public ::testing::Test {
  protected:
    std::string file(std::string const& name) const { return folder.file(std::to_string(world().rank()) + name); }
    Eigen::ArrayXd read(RawWaveFormat::Kind kind, std::string const& path) const {
        return read_raw_wave(self, {kind, {1, 2}, "/wave"}, path, orbits);
    }
    std::string refusal(RawWaveFormat::Kind kind, std::string const& bytes) const {
        write_bytes(file("wave"), bytes);
        auto const message = message_of([&] { read(kind, file("wave")); });
        EXPECT_EQ(message.find(file("wave") + ":"), 0u) << message;
        return message;
    }
    void expect_symmetric_part(Eigen::ArrayXd const& wave) const {
        ASSERT_EQ(wave.size(), orbits.size());
        for (Eigen::Index i = 0; i < wave.size(); ++i)
            EXPECT_NEAR(wave[i], symmetric_part(orbits.representatives()[static_cast<std::size_t>(i)]), 1e-14);
    }

    TemporaryFolder folder{"raw_waves"};
    Communicator self = world().split(world().rank());
    CubicOrbits orbits{L};
};

constexpr auto compressed = RawWaveFormat::Kind::compressed_a1;
constexpr auto big_endian = RawWaveFormat::Kind::big_endian_zyx;
constexpr auto hdf5 = RawWaveFormat::Kind::hdf5;

TEST_F(RawWaves, AllFormatsGiveTheProjectedWave) {
    write_bytes(file("compressed"), CompressedA1(L, symmetric_part).bytes());
    expect_symmetric_part(read(compressed, file("compressed")));
    write_bytes(file("zyx"), testing::big_endian_zyx(L, lopsided));
    expect_symmetric_part(read(big_endian, file("zyx")));
    for (bool const is_complex : {true, false}) {
        RowMatrixXd values(L, L * L * (is_complex ? 2 : 1));
        Eigen::Index i = 0;
        for (int z = 0; z < L; ++z)
            for (int y = 0; y < L; ++y)
                for (int x = 0; x < L; ++x) {
                    values.data()[i++] = lopsided({x, y, z});
                    if (is_complex) values.data()[i++] = 9.0;
                }
        {
            File out(self, file("h5"), File::Mode::create);
            std::vector<std::int64_t> shape{L, L, L};
            if (is_complex) shape.push_back(2);
            out.create_dataset("/wave", shape, Precision::float64, {"1", "", {}});
            out.write_rows("/wave", {0, L}, values);
            out.close();
        }
        expect_symmetric_part(read(hdf5, file("h5")));
    }
}

TEST_F(RawWaves, SitesOfACompressedFileMayComeInAnyOrder) {
    CompressedA1 wave(L, symmetric_part);
    std::size_t const site_bytes = wave.data.size() / wave.sites.size();
    std::swap(wave.sites[1], wave.sites[7]);
    for (std::size_t i = 0; i < site_bytes; ++i) std::swap(wave.data[site_bytes + i], wave.data[7 * site_bytes + i]);
    write_bytes(file("wave"), wave.bytes());
    expect_symmetric_part(read(compressed, file("wave")));
}

TEST_F(RawWaves, RefusesCompressedFilesThatCannotBeRight) {
    CompressedA1 const good(L, symmetric_part);
    auto const whole = good.bytes();
    EXPECT_NE(message_of([&] { read(compressed, file("none")); }).find("cannot be read (No such file"),
              std::string::npos);
    EXPECT_NE(refusal(compressed, "").find("cannot be read (it is empty)"), std::string::npos);
    EXPECT_NE(refusal(compressed, whole.substr(0, 10)).find("record 1 (lattice) is truncated"), std::string::npos);
    EXPECT_NE(refusal(compressed, whole.substr(0, 24)).find("record 2 (sites) is missing"), std::string::npos);
    EXPECT_NE(refusal(compressed, whole.substr(0, whole.size() - 9)).find("record 4 (data) is truncated"),
              std::string::npos);
    EXPECT_NE(refusal(compressed, whole + "x").find("1 bytes follow"), std::string::npos);
    EXPECT_NE(refusal(compressed, "not a record at all").find("record 1 (lattice) has"), std::string::npos);
    auto torn = whole;
    torn[20] = 15;  // the length that ends the first record
    EXPECT_NE(refusal(compressed, torn).find("ends with another length"), std::string::npos);
    EXPECT_NE(refusal(compressed, CompressedA1(6, symmetric_part).bytes())
                  .find("is of a 6 x 6 x 6 lattice, the config says L = 4"),
              std::string::npos);
    auto changed = good;
    changed.header[3] = 9;
    EXPECT_NE(refusal(compressed, changed.bytes()).find("has 9 sites; L = 4 has 10 cubic orbits"), std::string::npos);
    changed = good;
    changed.sites[3] = 3;  // (0, 3, 0): not folded
    EXPECT_NE(refusal(compressed, changed.bytes()).find("site index 3 does not represent"), std::string::npos);
    changed.sites[3] = -1;
    EXPECT_NE(refusal(compressed, changed.bytes()).find("site index -1"), std::string::npos);
    changed.sites[3] = changed.sites[4];
    EXPECT_NE(refusal(compressed, changed.bytes()).find("occurs twice"), std::string::npos);
    changed = CompressedA1(L, [](auto const& site) { return site[1] == 2 ? std::nan("") : 1.0; });
    EXPECT_NE(refusal(compressed, changed.bytes()).find("the wave at (2, 2, 0) is nan"), std::string::npos);
}

TEST_F(RawWaves, RefusesDumpsThatCannotBeRight) {
    auto const whole = testing::big_endian_zyx(L, lopsided);
    EXPECT_NE(refusal(big_endian, whole.substr(8)).find("has 1016 bytes; L = 4 needs 1024"), std::string::npos);
    EXPECT_NE(refusal(big_endian, whole + whole).find("has 2048 bytes"), std::string::npos);
    auto const infinite = testing::big_endian_zyx(L, [](auto const& site) {
        return site[0] == 1 && site[1] == 0 && site[2] == 0 ? std::numeric_limits<double>::infinity() : 1.0;
    });
    EXPECT_NE(refusal(big_endian, infinite).find("the wave at (1, 0, 0) is inf"), std::string::npos);
}

TEST_F(RawWaves, RefusesHdf5FilesThatCannotBeRight) {
    EXPECT_NE(refusal(hdf5, "text").find("not an HDF5 file"), std::string::npos);
    {
        File out(self, file("wave"), File::Mode::create);
        out.write_all("/other", RowMatrixXd::Ones(2, 2), Precision::float64, {"1", "", {}});
        out.write_all("/wave", RowMatrixXd::Ones(16, 4), Precision::float64, {"1", "", {}});
        out.close();
    }
    auto const message = message_of([&] { read(hdf5, file("wave")); });
    EXPECT_NE(message.find(":/wave: has shape 16 x 4; 4 x 4 x 4 (z, y, x)"), std::string::npos) << message;
    EXPECT_NE(message_of([&] {
                  read_raw_wave(self, {hdf5, {1, 2}, "/none"}, file("wave"), orbits);
              }).find(":/none: is missing"),
              std::string::npos);
}

TEST_F(RawWaves, BaryonCorrelatorsAreReadAndFolded) {
    write_bytes(file("b"), "# t re im\n0 8 0.1 x\n1 0.45D+01 0\n2 2 -1\n3 -1e-1 0\n\n");
    Eigen::ArrayXd const forward = read_baryon_correlator(file("b"), 4);
    EXPECT_TRUE(forward.isApprox(Eigen::Array4d(8.0, 4.5, 2.0, -0.1), 0.0));
    // (T - t) mod T: 0 with 0, 1 with 3, 2 with 2.
    EXPECT_TRUE(
        fold(forward, Eigen::Array4d(-6.0, -1.0, 4.0, -3.5)).isApprox(Eigen::Array4d(7.0, 4.0, 3.0, 0.45), 1e-15));
}

TEST_F(RawWaves, RefusesBaryonCorrelatorsThatCannotBeRight) {
    auto const refuses = [&](std::string const& text) {
        write_bytes(file("b"), text);
        return message_of([&] { read_baryon_correlator(file("b"), 3); });
    };
    EXPECT_NE(refuses("0 1 0\n1 1 0\n").find("ends after 2 of T = 3"), std::string::npos);
    EXPECT_NE(refuses("0 1 0\n1 1 0\n2 1 0\n3 1 0\n").find(":4: goes on beyond T = 3"), std::string::npos);
    EXPECT_NE(refuses("0 1 0\n2 1 0\n").find(":2: begins with t = 2, 1 is next"), std::string::npos);
    EXPECT_NE(refuses("0 1 0\n1 1\n").find(":2: has no three numbers"), std::string::npos);
    EXPECT_NE(refuses("0 1 0\n1 x 0\n").find(":2: has no three numbers"), std::string::npos);
    for (char const* number : {"0x1", "0x1p3", "1.5f", "1.0-105", "nan(1)"})  // 0x1 is not one, nor 1.5f 1.5
        EXPECT_NE(refuses(fmt::format("0 1 0\n1 {} 0\n", number)).find(":2: has no three numbers"), std::string::npos)
            << number;
    EXPECT_NE(refuses("0 1 0\n1 nan 0\n").find(":2: is not finite"), std::string::npos);
}

}  // namespace
}  // namespace hadronforce
