#include "hadronforce/scattering/coupled_channels.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>

#include <cmath>
#include <complex>
#include <memory>
#include <random>

namespace hadronforce {
namespace {

using Complex = std::complex<double>;
Complex const i_unit(0.0, 1.0);

std::shared_ptr<LocalPotential const> well(double depth_MeV, double radius_fm) {
    return make_potential("square_well", {{"depth_MeV", {depth_MeV}}, {"radius_fm", {radius_fm}}}, 1.0);
}

std::shared_ptr<LocalPotential const> gaussian(double strength_MeV, double range_fm) {
    return make_potential("sum_of_gaussians", {{"strengths_MeV", {strength_MeV}}, {"ranges_fm", {range_fm}}}, 1.0);
}

double unitarity_defect(Eigen::MatrixXcd const& s) {
    return (s.adjoint() * s - Eigen::MatrixXcd::Identity(s.rows(), s.cols())).cwiseAbs().maxCoeff();
}

/// S of two s-wave channels with constant V_ij (MeV) for r <= R: inside w = sin(K r)/K with the matrix
/// K^2 = k^2 - 2 sqrt(mu_i mu_j) V_ij, outside sines and cosines or a decaying exponential.
Eigen::MatrixXcd square_wells_s_matrix(std::array<Channel, 2> const& channels, Eigen::Matrix2cd const& v_MeV,
                                       double radius_fm, double k_MeV) {
    Eigen::Vector2cd k;
    Eigen::Matrix2cd inside;
    for (int a = 0; a < 2; ++a) {
        double const energy =
            k_MeV * k_MeV / (2.0 * channels[0].reduced_mass_MeV) - channels[static_cast<std::size_t>(a)].threshold_MeV;
        double const mu_a = channels[static_cast<std::size_t>(a)].reduced_mass_MeV;
        k[a] = std::sqrt(Complex(units::two_mu_over_hbar2(mu_a) * energy));
        for (int b = 0; b < 2; ++b)
            inside(a, b) =
                (a == b ? k[a] * k[a] : 0.0) -
                units::two_mu_over_hbar2(std::sqrt(mu_a * channels[static_cast<std::size_t>(b)].reduced_mass_MeV)) *
                    v_MeV(a, b);
    }
    Eigen::ComplexEigenSolver<Eigen::Matrix2cd> const modes(inside);
    Eigen::Vector2cd slopes;
    for (int a = 0; a < 2; ++a) {
        Complex const wave_number = std::sqrt(modes.eigenvalues()[a]);
        slopes[a] = wave_number / std::tan(wave_number * radius_fm);
    }
    Eigen::Matrix2cd const y = modes.eigenvectors() * slopes.asDiagonal() * modes.eigenvectors().inverse();
    // w = exp(-ikr) c - exp(ikr) S: w' = Y w, each divided by sqrt(k).
    Eigen::Matrix2cd in = Eigen::Matrix2cd::Zero(), out = in;
    for (int a = 0; a < 2; ++a) {
        in(a, a) = std::exp(-i_unit * k[a] * radius_fm) / std::sqrt(k[a]);
        out(a, a) = std::exp(i_unit * k[a] * radius_fm) / std::sqrt(k[a]);
    }
    Eigen::Matrix2cd const ik = (i_unit * k).asDiagonal();
    Eigen::Matrix2cd const s = (ik * out - y * out).inverse() * (-ik * in - y * in);
    return k[1].real() > 0.0 ? Eigen::MatrixXcd(s) : Eigen::MatrixXcd(s.topLeftCorner<1, 1>());
}

TEST(CoupledChannels, MeetTwoCoupledSquareWells) {
    unsigned const seed = 20261101;
    std::mt19937_64 generator(seed);
    std::uniform_real_distribution<double> uniform(-1.0, 1.0);
    for (int draw = 0; draw < 12; ++draw) {
        bool const absorptive = draw % 3 == 2;
        std::array<Channel, 2> const channels{Channel{500.0 + 300.0 * uniform(generator), 0.0},
                                              Channel{400.0 + 300.0 * uniform(generator), 60.0 * uniform(generator)}};
        double const radius = 1.3 + 0.8 * uniform(generator);
        Eigen::Matrix2cd v;
        v(0, 0) = 80.0 * uniform(generator);
        v(1, 1) = 80.0 * uniform(generator);
        v(0, 1) = v(1, 0) = 60.0 * uniform(generator);
        if (absorptive) v(1, 1) -= i_unit * 40.0;
        PotentialMatrix potential(2);
        potential.set(0, 0, well(-v(0, 0).real(), radius));
        potential.set(0, 1, well(-v(0, 1).real(), radius));
        potential.set(1, 1, well(-v(1, 1).real(), radius), absorptive ? well(-v(1, 1).imag(), radius) : nullptr);
        Eigen::ArrayXd const k_MeV = Eigen::ArrayXd::LinSpaced(7, 20.0, 290.0);
        auto const result = scatter_coupled({channels[0], channels[1]}, potential, k_MeV, 1e-8);
        for (Eigen::Index j = 0; j < k_MeV.size(); ++j) {
            Eigen::MatrixXcd const exact = square_wells_s_matrix(channels, v, radius, k_MeV[j]);
            auto const& s = result.s_matrix[static_cast<std::size_t>(j)];
            ASSERT_EQ(s.rows(), exact.rows());
            EXPECT_LE((s - exact).cwiseAbs().maxCoeff(), 1e-8) << "seed " << seed << ", draw " << draw << ", " << j;
        }
    }
}

// Invariants of a real symmetric potential, at any l, with charges, above and below the second threshold.
TEST(CoupledChannels, AreUnitaryAndSymmetric) {
    for (int l : {0, 1, 2, 4})
        for (double charge : {0.0, -1.0, 1.0}) {
            std::vector<Channel> const channels{
                {300.0, 0.0, l, charge}, {420.0, 35.0, l, 0.0}, {250.0, -20.0, l, charge}};
            PotentialMatrix potential(3);
            potential.set(0, 0, gaussian(-300.0, 0.8));
            potential.set(0, 1, gaussian(150.0, 0.7));
            potential.set(0, 2, gaussian(-90.0, 1.1));
            potential.set(1, 1, gaussian(-400.0, 0.9));
            potential.set(2, 2, gaussian(200.0, 0.5));
            auto const result = scatter_coupled(channels, potential, Eigen::ArrayXd::LinSpaced(5, 30.0, 280.0), 1e-8);
            EXPECT_EQ(result.s_matrix.front().rows(), 2);
            EXPECT_EQ(result.s_matrix.back().rows(), 3);
            for (auto const& s : result.s_matrix) {
                EXPECT_LE(unitarity_defect(s), 1e-8) << l << " " << charge;
                EXPECT_LE((s - s.transpose()).cwiseAbs().maxCoeff(), 1e-8) << l << " " << charge;
            }
        }
}

TEST(CoupledChannels, OneRealChannelIsTheSingleChannelSolver) {
    double const mu = 550.0;
    auto const potential = gaussian(-120.0, 1.2);
    PotentialMatrix matrix(1);
    matrix.set(0, 0, potential);
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(9, 10.0, 300.0);
    auto const single = scatter(*potential, k, mu, 1e-9);
    auto const result = scatter_coupled({{mu, 0.0}}, matrix, k, 1e-9);
    for (Eigen::Index j = 0; j < k.size(); ++j)
        EXPECT_NEAR(std::remainder(result.delta_rad[j] - single.delta_rad[j], units::pi), 0.0, 3e-9);
    EXPECT_NEAR(result.scattering_length_fm->real(), single.scattering_length_fm,
                3e-9 * (1.0 + single.scattering_length_fm * single.scattering_length_fm));
    EXPECT_EQ(result.scattering_length_fm->imag(), 0.0);
    EXPECT_TRUE((result.inelasticity == 1.0).all());
    EXPECT_LE((result.s11.abs() - 1.0).abs().maxCoeff(), 1e-15);
}

// Flux that has nowhere else to go comes back: |S_11| = 1 below the second threshold, and at rest Im a0 = 0, exactly.
// Above it, or where a lower channel is open at rest, it is lost.
TEST(CoupledChannels, LoseNothingWhereNothingElseIsOpen) {
    Eigen::ArrayXd const k_MeV = Eigen::ArrayXd::LinSpaced(8, 20.0, 300.0);
    auto const solved = [&](double threshold_MeV) {
        PotentialMatrix potential(2);
        potential.set(0, 0, gaussian(-60.0, 1.0));
        potential.set(0, 1, gaussian(80.0, 0.8));
        potential.set(1, 1, gaussian(-90.0, 0.9));
        return scatter_coupled({{500.0, 0.0}, {420.0, threshold_MeV}}, potential, k_MeV, 1e-8);
    };
    auto const above = solved(30.0), at_rest_too = solved(0.0), below = solved(-30.0);
    EXPECT_EQ(above.scattering_length_fm->imag(), 0.0);
    EXPECT_EQ(at_rest_too.scattering_length_fm->imag(), 0.0);
    EXPECT_LT(below.scattering_length_fm->imag(), -1e-3);
    for (Eigen::Index j = 0; j < k_MeV.size(); ++j) {
        bool const alone = above.open_channels[static_cast<std::size_t>(j)].size() == 1;
        EXPECT_EQ(above.inelasticity[j] == 1.0, alone) << j;
        EXPECT_LT(below.inelasticity[j], 1.0 - 1e-4) << j;
        // The S matrix itself stays as it was computed.
        auto const& s = above.s_matrix[static_cast<std::size_t>(j)];
        EXPECT_LE(std::abs(s(0, 0) - above.s11[j]), 1e-8) << j;
    }
    EXPECT_EQ(above.open_channels.back().size(), 2U);
}

// a0 = R - tan(K R)/K with complex K; f = (S - 1)/(2ik).
TEST(CoupledChannels, MeetTheComplexSquareWell) {
    double const mu = 350.0, radius = 1.4;
    Complex const depth(70.0, 25.0);
    PotentialMatrix matrix(1);
    matrix.set(0, 0, well(depth.real(), radius), well(depth.imag(), radius));
    Eigen::ArrayXd const k_MeV = Eigen::ArrayXd::LinSpaced(6, 5.0, 300.0);
    auto const result = scatter_coupled({{mu, 0.0}}, matrix, k_MeV, 1e-9);
    Complex const at_rest = std::sqrt(units::two_mu_over_hbar2(mu) * depth);
    EXPECT_LE(std::abs(*result.scattering_length_fm - (radius - std::tan(at_rest * radius) / at_rest)), 1e-8);
    for (Eigen::Index j = 0; j < k_MeV.size(); ++j) {
        double const k = units::wave_number_per_fm(k_MeV[j]);
        Complex const inside = std::sqrt(k * k + units::two_mu_over_hbar2(mu) * depth);
        Complex const y = inside / std::tan(inside * radius);
        Complex const s = std::exp(-2.0 * i_unit * k * radius) * (y + i_unit * k) / (y - i_unit * k);
        EXPECT_LE(std::abs(result.s11[j] - s), 1e-9);
        EXPECT_NEAR(result.inelasticity[j], std::abs(s), 1e-9);
        EXPECT_NEAR(std::remainder(2.0 * result.delta_rad[j] - std::arg(s), 2.0 * units::pi), 0.0, 1e-8);
    }
}

// With one mass and one threshold a constant rotation of two uncoupled channels is a coupled problem, S = O S_0 O^T.
TEST(CoupledChannels, ARotationOfUncoupledChannelsIsSolved) {
    double const mu = 480.0, angle = 0.7, c = std::cos(angle), s = std::sin(angle);
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(6, 15.0, 260.0);
    auto const sum = [](double a, double b) {
        return std::shared_ptr<LocalPotential const>(
            make_potential("sum_of_gaussians", {{"strengths_MeV", {a, b}}, {"ranges_fm", {0.9, 1.3}}}, 1.0));
    };
    PotentialMatrix rotated(2);
    rotated.set(0, 0, sum(-150.0 * c * c, 40.0 * s * s));
    rotated.set(0, 1, sum(-150.0 * c * s, -40.0 * c * s));
    rotated.set(1, 1, sum(-150.0 * s * s, 40.0 * c * c));
    auto const result = scatter_coupled({{mu, 0.0, 1}, {mu, 0.0, 1}}, rotated, k, 1e-9);
    Eigen::Matrix2d rotation;
    rotation << c, -s, s, c;
    PotentialMatrix first(1), second(1);
    first.set(0, 0, sum(-150.0, 0.0));
    second.set(0, 0, sum(0.0, 40.0));
    auto const s_first = scatter_coupled({{mu, 0.0, 1}}, first, k, 1e-9).s11;
    auto const s_second = scatter_coupled({{mu, 0.0, 1}}, second, k, 1e-9).s11;
    for (Eigen::Index j = 0; j < k.size(); ++j) {
        Eigen::Matrix2cd const uncoupled = Eigen::Vector2cd(s_first[j], s_second[j]).asDiagonal();
        Eigen::Matrix2cd const expected = rotation * uncoupled * rotation.transpose();
        EXPECT_LE((result.s_matrix[static_cast<std::size_t>(j)] - expected).cwiseAbs().maxCoeff(), 3e-9);
    }
}

TEST(CoupledChannels, RefuseWhatTheyCannotDo) {
    PotentialMatrix potential(2);
    potential.set(0, 0, gaussian(-100.0, 1.0));
    potential.set(1, 1, gaussian(-100.0, 1.0));
    Eigen::ArrayXd const k = Eigen::ArrayXd::Constant(1, 50.0);
    auto const refusal = [&](std::vector<Channel> const& channels) {
        return message_of([&] { scatter_coupled(channels, potential, k); });
    };
    EXPECT_NE(refusal({{500.0, 0.0}}).find("is for 2 channels, not 1"), std::string::npos);
    EXPECT_NE(refusal({{500.0, 3.0}, {500.0, 0.0}}).find("whose own must be 0"), std::string::npos);
    EXPECT_NE(refusal({{500.0, 0.0}, {-5.0, 0.0}}).find("must be positive and finite"), std::string::npos);
    EXPECT_NE(refusal({{500.0, 0.0}, {500.0, 0.0, -1}}).find("between 0 and 20"), std::string::npos);
    potential.set(0, 1, gaussian(10.0, 1.0));
    EXPECT_NE(refusal({{500.0, 0.0, 0}, {500.0, 0.0, 2}}).find("must vanish there"), std::string::npos);
    potential.set(0, 1, well(10.0, 1.0));
    potential.set(1, 1, well(10.0, 1.5));
    EXPECT_NE(refusal({{500.0, 0.0}, {500.0, 0.0}}).find("jump at different radii"), std::string::npos);
    EXPECT_THROW(PotentialMatrix(0), InputError);
    EXPECT_THROW(potential.set(0, 2, nullptr), InputError);
}

// Two channels of one Gaussian: Im V = W g(r), negative semidefinite where W is: w11 <= 0, w22 <= 0, w11 w22 >= w12^2.
TEST(PotentialMatrix, EmitsWhereItsImaginaryPartHasAPositiveEigenvalue) {
    auto const matrix = [](double w11, double w12, double w22) {
        PotentialMatrix potential(2);
        potential.set(0, 0, gaussian(-40.0, 1.0), gaussian(w11, 1.0));
        potential.set(0, 1, gaussian(-40.0, 1.0), gaussian(w12, 1.0));
        potential.set(1, 1, nullptr, gaussian(w22, 1.0));
        return potential;
    };
    EXPECT_FALSE(radius_of_emission(PotentialMatrix(3)));
    EXPECT_FALSE(radius_of_emission(matrix(-10.0, 5.0, -3.0)));
    EXPECT_FALSE(radius_of_emission(matrix(-4.0, 4.0, -4.0)));
    EXPECT_FALSE(radius_of_emission(matrix(0.0, 0.0, -1.0)));
    EXPECT_EQ(*radius_of_emission(matrix(-10.0, 6.0, -3.0)), 0.0);
    EXPECT_TRUE(radius_of_emission(matrix(1.0, 0.0, -3.0)));
    EXPECT_TRUE(radius_of_emission(matrix(0.0, 1.0, 0.0)));
    // Absorbs inside, emits outside: -3 exp(-r^2) + exp(-r^2/4) > 0 from r^2 = ln(3)/(3/4) = 1.2103^2 on.
    PotentialMatrix mixed(1);
    mixed.set(0, 0, nullptr,
              make_potential("sum_of_gaussians", {{"strengths_MeV", {-3.0, 1.0}}, {"ranges_fm", {1.0, 2.0}}}, 1.0));
    EXPECT_NEAR(*radius_of_emission(mixed), std::sqrt(std::log(3.0) / 0.75), 0.025);
}

}  // namespace
}  // namespace hadronforce
