#include "hadronforce/femtoscopy/source.hpp"

#include "hadronforce/units/constants.hpp"

#include <gtest/gtest.h>
#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <limits>

namespace hadronforce {
namespace {

double integral(GaussianSource const& source, double from, double power) {
    auto const integrand = [&](double r) {
        Eigen::ArrayXd radius(1), density(1);
        radius[0] = r;
        source.fill_per_fm3(radius, density);
        return 4.0 * units::pi * std::pow(r, power) * density[0];
    };
    return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(
        integrand, from, std::numeric_limits<double>::infinity(), 15, 1e-13);
}

TEST(GaussianSource, IsNormalised) {
    for (double r0 : {0.5, 1.3, 4.2}) EXPECT_NEAR(integral(GaussianSource(r0), 0.0, 2.0), 1.0, 1e-12) << r0;
}

// Each coordinate of the relative distance has variance 2 r0^2.
TEST(GaussianSource, HasTheVarianceOfTwoEmitters) {
    EXPECT_NEAR(integral(GaussianSource(1.3), 0.0, 4.0), 6.0 * 1.3 * 1.3, 1e-10);
}

TEST(GaussianSource, CutRadiusLeavesTheStatedFractionOutside) {
    GaussianSource const source(1.3);
    for (double fraction : {1e-2, 1e-5, 1e-9})
        EXPECT_NEAR(integral(source, source.radius_outside_which_fm(fraction), 2.0) / fraction, 1.0, 1e-6);
}

}  // namespace
}  // namespace hadronforce
