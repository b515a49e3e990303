#include "hadronforce/learning/network.hpp"
#include "hadronforce/learning/network_forms.hpp"
#include "hadronforce/learning/point_features.hpp"

#include "hadronforce/error.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

NetworkSettings small(std::string const& activation, std::string const& form = "mlp") {
    return {form, {5, 4}, activation, Precision::float64};
}

/// Random ones in place of those with which it begins, some of which are zero.
Network filled(NetworkSettings const& settings, std::int64_t inputs, std::int64_t outputs) {
    Network network(settings, inputs, outputs, 1);
    auto values = network.parameters();
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(1.0 + 3.0 * static_cast<double>(i));
    network.set_parameters(values);
    return network;
}

// Central differences of the loss: error of order h^2 against a gradient of order one.
TEST(Network, GradientIsThatOfFiniteDifferences) {
    RowMatrixXd const targets = RowMatrixXd::Random(7, 2);
    std::vector<NetworkSettings> all;
    for (auto const& form : network_form_names())
        for (auto const* activation : {"silu", "tanh", "gelu"}) all.push_back(small(activation, form));
    for (auto const& estimator : estimator_names()) {
        all.push_back(small("tanh"));
        all.back().estimator = estimator;
    }
    for (auto const& settings : all) {
        bool const points = form_takes_points(settings.form);
        // Four points of each of two measurements, all of them there.
        constexpr std::int64_t of_points = 2 * numbers_a_point;
        RowMatrixXd inputs = RowMatrixXd::Random(7, points ? 4 * of_points : 3);
        for (Eigen::Index end : {1, 2})
            if (points) inputs.middleCols(4 * (end * numbers_a_point - 1), 4).setOnes();
        Network network = filled(settings, points ? of_points : 3, 2);
        std::vector<double> gradient, unused;
        network.loss_and_gradient(inputs, targets, gradient);
        auto const parameters = network.parameters();
        ASSERT_EQ(gradient.size(), parameters.size());
        double const h = 1e-5;
        for (std::size_t i = 0; i < parameters.size(); i += 3) {
            auto shifted = parameters;
            shifted[i] += h;
            network.set_parameters(shifted);
            double const plus = network.loss_and_gradient(inputs, targets, unused);
            shifted[i] -= 2.0 * h;
            network.set_parameters(shifted);
            double const minus = network.loss_and_gradient(inputs, targets, unused);
            EXPECT_NEAR(gradient[i], (plus - minus) / (2.0 * h), 1e-6)
                << settings.form << ", " << settings.activation << ", parameter " << i;
        }
    }
}

// One hidden layer by hand.
TEST(Network, ForwardPassIsTheFormula) {
    Network network({"mlp", {2}, "tanh", Precision::float64}, 1, 1, 1);
    network.set_parameters({0.5, -1.5, 0.1, 0.2, 2.0, 3.0, -0.7});
    RowMatrixXd x(1, 1);
    x << 0.8;
    double const expected = 2.0 * std::tanh(0.5 * 0.8 + 0.1) + 3.0 * std::tanh(-1.5 * 0.8 + 0.2) - 0.7;
    EXPECT_NEAR(network.predict(x)(0, 0), expected, 1e-15);
}

// A trunk of two units and one block of one, by hand; blocks begin as nothing. In models of earlier versions the trunk
// is normalised once more.
TEST(Network, AResidualNetworkIsItsFormula) {
    NetworkSettings settings{"residual", {2, 1}, "tanh", Precision::float64};
    settings.normalises_last = true;
    Network network(settings, 1, 1, 1);
    std::vector<std::string> names;
    for (auto const& weight : network.weights()) names.push_back(weight.name);
    EXPECT_EQ(names,
              (std::vector<std::string>{"first/weight", "first/bias", "block_0/norm/gain", "block_0/norm/shift",
                                        "block_0/hidden/weight", "block_0/hidden/bias", "block_0/added/weight",
                                        "block_0/added/bias", "norm/gain", "norm/shift", "last/weight", "last/bias"}));
    auto const begun = network.parameters();
    for (std::size_t i = 11; i < 15; ++i) EXPECT_EQ(begun[i], 0.0);  // what the block adds
    network.set_parameters(
        {0.5,           -1.5, 0.1,  0.2,  /*norm*/ 0.3, -0.4, 0.05, 0.06, /*hidden*/ 1.2, -0.7, 0.15,
         /*added*/ 0.8, -0.9, 0.02, 0.03, /*norm*/ 0.1, 0.2,  -0.3, 0.4,  /*last*/ 2.0,   3.0,  -0.6});
    RowMatrixXd x(1, 1);
    x << 0.8;
    auto const normalised = [](double a, double b) {
        double const mean = 0.5 * (a + b), variance = 0.25 * (a - b) * (a - b);
        double const root = std::sqrt(variance + 1e-5);
        return std::pair<double, double>{(a - mean) / root, (b - mean) / root};
    };
    double a = 0.5 * 0.8 + 0.1, b = -1.5 * 0.8 + 0.2;
    auto const [n0, n1] = normalised(a, b);
    double const hidden = std::tanh(1.2 * (1.3 * n0 + 0.05) - 0.7 * (0.6 * n1 + 0.06) + 0.15);
    a += 0.8 * hidden + 0.02;
    b += -0.9 * hidden + 0.03;
    auto const [m0, m1] = normalised(a, b);
    EXPECT_NEAR(network.predict(x)(0, 0), 2.0 * (1.1 * m0 - 0.3) + 3.0 * (1.2 * m1 + 0.4) - 0.6, 1e-14);
    Network plain({"residual", {2, 1}, "tanh", Precision::float64}, 1, 1, 1);
    plain.set_parameters({0.5, -1.5, 0.1, 0.2, /*norm*/ 0.3, -0.4, 0.05, 0.06, /*hidden*/ 1.2, -0.7, 0.15,
                          /*added*/ 0.8, -0.9, 0.02, 0.03, /*last*/ 2.0, 3.0, -0.6});
    EXPECT_NEAR(plain.predict(x)(0, 0), 2.0 * a + 3.0 * b - 0.6, 1e-14);
    EXPECT_THROW(Network({"residual", {}, "tanh", Precision::float64}, 1, 1, 1), InputError);
}

