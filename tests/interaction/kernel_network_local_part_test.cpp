#include "hadronforce/error.hpp"
#include "hadronforce/interaction/kernel_network.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

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
Eigen::ArrayXd volumes() { return 0.1 + radii().square(); }
Eigen::MatrixXd waves() { return (radii().matrix() * Eigen::RowVector3d(0.3, 0.9, 2.0)).array().cos().matrix(); }

struct Row {
    Eigen::VectorXd u;
    Eigen::MatrixXd jacobian;  ///< waves x parameters
};
Row row_with_derivatives(KernelNetwork::OnGrid const& grid, Eigen::Index i) {
    Row row;
    row.u = grid.rows_with_derivatives({i}, waves(), row.jacobian).transpose();
    return row;
}

// Against central differences of the values, whose error is of order step^2.
TEST(KernelNetworkLocalPart, DerivativesAreThoseOfTheValues) {
    for (bool const tapers : {true, false})
        for (bool const with_kernel : {true, false})
            for (auto const* activation : {"silu", "tanh"}) {
                auto network = some_network(some_settings(activation, tapers), 3);
                auto const grid = [&] { return KernelNetwork::OnGrid(network, radii(), volumes(), with_kernel); };
                Eigen::VectorXd const parameters = network.parameters();
                for (Eigen::Index const i : {0, 2, 5, 7}) {
                    auto const row = row_with_derivatives(grid(), i);
                    ASSERT_EQ(row.jacobian.cols(), parameters.size());
                    EXPECT_LE((row.u - grid().row(i)).cwiseAbs().maxCoeff(), 1e-14);
                    double const scale = 1.0 + row.jacobian.cwiseAbs().maxCoeff();
                    for (Eigen::Index p = 0; p < parameters.size(); ++p) {
                        double const step = 1e-5;
                        Eigen::VectorXd moved = parameters;
                        moved[p] += step;
                        network.set_parameters(moved);
                        Eigen::VectorXd const up = waves().transpose() * grid().row(i);
                        moved[p] -= 2.0 * step;
                        network.set_parameters(moved);
                        Eigen::VectorXd const down = waves().transpose() * grid().row(i);
                        network.set_parameters(parameters);
                        EXPECT_LE(((up - down) / (2.0 * step) - row.jacobian.col(p)).cwiseAbs().maxCoeff(),
                                  1e-8 * scale)
                            << activation << ", tapers " << tapers << ", kernel " << with_kernel << ", row " << i
                            << ", parameter " << p;
                    }
                }
            }
}

// A sum over volumes turns V(r) delta^3(r - r') into V_i/volume_i at j = i, and leaves all else to the kernel.
TEST(KernelNetworkLocalPart, AddsItsValueOverTheVolumeToTheDiagonal) {
    for (bool const tapers : {true, false}) {
        auto const network = some_network(some_settings("silu", tapers), 4);
        Eigen::MatrixXd const kernel = KernelNetwork::OnGrid(network, radii()).matrix();
        Eigen::MatrixXd const both = KernelNetwork::OnGrid(network, radii(), volumes()).matrix();
        Eigen::MatrixXd const alone = KernelNetwork::OnGrid(network, radii(), volumes(), false).matrix();
        Eigen::ArrayXd const expected = network.local(radii()) / volumes();
        EXPECT_GT(expected.head(6).abs().minCoeff(), 0.0);
        for (Eigen::Index i = 0; i < radii().size(); ++i)
            for (Eigen::Index j = 0; j < radii().size(); ++j) {
                double const local = i == j ? expected[i] : 0.0;
                EXPECT_NEAR(alone(i, j), local, 1e-15 * std::abs(local));
                EXPECT_NEAR(both(i, j), kernel(i, j) + local, 1e-15 * (std::abs(kernel(i, j)) + std::abs(local)));
            }
        // Acting on a wave: sum_j row_j volume_j psi_j = integral U psi + V psi.
        Eigen::VectorXd const psi = waves().col(1), sources = psi.array() * volumes();
        Eigen::VectorXd const acted = kernel * sources + (network.local(radii()) * psi.array()).matrix();
        EXPECT_LE((both * sources - acted).cwiseAbs().maxCoeff(), 1e-13 * acted.cwiseAbs().maxCoeff());
    }
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
    EXPECT_TRUE((v == network.local(radii())).all());
}

TEST(KernelNetworkLocalPart, StartsFromZeroAndIsAbsentWithoutWidths) {
    auto network = some_network(some_settings("silu", true), 7);
    network.set_initial_parameters(network.parameters());
    EXPECT_EQ(network.local(radii()).abs().maxCoeff(), 0.0);
    // ... where its parameters are not yet at rest: only those of the last layer, 3 weights and a bias, matter
    auto const row = row_with_derivatives(KernelNetwork::OnGrid(network, radii(), volumes(), false), 2);
    EXPECT_GT(row.jacobian.rightCols(4).cwiseAbs().minCoeff(), 0.0);
    EXPECT_EQ(row.jacobian.leftCols(row.jacobian.cols() - 4).cwiseAbs().maxCoeff(), 0.0);

    auto without = some_settings("silu", true);
    without.widths_local.clear();
    auto const plain = some_network(without, 7);
    EXPECT_FALSE(plain.has_local());
    EXPECT_EQ(plain.parameter_count(), plain.local_offset());
    EXPECT_EQ(plain.local(radii()).abs().maxCoeff(), 0.0);
    EXPECT_EQ(KernelNetwork::OnGrid(plain, radii(), volumes()).matrix(),
              KernelNetwork::OnGrid(plain, radii()).matrix());
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
