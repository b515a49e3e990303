#include "hadronforce/lattice/box_spectrum.hpp"

#include "hadronforce/units/constants.hpp"
#include "lattice/cubic_operations.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

constexpr StencilOrder orders[] = {StencilOrder::second, StencilOrder::fourth};
constexpr double reduced_mass = 0.4;

BoxInteraction nothing(CubicOrbits const& orbits) { return {Eigen::ArrayXd::Zero(orbits.size()), {}}; }

/// Of a plane wave exp(ikx) on one axis: (2 - 2 cos k)/(2 mu), or ((2 cos 2k - 32 cos k + 30)/12)/(2 mu).
double dispersion(StencilOrder order, double k) {
    double const minus_laplacian = order == StencilOrder::second
                                       ? 2.0 - 2.0 * std::cos(k)
                                       : (2.0 * std::cos(2.0 * k) - 32.0 * std::cos(k) + 30.0) / 12.0;
    return minus_laplacian / (2.0 * reduced_mass);
}

/// Momenta 2 pi n/L, L/2 >= n1 >= n2 >= n3 >= 0: each star of equivalent momenta has one A1+ state.
Eigen::ArrayXd free_energies(int L, StencilOrder order) {
    std::vector<double> energies;
    for (int a = 0; a <= L / 2; ++a)
        for (int b = 0; b <= a; ++b)
            for (int c = 0; c <= b; ++c) {
                double energy = 0.0;
                for (int const n : {a, b, c}) energy += dispersion(order, 2.0 * units::pi * n / L);
                energies.push_back(energy);
            }
    std::sort(energies.begin(), energies.end());
    return Eigen::Map<Eigen::ArrayXd>(energies.data(), static_cast<Eigen::Index>(energies.size()));
}

// Levels of different stars may coincide, as (0, 0, 3) and (0, 1, 2) at L = 6 with the 7-point stencil. None may be
// lost.
TEST(BoxSpectrum, FreeParticlesHaveTheStencilsDispersion) {
    for (StencilOrder const order : orders)
        for (int const L : {5, 6, 8, 12, 16}) {
            CubicOrbits const orbits(L);
            Eigen::Index const states = std::min<Eigen::Index>(30, orbits.size() - 1);
            auto const spectrum = box_spectrum(orbits, order, reduced_mass, nothing(orbits), states);
            auto const exact = free_energies(L, order);
            ASSERT_EQ(exact.size(), orbits.size());
            for (Eigen::Index n = 0; n < states; ++n)
                EXPECT_NEAR(spectrum.energies[n], exact[n], 1e-11 * exact[exact.size() - 1])
                    << "L = " << L << ", state " << n << ", order " << static_cast<int>(order);
        }
}

/// The Hamiltonian on all L^3 sites, each entry from the definition, plus `height` times what is not in A1+.
Eigen::MatrixXd full_hamiltonian(CubicOrbits const& orbits, StencilOrder order, BoxInteraction const& interaction,
                                 double height) {
    int const L = orbits.extent(), sites = L * L * L;
    bool const second = order == StencilOrder::second;
    double const weights[] = {second ? -6.0 : -7.5, second ? 1.0 : 4.0 / 3.0, second ? 0.0 : -1.0 / 12.0};
    DistinctRadii const radii(orbits);
    auto const radius_of = [&](Eigen::Index orbit) {
        Eigen::Index nearest = 0;
        (radii.r - orbits.r()[orbit]).abs().minCoeff(&nearest);
        return nearest;
    };
    auto const operations = testing::cubic_operations();
    Eigen::MatrixXd H = Eigen::MatrixXd::Zero(sites, sites);
    auto const for_all = [L](auto const& work) {
        for (int z = 0; z < L; ++z)
            for (int y = 0; y < L; ++y)
                for (int x = 0; x < L; ++x) work(std::array<int, 3>{x, y, z});
    };
    for_all([&](std::array<int, 3> const& site) {
        int const row = testing::site_index(site, L);
        Eigen::Index const orbit = orbits.orbit_of(site[0], site[1], site[2]);
        H(row, row) += interaction.V[orbit] - weights[0] / (2.0 * reduced_mass) + height;
        for (std::size_t axis = 0; axis < 3; ++axis)
            for (int const step : {-2, -1, 1, 2}) {
                auto neighbour = site;
                neighbour[axis] += step;
                H(row, testing::site_index(neighbour, L)) -= weights[std::abs(step)] / (2.0 * reduced_mass);
            }
        for (auto const& operation : operations) H(row, testing::site_index(operation(site), L)) -= height / 48.0;
        if (interaction.U.size() == 0) return;
        for_all([&](std::array<int, 3> const& other) {
            Eigen::Index const partner = orbits.orbit_of(other[0], other[1], other[2]);
            H(row, testing::site_index(other, L)) += interaction.U(radius_of(orbit), radius_of(partner));
        });
    });
    return H;
}

