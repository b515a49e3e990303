#include "hadronforce/lattice/infinite_volume.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/units/constants.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

constexpr double mu_MeV = 470.0, tolerance = 1e-13;
double const two_mu = units::two_mu_over_hbar2(mu_MeV);

/// Inside of a well u = sin(K r)/K; outside A sin(kr)/k + B cos(kr), k cot(delta) = A/B. Of either sign of k^2.
double k_cot_delta_of_well(double depth_per_fm2, double radius_fm, double k2) {
    auto const sine = [&](double x2) {  // sin(x R)/x
        double const x = std::sqrt(std::abs(x2));
        return x == 0.0 ? radius_fm : (x2 > 0.0 ? std::sin(x * radius_fm) : std::sinh(x * radius_fm)) / x;
    };
    auto const cosine = [&](double x2) {
        double const x = std::sqrt(std::abs(x2)) * radius_fm;
        return x2 > 0.0 ? std::cos(x) : std::cosh(x);
    };
    double const u = sine(k2 + depth_per_fm2), slope = cosine(k2 + depth_per_fm2);
    return (u * k2 * sine(k2) + slope * cosine(k2)) / (u * cosine(k2) - slope * sine(k2));
}

// With none, one and two bound states, next to where one appears, of which a0 is -1.4e4 fm, and of repulsion.
TEST(InfiniteVolume, GivesTheClosedFormOfASquareWellOnBothSidesOfTheThreshold) {
    constexpr double radius_fm = 1.2;
    for (double const angle : {0.001, 1.0, 0.5 * units::pi - 0.00005, 1.8, 5.0, -1.5}) {
        double const depth = std::copysign(std::pow(angle / radius_fm, 2), angle);
        auto const potential =
            make_potential("square_well", {{"depth_MeV", {depth / two_mu}}, {"radius_fm", {radius_fm}}}, mu_MeV);
        InfiniteVolume const infinite({potential.get(), nullptr, two_mu}, 4.0, -12.0, tolerance);
        EXPECT_LT(infinite.continued_from(), -11.99) << angle;
        std::size_t const bound = angle > 1.5 * units::pi ? 2 : angle > 0.5 * units::pi ? 1 : 0;
        ASSERT_EQ(infinite.binding_momenta().size(), bound) << angle;
        for (double const kappa : infinite.binding_momenta())
            EXPECT_NEAR(infinite.k_cot_delta(-kappa * kappa) / -kappa, 1.0, 1e-7) << angle;
        EXPECT_NEAR(infinite.scattering_length() * -k_cot_delta_of_well(depth, radius_fm, 0.0), 1.0, 1e-7) << angle;
        for (double k2 = -11.9; k2 < 16.0; k2 += 0.37) {
            double const exact = k_cot_delta_of_well(depth, radius_fm, k2);
            double const k = std::sqrt(std::abs(k2));
            EXPECT_NEAR(std::atan2(k, infinite.k_cot_delta(k2)) / std::atan2(k, exact), 1.0, 1e-7)
                << angle << ", k^2 = " << k2;
        }
    }
}

// Of Bargmann's second potential k cot(delta) = (k^2 - a b)/(a + b); its tail exp(-2 theta - 2 b r) ends the
// continuation about the bound state at k^2 = -b^2, the earlier the stronger it is.
TEST(InfiniteVolume, GoesOnThroughTheBoundStateWhereAYukawaTailEndsTheContinuation) {
    constexpr double a = 2.4, b = 0.6;
    for (double const theta : {6.0, 0.1}) {
        auto const potential = make_potential(
            "bargmann_2", {{"rho_per_fm", {a + b}}, {"sigma_per_fm", {a - b}}, {"theta", {theta}}}, mu_MeV);
        InfiniteVolume const infinite({potential.get(), nullptr, two_mu}, 2.0, -1.0, tolerance);
        EXPECT_LT(infinite.continued_from(), -0.3 * b * b);
        EXPECT_GT(infinite.continued_from(), theta > 1.0 ? -1.5 * b * b : -b * b);
        for (double k2 = -1.0; k2 < 4.0; k2 += 0.1)
            EXPECT_NEAR(infinite.k_cot_delta(k2), (k2 - a * b) / (a + b), k2 < infinite.continued_from() ? 1e-2 : 1e-4)
                << theta << ", " << k2;
        EXPECT_THROW(infinite.k_cot_delta(4.1), InputError);
    }
}

}  // namespace
}  // namespace hadronforce
