#include "hadronforce/lattice/correlator_import.hpp"

#include "hadronforce/error.hpp"
#include "lattice/raw_files.hpp"
#include "support/message_of.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

using testing::SiteFunction;

constexpr int L = 4, T = 8, configurations = 6;
std::vector<std::int64_t> const times{2, 3, 4};

/// Made-up signals, positive and different everywhere.
double wave(int configuration, std::int64_t t, std::array<int, 3> const& site) {
    double const r2 = site[0] * site[0] + site[1] * site[1] + site[2] * site[2];
    return std::exp(-0.5 * static_cast<double>(t)) *
           (1.0 + 0.1 * std::sin(3.0 * configuration + static_cast<double>(t))) *
           (2.0 - std::exp(-0.3 * r2) * (1.0 + 0.05 * configuration));
}
double baryon(int configuration, std::int64_t t) {
    return std::exp(-0.2 * static_cast<double>(t)) *
           (1.0 + 0.1 * std::cos(configuration + 2.0 * static_cast<double>(t)));
}
double antibaryon(int configuration, std::int64_t t) { return -0.9 * baryon(configuration + 50, (T - t) % T); }

std::string baryon_text(int configuration, double (*correlator)(int, std::int64_t)) {
    std::string text;
    char line[100];
    for (std::int64_t t = 0; t < T; ++t) {
        std::snprintf(line, sizeof line, "%d %.17g 0.001 5 6\n", static_cast<int>(t), correlator(configuration, t));
        text += line;
    }
    return text;
}

/// Folder with the raw files of all configurations, written by one rank.
class CorrelatorImport : public ::testing::Test {
  protected:
    CorrelatorImport() {
        if (world().is_root())
            for (int c = 0; c < configurations; ++c) {
                auto const name = std::to_string(c);
                for (auto const t : times) {
                    SiteFunction const f = [&](auto const& site) { return wave(c, t, site); };
                    SiteFunction const folded = [&](std::array<int, 3> site) {
                        for (int& x : site) x = std::min(x, L - x);
                        // An odd part and another symmetry, which the projection removes.
                        return wave(c, t, site) + (site[0] - site[1]) + (site[1] * site[1] - site[2] * site[2]);
                    };
                    auto const slice = "." + std::to_string(t);
                    testing::write_bytes(folder.file("a1." + name + slice), testing::CompressedA1(L, f).bytes());
                    testing::write_bytes(folder.file("zyx." + name + slice), testing::big_endian_zyx(L, folded));
                }
                testing::write_bytes(folder.file("b." + name), baryon_text(c, baryon));
                testing::write_bytes(folder.file("anti." + name), baryon_text(c, antibaryon));
            }
        world().barrier();
    }

    ImportSettings settings(std::string const& waves, std::int64_t bin_size) const {
        ImportSettings s;
        s.ensemble.spatial_extent = L;
        s.ensemble.temporal_extent = T;
        s.ensemble.inverse_a_MeV = 2000.0;
        s.ensemble.baryons = {LatticeBaryon{"B", 0.5, 0.0}, LatticeBaryon{"B", 0.5, 0.0}};
        s.ensemble.configurations = configurations;
        s.ensemble.resampling.bin_size = bin_size;
        for (int c = 0; c < configurations; ++c) s.configurations.push_back(std::to_string(c));
        s.times = times;
        if (waves == "zyx") s.wave_format.kind = RawWaveFormat::Kind::big_endian_zyx;
        s.wave_file = [this, waves](std::string const& c, std::int64_t t) {
            return folder.file(waves + "." + c + "." + std::to_string(t));
        };
        s.baryons = {{[this](std::string const& c) { return folder.file("b." + c); },
                      [this](std::string const& c) { return folder.file("anti." + c); }}};
        return s;
    }

    TemporaryFolder folder{"import"};
};

/// R of the configurations that `keep` keeps, in plain loops.
double expected_R(std::function<bool(int)> const& keep, std::int64_t t, std::array<int, 3> const& site) {
    double waves = 0.0, baryons = 0.0;
    int n = 0;
    for (int c = 0; c < configurations; ++c)
        if (keep(c)) {
            waves += wave(c, t, site);
            baryons += (baryon(c, t) + 0.9 * baryon(c + 50, t)) / 2.0;
            ++n;
        }
    return waves / n / (baryons / n) / (baryons / n);
}

