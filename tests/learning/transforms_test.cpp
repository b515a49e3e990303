#include "hadronforce/learning/transforms.hpp"
#include "hadronforce/learning/model_file.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/random/random.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>
#include <hdf5.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <vector>

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

Model model(std::string const& form = "mlp", std::vector<std::int64_t> const& widths = {6}) {
    auto const k = Eigen::ArrayXd::LinSpaced(4, 10.0, 40.0).eval();
    RowMatrixXd const targets = numbers(50, 2, -100.0, 100.0);
    auto features = make_feature_transform(k, correlations(), true, 1e-12, 2, 0.01);
    auto const inputs = features.inputs();
    Metrics const test{Eigen::RowVectorXd::Ones(2), Eigen::RowVectorXd::Constant(2, 3.0), Eigen::RowVectorXd::Zero(2)};
    return {Network({form, widths, "silu", Precision::float32}, inputs, 2, 1),
            std::move(features),
            make_target_transform({{"b1_MeV", "MeV"}, {"b3_MeV_fm2", "MeV fm^2"}}, targets),
            test,
            "pair: {}\n",
            {"b1_MeV", "b3_MeV_fm2"}};
}

// With all components kept, C comes back whole: what stands for them is then a function of C alone, by its formula. Of
// C, of log C, and of a curve, which is seen as it is.
TEST(FeatureTransform, AContrastShowsWeakAndStrongForcesAlike) {
    MeasurementParts const parts{{"pp", "phases"}, {3, 2}, {"", "delta_rad"}};
    auto const k = (Eigen::ArrayXd(5) << 10.0, 20.0, 30.0, 15.0, 25.0).finished();
    RowMatrixXd c = numbers(61, 5, 0.5, 2.5);
    c.rightCols(2).array() -= 1.5;
    constexpr double near = 0.03;
    for (bool const logarithm : {false, true}) {
        auto const plain = make_feature_transform(k, c, logarithm, 1e-12, 10, 0.0, parts);
        auto const t = make_feature_transform(k, c, logarithm, 1e-12, 10, near, parts);
        ASSERT_EQ(t.inputs(), 10);
        EXPECT_EQ(t.steps().back(), "contrast");
        RowMatrixXd const all = t.features(c), z = plain.features(c);
        RowMatrixXd one = RowMatrixXd::Ones(1, 5);
        one.rightCols(2).setZero();
        RowMatrixXd distance = z.rowwise() - plain.features(one).row(0);
        for (Eigen::Index i = 0; i < 5; ++i) {
            std::vector<double> sizes;
            for (double const d : distance.col(i)) sizes.push_back(std::fabs(d));
            std::sort(sizes.begin(), sizes.end());
            Eigen::ArrayXd const seen = (distance.col(i).array() / sizes[30]).asinh() - t.contrast->mean[i];
            EXPECT_LE((all.col(i).array() - seen / t.contrast->scale[i]).abs().maxCoeff(), 1e-9);
            EXPECT_NEAR(all.col(i).squaredNorm() / 61, 1.0, 1e-9);
        }
        RowMatrixXd const curve = ((c.rowwise() - one.row(0)).array() / near).asinh();
        RowMatrixXd const others =
            (curve.rowwise() - Eigen::RowVectorXd(curve.colwise().mean())) * t.contrast->components.projection;
        EXPECT_LE((all.rightCols(5) - others).cwiseAbs().maxCoeff(), 1e-9);
        EXPECT_LE((others.transpose() * others / 60 - RowMatrixXd::Identity(5, 5)).cwiseAbs().maxCoeff(), 1e-9);
        EXPECT_LE((t.contrast->seen_as(all.leftCols(5)) - z).cwiseAbs().maxCoeff(), 1e-9);
    }
}

