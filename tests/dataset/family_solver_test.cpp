#include "hadronforce/dataset/sample_family.hpp"
#include "hadronforce/femtoscopy/uncoupled_pair.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"

#include <gtest/gtest.h>

namespace hadronforce {
namespace {

/// A well of unknown depth, seen from sources of two unknown radii in other bins each, and its phase shifts.
SampleFamily family() {
    ModelForm const well{"sum_of_gaussians", {{"strengths_MeV", {{0.0, 0}}}, {"ranges_fm", {{0.8, {}}}}}};
    SampleFamily f;
    for (int radius : {1, 2}) {
        auto& seen = f.measurements.emplace_back();
        seen.name = radius == 1 ? "small" : "large";
        seen.model.pair = {
            "x", uncoupled_pair(
                     {601.0, 0, {{1.0, Exchange::none, {{0, well}}}}, {"gaussian", {{"r0_fm", {{0.0, radius}}}}}})};
        seen.k_low_MeV = bin_centres(5.0, 300.0, 6 * radius);
        seen.k_high_MeV = radius == 1 ? seen.k_low_MeV : seen.k_low_MeV + 10.0;
    }
    auto& phases = f.measurements.emplace_back(f.measurements.front());
    phases.name = "phases";
    phases.k_low_MeV = phases.k_high_MeV = bin_centres(20.0, 200.0, 4);
    phases.curve = 0;
    f.free = {drawn("strengths_MeV[0]", {Prior::Kind::uniform, -60.0, 60.0}),
              drawn("small.r0_fm", {Prior::Kind::uniform, 1.0, 3.0}),
              drawn("large.r0_fm", {Prior::Kind::uniform, 3.0, 5.0})};
    return f;
}

// What each model says by itself stands at its part, and phase shifts are the pair's, whatever the source.
TEST(FamilySolver, PutsMeasurementsOneAfterTheOther) {
    auto const f = family();
    EXPECT_EQ(f.parts().names, (std::vector<std::string>{"small", "large", "phases"}));
    EXPECT_EQ(f.parts().sizes, (std::vector<std::int64_t>{6, 12, 4}));
    EXPECT_EQ(f.parts().curves, (std::vector<std::string>{"", "", f.pair().kind->quantities().curves[0].name}));
    Eigen::VectorXd const at = (Eigen::VectorXd(3) << -35.0, 1.2, 4.0).finished();
    auto solver = f.make_solver();
    auto const all = solver.in_bins(at);
    for (std::size_t m = 0; m < 2; ++m) {
        auto const& seen = f.measurements[m];
        auto const alone = CorrelationModel(seen.model, seen.k_low_MeV, seen.k_high_MeV).in_bins(at);
        auto const part = f.parts().part(m);
        EXPECT_TRUE((all.segment(part.begin, part.size()) == alone).all()) << m;
    }
    auto const k = f.measurements[2].k_low_MeV;
    Eigen::ArrayXd const phases = f.pair().solver(k)->solve(at).curves[0];
    EXPECT_LE((all.tail(4) - phases).abs().maxCoeff(), 1e-12);
    Eigen::VectorXd other = at;
    other[1] = 2.0;
    auto const moved = solver.in_bins(other);
    EXPECT_GT((moved.head(6) - all.head(6)).abs().maxCoeff(), 0.01);
    EXPECT_TRUE((moved.tail(16) == all.tail(16)).all());

    auto const curves = solver.curves_in_middle(at, {0});
    EXPECT_EQ(curves.size(), all.size());
    EXPECT_LE((curves.tail(4) - phases).abs().maxCoeff(), 1e-12);
    EXPECT_EQ(solver.genuine(at).numbers.size(), static_cast<Eigen::Index>(f.numbers().size()));
}

TEST(FamilySolver, TakesOtherBins) {
    auto const f = family();
    auto bins = f.bins();
    bins[1] = {bin_centres(5.0, 300.0, 3), bin_centres(5.0, 300.0, 3)};
    Eigen::VectorXd const at = (Eigen::VectorXd(3) << -35.0, 1.2, 4.0).finished();
    auto const all = f.make_solver(bins).in_bins(at);
    ASSERT_EQ(all.size(), 6 + 3 + 4);
    EXPECT_TRUE((all.segment(6, 3) ==
                 CorrelationModel(f.measurements[1].model, bins[1].k_low_MeV, bins[1].k_high_MeV).in_bins(at))
                    .all());
}

}  // namespace
}  // namespace hadronforce
