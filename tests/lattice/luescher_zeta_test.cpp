#include "hadronforce/lattice/luescher_zeta.hpp"

#include "hadronforce/units/constants.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace hadronforce {
namespace {

using units::pi;

std::array<int, 3> const momenta[] = {{0, 0, 0}, {0, 0, 1}, {0, 1, 1}, {1, 1, 1}, {0, 0, 2}};

double close(double value) { return 1e-12 * std::max(1.0, std::abs(value)); }

// The same formula with 40 digits and two splittings, which agree to 34 or more.
TEST(Zeta, AgreesWithFortyDigits) {
    struct Reference {
        double q2;
        ZetaFrame frame;
        double Z;
    };
    for (auto const& [q2, frame, Z] :
         std::initializer_list<Reference>{{0.1, {}, -4.8432078673961334743},
                                          {0.4728, {}, -0.0010568690392164285413},
                                          {-1.3, {}, -6.3444361152385614956},
                                          {5.5, {}, -2.2365420286797529396},
                                          {11.7, {}, -0.07816892229348111901},
                                          {0.3, {{0, 0, 1}, 1.1, 0.5}, -7.6294746258558289939},
                                          {0.3, {{0, 0, 1}, 1.25, 0.62}, -8.2073893468045974021},
                                          {7.3, {{0, 1, 1}, 1.4, 0.8}, 90.281026795937482033},
                                          {-0.4, {{1, 1, 1}, 1.2, 0.7}, -4.2424378391084651998},
                                          {11.7, {{0, 0, 2}, 1.6, 0.55}, 85.757436981614849857},
                                          {3.2, {{1, 1, 1}, 1.15, 0.5}, -6.286131877018553417}})
        EXPECT_NEAR(zeta_00(q2, frame), Z, close(Z)) << "q^2 = " << q2 << ", gamma = " << frame.gamma;
}

TEST(Zeta, DoesNotDependOnTheSplitting) {
    for (auto const& d : momenta)
        for (double const q2 : {-5.3, -0.2, 0.01, 0.37, 1.4, 3.3, 6.6, 11.9}) {
            ZetaFrame const frame{d, 1.17, 0.58};
            double const Z = zeta_00(q2, frame);
            for (double const splitting : {0.25, 0.5, 0.9})
                EXPECT_NEAR(zeta_00(q2, frame, splitting), Z,
                            1e-12 * std::exp(splitting * std::max(q2, 0.0)) + close(Z))
                    << "q^2 = " << q2 << ", splitting " << splitting;
        }
}

/// f summed over the wave vectors m != 0 with their phases; f(|gamma m|) falls as exp(-2 pi kappa |m|).
double over_wave_vectors(ZetaFrame const& frame, std::function<double(double)> const& f) {
    auto const& d = frame.d;
    double const d2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
    double sum = 0.0;
    int const reach = 9;
    for (int x = -reach; x <= reach; ++x)
        for (int y = -reach; y <= reach; ++y)
            for (int z = -reach; z <= reach; ++z) {
                double const along = x * d[0] + y * d[1] + z * d[2];
                double const m2 =
                    x * x + y * y + z * z + (d2 > 0.0 ? (frame.gamma * frame.gamma - 1.0) * along * along / d2 : 0.0);
                if (m2 > 0.0) sum += std::cos(2.0 * pi * frame.alpha * along) * f(std::sqrt(m2));
            }
    return sum;
}

double volume(ZetaFrame const& frame) { return frame.d == std::array<int, 3>{0, 0, 0} ? 1.0 : frame.gamma; }

// For q^2 = -kappa^2 Poisson's formula alone converges: -2 pi^2 kappa and Yukawa potentials of the images of the box.
TEST(Zeta, IsASumOverImagesBelowThreshold) {
    for (auto const& d : momenta)
        for (double const kappa : {0.6, 1.0, 2.2, 5.0}) {
            ZetaFrame const frame{d, 1.3, 0.44};
            double const images =
                over_wave_vectors(frame, [&](double m) { return std::exp(-2.0 * pi * kappa * m) / m; });
            double const expected = volume(frame) * (-2.0 * pi * pi * kappa + pi * images) / std::sqrt(4.0 * pi);
            EXPECT_NEAR(zeta_00(-kappa * kappa, frame), expected, close(expected)) << "kappa = " << kappa;
        }
}

/// 1/(r^2 - q^2) less its first three terms in A = q^2 + kappa^2 over r^2 + kappa^2, summed to |r| < cutoff, with the
/// integral of A^3/r^8 beyond; the three terms by Poisson's formula. No exponential in it.
double direct_sum(double q2, ZetaFrame const& frame, double cutoff) {
    double const kappa = 1.0, A = q2 + kappa * kappa, cutoff2 = cutoff * cutoff;
    auto const& d = frame.d;
    double const d2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2], gamma = volume(frame);
    int const reach = static_cast<int>(gamma * cutoff) + 3;
    double sum = 0.0;
    for (int nx = -reach; nx <= reach; ++nx)
        for (int ny = -reach; ny <= reach; ++ny)
            for (int nz = -reach; nz <= reach; ++nz) {
                double const x = nx - frame.alpha * d[0], y = ny - frame.alpha * d[1], z = nz - frame.alpha * d[2];
                double const along = d2 > 0.0 ? (x * d[0] + y * d[1] + z * d[2]) / std::sqrt(d2) : 0.0;
                double const r2 = x * x + y * y + z * z - along * along * (1.0 - 1.0 / (gamma * gamma));
                if (r2 < cutoff2) sum += A * A * A / ((r2 - q2) * std::pow(r2 + kappa * kappa, 3));
            }
    sum += gamma * 4.0 * pi * A * A * A / (5.0 * std::pow(cutoff, 5));
    auto const images = [&](auto const& f) { return over_wave_vectors(frame, f); };
    double const c = 2.0 * pi * kappa, p2 = pi * pi;
    double const first = -2.0 * p2 * kappa + pi * images([&](double m) { return std::exp(-c * m) / m; });
    double const second = p2 / kappa * (1.0 + images([&](double m) { return std::exp(-c * m); }));
    double const third =
        p2 / (4.0 * std::pow(kappa, 3)) * (1.0 + images([&](double m) { return (1.0 + c * m) * std::exp(-c * m); }));
    return (sum + gamma * (first + A * second + A * A * third)) / std::sqrt(4.0 * pi);
}

