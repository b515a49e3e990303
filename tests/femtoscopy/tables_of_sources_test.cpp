#include "hadronforce/femtoscopy/coupled_correlation.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/independent_correlation.hpp"
#include "support/solved_pair.hpp"

#include <gtest/gtest.h>
#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

namespace hadronforce {
namespace {

using testing::gaussian_force;
using testing::solve;

// The spline through so rough a table is negative before its end: how far the source reaches is judged by |S|.
TEST(TablesOfSources, ReachAsFarAsTheyMatterWhereTheirSplineIsNegative) {
    std::vector<double> const values{7.5157, 7.4806, 5.3423, 4.0495, 3.6513, 2.3882,
                                     0.6162, 0.6343, 0.1641, 0.1478, 0.0549, 0.0177};
    std::vector<double> radii;
    for (std::size_t i = 0; i < values.size(); ++i) radii.push_back(0.6636 + 1.3272 * static_cast<double>(i));
    auto const source = make_source("tabulated", {{"radii_fm", radii}, {"values_per_fm3", values}});
    double least = 0.0;
    for (double r = 0.6; r < radii.back(); r += 0.01) least = std::min(least, source->density_per_fm3(r));
    ASSERT_LT(least, -1e-7);
    EXPECT_NEAR(source->radius_outside_which_fm(1e-12), radii.back(), 1e-5);
    double const mu = 110.0;
    auto const force = gaussian_force(-30.0, 1.0);
    std::vector<SpinChannel> const channels{{1.0, Exchange::none, {{0, force}}}};
    for (double k : {1.5, 60.0}) {
        double const exact = testing::IndependentCorrelation(mu, -2, *source, k)(channels).value();
        double const found = solve(Eigen::ArrayXd::Constant(1, k), mu, -2, channels, *source).correlation[0];
        EXPECT_NEAR(found, exact, 1e-6 * std::max(1.0, exact));
    }
}

// Waves of l > 0 vanish at a point: nothing is left of them, however coarse the grid is there.
TEST(TablesOfSources, OfPointsSeeNoWaveOfHigherL) {
    std::vector<double> radii, values;
    for (int i = 0; i < 7; ++i) {
        radii.push_back(1e-15 * (0.4 + i));
        values.push_back(std::exp(-0.3 * i * i));
    }
    auto const source = make_source("tabulated", {{"radii_fm", radii}, {"values_per_fm3", values}});
    std::vector<SpinChannel> const channels{{1.0, Exchange::none, {{1, gaussian_force(-60.0, 0.8)}}}};
    for (double k : {0.05, 1.0, 80.0})
        for (double tolerance : {1e-3, 1e-6, 1e-8}) {
            auto const alone = Eigen::ArrayXd::Constant(1, k);
            EXPECT_NEAR(solve(alone, 180.0, 0, channels, *source, tolerance).correlation[0], 1.0, 1e-9) << k;
        }
}

// Steps of the table far longer than the wave.
TEST(TablesOfSources, HaveCharacteristicFunctionsAtAnyMomentum) {
    auto const source =
        make_source("tabulated", {{"radii_fm", {0.0, 4.0, 8.0, 12.0}}, {"values_per_fm3", {1.0, 0.7, 0.2, 0.0}}});
    using Rule = boost::math::quadrature::gauss_kronrod<double, 61>;
    for (double q : {0.0, 0.3, 3.0, 30.0}) {
        double characteristic = 0.0, cosine = 0.0;
        for (double low : {0.0, 4.0, 8.0}) {
            auto const over_panel = [&](auto const& weight) {
                return Rule::integrate(
                    [&](double r) { return 4.0 * units::pi * source->density_per_fm3(r) * weight(r); }, low, low + 4.0,
                    12, 1e-12);
            };
            characteristic += over_panel([&](double r) { return q == 0.0 ? r * r : r * std::sin(q * r) / q; });
            cosine += over_panel([&](double r) { return std::cos(q * r); });
        }
        EXPECT_NEAR(source->characteristic(q), characteristic, 1e-11) << q;
        EXPECT_NEAR(source->cosine_transform_per_fm2(q), cosine, 1e-11) << q;
    }
}

// The independent integration stops at the table's points.
TEST(TablesOfSources, MayEndEarlyAndBeRough) {
    double const mu = 469.0;
    auto const force = gaussian_force(-40.0, 1.3);
    Eigen::ArrayXd const k = (Eigen::ArrayXd(2) << 20.0, 90.0).finished();
    PotentialMatrix potential(1);
    potential.set(0, 0, force);
    for (int points : {21, 39, 51, 61})
        for (double scatter : {0.0, 0.02})
            for (auto [l, charges] : {std::pair{0, 0}, {1, 0}, {0, 1}, {1, -1}}) {
                std::vector<double> radii, values;
                for (int i = 0; i < points; ++i) {
                    radii.push_back(0.1 * i);
                    values.push_back(GaussianSource(1.2).density_per_fm3(radii.back()) *
                                     (1.0 + scatter * std::sin(7.0 * i * i)));
                }
                auto const source = make_source("tabulated", {{"radii_fm", radii}, {"values_per_fm3", values}});
                std::vector<SpinChannel> const channels{{1.0, Exchange::none, {{l, force}}}};
                for (Eigen::Index j = 0; j < k.size(); ++j) {
                    double const exact = testing::IndependentCorrelation(mu, charges, *source, k[j])(channels).value();
                    for (double tolerance : {1e-3, 1e-5, 1e-6, 1e-8}) {
                        SCOPED_TRACE(::testing::Message() << points << " points, scatter " << scatter << ", l = " << l
                                                          << ", charges " << charges << ", tolerance " << tolerance);
                        double const allowed = tolerance * std::max(1.0, exact);
                        EXPECT_NEAR(solve(k, mu, charges, channels, *source, tolerance).correlation[j], exact, allowed);
                        CoupledCorrelationSolver coupled({{mu, 0.0, l, double(charges)}}, k, tolerance);
                        EXPECT_NEAR(coupled.solve(potential, {{source.get(), 1.0}}).correlation[j], exact, allowed);
                    }
                }
            }
}

}  // namespace
}  // namespace hadronforce