// Against a dense diagonalisation of all 216 sites, where states outside A1+ are lifted away. V may differ between
// orbits of one |r|, as (3, 0, 0) and (2, 2, 1) of this lattice; U may not.
TEST(BoxSpectrum, EqualsTheDiagonalisationOfTheFullLattice) {
    CubicOrbits const orbits(6);
    DistinctRadii const radii(orbits);
    ASSERT_LT(radii.r.size(), orbits.size());
    Eigen::ArrayXd const V =
        -1.5 * (-0.5 * orbits.r().square()).exp() + 0.05 * Eigen::ArrayXd::LinSpaced(orbits.size(), 0.0, 1.0);
    Eigen::VectorXd const form = (-0.7 * radii.r).exp().matrix();
    Eigen::MatrixXd const U = -0.12 * form * form.transpose() +
                              0.02 * (form.cwiseAbs2() * form.transpose() + form * form.cwiseAbs2().transpose());
    for (StencilOrder const order : orders)
        for (bool const with_U : {false, true}) {
            BoxInteraction const interaction{V, with_U ? U : Eigen::MatrixXd()};
            Eigen::Index const states = 12;
            auto const spectrum = box_spectrum(orbits, order, reduced_mass, interaction, states);
            constexpr double height = 1000.0;
            Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const dense(
                full_hamiltonian(orbits, order, interaction, height));
            EXPECT_GT(dense.eigenvalues()[orbits.size()], 0.5 * height);  // as many states in A1+ as orbits
            EXPECT_LT((spectrum.energies - dense.eigenvalues().head(states).array()).abs().maxCoeff(), 1e-10);

            Eigen::MatrixXd const H = full_hamiltonian(orbits, order, interaction, 0.0);
            for (Eigen::Index n = 0; n < states; ++n) {
                Eigen::VectorXd const psi = orbits.unfold(spectrum.states.col(n)).matrix();
                EXPECT_NEAR(psi.squaredNorm(), 1.0, 1e-12);
                EXPECT_LT((H * psi - spectrum.energies[n] * psi).norm(), 1e-10) << "state " << n;
            }
        }
}

// A kernel that is the same between all sites acts on the constant wave alone and moves its energy by U L^3.
TEST(BoxSpectrum, ConstantKernelMovesTheConstantWave) {
    constexpr int L = 5;
    constexpr double u = -2e-3;
    CubicOrbits const orbits(L);
    Eigen::Index const radii = DistinctRadii(orbits).r.size();
    BoxInteraction const interaction{Eigen::ArrayXd::Constant(orbits.size(), 0.3),
                                     Eigen::MatrixXd::Constant(radii, radii, u)};
    auto const spectrum = box_spectrum(orbits, StencilOrder::second, reduced_mass, interaction, 4);
    auto const free = free_energies(L, StencilOrder::second);
    EXPECT_NEAR(spectrum.energies[0], 0.3 + u * L * L * L, 1e-12);
    for (Eigen::Index n = 1; n < 4; ++n) EXPECT_NEAR(spectrum.energies[n], 0.3 + free[n], 1e-12);
    Eigen::ArrayXd const lowest = spectrum.states.col(0).array() * std::sqrt(static_cast<double>(L * L * L));
    EXPECT_LT((lowest.abs() - 1.0).abs().maxCoeff(), 1e-12);
}

TEST(BoxSpectrum, RefusesMoreStatesThanTheLatticeHas) {
    CubicOrbits const orbits(4);
    for (Eigen::Index const states : {0, 10, 30})
        EXPECT_NE(message_of([&] {
                      box_spectrum(orbits, StencilOrder::second, reduced_mass, nothing(orbits), states);
                  }).find("take at most 9, one below the number of states in A1+"),
                  std::string::npos);
}

}  // namespace
}  // namespace hadronforce