/// Samples x points as networks of points take them, all channels random but that which says that they are points.
RowMatrixXd points(Eigen::Index samples, Eigen::Index count) {
    RowMatrixXd all = RowMatrixXd::Random(samples, numbers_a_point * count);
    all.rightCols(count).setOnes();
    return all;
}

// The order of a set is none, and places without a point change nothing, of a set and of what is convolved.
TEST(Network, OfPointsTakesAnyNumberOfThem) {
    RowMatrixXd const five = points(3, 5);
    for (auto const* form : {"set", "convolutional"}) {
        Network const network = filled({form, {6, 5}, "silu", Precision::float64}, numbers_a_point, 2);
        RowMatrixXd padded = RowMatrixXd::Zero(3, numbers_a_point * 8), turned = five;
        for (Eigen::Index c = 0; c < numbers_a_point; ++c) {
            padded.middleCols(8 * c, 5) = five.middleCols(5 * c, 5);
            turned.middleCols(5 * c, 5) = five.middleCols(5 * c, 5).rowwise().reverse();
        }
        RowMatrixXd const answer = network.predict(five);
        EXPECT_LE((network.predict(padded) - answer).cwiseAbs().maxCoeff(), 1e-14) << form;
        double const by_order = (network.predict(turned) - answer).cwiseAbs().maxCoeff();
        if (std::string(form) == "set")
            EXPECT_LE(by_order, 1e-14);
        else
            EXPECT_GT(by_order, 1e-6);
        EXPECT_EQ(network.predict(points(2, 1)).rows(), 2);
        EXPECT_THROW(Network({form, {6}, "silu", Precision::float64}, 3, 2, 1), InputError);
    }
}

// One unit a layer and two points, by hand: each point alone, integral and mean, the set.
TEST(Network, ASetIsItsFormula) {
    Network network({"set", {1}, "tanh", Precision::float64}, numbers_a_point, 1, 1);
    network.set_parameters({/*point*/ 0.5, -1.0, 0.3, 0.1, /*set*/ 0.8, -0.6, 0.2, /*last*/ 2.0, -0.4});
    RowMatrixXd x(1, 10);
    x << 0.1, 0.9, /*C*/ 0.4, -0.2, /*error*/ 0.7, 0.3, /*measure*/ 0.25, 0.75, /*points*/ 1.0, 1.0;
    double const first = std::tanh(0.5 * 0.1 - 0.4 + 0.3 * 0.7 + 0.1);
    double const second = std::tanh(0.5 * 0.9 + 0.2 + 0.3 * 0.3 + 0.1);
    double const set = std::tanh(0.8 * (0.25 * first + 0.75 * second) - 0.6 * 0.5 * (first + second) + 0.2);
    EXPECT_NEAR(network.predict(x)(0, 0), 2.0 * set - 0.4, 1e-14);
}

