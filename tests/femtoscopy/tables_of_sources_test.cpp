#include "hadronforce/femtoscopy/coupled_correlation.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "support/independent_correlation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

namespace hadronforce {
namespace {

std::shared_ptr<LocalPotential const> gaussian_force(double strength_MeV, double range_fm) {
    return make_potential("sum_of_gaussians", {{"strengths_MeV", {strength_MeV}}, {"ranges_fm", {range_fm}}}, 500.0);
}

PairCorrelation solve(Eigen::ArrayXd const& k, double mu, int charges, std::vector<SpinChannel> const& channels,
                      Source const& source, double tolerance = 1e-6) {
    return PairCorrelationSolver(k, mu, charges, tolerance).solve(channels, source);
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