// Of two C and a curve: the curve is not taken the logarithm of, and may be negative; each measurement has a common
// factor of its own.
TEST(FeatureTransform, HaveSeveralMeasurements) {
    MeasurementParts const parts{{"pp", "pPb", "phases"}, {3, 2, 2}, {"", "", "delta_rad"}};
    auto const k = (Eigen::ArrayXd(7) << 10.0, 20.0, 30.0, 10.0, 30.0, 15.0, 25.0).finished();
    RowMatrixXd c = numbers(60, 7, 0.5, 2.5);
    c.rightCols(2).array() -= 1.5;
    auto const plain = make_feature_transform(k, c, true, 1e-12, 10, 0.0, parts);
    ASSERT_EQ(plain.inputs(), 7);
    RowMatrixXd input = c;
    input.leftCols(5) = c.leftCols(5).array().log();
    RowMatrixXd const expected =
        (input.rowwise() - Eigen::RowVectorXd(input.colwise().mean())) * plain.components.projection;
    EXPECT_LE((plain.features(c) - expected).cwiseAbs().maxCoeff(), 1e-9);
    EXPECT_EQ(plain.momenta_of(1)[1], 30.0);

    // A part C^1/2 of 1 % and a common 2 % of each: variances by hand.
    ErrorFamily errors{
        {Prior::Kind::fixed, 0.01, 0.0}, {Prior::Kind::fixed, 0.0, 0.0}, {Prior::Kind::fixed, 0.5, 0.0}, 0.02};
    auto const t = with_errors(plain, errors, c, 1);
    RowMatrixXd const error = RowMatrixXd::Constant(60, 7, 0.01);
    auto const raw = (t.features(c, error).array().rowwise() * t.scale.array()).matrix().rowwise() + t.mean;
    for (Eigen::Index component = 0; component < 7; ++component) {
        auto const p = t.components.projection.col(component);
        double variance = std::pow(0.02 * p.head(3).sum(), 2) + std::pow(0.02 * p.segment(3, 2).sum(), 2);
        for (Eigen::Index i = 0; i < 7; ++i) variance += std::pow(0.01 / (i < 5 ? c(4, i) : 1.0) * p[i], 2);
        EXPECT_NEAR(raw(4, 7 + component), std::log1p(variance), 1e-9 * std::log1p(variance) + 1e-12);
    }

    // Errors of the curve do not depend on its sign; measurements have draws of their own.
    errors.size = {Prior::Kind::log_uniform, 1e-3, 1e-1};
    auto const seen = t.seen_with(errors, c.row(0), 1, 4);
    EXPECT_NEAR(seen.error[5], seen.error[6], 1e-12);
    double const first = seen.error[0] / std::sqrt(seen.correlation[0]);
    double const second = seen.error[3] / std::sqrt(seen.correlation[3]);
    EXPECT_NEAR(seen.error[1] / std::sqrt(seen.correlation[1]), first, 1e-12);
    EXPECT_GT(std::abs(second / first - 1.0), 1e-3);
    EXPECT_GT(std::abs(seen.error[5] / first - 1.0), 1e-3);

    auto const points = with_points(plain, {}, c);
    EXPECT_EQ(points.inputs(), 3 * numbers_a_point);
    auto const row = points.row_of_points(
        points.seen_at({k.head(3), k.segment(3, 2), k.tail(2)},
                       {c.row(1).head(3), c.row(1).segment(3, 2), c.row(1).tail(2)}, std::nullopt, 1, 0),
        3);
    // Of measurement m, channel c and place p: m * 15 + c * 3 + p.
    EXPECT_NEAR(row[3], (std::log(c(1, 0)) - input.col(0).mean()) / points.points[0].scale[0], 1e-9);
    EXPECT_NEAR(row[15 + 4], (std::log(c(1, 4)) - input.col(4).mean()) / points.points[1].scale[1], 1e-9);
    EXPECT_NEAR(row[30 + 3], (c(1, 5) - c.col(5).mean()) / points.points[2].scale[0], 1e-9);
    EXPECT_EQ(row.segment(15 + 12, 3), Eigen::RowVector3d(1.0, 1.0, 0.0));
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
    auto const transform = make_target_transform({{"a", "1"}, {"b", "1"}}, targets);
    EXPECT_LE((transform.physical(transform.standardised(targets)) - targets).cwiseAbs().maxCoeff(), 1e-12);
    EXPECT_LE(transform.standardised(targets).colwise().mean().cwiseAbs().maxCoeff(), 1e-14);
    EXPECT_EQ(transform.lowest, targets.colwise().minCoeff());
    EXPECT_THROW(make_target_transform({{"a", "1"}, {"b", "1"}}, RowMatrixXd::Ones(5, 2)), InputError);
}