// A channel of three points, kernel by kernel place, zeros beyond the ends.
TEST(Network, AConvolutionIsItsFormula) {
    Network network({"convolutional", {1}, "tanh", Precision::float64}, numbers_a_point, 1, 1);
    std::vector<double> weights(25, 0.0);
    double const kernel[] = {0.3, -0.5, 0.8, 0.2, -0.1};
    for (std::size_t i = 0; i < 5; ++i) weights[5 + i] = kernel[i];  // of C alone
    for (double w : {/*bias*/ 0.1, /*pooled*/ 0.9, -0.3, 0.05, /*last*/ 1.5, 0.2}) weights.push_back(w);
    network.set_parameters(weights);
    RowMatrixXd x(1, 15);
    x << 0.0, 0.5, 1.0, /*C*/ 0.4, -0.2, 0.6, /*error*/ 0.0, 0.0, 0.0, /*measure*/ 0.25, 0.5, 0.25, 1.0, 1.0, 1.0;
    double const c[] = {0.4, -0.2, 0.6}, measure[] = {0.25, 0.5, 0.25};
    double integral = 0.0, mean = 0.0;
    for (int p = 0; p < 3; ++p) {
        double sum = 0.1;
        for (int q = 0; q < 3; ++q)
            if (std::abs(q - p) <= 2) sum += kernel[q - p + 2] * c[q];
        integral += measure[p] * std::tanh(sum);
        mean += std::tanh(sum) / 3.0;
    }
    EXPECT_NEAR(network.predict(x)(0, 0), 1.5 * std::tanh(0.9 * integral - 0.3 * mean + 0.05) + 0.2, 1e-14);
}

TEST(Network, WeightsDependOnTheSeedAlone) {
    EXPECT_EQ(Network(small("silu"), 3, 2, 1).parameters(), Network(small("silu"), 3, 2, 1).parameters());
    EXPECT_NE(Network(small("silu"), 3, 2, 1).parameters(), Network(small("silu"), 3, 2, 2).parameters());
    EXPECT_EQ(Network(small("silu"), 3, 2, 1).parameter_count(), 3 * 5 + 5 + 5 * 4 + 4 + 4 * 2 + 2);
}

TEST(Network, UnknownActivationIsRefused) { EXPECT_THROW(Network(small("swish"), 3, 2, 1), InputError); }

TEST(Network, WeightsAreNamedPartsOfTheBuffer) {
    Network const network({"mlp", {5, 4}, "tanh", Precision::float64}, 3, 2, 1);
    std::vector<std::string> names;
    std::int64_t count = 0;
    for (auto const& weight : network.weights()) {
        names.push_back(weight.name);
        count += weight.size();
    }
    EXPECT_EQ(names, (std::vector<std::string>{"layer_0/weight", "layer_0/bias", "layer_1/weight", "layer_1/bias",
                                               "layer_2/weight", "layer_2/bias"}));
    EXPECT_EQ(count, network.parameter_count());
    EXPECT_EQ(network.weights()[2].shape, (std::vector<std::int64_t>{4, 5}));
    EXPECT_EQ(network_form_names(), (std::vector<std::string>{"mlp", "residual", "convolutional", "set"}));
}

TEST(Network, TheLossIsTheSumOfSquares) {
    Network network({"mlp", {5}, "tanh", Precision::float64}, 3, 2, 1);
    RowMatrixXd const inputs = RowMatrixXd::Random(7, 3), targets = RowMatrixXd::Random(7, 2);
    std::vector<double> gradient;
    double const expected = (network.predict(inputs) - targets).squaredNorm();
    EXPECT_NEAR(network.loss(inputs, targets), expected, 1e-12);
    EXPECT_NEAR(network.loss_and_gradient(inputs, targets, gradient), expected, 1e-12);
    EXPECT_EQ(network.loss(RowMatrixXd(0, 3), RowMatrixXd(0, 2)), 0.0);
}

TEST(Network, NoSamplesGiveNoPredictions) {
    EXPECT_EQ(Network(small("silu"), 3, 2, 1).predict(RowMatrixXd(0, 3)).rows(), 0);
}

// 30 inputs, two layers of 30,000 units and 3 outputs have 9e8 weights: refused before any of them is allocated.
TEST(Network, SizesThatMemoryCannotHoldAreRefused) {
    EXPECT_THROW(Network({"mlp", {30000, 30000}, "silu", Precision::float32}, 30, 3, 1), InputError);
    EXPECT_THROW(Network({"mlp", {std::int64_t{1} << 62}, "silu", Precision::float32}, 30, 3, 1), InputError);
    EXPECT_THROW(Network({"mlp", {0}, "silu", Precision::float32}, 30, 3, 1), InputError);
    for (auto const& form : network_form_names())
        EXPECT_THROW(weights_of({form, std::vector<std::int64_t>(100, 1000), "silu", Precision::float32},
                                form_takes_points(form) ? numbers_a_point : 30, 3),
                     InputError);
    EXPECT_EQ(weights_of({"mlp", {128}, "silu", Precision::float32}, 30, 3).size(), 4U);
    Network network({"mlp", {4}, "silu", Precision::float32}, 2, 1, 1);
    EXPECT_THROW(network.set_parameters({1.0, 2.0}), InputError);
}

}  // namespace
}  // namespace hadronforce
