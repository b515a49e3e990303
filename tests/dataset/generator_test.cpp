#include "hadronforce/dataset/generator.hpp"

#include "dataset/sample_rows.hpp"
#include "hadronforce/dataset/dataset_file.hpp"
#include "hadronforce/dataset/fresh_samples.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/uncoupled_pair.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <filesystem>

namespace hadronforce {
namespace {

Communicator const& world() {
    static Communicator const communicator = Communicator::world();
    return communicator;
}

SampleFamily family() {
    SampleFamily f;
    ModelForm const well{"sum_of_gaussians", {{"strengths_MeV", {{0.0, 0}}}, {"ranges_fm", {{0.8, {}}}}}};
    auto& seen = f.measurements.emplace_back();
    seen.model.pair = {"p-Omega", uncoupled_pair({units::reduced_mass(units::proton_mass_MeV, units::omega_mass_MeV),
                                                  0,
                                                  {{1.0, Exchange::none, {{0, well}}}},
                                                  {"gaussian", {{"r0_fm", {{0.0, 1}}}}}})};
    seen.k_low_MeV = seen.k_high_MeV = bin_centres(5.0, 300.0, 6);
    f.free = {drawn("strengths_MeV[0]", {Prior::Kind::uniform, -60.0, 60.0}),
              drawn("r0_fm", {Prior::Kind::uniform, 1.0, 3.0})};
    f.free[0].unit = "MeV";
    f.free[1].unit = "fm";
    return f;
}

/// A folder of this test's own, gone at the end.
class GeneratorTest : public ::testing::Test {
  protected:
    GeneratorTest() {
        auto const* const info = ::testing::UnitTest::GetInstance()->current_test_info();
        folder_ = world().broadcast(::testing::TempDir() + "hadronforce_" + std::to_string(::getpid()) + info->name());
        if (world().is_root()) std::filesystem::create_directory(folder_);
        world().barrier();
    }
    ~GeneratorTest() override {
        world().barrier();
        if (world().is_root()) std::filesystem::remove_all(folder_);
    }
    DatasetSettings settings(std::int64_t samples, std::string const& name = "data.h5") const {
        return {folder_ + "/" + name, samples, 3, Precision::float64, {"pair: {}\n", {}, {}, {}}, {}};
    }
    bool exists(std::string const& name) const {
        world().barrier();
        return std::filesystem::exists(folder_ + "/" + name);
    }
    std::string folder_;
};

void no_progress(std::int64_t, std::int64_t) {}

/// A row that can be recognised without solving anything.
void recognisable(Eigen::VectorXd const& values, SampleRow& row) {
    row.correlation.setConstant(values[0]);
    row.numbers << values[0], values[1], 1.0;
    row.curves.setConstant(values[1]);
    row.recomputed_waves = values[0] > 0.0 ? 1.0 : 0.0;
}

// Every row is computed here on one rank, and must be what all ranks wrote, to the bit.
TEST_F(GeneratorTest, RowsDoNotDependOnTheNumberOfRanks) {
    auto f = family();
    f.curves = {0};
    std::int64_t const samples = 37;
    EXPECT_FALSE(generate_dataset(world(), f, settings(samples), exact_solution(f), no_progress).was_complete);
    DatasetFile const file(world(), folder_ + "/data.h5");
    ASSERT_EQ(file.samples(), samples);
    EXPECT_EQ(file.names(), (std::vector<std::string>{"strengths_MeV[0]", "r0_fm"}));
    EXPECT_EQ(file.units(), (std::vector<std::string>{"MeV", "fm"}));
    auto const parameters = file.parameters({0, samples});
    auto const correlation = file.correlation({0, samples});
    auto const one_rank = exact_solution(f);
    File const raw(world(), folder_ + "/data.h5", File::Mode::read);
    auto const phases = raw.read_all("/curves/delta_rad");
    Eigen::RowVectorXd c(6), numbers(3), curves(6);
    SampleRow row{c, numbers, curves};
    for (std::int64_t i = 0; i < samples; ++i) {
        auto const values = f.draw(3, i);
        EXPECT_EQ(parameters(i, 0), values[0]);
        EXPECT_EQ(parameters(i, 1), values[1]);
        one_rank(values, row);
        EXPECT_EQ(correlation.row(i), c) << "sample " << i;
        EXPECT_EQ(phases.row(i), curves) << "sample " << i;
        Eigen::VectorXd const given = values;
        EXPECT_EQ(curves, f.pair().solver(f.k_star_MeV())->solve(given).curves[0].matrix().transpose());
    }
    EXPECT_FALSE(exists("data.h5.part"));
}

// What is never stored is what generate would store, in its precision, of points that no dataset has.
TEST(FreshSamples, AreRoundedAsADatasetIs) {
    auto const f = family();
    auto const exact = FreshSamples(f, 3).solve({10, 20});
    auto const rounded = FreshSamples(f, 3, Precision::float32).solve_together(world(), {10, 20});
    EXPECT_EQ(rounded.parameters, exact.parameters);
    EXPECT_EQ(rounded.correlation, RowMatrixXd(exact.correlation.cast<float>().cast<double>()));
    EXPECT_NE(rounded.correlation, exact.correlation);
    Eigen::RowVectorXd c(6), numbers(3), curves(0);
    SampleRow row{c, numbers, curves};
    exact_solution(f)(exact.parameters.row(4).transpose(), row);
    EXPECT_EQ(exact.correlation.row(4), c);
    EXPECT_NE(f.draw(3, 14)[0], exact.parameters(4, 0));
}

TEST_F(GeneratorTest, AStoppedRunGoesOnWithoutRepeatingABlock) {
    auto const f = family();
    std::int64_t const samples = 5000 * world().size();
    std::int64_t computed = 0;
    SampleFunction const counting = [&](Eigen::VectorXd const& v, SampleRow& row) {
        ++computed;
        recognisable(v, row);
    };
    EXPECT_THROW(generate_dataset(world(), f, settings(samples), counting,
                                  [&](std::int64_t, std::int64_t) {
                                      if (world().is_root()) std::raise(SIGUSR1);
                                  }),
                 Stopped);
    EXPECT_TRUE(exists("data.h5.part"));
    EXPECT_FALSE(exists("data.h5"));
    std::int64_t begun_at = 0;
    auto const outcome =
        generate_dataset(world(), f, settings(samples), counting, [&](std::int64_t, std::int64_t b) { begun_at = b; });
    EXPECT_FALSE(outcome.was_complete);
    EXPECT_GT(begun_at, 0);
    EXPECT_EQ(world().sum(computed), samples);
    DatasetFile const file(world(), folder_ + "/data.h5");
    auto const parameters = file.parameters({0, samples});
    auto const correlation = file.correlation({0, samples});
    for (std::int64_t i = 0; i < samples; ++i) ASSERT_EQ(correlation(i, 5), parameters(i, 0)) << i;
    EXPECT_EQ(outcome.recomputed_samples, (parameters.col(0).array() > 0.0).count());  // of both runs
    EXPECT_EQ(parameters(samples - 1, 0), f.draw(3, samples - 1)[0]);
    EXPECT_TRUE(generate_dataset(world(), f, settings(samples), counting, no_progress).was_complete);
}

TEST_F(GeneratorTest, AnotherConfigsFileIsNotTouched) {
    auto const f = family();
    generate_dataset(world(), f, settings(5), recognisable, no_progress);
    auto other = settings(5);
    other.identity.config = "pair: {name: other}\n";
    try {
        generate_dataset(world(), f, other, recognisable, no_progress);
        FAIL();
    } catch (InputError const& error) {
        EXPECT_NE(std::string(error.what()).find("another config"), std::string::npos);
    }
    EXPECT_EQ(DatasetFile(world(), folder_ + "/data.h5").provenance().config, "pair: {}\n");
}

// The last rank's last sample fails: all ranks hear which, and nothing takes the final name.
TEST_F(GeneratorTest, ASampleThatFailsIsNamedOnAllRanks) {
    auto const f = family();
    std::int64_t const samples = 10;
    double const last = f.draw(3, samples - 1)[0];
    SampleFunction const failing = [&](Eigen::VectorXd const& v, SampleRow& row) {
        if (v[0] == last) throw ConvergenceError("did not converge");
        recognisable(v, row);
    };
    try {
        auto stopping = settings(samples);
        stopping.failures = Failures::stop;
        generate_dataset(world(), f, stopping, failing, no_progress);
        FAIL();
    } catch (std::exception const& error) {
        EXPECT_NE(std::string(error.what()).find("sample 9, strengths_MeV[0] = "), std::string::npos) << error.what();
    }
    EXPECT_FALSE(exists("data.h5"));
}

/// Fails for the smaller half of the strengths, some by an exception, some by what is no number.
void often_failing(Eigen::VectorXd const& v, SampleRow& row) {
    if (v[0] < -30.0) throw ConvergenceError("did not converge");
    if (v[0] < -20.0) throw InputError("is out of range");
    recognisable(v, row);
    if (v[0] < 0.0) row.correlation[3] = std::nan("");
}

// Which samples fail is known from the draws themselves. Readers see the others, in their order.
TEST_F(GeneratorTest, FailedSamplesAreMarkedCountedAndLeftOutByReaders) {
    auto const f = family();
    std::int64_t const samples = 2500;
    auto const outcome = generate_dataset(world(), f, settings(samples), often_failing, no_progress);
    std::vector<std::int64_t> failed, sound;
    for (std::int64_t i = 0; i < samples; ++i) (f.draw(3, i)[0] < 0.0 ? failed : sound).push_back(i);
    EXPECT_EQ(outcome.failed_samples, static_cast<std::int64_t>(failed.size()));
    if (world().is_root()) {
        ASSERT_EQ(outcome.first_failures.size(), 3U);
        EXPECT_EQ(outcome.first_failures[0].find("sample " + std::to_string(failed[0]) + ", strengths"), 0U);
    }
    File const raw(world(), folder_ + "/data.h5", File::Mode::read);
    auto const flags = raw.read_all("/failed"), all = raw.read_all("/correlation");
    auto const observables = raw.read_all("/observables");
    EXPECT_EQ(flags.sum(), static_cast<double>(failed.size()));
    for (auto const i : failed) {
        EXPECT_EQ(flags(i, 0), 1.0);
        EXPECT_TRUE(all.row(i).array().isNaN().all() && observables.row(i).array().isNaN().all()) << i;
    }
    DatasetFile const file(world(), folder_ + "/data.h5");
    EXPECT_EQ(file.failed_samples(), static_cast<std::int64_t>(failed.size()));
    ASSERT_EQ(file.samples(), static_cast<std::int64_t>(sound.size()));
    // Any range, each rank its own.
    IndexRange const rows = share_of(file.samples(), world().rank(), world().size());
    auto const parameters = file.parameters(rows), correlation = file.correlation(rows);
    ASSERT_EQ(parameters.rows(), rows.size());
    for (std::int64_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(parameters(i, 0), f.draw(3, sound[static_cast<std::size_t>(rows.begin + i)])[0]);
        EXPECT_EQ(correlation(i, 3), parameters(i, 0));
    }
    auto stopping = settings(samples);
    stopping.failures = Failures::stop;
    EXPECT_NE(message_of([&] {
                  generate_dataset(world(), f, stopping, often_failing, no_progress);
              }).find("take them by dataset.failures: mark"),
              std::string::npos);
}

TEST_F(GeneratorTest, ADatasetOfFailuresAloneIsRefused) {
    auto const f = family();
    SampleFunction const never = [](Eigen::VectorXd const&, SampleRow&) { throw InputError("is never computed"); };
    EXPECT_EQ(message_of([&] {
                  generate_dataset(world(), f, settings(7), never, no_progress);
              }).find("every sample failed, sample 0, strengths_MeV[0] = "),
              0U);
    EXPECT_FALSE(exists("data.h5"));
}

/// Overwrites one number of a row of a begun or complete file.
void damage(std::string const& path, std::string const& dataset, std::int64_t row) {
    File file(world(), path, File::Mode::read_write);
    IndexRange const own{row, row + (world().is_root() ? 1 : 0)};
    auto values = file.read_rows(dataset, own);
    if (own.size() > 0) values(0, 0) = 7.25;  // what no row holds there
    file.write_rows(dataset, own, values);
    file.close();
}

// Whatever part of whatever row was damaged while the run stood still is computed again, and nothing else.
TEST_F(GeneratorTest, DamagedBlocksAreComputedAgain) {
    auto const f = family();
    std::int64_t const samples = 6000 * world().size();
    generate_dataset(world(), f, settings(samples, "whole.h5"), often_failing, no_progress);
    for (char const* const dataset :
         {"/parameters", "/correlation", "/observables", "/recomputed_waves", "/failed", "/checksums"}) {
        EXPECT_THROW(generate_dataset(world(), f, settings(samples), often_failing,
                                      [&](std::int64_t done, std::int64_t) {
                                          if (done > samples / 2 && world().is_root()) std::raise(SIGUSR1);
                                      }),
                     Stopped);
        damage(folder_ + "/data.h5.part", dataset, 1024);
        std::int64_t begun_at = -1, first = -1;
        generate_dataset(world(), f, settings(samples), often_failing, [&](std::int64_t done, std::int64_t begun) {
            if (first < 0) first = done;
            begun_at = begun;
        });
        EXPECT_GT(begun_at, 0) << dataset;
        EXPECT_EQ(first - begun_at, 1024) << dataset;  // the damaged block alone, then the rest
        File const whole(world(), folder_ + "/whole.h5", File::Mode::read),
            mended(world(), folder_ + "/data.h5", File::Mode::read);
        for (char const* const name : {"/parameters", "/failed", "/checksums", "/recomputed_waves"})
            EXPECT_EQ(whole.read_all(name), mended.read_all(name)) << dataset << name;
        world().barrier();
        if (world().is_root()) std::filesystem::remove(folder_ + "/data.h5");
        world().barrier();
    }
}

TEST_F(GeneratorTest, ReadersRefuseARowThatWasChanged) {
    auto const f = family();
    generate_dataset(world(), f, settings(9), recognisable, no_progress);
    damage(folder_ + "/data.h5", "/correlation", 4);
    DatasetFile const file(world(), folder_ + "/data.h5");
    EXPECT_EQ(file.parameters({0, 9}).rows(), 9);
    EXPECT_EQ(file.correlation({5, 9}).rows(), 4);
    EXPECT_NE(message_of([&] {
                  file.correlation({0, 9});
              }).find("/correlation: row 4 is not what was written"),
              std::string::npos);
}

// Rows of one table must not be mixed with those of another.
TEST_F(GeneratorTest, AnotherTableUnderTheSameNameIsRefused) {
    auto const f = family();
    auto first = settings(3000 * world().size()), second = first;
    first.identity.inputs = {{"dataset.parameters_from", "design.csv", "abc"}};
    second.identity.inputs = {{"dataset.parameters_from", "design.csv", "abd"}};
    EXPECT_THROW(generate_dataset(world(), f, first, recognisable,
                                  [&](std::int64_t, std::int64_t) {
                                      if (world().is_root()) std::raise(SIGUSR1);
                                  }),
                 Stopped);
    auto const refusal = [&] {
        return message_of([&] { generate_dataset(world(), f, second, recognisable, no_progress); });
    };
    EXPECT_NE(refusal().find("data.h5.part: was begun by another config; remove it or change dataset.file (design.csv "
                             "has changed since)"),
              std::string::npos);
    EXPECT_FALSE(generate_dataset(world(), f, first, recognisable, no_progress).was_complete);
    EXPECT_NE(refusal().find("data.h5: exists and was made by another config"), std::string::npos);
}

TEST_F(GeneratorTest, DesignPointsAreTakenAsTheyAre) {
    auto const f = family();
    auto s = settings(3);
    s.design_points.resize(3, 2);
    s.design_points << 1.0, 1.5, 2.0, 2.5, 3.0, 2.0;
    generate_dataset(world(), f, s, recognisable, no_progress);
    EXPECT_EQ(DatasetFile(world(), folder_ + "/data.h5").parameters({0, 3}), s.design_points);
}

TEST(Checksums, AreCrc32OfNumberAndRowPlusOne) {
    RowMatrixXd rows(2, 1);
    rows << 1.5, -2.0;
    // python3: zlib.crc32(struct.pack("<qd", 7, 1.5)) + 1, zlib.crc32(struct.pack("<qd", 8, -2.0)) + 1
    EXPECT_EQ(checksums(rows, 7), Eigen::Vector2d(2067920297.0, 80484011.0));
}

}  // namespace
}  // namespace hadronforce