TEST_F(CorrelatorImport, FormsRFromTheMeansOfEachSample) {
    CubicOrbits const orbits(L);
    for (std::string const format : {"a1", "zyx"})
        for (int const bin_size : {1, 2, 3}) {
            auto const result = import_correlator(world(), settings(format, bin_size));
            EXPECT_EQ(world().sum(result.samples.size()), configurations / bin_size);
            for (std::size_t slice = 0; slice < times.size(); ++slice)
                for (Eigen::Index p = 0; p < orbits.size(); ++p) {
                    auto const& site = orbits.representatives()[static_cast<std::size_t>(p)];
                    auto const column = static_cast<Eigen::Index>(slice) * orbits.size() + p;
                    for (std::int64_t sample = result.samples.begin; sample < result.samples.end; ++sample) {
                        double const expected =
                            expected_R([&](int c) { return c / bin_size != sample; }, times[slice], site);
                        EXPECT_NEAR(result.R(sample - result.samples.begin, column), expected, 1e-13 * expected);
                    }
                    double const mean = expected_R([](int) { return true; }, times[slice], site);
                    EXPECT_NEAR(result.ensemble_R(static_cast<Eigen::Index>(slice), p), mean, 1e-13 * mean);
                }
        }
}

// The bits that one rank alone finds, bins straddling the ranks' shares.
TEST_F(CorrelatorImport, IsEqualToTheBitOnAnyNumberOfRanks) {
    Communicator const self = world().split(world().rank());
    for (std::int64_t const bin_size : {1, 3})
        for (auto const kind : {Resampling::Kind::jackknife, Resampling::Kind::bootstrap}) {
            auto s = settings("a1", bin_size);
            s.ensemble.resampling = {kind, bin_size, 20, 4};
            auto const together = import_correlator(world(), s), alone = import_correlator(self, s);
            EXPECT_EQ(together.R, alone.R.middleRows(together.samples.begin, together.samples.size()));
            EXPECT_EQ(together.ensemble_R, alone.ensemble_R);
        }
}

TEST_F(CorrelatorImport, TwoBaryonsAndNoAntiparticle) {
    auto s = settings("a1", 1);
    s.baryons[0].antiparticle = {};
    s.baryons.push_back({[this](std::string const& c) { return folder.file("anti." + c); }, {}});
    auto const result = import_correlator(world(), s);
    double waves = 0.0, first = 0.0, second = 0.0;
    for (int c = 0; c < configurations; ++c)
        waves += wave(c, 2, {0, 0, 0}), first += baryon(c, 2), second += antibaryon(c, 2);
    double const expected = waves / (first * second) * configurations;
    EXPECT_NEAR(result.ensemble_R(0, 0), expected, 1e-13 * std::abs(expected));
}

/// All ranks end with one message, whoever met the file.
TEST_F(CorrelatorImport, OneMessageForAFileThatOneRankMeets) {
    std::string const bad = folder.file("a1.5.3");
    auto const message = [&] { return message_of([&] { import_correlator(world(), settings("a1", 1)); }); };
    if (world().is_root()) std::remove(bad.c_str());
    world().barrier();
    EXPECT_NE(message().find(bad + ": cannot be read (No such file"), std::string::npos);
    world().barrier();
    if (world().is_root()) testing::write_bytes(bad, testing::CompressedA1(6, [](auto const&) { return 1.0; }).bytes());
    world().barrier();
    EXPECT_NE(message().find(bad + ": is of a 6 x 6 x 6 lattice"), std::string::npos);
}

TEST_F(CorrelatorImport, RefusesWhatCannotBeRight) {
    auto const message = [&](std::function<void(ImportSettings&)> const& change) {
        auto s = settings("a1", 1);
        change(s);
        return message_of([&] { import_correlator(world(), s); });
    };
    EXPECT_NE(message([](auto& s) { s.configurations[3] = "1"; }).find("configuration 1 is listed twice"),
              std::string::npos);
    EXPECT_NE(message([](auto& s) { s.ensemble.resampling.bin_size = 4; }).find("do not make bins of 4"),
              std::string::npos);
    EXPECT_NE(message([](auto& s) { s.times = {7, 8}; }).find("t = 8 lies outside 0 ... T - 1 = 7"), std::string::npos);
    EXPECT_NE(message([](auto& s) { s.ensemble.temporal_extent = 9; }).find("ends after 8 of T = 9"),
              std::string::npos);
    EXPECT_NE(message([](auto& s) { s.ensemble.spatial_extent = 6; }).find("the config says L = 6"), std::string::npos);
    // A wave that vanishes everywhere would be divided by.
    if (world().is_root())
        for (int c = 0; c < configurations; ++c)
            testing::write_bytes(folder.file("a1." + std::to_string(c) + ".2"),
                                 testing::CompressedA1(L, [](auto const&) { return 0.0; }).bytes());
    world().barrier();
    EXPECT_NE(message([](auto&) {}).find("R(t = 2, (0, 0, 0)) of"), std::string::npos);
}

}  // namespace
}  // namespace hadronforce
