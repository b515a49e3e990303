#include "hadronforce/fit/profile.hpp"

#include "hadronforce/error.hpp"
#include "support/temporary_file.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hadronforce {
namespace {

MakeResiduals always(Residuals const& residuals) {
    return [residuals] { return residuals; };
}

// Two correlated parameters of a linear model: the profile is the covariance's error, both ways.
TEST(Profile, OfALinearModelIsTheCovariancesError) {
    Residuals const linear = [](Eigen::VectorXd const& p) -> Eigen::VectorXd {
        return Eigen::Vector3d(p[0] + p[1] - 3.0, 2.0 * (p[0] + 1.2 * p[1] - 3.5), p[0] - 1.5);
    };
    std::vector<Parameter> const parameters{{"a", 0.0}, {"b", 0.0}};
    auto const fit = least_squares(linear, parameters);
    FinishedJobs jobs;
    auto const result = profile(world(), always(linear), parameters, fit, jobs);
    EXPECT_FALSE(result.lower_minimum);
    for (Eigen::Index i = 0; i < 2; ++i) {
        auto const& errors = result.errors[static_cast<std::size_t>(i)];
        EXPECT_NEAR(*errors.down, fit.errors()[i], 2e-3 * fit.errors()[i]);
        EXPECT_NEAR(*errors.up, fit.errors()[i], 2e-3 * fit.errors()[i]);
    }
}

// exp(p) = d +- e alone: chi^2 + 1 at ln(d - e) and ln(d + e). chi^2 is met to 2e-3, p to 1e-3 of its distance.
TEST(Profile, IsAsymmetricWhereTheModelIsCurved) {
    double const d = 5.0, e = 2.0;
    Residuals const curved = [=](Eigen::VectorXd const& p) -> Eigen::VectorXd {
        return Eigen::VectorXd::Constant(1, (std::exp(p[0]) - d) / e);
    };
    std::vector<Parameter> const parameters{{"p", 1.0}};
    auto const fit = least_squares(curved, parameters);
    FinishedJobs jobs;
    auto const errors = profile(world(), always(curved), parameters, fit, jobs).errors.front();
    EXPECT_NEAR(*errors.down, std::log(d / (d - e)), 2e-3);
    EXPECT_NEAR(*errors.up, std::log((d + e) / d), 2e-3);
    EXPECT_NEAR(fit.errors()[0], e / d, 1e-3);
}

TEST(Profile, HasNoErrorBeyondABound) {
    Residuals const one = [](Eigen::VectorXd const& p) -> Eigen::VectorXd {
        return Eigen::Vector2d(p[0] - 0.4, p[1] + 2.0);
    };
    std::vector<Parameter> const parameters{{"a", 0.5, 0.0, 5.0}, {"b", 0.5, 0.0, 5.0}};
    auto const fit = least_squares(one, parameters);
    ASSERT_TRUE(fit.at_bound[1]);
    FinishedJobs jobs;
    auto const errors = profile(world(), always(one), parameters, fit, jobs).errors;
    EXPECT_FALSE(errors[0].down);
    EXPECT_NEAR(*errors[0].up, 1.0, 2e-3);
    EXPECT_FALSE(errors[1].down);
    EXPECT_NEAR(*errors[1].up, std::sqrt(5.0) - 2.0, 2e-3);  // (2 + d)^2 = 2^2 + 1
}

/// chi^2 = 9 (p^2 - 1)^2 + (0.1 (p - 1))^2: minima near -1 and at 1, where it is lower; the wall between is 9 high.
Eigen::VectorXd two_wells(Eigen::VectorXd const& p) {
    return Eigen::Vector2d(3.0 * (p[0] * p[0] - 1.0), 0.1 * (p[0] - 1.0));
}

TEST(BestOfStarts, FindsTheLowerMinimum) {
    std::vector<Parameter> const parameters{{"p", -1.2, -3.0, 3.0}};
    FinishedJobs jobs;
    auto const one = best_of_starts(world(), always(two_wells), parameters, {}, jobs).fit;
    EXPECT_NEAR(one.values[0], -1.0, 0.01);
    auto const found = best_of_starts(world(), always(two_wells), parameters, {5, 1}, jobs);
    auto const& best = found.fit;
    EXPECT_NEAR(best.values[0], 1.0, 1e-3);
    // The same on every rank.
    double value = best.values[0];
    world().broadcast(&value, 1);
    EXPECT_EQ(value, best.values[0]);
    // The other one, 0.04 higher, is reported where it lies within reach.
    EXPECT_TRUE(other_minima(found.ends, best.values, best.errors(), 0.03, parameters).empty());
    auto const others = other_minima(found.ends, best.values, best.errors(), 9.0, parameters);
    ASSERT_EQ(others.size(), 1u);
    EXPECT_NEAR(others[0].values[0], -1.0, 0.01);
    EXPECT_NEAR(others[0].chi2, 0.04, 1e-3);
}

// A start that is given is gone to, a little inside the bounds.
TEST(BestOfStarts, GoesOnFromGivenStarts) {
    std::vector<Parameter> const parameters{{"p", -1.2, -3.0, 3.0}};
    FinishedJobs jobs;
    Starts starts;
    starts.given = {Eigen::VectorXd::Constant(1, -7.0), Eigen::VectorXd::Constant(1, 1.3)};
    EXPECT_NEAR(best_of_starts(world(), always(two_wells), parameters, starts, jobs).fit.values[0], 1.0, 1e-3);
}

// A well a thousandth as wide as the bounds beside a wide one: few starts miss it, more find it, and none are drawn
// that are not needed. The same whether the jobs grow or begin anew.
TEST(BestOfStarts, DrawsMoreUntilItIsEnough) {
    Residuals const residuals = [](Eigen::VectorXd const& p) -> Eigen::VectorXd {
        double const near = (p[0] - 2.0) / 0.005;
        return Eigen::Vector2d(10.0 * (1.0 - std::exp(-near * near)), 0.1 * p[0]);
    };
    std::vector<Parameter> const parameters{{"p", -1.0, -10.0, 10.0}};
    Starts starts{1, 2};
    starts.at_most = 64;
    int asked = 0;
    starts.goes_on = [&](LeastSquaresFit const& fit) { return ++asked, fit.chi2 > 1.0; };
    FinishedJobs jobs;
    auto const found = best_of_starts(world(), always(residuals), parameters, starts, jobs);
    EXPECT_NEAR(found.fit.values[0], 2.0, 1e-3);
    EXPECT_EQ(asked, 2);
    EXPECT_LE(found.ends.size(), 5u);
    starts.drawn = 4;
    FinishedJobs anew;
    EXPECT_EQ(best_of_starts(world(), always(residuals), parameters, starts, anew).fit.values[0], found.fit.values[0]);
    starts.at_most = 1;
    starts.drawn = 1;
    FinishedJobs few;
    EXPECT_NEAR(best_of_starts(world(), always(residuals), parameters, starts, few).fit.values[0], 0.0, 1e-2);
}

// Over four decades the low end of a log-uniform prior is no less a place than the high one.
TEST(BestOfStarts, LogUniformParametersAreMeasuredInTheirLogarithm) {
    Parameter p{"p", 0.5, 0.01, 100.0};
    EXPECT_DOUBLE_EQ(moved_inside(p, 0.02), 0.01 + 0.01 * 99.99);
    p.prior = {Prior::Kind::log_uniform, 0.01, 100.0};
    EXPECT_DOUBLE_EQ(moved_inside(p, 0.02), 0.02);
    EXPECT_NEAR(moved_inside(p, 0.0), 0.01 * std::pow(1e4, 0.01), 1e-12);
    std::vector<Minimum> const ends{{Eigen::VectorXd::Constant(1, 0.02), 0.0},
                                    {Eigen::VectorXd::Constant(1, 0.3), 0.5}};
    auto const error = Eigen::VectorXd::Constant(1, 1e-3);
    EXPECT_EQ(other_minima(ends, ends[0].values, error, 1.0, {p}).size(), 1u);
    p.prior = {};
    EXPECT_EQ(other_minima(ends, ends[0].values, error, 1.0, {p}).size(), 0u);  // within a hundredth of the bounds
}

// chi^2 falls from 4 to near 0 where a exceeds 1.2: scanning upwards from the minimum at 0 finds it.
TEST(Profile, SaysWhereItMetALowerMinimum) {
    Residuals const residuals = [](Eigen::VectorXd const& p) -> Eigen::VectorXd {
        double const wall = 1.0 / (1.0 + std::exp(8.0 * (p[0] - 1.2)));  // from 1 to 0 where a exceeds 1.2
        return Eigen::Vector2d(0.6 * p[0], 2.0 * wall);
    };
    std::vector<Parameter> const parameters{{"a", 0.0, -3.0, 3.0}};
    auto const fit = least_squares(residuals, parameters);
    EXPECT_NEAR(fit.values[0], 0.0, 0.01);
    FinishedJobs jobs;
    auto const result = profile(world(), always(residuals), parameters, fit, jobs);
    ASSERT_TRUE(result.lower_minimum);
    EXPECT_GT((*result.lower_minimum)[0], 1.2);
}

// A wall where the model refuses, and a parameter that nothing depends on: those scans are marked, the others count.
TEST(Profile, AScanThatFailsCostsNoOther) {
    Residuals const walled = [](Eigen::VectorXd const& p) -> Eigen::VectorXd {
        if (p[0] > 0.5) throw InputError("no such model");
        return Eigen::Vector3d(p[0], p[1] - 2.0, 0.0);
    };
    std::vector<Parameter> const parameters{{"a", 0.1}, {"b", 0.0}, {"c", 1.0}};
    auto const fit = least_squares(walled, parameters);
    FinishedJobs jobs;
    auto const errors = profile(world(), always(walled), parameters, fit, jobs).errors;
    EXPECT_NEAR(*errors[0].down, 1.0, 2e-3);
    EXPECT_FALSE(errors[0].up);
    EXPECT_TRUE(errors[0].up_failed);
    EXPECT_FALSE(errors[0].down_failed);
    EXPECT_NEAR(*errors[1].down, 1.0, 2e-3);
    EXPECT_NEAR(*errors[1].up, 1.0, 2e-3);
    EXPECT_TRUE(errors[2].undetermined);
    EXPECT_FALSE(errors[2].up);
}

// chi^2 jumps from 0.25 to 4 at a = 0.5: that is where it passes 1.
TEST(Profile, EndsAtAJumpOfChi2) {
    Residuals const jump = [](Eigen::VectorXd const& p) -> Eigen::VectorXd {
        return Eigen::VectorXd::Constant(1, p[0] <= 0.5 ? p[0] : 4.0 * p[0]);
    };
    std::vector<Parameter> const parameters{{"a", 0.1}};
    auto const fit = least_squares(jump, parameters);
    FinishedJobs jobs;
    EXPECT_NEAR(*profile(world(), always(jump), parameters, fit, jobs).errors[0].up, 0.5, 1e-3);
}

// Interrupted in the middle: the jobs that were finished are kept and not done again, on any number of ranks, and the
// result is that of an undisturbed profile, to the bit.
TEST(Profile, GoesOnWhereItWasInterrupted) {
    std::vector<Parameter> const parameters{{"a", 0.3}, {"b", 0.2}, {"c", 0.1}};
    auto const model = [](Eigen::VectorXd const& p) -> Eigen::VectorXd {
        return Eigen::Vector4d(std::exp(p[0]) - 2.0, p[1] + p[0] - 0.3, 2.0 * (p[2] - 0.4 * p[1]), p[2] + 0.1);
    };
    auto const fit = least_squares(model, parameters);
    FinishedJobs undisturbed, jobs;
    auto const expected = profile(world(), always(model), parameters, fit, undisturbed);

    int made = 0;
    MakeResiduals const stop_at_second = [&]() -> Residuals {
        bool const stops = ++made == 2;
        return [&model, stops](Eigen::VectorXd const& p) {
            if (stops) throw Interrupted("stop");
            return model(p);
        };
    };
    EXPECT_THROW(profile(world(), stop_at_second, parameters, fit, jobs), Interrupted);
    Eigen::Index const finished = (jobs.tables.at("profile").done() == 1.0).count();
    EXPECT_EQ(finished, world().size());  // one a rank

    made = 0;
    MakeResiduals const counting = [&]() -> Residuals {
        ++made;
        return model;
    };
    auto const result = profile(world(), counting, parameters, fit, jobs);
    EXPECT_EQ(world().sum(std::int64_t{made}), 6 - finished);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(*result.errors[i].down, *expected.errors[i].down);
        EXPECT_EQ(*result.errors[i].up, *expected.errors[i].up);
    }
}

}  // namespace
}  // namespace hadronforce
