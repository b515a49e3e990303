#include "hadronforce/femtoscopy/coupled_correlation.hpp"
#include "hadronforce/femtoscopy/pair_correlation.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "support/solved_pair.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

namespace hadronforce {
namespace {

using testing::gaussian_force;
using testing::solve;

// Samples of a dataset are shared out among ranks: not a bit of C may depend on what was solved before.
TEST(RepeatedPairs, WhatWasSolvedBeforeDoesNotMatter) {
    double const mu = 315.0;
    auto const force = gaussian_force(-150.0, 0.8);
    Eigen::ArrayXd const k = bin_centres(20.0, 220.0, 8);
    for (int charges : {0, -1, 2})
        for (char const* form : {"gaussian", "cauchy"}) {
            std::vector<SpinChannel> const channels{{1.0, Exchange::none, {{0, force}, {1, force}}}};
            auto const source = make_source(form, {{"r0_fm", {1.2}}});
            Eigen::ArrayXd const fresh = solve(k, mu, charges, channels, *source).correlation;
            PairCorrelationSolver solver(k, mu, charges);
            for (double r0 : {1.3, 0.8, 6.0, 1e-3}) {
                solver.solve(channels, *make_source(form, {{"r0_fm", {r0}}}));
                EXPECT_TRUE((solver.solve(channels, *source).correlation == fresh).all())
                    << form << ", charges " << charges << ", after r0 = " << r0;
            }
        }
    for (int charges : {0, -1})
        for (char const* form : {"gaussian", "cauchy"}) {
            PotentialMatrix potential(2);
            potential.set(0, 0, force);
            potential.set(0, 1, force);
            std::vector<Channel> const channels{{mu, 0.0, 0, double(charges)}, {1.1 * mu, 20.0, 0, 0.0}};
            auto const with_source = [&](CoupledCorrelationSolver& solver, double r0) {
                auto const source = make_source(form, {{"r0_fm", {r0}}});
                return solver.solve(potential, {{source.get(), 1.0}, {source.get(), 0.5}}).correlation;
            };
            CoupledCorrelationSolver fresh(channels, k, 1e-6), solver(channels, k, 1e-6);
            Eigen::ArrayXd const exact = with_source(fresh, 1.2);
            for (double r0 : {1.3, 0.8, 6.0, 1e-2}) {
                with_source(solver, r0);
                EXPECT_TRUE((with_source(solver, 1.2) == exact).all())
                    << "coupled, " << form << ", charges " << charges << ", after r0 = " << r0;
            }
        }
    // Terms that cancel, after some that cancel more.
    auto const core = gaussian_force(400.0, 0.5);
    auto const higher = gaussian_force(900.0, 0.5);
    GaussianSource const point(1e-12);
    auto const low = Eigen::ArrayXd::Constant(1, 1.19);
    PairCorrelationSolver solver(low, 2270.0, -20);
    solver.solve({{1.0, Exchange::none, {{0, higher}}}}, point);
    std::vector<SpinChannel> const channels{{1.0, Exchange::none, {{0, core}}}};
    EXPECT_EQ(solver.solve(channels, point).correlation[0], solve(low, 2270.0, -20, channels, point).correlation[0]);
}

}  // namespace
}  // namespace hadronforce
