#include "hadronforce/lattice/seen_kernel.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/scattering/gauss_panels.hpp"
#include "hadronforce/units/constants.hpp"

#include <gtest/gtest.h>
#include <Eigen/Cholesky>

#include <random>

namespace hadronforce {
namespace {

constexpr double cut = 3.0;

KernelNetwork some_kernel() {
    KernelNetworkSettings settings;
    settings.latent = 2;
    settings.widths_f = {5};
    settings.widths_g = {7};
    settings.inputs = "logarithm";
    settings.cut = cut;
    settings.r_scale = 0.1;
    settings.u_scale = 2.0;
    KernelNetwork network(settings);
    std::mt19937_64 generator(3);
    std::normal_distribution<double> normal;
    Eigen::VectorXd parameters(network.parameter_count());
    for (auto& p : parameters) p = normal(generator);
    network.set_parameters(parameters);
    return network;
}

/// What waves are between sites does not matter here: smooth ones.
Eigen::MatrixXd waves_at(Eigen::ArrayXd const& r) {
    Eigen::ArrayXd const x = (r / 0.1).square().log1p();
    Eigen::MatrixXd waves(r.size(), 2);
    waves << (1.0 + 0.3 * x).matrix(), (0.5 - 0.1 * x + 0.02 * x * x).matrix();
    return waves;
}

/// integral d^3r' K(r, r') psi(r') at the nodes.
Eigen::MatrixXd act(NonlocalPotential const& kernel, GaussPanels const& panels, Eigen::MatrixXd const& psi) {
    auto const& r = panels.r();
    Eigen::ArrayXXd u(r.size(), r.size());
    kernel.fill(r, r, u);
    return u.matrix() * (psi.array().colwise() * (4.0 * units::pi * r.square() * panels.weights())).matrix();
}

class SeenKernelTest : public ::testing::Test {
  protected:
    KernelNetwork network = some_kernel();
    Eigen::ArrayXd sites = Eigen::ArrayXd::LinSpaced(80, 0.0, cut * 0.99);
    SeenKernel seen{network, {sites, waves_at(sites), 1e-6}};
    GaussPanels panels{{0.0, 0.05, 0.15, 0.3, 0.75, 1.5, cut}};
};

// U psi is what the fit knows of the kernel: nothing of it is lost.
TEST_F(SeenKernelTest, ActsOnTheWavesAsTheKernelDoes) {
    auto const psi = waves_at(panels.r());
    Eigen::MatrixXd const whole = act(network, panels, psi), part = act(seen, panels, psi);
    EXPECT_GT(whole.cwiseAbs().maxCoeff(), 1.0);
    EXPECT_LT((whole - part).cwiseAbs().maxCoeff(), 1e-9 * whole.cwiseAbs().maxCoeff());
}

// Between functions that are orthogonal to the waves it is zero, as (1 - P)(U - (1 - P) U (1 - P))(1 - P) is; the
// kernel is not.
TEST_F(SeenKernelTest, IsZeroBetweenWhatTheWavesHaveNotSeen) {
    auto const& r = panels.r();
    Eigen::ArrayXd const volume = 4.0 * units::pi * r.square() * panels.weights();
    Eigen::MatrixXd others(r.size(), 2);
    others << (2.0 * r).sin().matrix(), (-r.square()).exp().matrix();
    auto const psi = waves_at(r);
    Eigen::MatrixXd const overlaps = psi.transpose() * volume.matrix().asDiagonal() * psi;
    others -= psi * overlaps.ldlt().solve(psi.transpose() * volume.matrix().asDiagonal() * others);
    auto const elements = [&](NonlocalPotential const& kernel) -> Eigen::MatrixXd {
        return others.transpose() * volume.matrix().asDiagonal() * act(kernel, panels, others);
    };
    double const size = elements(network).cwiseAbs().maxCoeff();
    EXPECT_GT(size, 0.01);
    EXPECT_LT(elements(seen).cwiseAbs().maxCoeff(), 1e-9 * size);
}

TEST_F(SeenKernelTest, IsSymmetricAndEndsAtTheCut) {
    Eigen::ArrayXd const r = (Eigen::ArrayXd(3) << 0.2, 1.1, 2.4).finished(),
                         s = (Eigen::ArrayXd(2) << 0.7, cut).finished();
    Eigen::ArrayXXd one(3, 2), other(2, 3);
    seen.fill(r, s, one);
    seen.fill(s, r, other);
    EXPECT_LT((one - other.transpose()).abs().maxCoeff(), 1e-12 * one.abs().maxCoeff());
    EXPECT_EQ(one.col(1).abs().maxCoeff(), 0.0);
    EXPECT_EQ(seen.range(1e-6), cut);
}

// Waves that hardly differ count as one.
TEST_F(SeenKernelTest, DirectionsBelowTheResidualAreUnseen) {
    Eigen::MatrixXd waves = waves_at(sites);
    waves.col(1) = waves.col(0) + 1e-3 * waves.col(1);
    SeenKernel const both(network, {sites, waves, 1e-9}), one(network, {sites, waves, 1e-2});
    auto const psi = waves_at(panels.r());
    Eigen::MatrixXd const whole = act(network, panels, psi.col(1));
    EXPECT_LT((whole - act(both, panels, psi.col(1))).norm(), 1e-6 * whole.norm());
    EXPECT_GT((whole - act(one, panels, psi.col(1))).norm(), 1e-2 * whole.norm());
}

TEST_F(SeenKernelTest, RefusesWavesThatDoNotFit) {
    EXPECT_THROW(SeenKernel(network, {sites, Eigen::MatrixXd::Ones(3, 1), 0.0}), InputError);
    EXPECT_THROW(SeenKernel(network, {sites, Eigen::MatrixXd::Zero(80, 1), 0.0}), InputError);
}

}  // namespace
}  // namespace hadronforce
