#include "hadronforce/dataset/generator.hpp"

#include "hadronforce/dataset/dataset_file.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/parallel/stop_request.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/units/constants.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

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
    f.model.pair = {"p-Omega", UncoupledModel{units::reduced_mass(units::proton_mass_MeV, units::omega_mass_MeV),
                                              0,
                                              {{1.0, Exchange::none, {{0, well}}}},
                                              {"gaussian", {{"r0_fm", {{0.0, 1}}}}}}};
    f.k_low_MeV = f.k_high_MeV = bin_centres(5.0, 300.0, 6);
    f.free = {{"strengths_MeV[0]", {Prior::Kind::uniform, -60.0, 60.0}}, {"r0_fm", {Prior::Kind::uniform, 1.0, 3.0}}};
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
        return {folder_ + "/" + name, samples, 3, Precision::float64, "pair: {}\n", {}};
    }
    bool exists(std::string const& name) const {
        world().barrier();
        return std::filesystem::exists(folder_ + "/" + name);
    }
    std::string folder_;
};

void no_progress(std::int64_t, std::int64_t) {}

/// A row that can be recognised without solving anything.
void recognisable(Eigen::VectorXd const& values, Eigen::Ref<Eigen::RowVectorXd> c,
                  Eigen::Ref<Eigen::RowVectorXd> observables, double& recomputed_waves) {
    c.setConstant(values[0]);
    observables << values[0], values[1], 1.0;
    recomputed_waves = values[0] > 0.0 ? 1.0 : 0.0;
}

// Every row is computed here on one rank, and must be what all ranks wrote, to the bit.
TEST_F(GeneratorTest, RowsDoNotDependOnTheNumberOfRanks) {
    auto const f = family();
    std::int64_t const samples = 37;
    EXPECT_FALSE(generate_dataset(world(), f, settings(samples), exact_solution(f), no_progress).was_complete);
    DatasetFile const file(world(), folder_ + "/data.h5");
    ASSERT_EQ(file.samples(), samples);
    EXPECT_EQ(file.names(), (std::vector<std::string>{"strengths_MeV[0]", "r0_fm"}));
    EXPECT_EQ(file.units(), (std::vector<std::string>{"MeV", "fm"}));
    auto const parameters = file.parameters({0, samples});
    auto const correlation = file.correlation({0, samples});
    auto const one_rank = exact_solution(f);
    Eigen::RowVectorXd c(6), observables(3);
    double recomputed = 0.0;
    for (std::int64_t i = 0; i < samples; ++i) {
        auto const values = f.draw(3, i);
        EXPECT_EQ(parameters(i, 0), values[0]);
        EXPECT_EQ(parameters(i, 1), values[1]);
        one_rank(values, c, observables, recomputed);
        EXPECT_EQ(correlation.row(i), c) << "sample " << i;
    }
    EXPECT_FALSE(exists("data.h5.part"));
    EXPECT_FALSE(exists("data.h5.part.progress"));
}

TEST_F(GeneratorTest, AStoppedRunGoesOnWithoutRepeatingABlock) {
    auto const f = family();
    std::int64_t const samples = 5000 * world().size();
    std::int64_t computed = 0;
    SampleFunction const counting = [&](Eigen::VectorXd const& v, Eigen::Ref<Eigen::RowVectorXd> c,
                                        Eigen::Ref<Eigen::RowVectorXd> o, double& recomputed) {
        ++computed;
        recognisable(v, c, o, recomputed);
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
    other.config = "pair: {name: other}\n";
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
    SampleFunction const failing = [&](Eigen::VectorXd const& v, Eigen::Ref<Eigen::RowVectorXd> c,
                                       Eigen::Ref<Eigen::RowVectorXd> o, double& recomputed) {
        if (v[0] == last) throw ConvergenceError("did not converge");
        recognisable(v, c, o, recomputed);
    };
    try {
        generate_dataset(world(), f, settings(samples), failing, no_progress);
        FAIL();
    } catch (std::exception const& error) {
        EXPECT_NE(std::string(error.what()).find("sample 9, strengths_MeV[0] = "), std::string::npos) << error.what();
    }
    EXPECT_FALSE(exists("data.h5"));
}

TEST_F(GeneratorTest, DesignPointsAreTakenAsTheyAre) {
    auto const f = family();
    auto s = settings(3);
    s.design_points.resize(3, 2);
    s.design_points << 1.0, 1.5, 2.0, 2.5, 3.0, 2.0;
    generate_dataset(world(), f, s, recognisable, no_progress);
    EXPECT_EQ(DatasetFile(world(), folder_ + "/data.h5").parameters({0, 3}), s.design_points);
}

}  // namespace
}  // namespace hadronforce