// What is log-uniform is uniform as it is learnt; a heavy-tailed target (1/x of a uniform x around 0) along its
// quantiles too: mean 1/2 and variance 1/12 of the coordinate, and back to the value between two of the training.
TEST(TargetTransform, LearnsLogarithmsAndQuantiles) {
    RowMatrixXd values = numbers(4000, 2, -1.0, 1.0);
    values.col(0) = (3.0 * values.col(0)).array().exp();
    values.col(1) = values.col(1).cwiseInverse();
    auto const transform =
        make_target_transform({{"b", "1", TargetScale::logarithm}, {"1/a0", "1/fm", TargetScale::quantiles}}, values);
    EXPECT_NEAR(transform.mean[0], 0.0, 0.1);
    EXPECT_NEAR(transform.scale[0], std::sqrt(3.0), 0.05);
    EXPECT_NEAR(transform.mean[1], 0.5, 0.01);
    EXPECT_NEAR(transform.scale[1], std::sqrt(1.0 / 12.0), 0.005);
    RowMatrixXd const back = transform.physical(transform.standardised(values));
    EXPECT_LE((back.col(0) - values.col(0)).cwiseQuotient(values.col(0)).cwiseAbs().maxCoeff(), 1e-12);
    EXPECT_LE(((back.col(1) - values.col(1)).array().abs() / values.col(1).array().abs()).maxCoeff(), 1e-9);
    RowMatrixXd outside(2, 2);
    outside << 1.0, 1e9, 1.0, -1e9;
    RowMatrixXd const ends = transform.physical(transform.standardised(outside));
    EXPECT_EQ(ends(0, 1), transform.highest[1]);
    EXPECT_EQ(ends(1, 1), transform.lowest[1]);
    values(0, 0) = -1.0;
    EXPECT_THROW(transform.standardised(values), InputError);
    for (auto const& name : target_scale_names()) EXPECT_EQ(name_of(target_scale_of(name)), name);
    EXPECT_THROW(target_scale_of("cubic"), InputError);
}

TEST(ModelFile, GivesTheSamePredictionsAfterReading) {
    for (auto const& before : {model(), model("residual", {6, 4, 5})}) {
        TemporaryFile const file("model.h5");
        write_model(world(), file.path(), before, "config", 1);
        auto const after = read_model(world(), file.path());
        auto const c = correlations();
        EXPECT_EQ(after.predict(c), before.predict(c));
        EXPECT_EQ(after.targets.names(), before.targets.names());
        EXPECT_EQ(after.targets.units(), before.targets.units());
        EXPECT_EQ(after.dataset_config, before.dataset_config);
        EXPECT_EQ(after.features.components.dropped.cols(), 2);
        EXPECT_EQ(after.features.components.dropped, before.features.components.dropped);
        EXPECT_EQ(after.test.rmse, before.test.rmse);
        EXPECT_EQ(after.network.settings().activation, "silu");
        EXPECT_EQ(after.network.settings().widths, before.network.settings().widths);
        EXPECT_EQ(after.network.members().front().parameters(), before.network.members().front().parameters());
    }
}

// Version 1 had no widths: they are those of the layers.
TEST(ModelFile, OfVersion1IsRead) {
    TemporaryFile const file("model.h5");
    auto const before = model("mlp", {6, 3});
    write_model(world(), file.path(), before, "config", 1);
    {
        File edit(world(), file.path(), File::Mode::read_write);
        edit.set_attribute("/", "format_version", std::int64_t{1});
        ASSERT_GE(H5Adelete_by_name(edit.id(), "/network", "widths", H5P_DEFAULT), 0);
        edit.close();
    }
    auto const after = read_model(world(), file.path());
    EXPECT_EQ(after.network.settings().widths, (std::vector<std::int64_t>{6, 3}));
    EXPECT_EQ(after.predict(correlations()), before.predict(correlations()));
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
        EXPECT_NE(std::string(error.what()).find(":/targets@units"), std::string::npos) << error.what();
    }
}

