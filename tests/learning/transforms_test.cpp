#include "hadronforce/learning/transforms.hpp"
#include "hadronforce/learning/model_file.hpp"

#include "hadronforce/dataset/random.hpp"
#include "hadronforce/error.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

namespace hadronforce {
namespace {

/// Numbers in (low, high), the same on all ranks.
RowMatrixXd numbers(std::int64_t rows, std::int64_t columns, double low, double high) {
    RowMatrixXd values(rows, columns);
    for (std::int64_t i = 0; i < values.size(); ++i)
        values.data()[i] = low + (high - low) * uniform_draw(4, static_cast<std::uint64_t>(i), 0);
    return values;
}

RowMatrixXd correlations() { return numbers(50, 4, 0.5, 2.5); }

Model model() {
    auto const k = Eigen::ArrayXd::LinSpaced(4, 10.0, 40.0).eval();
    RowMatrixXd const targets = numbers(50, 2, -100.0, 100.0);
    auto features = make_feature_transform(k, correlations(), true, 1e-12, 10);
    auto const inputs = features.components.projection.cols();
    Metrics const test{Eigen::RowVectorXd::Ones(2), Eigen::RowVectorXd::Constant(2, 3.0), Eigen::RowVectorXd::Zero(2)};
    return {Network({"mlp", {6}, "silu", Precision::float32}, inputs, 2, 1), std::move(features),
            make_target_transform({"b1_MeV", "b3_MeV_fm2"}, {"MeV", "MeV fm^2"}, targets), test, "pair: {}\n"};
}

TEST(FeatureTransform, AreWhitenedLogarithms) {
    auto const c = correlations();
    auto const transform = make_feature_transform(Eigen::ArrayXd::LinSpaced(4, 1.0, 4.0), c, true, 1e-12, 10);
    RowMatrixXd const z = transform.features(c);
    Eigen::MatrixXd const covariance = z.transpose() * z / 49.0;
    EXPECT_LE((covariance - Eigen::MatrixXd::Identity(z.cols(), z.cols())).cwiseAbs().maxCoeff(), 1e-9);
    EXPECT_NEAR(transform.largest_norm, z.rowwise().norm().maxCoeff(), 1e-12);
    RowMatrixXd bad = c;
    bad(0, 0) = -0.1;
    EXPECT_THROW(transform.features(bad), InputError);
}

TEST(TargetTransform, GoesThereAndBack) {
    RowMatrixXd const targets = numbers(30, 2, -50.0, 50.0);
    auto const transform = make_target_transform({"a", "b"}, {"1", "1"}, targets);
    EXPECT_LE((transform.physical(transform.standardised(targets)) - targets).cwiseAbs().maxCoeff(), 1e-12);
    EXPECT_LE(transform.standardised(targets).colwise().mean().cwiseAbs().maxCoeff(), 1e-14);
    EXPECT_EQ(transform.lowest, targets.colwise().minCoeff());
    EXPECT_THROW(make_target_transform({"a", "b"}, {"1", "1"}, RowMatrixXd::Ones(5, 2)), InputError);
}

TEST(ModelFile, GivesTheSamePredictionsAfterReading) {
    TemporaryFile const file("model.h5");
    auto const before = model();
    write_model(world(), file.path(), before, "config", 1);
    auto const after = read_model(world(), file.path());
    auto const c = correlations();
    EXPECT_EQ(after.predict(c), before.predict(c));
    EXPECT_EQ(after.targets.names, before.targets.names);
    EXPECT_EQ(after.targets.units, before.targets.units);
    EXPECT_EQ(after.dataset_config, before.dataset_config);
    EXPECT_EQ(after.test.rmse, before.test.rmse);
    EXPECT_EQ(after.network.settings().activation, "silu");
}

TEST(ModelFile, PartsThatDoNotFitAreNamed) {
    TemporaryFile const file("odd_model.h5");
    write_model(world(), file.path(), model(), "config", 1);
    {
        File edit(world(), file.path(), File::Mode::read_write);
        edit.set_attribute("/targets", "names", std::vector<std::string>{"b1_MeV", "b3_MeV_fm2", "r0_fm"});
        edit.close();
    }
    try {
        read_model(world(), file.path());
        FAIL();
    } catch (InputError const& error) {
        EXPECT_NE(std::string(error.what()).find(":/targets/mean"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace hadronforce