TEST(Zeta, IsTheDirectSumWithItsTail) {
    for (auto const& d : momenta)
        for (double const q2 : {-0.7, 0.3, 1.6, 4.4}) {
            ZetaFrame const frame{d, 1.2, 0.6};
            double const Z = zeta_00(q2, frame), A = q2 + 1.0;
            // The tail is 2.5 A^3/cutoff^5, known to its share of a shell of thickness one: here to 3/cutoff.
            EXPECT_NEAR(direct_sum(q2, frame, 40.0), Z, 0.1 * 2.5 * A * A * A / std::pow(40.0, 5) + close(Z))
                << "q^2 = " << q2;
        }
}

// Points half as far apart along d are those of the lattice and of the lattice shifted by a half.
TEST(Zeta, OfABoostByTwoIsThatOfTwoLattices) {
    for (double const q2 : {-2.0, 0.15, 2.7, 9.3}) {
        std::array<int, 3> const d{0, 0, 1};
        double const fine = zeta_00(q2, {d, 2.0, 0.0});
        EXPECT_NEAR(fine, zeta_00(q2) + zeta_00(q2, {d, 1.0, 0.5}), close(fine)) << q2;
    }
    // Three times as dense, and a shift by a whole d is none.
    double const fine = zeta_00(1.7, {{0, 0, 1}, 3.0, 1.0});
    EXPECT_NEAR(fine, zeta_00(1.7) + 2.0 * zeta_00(1.7, {{0, 0, 1}, 1.0, 1.0 / 3.0}), close(fine));
}

// M. Luescher, Commun. Math. Phys. 105 (1986) 153 and Nucl. Phys. B 354 (1991) 531: sums over n != 0 of 1/n^2 (cut off)
// and 1/n^4, and the first zero of Z.
TEST(Zeta, HasThePublishedNumbers) {
    double const e = 1e-3, above = std::sqrt(4.0 * pi) * zeta_00(e) + 1.0 / e;
    double const below = std::sqrt(4.0 * pi) * zeta_00(-e) - 1.0 / e;
    EXPECT_NEAR(0.5 * (above + below), -8.913632917585, 1e-5);  // 8.4 e^2
    EXPECT_NEAR(0.5 * (above - below) / e, 16.532315959761, 1e-5);
    EXPECT_NEAR(-8.913632917585 / pi, -2.837297, 1e-6);
    // Levels of infinite scattering length; 0.4729, 1.4416, 2.6270 in the literature, the first here to 20 digits.
    for (auto const& [low, high, zero, error] :
         {std::array{0.2, 0.8, 0.47289424725965146892, 1e-13}, std::array{1.2, 1.8, 1.4416, 1e-4},
          std::array{2.2, 2.8, 2.6270, 1e-4}}) {
        double below_zero = low, above_zero = high;
        while (above_zero - below_zero > 1e-14) {
            double const middle = 0.5 * (below_zero + above_zero);
            (zeta_00(middle) < 0.0 ? below_zero : above_zero) = middle;
        }
        EXPECT_NEAR(below_zero, zero, error);
    }
}

}  // namespace
}  // namespace hadronforce