// Every claim of a file is checked before it is used; what is wrong is named.
TEST(ModelFile, DamagedFilesAreRefused) {
    auto const message = [&](std::function<void(File&)> const& damage) -> std::string {
        TemporaryFile const file("damaged_model.h5");
        write_model(world(), file.path(), model(), "config", 1);
        {
            File edit(world(), file.path(), File::Mode::read_write);
            // As who changes a file on purpose does.
            H5Adelete(edit.id(), "content_sha256");
            damage(edit);
            edit.close();
        }
        try {
            read_model(world(), file.path());
        } catch (InputError const& error) {
            return error.what();
        }
        return "";
    };
    auto const replace = [](File& file, std::string const& name, RowMatrixXd const& values, bool is_vector) {
        if (H5Ldelete(file.id(), name.c_str(), H5P_DEFAULT) < 0) throw std::runtime_error("no " + name);
        if (is_vector)
            file.write_vector(name, {values.data(), values.data() + values.size()}, {"1", "", {"n"}});
        else if (values.size() == 0)
            file.create_dataset(name, {values.rows(), values.cols()}, Precision::float64, {"1", "", {"n", "m"}});
        else
            file.write_all(name, values, Precision::float64, {"1", "", {"n", "m"}});
    };
    auto const vector = [&](std::string const& name, std::vector<double> const& values) {
        return message([&](File& file) {
            replace(file, name,
                    Eigen::Map<RowMatrixXd const>(values.data(), 1, static_cast<Eigen::Index>(values.size())), true);
        });
    };
    auto const matrix = [&](std::string const& name, RowMatrixXd const& values) {
        return message([&](File& file) { replace(file, name, values, false); });
    };
    auto const attribute = [&](std::string const& object, std::string const& name, auto const& value) {
        return message([&](File& file) { file.set_attribute(object, name, value); });
    };
    auto const names = [](std::string const& text, std::string const& part) {
        return text.find(part) != std::string::npos ? testing::AssertionSuccess() : testing::AssertionFailure() << text;
    };
    double const nan = std::nan("");
    EXPECT_EQ(message([](File&) {}), "");
    EXPECT_TRUE(names(attribute("/targets", "units", std::vector<std::string>{"MeV"}), "/targets@units"));
    EXPECT_TRUE(names(attribute("/targets", "names", std::vector<std::string>{}), "/targets"));
    EXPECT_TRUE(names(attribute("/network", "layers", std::int64_t{0}), "/network@layers"));
    EXPECT_TRUE(names(attribute("/network", "layers", std::int64_t{1}), "/network@layers"));
    EXPECT_TRUE(names(attribute("/network", "widths", std::vector<double>{3.0, 3.0}), "/network@layers"));
    EXPECT_TRUE(names(attribute("/network", "widths", std::vector<double>{0.0}), "/network@widths"));
    EXPECT_TRUE(names(attribute("/network", "widths", std::vector<double>{2.5}), "/network@widths"));
    EXPECT_TRUE(names(attribute("/network", "widths", std::vector<double>{nan}), "/network@widths"));
    EXPECT_TRUE(names(attribute("/network", "widths", std::vector<double>{1e7, 1e7}), "more than 16777216 weights"));
    auto const of_version_1 = [&](std::int64_t layers) {
        return message([&](File& file) {
            file.set_attribute("/", "format_version", std::int64_t{1});
            file.set_attribute("/network", "layers", layers);
        });
    };
    EXPECT_TRUE(names(of_version_1(1), "/network/layer_0"));
    EXPECT_TRUE(names(of_version_1(std::int64_t{1} << 60), "/network@layers"));
    EXPECT_TRUE(names(of_version_1(std::int64_t{1} << 20), "/network/layer_"));
    EXPECT_TRUE(names(attribute("/network", "activation", "softplus"), "/network@activation"));
    EXPECT_TRUE(names(attribute("/network", "precision", "float3"), "/network@precision"));
    EXPECT_TRUE(names(attribute("/network", "form", "cnn"), "/network@form"));
    EXPECT_TRUE(names(attribute("/features", "input", "sqrt"), "/features@input"));
    EXPECT_TRUE(names(attribute("/features", "largest_norm", nan), "/features@largest_norm"));
    EXPECT_TRUE(names(matrix("/features/projection", RowMatrixXd(0, 2)), "/features/projection"));
    EXPECT_TRUE(names(matrix("/features/projection", RowMatrixXd(2, 0)), "/features/projection"));
    EXPECT_TRUE(names(matrix("/features/projection", RowMatrixXd::Ones(1, 1)), "/features/"));
    EXPECT_TRUE(names(vector("/features/projection", {1.0, 2.0}), "/features/projection"));
    EXPECT_TRUE(names(vector("/features/contrast_width", {1.0, 0.0}), "/features/contrast_width"));
    EXPECT_TRUE(names(vector("/features/near_mean", {1.0}), "/features/near_mean"));
    EXPECT_TRUE(names(matrix("/features/near_projection", RowMatrixXd(3, 1)), "/features/near_projection"));
    EXPECT_TRUE(names(vector("/features/k_star_MeV", {1.0}), "/features/k_star_MeV"));
    EXPECT_TRUE(names(vector("/targets/scale", {1.0, 0.0}), "/targets/scale"));
    EXPECT_TRUE(names(vector("/targets/mean", {1.0, nan}), "/targets/mean"));
    EXPECT_TRUE(names(vector("/targets/lowest", {1e9, 1e9}), "/targets/lowest"));
    EXPECT_TRUE(names(matrix("/features/dropped", RowMatrixXd::Ones(3, 2)), "/features/dropped"));
    EXPECT_TRUE(names(vector("/features/dropped", {1.0}), "/features/dropped"));
    EXPECT_TRUE(names(matrix("/network/layer_0/weight", RowMatrixXd::Ones(1, 7)), "/network/layer_0/weight"));
    EXPECT_TRUE(names(vector("/network/layer_0/bias", {1.0}), "/network/layer_0/bias"));
}

}  // namespace
}  // namespace hadronforce
