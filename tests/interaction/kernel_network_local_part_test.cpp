#include "hadronforce/error.hpp"
#include "hadronforce/interaction/kernel_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace hadronforce {
namespace {

constexpr double cut = 4.0;

KernelNetworkSettings some_settings(std::string const& activation, bool tapers) {
    KernelNetworkSettings settings;
    settings.latent = 2;
    settings.widths_f = {5, 4};
    settings.widths_g = {6};
    settings.widths_local = {4, 3};
    settings.activation = activation;
    settings.cut = cut;
    settings.tapers = tapers;
    settings.r_scale = 1.5;
    settings.u_scale = 0.7;
    settings.v_scale = 2.5;
    return settings;
}

KernelNetwork some_network(KernelNetworkSettings const& settings, unsigned seed) {
    KernelNetwork network(settings);
    std::mt19937_64 generator(seed);
    std::normal_distribution<double> normal;
    network.set_parameters(Eigen::VectorXd::NullaryExpr(network.parameter_count(), [&] { return normal(generator); }));
    return network;
}

/// The last two lie at the cut and beyond.
Eigen::ArrayXd radii() {
    Eigen::ArrayXd r(8);
    r << 0.0, 0.4, 1.1, 2.0, 2.9, 3.9, cut, 4.4;
    return r;
}

/// Central differences of the local part, whose error is of order step^2.
Eigen::MatrixXd differences(KernelNetwork network) {
    Eigen::Index const first = network.local_offset(), count = network.parameter_count() - first;
    Eigen::VectorXd const parameters = network.parameters();
    Eigen::MatrixXd result(radii().size(), count);
    double const step = 1e-5;
    for (Eigen::Index p = 0; p < count; ++p) {
        Eigen::VectorXd moved = parameters;
        moved[first + p] += step;
        network.set_parameters(moved);
        result.col(p) = network.local(radii()).matrix();
        moved[first + p] -= 2.0 * step;
        network.set_parameters(moved);
        result.col(p) -= network.local(radii()).matrix();
    }
    return result / (2.0 * step);
}

TEST(KernelNetworkLocalPart, DerivativesAreThoseOfTheValues) {
    for (bool const tapers : {true, false})
        for (auto const* inputs : {"decays", "logarithm"})
            for (auto const* activation : {"silu", "tanh"}) {
                auto settings = some_settings(activation, tapers);
                settings.inputs = inputs;
                auto const network = some_network(settings, 3);
                Eigen::MatrixXd derivatives;
                Eigen::ArrayXd const values = network.local(radii(), &derivatives);
                EXPECT_TRUE((values == network.local(radii())).all());
                double const scale = 1.0 + derivatives.cwiseAbs().maxCoeff();
                EXPECT_LE((derivatives - differences(network)).cwiseAbs().maxCoeff(), 1e-8 * scale)
                    << activation << ", tapers " << tapers << ", " << inputs;
            }
}

// V = c v_scale v below the cut and A h(r)/h(R) beyond; below, (1 - c) A exp(x/(1 + x/3)) of the tail is added, x =
// log(h(r)/h(R)).
TEST(KernelNetworkLocalPart, GoesOnAsItsTail) {
    struct Case {
        char const* form;
        double scale;
        std::function<double(double)> h;
    };
    double const hbar_c = 197.3269804;
    for (auto const& [form, scale, h] :
         std::vector<Case>{{"two_pion", 146.0, [&](double r) { return std::exp(-2.0 * 146.0 * r / hbar_c) / (r * r); }},
                           {"yukawa", 400.0, [&](double r) { return std::exp(-400.0 * r / hbar_c) / r; }},
                           {"gaussian", 1.3, [](double r) { return std::exp(-r * r / 1.69); }}})
        for (bool const value_is_fixed : {false, true})
            for (double const error : {0.0, 0.3}) {
                auto settings = some_settings("silu", true);
                auto const without = some_network(settings, 8);
                settings.tail = {form, scale, error, value_is_fixed, -1.7};
                KernelNetwork network(settings);
                Eigen::Index const of_tail = (value_is_fixed ? 0 : 1) + (error > 0.0 ? 1 : 0);
                ASSERT_EQ(network.parameter_count(), without.parameter_count() + of_tail) << form;
                Eigen::VectorXd parameters(network.parameter_count());
                parameters.head(without.parameter_count()) = without.parameters();
                parameters.tail(of_tail).setZero();
                if (!value_is_fixed) parameters[without.parameter_count()] = -1.7 / settings.v_scale;
                network.set_parameters(parameters);
                Eigen::ArrayXd r(5);
                r << 1e-9, 0.5, 2.7, cut, 6.0;
                Eigen::ArrayXd const V = network.local(r), inner = without.local(r);
                for (Eigen::Index i = 0; i < r.size(); ++i) {
                    double const c = std::pow(std::max(0.0, 1.0 - r[i] * r[i] / (cut * cut)), 2);
                    // 1 - c loses its digits near r = 0.
                    double const rise = i == 0 ? 2.0 * r[0] * r[0] / (cut * cut) : 1.0 - c;
                    double const x = std::log(h(r[i]) / h(cut)), below = x / (1.0 + x / 3.0);
                    double const expected = inner[i] - 1.7 * rise * std::exp(r[i] < cut ? below : x);
                    EXPECT_NEAR(V[i], expected, 1e-4 * std::abs(expected - inner[i]) + 1e-12) << form << " at " << r[i];
                }
                Eigen::MatrixXd derivatives;
                network.local(radii(), &derivatives);
                EXPECT_LE((derivatives - differences(network)).cwiseAbs().maxCoeff(),
                          1e-8 * (1.0 + derivatives.cwiseAbs().maxCoeff()));
            }
    auto settings = some_settings("silu", true);
    settings.tail = {"three_pion", 146.0, 0.0, false, 0.0};
    EXPECT_THROW(KernelNetwork{settings}, InputError);
    settings.tail = {"yukawa", -1.0, 0.0, false, 0.0};
    EXPECT_THROW(KernelNetwork{settings}, InputError);
    settings = some_settings("silu", false);
    settings.tail = {"yukawa", 146.0, 0.0, false, 0.0};
    EXPECT_THROW(KernelNetwork{settings}, InputError);
}

// c(r) = (1 - (r/cut)^2)^2 is all that tells the two apart below the cut; beyond it both are zero to the bit.
TEST(KernelNetworkLocalPart, TaperIsTheDocumentedFactor) {
    auto const cut_off = some_network(some_settings("tanh", true), 5);
    auto const penalised = some_network(some_settings("tanh", false), 5);
    Eigen::ArrayXd r(5);
    r << 0.3, 3.2, cut - 1e-6, cut, 5.0;
    Eigen::ArrayXXd tapered(5, 5), plain(5, 5);
    cut_off.fill(r, r, tapered);
    penalised.fill(r, r, plain);
    Eigen::ArrayXd const V = cut_off.local(r), plain_V = penalised.local(r);
    auto const c = [&](Eigen::Index i) { return std::pow(1.0 - r[i] * r[i] / (cut * cut), 2); };
    for (Eigen::Index i = 0; i < 3; ++i) {
        EXPECT_NEAR(V[i] / plain_V[i], c(i), 1e-13);
        for (Eigen::Index j = 0; j < 3; ++j) EXPECT_NEAR(tapered(i, j) / plain(i, j), c(i) * c(j), 1e-13);
    }
    EXPECT_LT(std::abs(V[2]), 1e-12 * std::abs(plain_V[2]));  // c = (1/2 10^-6)^2: value and slope end at zero
    EXPECT_GT(std::abs(plain_V[2]), 1e-3);                    // a penalty leaves what it finds there
    EXPECT_GT(plain.block(2, 0, 1, 3).abs().minCoeff(), 1e-3);
    for (Eigen::Index const i : {3, 4}) {
        EXPECT_EQ(tapered.row(i).abs().maxCoeff() + tapered.col(i).abs().maxCoeff() + std::abs(V[i]), 0.0);
        EXPECT_EQ(plain.row(i).abs().maxCoeff() + plain.col(i).abs().maxCoeff() + std::abs(plain_V[i]), 0.0);
    }
}

// One hidden unit, written out: V = v_scale (w' tanh(w.(x, exp(-x), exp(-x^2)) + b) + b'), x = r/r_scale.
TEST(KernelNetworkLocalPart, IsItsNetworkOfTheScaledRadius) {
    auto settings = some_settings("tanh", false);
    settings.widths_local = {1};
    auto network = some_network(settings, 6);
    ASSERT_EQ(network.parameter_count() - network.local_offset(), 3 + 1 + 1 + 1);
    Eigen::VectorXd parameters = network.parameters();
    parameters.tail(6) << 0.8, -1.1, 0.6, 0.2, 1.7, -0.3;
    network.set_parameters(parameters);
    NetworkLocalPart const potential(network);
    Eigen::ArrayXd v(8);
    potential.fill_MeV(radii(), v);
    for (Eigen::Index i = 0; i < 6; ++i) {
        double const x = radii()[i] / 1.5;
        double const hidden = std::tanh(0.8 * x - 1.1 * std::exp(-x) + 0.6 * std::exp(-x * x) + 0.2);
        EXPECT_NEAR(v[i], 2.5 * (1.7 * hidden - 0.3), 1e-14);
    }
    // Without a taper V jumps at the cut, where a potential has its inner value.
    Eigen::ArrayXd const expected =
        (radii() == cut).select(network.local(radii() * (1.0 - 1e-15)), network.local(radii()));
    EXPECT_LE((v - expected).abs().maxCoeff(), 1e-13);
    EXPECT_NE(v[6], 0.0);
    EXPECT_EQ(potential.discontinuity_fm(), std::optional<double>(cut));
    EXPECT_FALSE(NetworkLocalPart(some_network(some_settings("tanh", true), 6)).discontinuity_fm());
}

TEST(KernelNetworkLocalPart, StartsFromZeroAndIsAbsentWithoutWidths) {
    auto network = some_network(some_settings("silu", true), 7);
    EXPECT_FALSE(network.is_zero());
    network.set_initial_parameters(network.parameters());
    EXPECT_TRUE(network.is_zero());
    EXPECT_EQ(network.local(radii()).abs().maxCoeff(), 0.0);
    // ... where its parameters are not yet at rest: only those of the last layer, 3 weights and a bias, matter
    Eigen::MatrixXd derivatives;
    network.local(radii(), &derivatives);
    EXPECT_GT(derivatives.row(2).tail(4).cwiseAbs().minCoeff(), 0.0);
    EXPECT_EQ(derivatives.leftCols(derivatives.cols() - 4).cwiseAbs().maxCoeff(), 0.0);
    auto const output = network.output_of_local();
    EXPECT_EQ(output.size, 4);
    EXPECT_EQ(output.begin + output.size, network.parameter_count());

    auto without = some_settings("silu", true);
    without.widths_local.clear();
    auto const plain = some_network(without, 7);
    EXPECT_FALSE(plain.has_local());
    EXPECT_EQ(plain.parameter_count(), plain.local_offset());
    EXPECT_EQ(plain.local(radii()).abs().maxCoeff(), 0.0);

    auto alone = some_settings("silu", true);
    alone.latent = 0;
    auto const local = some_network(alone, 7);
    EXPECT_FALSE(local.has_kernel());
    EXPECT_EQ(local.local_offset(), 0);
    Eigen::ArrayXXd u = Eigen::ArrayXXd::Ones(8, 8);
    local.fill(radii(), radii(), u);
    EXPECT_EQ(u.abs().maxCoeff(), 0.0);
    alone.widths_local.clear();
    EXPECT_THROW(KernelNetwork{alone}, InputError);
}

TEST(KernelNetworkLocalPart, RefusesWhatMakesNoSense) {
    auto settings = some_settings("silu", true);
    settings.v_scale = 0.0;
    EXPECT_THROW(KernelNetwork{settings}, InputError);
    settings.v_scale = 1.0;
    settings.widths_local = {3, 0};
    EXPECT_THROW(KernelNetwork{settings}, InputError);
}

}  // namespace
}  // namespace hadronforce
