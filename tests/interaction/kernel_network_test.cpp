#include "hadronforce/interaction/kernel_network.hpp"
#include "hadronforce/error.hpp"

#include <gtest/gtest.h>

#include <random>

namespace hadronforce {
namespace {

KernelNetwork some_network(std::string const& activation, unsigned seed) {
    KernelNetworkSettings settings;
    settings.latent = 2;
    settings.widths_f = {5, 4};
    settings.widths_g = {6};
    settings.activation = activation;
    settings.cut = 4.0;
    settings.r_scale = 1.5;
    settings.u_scale = 0.7;
    KernelNetwork network(settings);
    std::mt19937_64 generator(seed);
    std::normal_distribution<double> normal;
    Eigen::VectorXd parameters(network.parameter_count());
    for (double& parameter : parameters) parameter = normal(generator);
    network.set_parameters(parameters);
    return network;
}

Eigen::ArrayXd radii() { return Eigen::ArrayXd::LinSpaced(9, 0.0, 4.4); }

TEST(KernelNetwork, CountsItsParameters) {
    // (3 + 1) 5 + (5 + 1) 4 + (4 + 1) 2 and (2 + 1) 6 + (6 + 1) 1
    EXPECT_EQ(some_network("silu", 1).parameter_count(), 54 + 25);
}

TEST(KernelNetwork, IsSymmetricAndVanishesBeyondTheCut) {
    for (auto const* activation : {"silu", "tanh"}) {
        auto const network = some_network(activation, 2);
        Eigen::ArrayXd const r = radii();
        Eigen::ArrayXXd u(9, 9);
        network.fill(r, r, u);
        Eigen::ArrayXXd part(4, 9), turned(9, 4);  // all entries worked out, where of u one half is
        network.fill(r.head(4), r, part);
        network.fill(r, r.head(4), turned);
        EXPECT_LE((part - turned.transpose()).abs().maxCoeff(), 1e-15 * u.abs().maxCoeff());
        EXPECT_LE((part - u.topRows(4)).abs().maxCoeff(), 1e-15 * u.abs().maxCoeff());
        EXPECT_GT(u.abs().maxCoeff(), 0.0);
        EXPECT_EQ(u.col(8).abs().maxCoeff(), 0.0);  // r = 4.4
        KernelNetwork::OnGrid const grid(network, r);
        EXPECT_LE((grid.matrix().array() - u).abs().maxCoeff(), 1e-15 * u.abs().maxCoeff());
    }
}

// Against central differences of the values over one and two steps, extrapolated: an error of order step^4.
TEST(KernelNetwork, DerivativesAreThoseOfTheValues) {
    for (auto const* activation : {"silu", "tanh"}) {
        auto network = some_network(activation, 3);
        Eigen::ArrayXd const r = radii();
        Eigen::MatrixXd const waves = (r.matrix() * Eigen::RowVector3d(0.3, 0.9, 2.0)).array().cos().matrix();
        Eigen::VectorXd const parameters = network.parameters();
        std::vector<Eigen::Index> const rows{0, 3, 6};
        Eigen::MatrixXd jacobian;
        Eigen::MatrixXd const u = KernelNetwork::OnGrid(network, r).rows_with_derivatives(rows, waves, jacobian);
        for (Eigen::Index n = 0; n < 3; ++n) {
            Eigen::Index const i = rows[static_cast<std::size_t>(n)];
            EXPECT_LE((u.row(n).transpose() - KernelNetwork::OnGrid(network, r).matrix().col(i)).cwiseAbs().maxCoeff(),
                      1e-15);
            for (Eigen::Index p = 0; p < parameters.size(); ++p) {
                auto const sums_at = [&](double change) -> Eigen::VectorXd {
                    Eigen::VectorXd moved = parameters;
                    moved[p] += change;
                    network.set_parameters(moved);
                    return waves.transpose() * KernelNetwork::OnGrid(network, r).matrix().col(i);
                };
                auto const slope = [&](double step) -> Eigen::VectorXd {
                    return (sums_at(step) - sums_at(-step)) / (2.0 * step);
                };
                double const step = 1e-4;
                Eigen::VectorXd const difference =
                    (4.0 * slope(step) - slope(2.0 * step)) / 3.0 - jacobian.middleRows(3 * n, 3).col(p);
                EXPECT_LE(difference.cwiseAbs().maxCoeff(), 1e-8) << activation << ", row " << i << ", parameter " << p;
            }
            network.set_parameters(parameters);
        }
    }
}

TEST(KernelNetwork, StartsFromZeroPotential) {
    auto network = some_network("silu", 4);
    network.set_initial_parameters(network.parameters());
    Eigen::ArrayXd const r = radii();
    Eigen::ArrayXXd u(9, 9);
    network.fill(r, r, u);
    EXPECT_EQ(u.abs().maxCoeff(), 0.0);
    Eigen::MatrixXd jacobian;
    KernelNetwork::OnGrid(network, r).rows_with_derivatives({2}, Eigen::MatrixXd::Ones(9, 1), jacobian);
    EXPECT_GT(jacobian.cwiseAbs().maxCoeff(), 0.0);
}

TEST(KernelNetwork, RefusesWhatMakesNoSense) {
    KernelNetworkSettings settings;
    EXPECT_THROW(KernelNetwork{settings}, InputError);  // no cut
    settings.cut = settings.r_scale = settings.u_scale = 1.0;
    settings.widths_g = {0};
    EXPECT_THROW(KernelNetwork{settings}, InputError);
    settings.widths_g = {3};
    settings.activation = "relu";
    EXPECT_THROW(KernelNetwork{settings}, InputError);
    settings.activation = "tanh";
    EXPECT_THROW(KernelNetwork(settings).set_parameters(Eigen::VectorXd::Zero(3)), InputError);
}

}  // namespace
}  // namespace hadronforce
