#include "hadronforce/interaction/smeared_charges.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/units/constants.hpp"

#include <gtest/gtest.h>
#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <cmath>
#include <memory>

namespace hadronforce {
namespace {

constexpr double radius_fm = 0.41;
double const points_MeV_fm = 4.0 * units::fine_structure * units::hbar_c_MeV_fm;

// The potential of points is that of a photon's propagator, (2/pi) integral sin(qr)/q dq; each density multiplies it by
// its form factor, (1 + q^2/b^2)^-2, b = 2 sqrt(6)/r_d.
TEST(SmearedCharges, IsTheFourierTransformOfItsFormFactors) {
    SmearedCharges const charges(nullptr, 4.0, radius_fm);
    double const b = 2.0 * std::sqrt(6.0) / radius_fm;
    using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
    for (double r : {0.02, 0.1, 0.3, 0.8, 2.0}) {
        auto const integrand = [&](double q) {
            return std::sin(q * r) / q * (std::pow(1.0 + q * q / (b * b), -4) - 1.0 / (1.0 + q * q / (b * b)));
        };
        double sum = 0.0;
        for (int piece = 0; piece < 400; ++piece)
            sum += Quadrature::integrate(integrand, 3.0 * b * piece + 1e-12, 3.0 * b * (piece + 1), 10, 1e-12);
        // What is taken off above so that the integral converges, in closed form: 1 - exp(-br).
        double const smeared = points_MeV_fm / r * (2.0 / units::pi * sum + 1.0 - std::exp(-b * r));
        EXPECT_NEAR(charges.value_MeV(r) + points_MeV_fm / r, smeared, 1e-6 * points_MeV_fm / r) << r;
    }
}

TEST(SmearedCharges, TakesTheFieldOfPointsAwayWhereItIsInfinite) {
    SmearedCharges const charges(nullptr, 4.0, radius_fm);
    EXPECT_DOUBLE_EQ(charges.r_times_v_at_origin_MeV_fm(), -points_MeV_fm);
    // x/r (1 - 11/16) is left at the origin.
    double const r = 1e-6, at_origin = points_MeV_fm * 2.0 * std::sqrt(6.0) / radius_fm * 5.0 / 16.0;
    EXPECT_NEAR((charges.value_MeV(r) + points_MeV_fm / r) / at_origin, 1.0, 1e-5);
    EXPECT_LT(std::fabs(charges.value_MeV(4.0)), 1e-15);
}

TEST(SmearedCharges, StandsBesideAStrongPotential) {
    std::shared_ptr<LocalPotential const> const well =
        make_potential("square_well", {{"depth_MeV", {30.0}}, {"radius_fm", {1.5}}}, 500.0);
    SmearedCharges const both(well, -2.0, radius_fm), alone(nullptr, -2.0, radius_fm);
    for (double r : {0.2, 1.0, 1.5, 2.0}) EXPECT_DOUBLE_EQ(both.value_MeV(r), alone.value_MeV(r) + well->value_MeV(r));
    EXPECT_EQ(both.discontinuity_fm(), well->discontinuity_fm());
    EXPECT_FALSE(both.has_knots());
    EXPECT_THROW(SmearedCharges(nullptr, 1.0, 0.0), InputError);
    EXPECT_THROW(SmearedCharges(nullptr, 1.0, NAN), InputError);
}

}  // namespace
}  // namespace hadronforce
