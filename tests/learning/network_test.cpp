#include "hadronforce/learning/network.hpp"
#include "hadronforce/learning/network_forms.hpp"

#include "hadronforce/error.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

NetworkSettings small(std::string const& activation) { return {"mlp", {5, 4}, activation, Precision::float64}; }

// Central differences of the loss: error of order h^2 against a gradient of order one.
TEST(Network, GradientIsThatOfFiniteDifferences) {
    RowMatrixXd const inputs = RowMatrixXd::Random(7, 3);
    RowMatrixXd const targets = RowMatrixXd::Random(7, 2);
    for (auto const* activation : {"silu", "tanh", "gelu"}) {
        Network network(small(activation), 3, 2, 1);
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
            EXPECT_NEAR(gradient[i], (plus - minus) / (2.0 * h), 1e-7) << activation << ", parameter " << i;
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
    EXPECT_EQ(network_form_names(), std::vector<std::string>{"mlp"});
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
    EXPECT_THROW(weights_of(std::vector<std::int64_t>(100, 1000)), InputError);
    EXPECT_EQ(weights_of({30, 128, 3}), 31 * 128 + 129 * 3);
    Network network({"mlp", {4}, "silu", Precision::float32}, 2, 1, 1);
    EXPECT_THROW(network.set_parameters({1.0, 2.0}), InputError);
}

}  // namespace
}  // namespace hadronforce
