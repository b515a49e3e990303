#include "hadronforce/femtoscopy/decay_feed_down.hpp"

#include "hadronforce/femtoscopy/measurement_model.hpp"
#include "hadronforce/femtoscopy/uncoupled_pair.hpp"
#include "hadronforce/scattering/gauss_panels.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/tools/toms748_solve.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <variant>
#include <vector>

namespace hadronforce {
namespace {

constexpr double p = 938.272, lambda = 1115.683, pi = 139.570;

/// k* of spectator and daughter, by boosting the daughter from the mother's rest frame into that of the pair.
double boosted(double k, double cosine) {
    double const e = (lambda * lambda + p * p - pi * pi) / (2.0 * lambda), q = std::sqrt(e * e - p * p);
    double const mother_energy = std::hypot(lambda, k), gamma = mother_energy / lambda, beta = k / mother_energy;
    // The mother moves along +z, the spectator along -z.
    double const energy = gamma * (e + beta * q * cosine), z = gamma * (q * cosine + beta * e);
    double const x = q * std::sqrt(1.0 - cosine * cosine);
    double const total = energy + std::hypot(p, k), total_z = z - k;
    double const s = total * total - total_z * total_z - x * x;
    return std::sqrt(std::max(0.0, 0.25 * s - p * p));
}

/// k of mothers for which a daughter of that angle comes at k_star, within limits where it rises or falls.
double mothers_at(double k_star, double cosine, double low, double high) {
    std::uintmax_t iterations = 200;
    auto const root =
        boost::math::tools::toms748_solve([&](double k) { return boosted(k, cosine) - k_star; }, low, high,
                                          boost::math::tools::eps_tolerance<double>(48), iterations);
    return 0.5 * (root.first + root.second);
}

/// Where the proton stands still beside the proton: the Lambda moves as it leaves it, p* = 100.6 MeV/c in its frame.
double still() {
    double const e = (lambda * lambda + p * p - pi * pi) / (2.0 * lambda);
    double const gamma = e / p, total = std::sqrt(p * p + lambda * lambda + 2.0 * p * lambda * gamma);
    return lambda * std::sqrt(e * e - p * p) / total;
}

/// The mean of a function of the mothers' momentum over decays that end at k_star: k^2 dk times the density of the
/// decays' squared mass, which the boost makes linear in the angle's cosine.
double mean_over_decays(double k_star, std::function<double(double)> const& c) {
    bool const slow = k_star < boosted(0.0, 0.0);
    double const low = slow ? mothers_at(k_star, -1.0, 0.0, still()) : mothers_at(k_star, 1.0, 0.0, 3000.0);
    double const high = mothers_at(k_star, -1.0, still(), 3000.0);
    auto const weight = [](double k) {
        auto const squared_mass = [&](double cosine) { return 4.0 * (p * p + std::pow(boosted(k, cosine), 2)); };
        return k * k / (squared_mass(1.0) - squared_mass(-1.0));
    };
    using Rule = boost::math::quadrature::gauss_kronrod<double, 61>;
    double const from = std::max(low, 1e-3);
    return Rule::integrate([&](double k) { return weight(k) * c(k); }, from, high, 12, 1e-11) /
           Rule::integrate(weight, from, high, 12, 1e-11);
}

TEST(DecayFeedDown, ReachesWhatBoostedDaughtersHave) {
    DecayFeedDown const decay({p, lambda, p, pi});
    for (double k_star : {1e-3, 5.0, 30.0, 49.0, 52.0, 80.0, 200.0, 900.0}) {
        bool const slow = k_star < boosted(0.0, 0.0);
        auto const reached = decay.mothers_of(k_star);
        EXPECT_NEAR(reached.low_MeV,
                    slow ? mothers_at(k_star, -1.0, 0.0, still()) : mothers_at(k_star, 1.0, 0.0, 3000.0), 1e-4)
            << k_star;
        EXPECT_NEAR(reached.high_MeV, mothers_at(k_star, -1.0, still(), 3000.0), 1e-4) << k_star;
    }
    auto const squared_masses = [](double k) { return std::pow(boosted(k, 1.0), 2) - std::pow(boosted(k, -1.0), 2); };
    for (double k : {20.0, 100.0, 600.0})
        EXPECT_NEAR(decay.weight(k) / decay.weight(50.0), k * k / squared_masses(k) / (2500.0 / squared_masses(50.0)),
                    1e-9)
            << k;
}

/// Free pairs of particles of half spin, at masses that make no difference to C.
ContributionModel fed_down(double r0_fm, MotherDecay const& decay) {
    PairModel pair{"mothers", uncoupled_pair({469.0,
                                              0,
                                              {{0.25, Exchange::even, {}}, {0.75, Exchange::odd, {}}},
                                              {"gaussian", {{"r0_fm", {{r0_fm, {}}}}}}})};
    return {"fed down", {1.0, {}}, pair, {}, decay};
}

MeasurementModel only(ContributionModel const& contribution) {
    MeasurementModel model;
    model.pair = *contribution.pair;
    model.lambda = {0.0, {}};
    model.contributions = {contribution};
    return model;
}

// C of mothers 1 - exp(-(2 k r0)^2)/2 over points and wide bins, of a large source too, where it is 4 MeV/c wide.
TEST(DecayFeedDown, MeansAreToTheToleranceOfC) {
    Eigen::ArrayXd const low = (Eigen::ArrayXd(5) << 0.5, 10.0, 40.0, 60.0, 150.0).finished();
    Eigen::ArrayXd const high = (Eigen::ArrayXd(5) << 8.0, 40.0, 60.0, 150.0, 160.0).finished();
    for (double r0 : {1.3, 25.0})
        for (bool points : {true, false}) {
            auto const c = [&](double k) {
                return 1.0 - 0.5 * std::exp(-std::pow(2.0 * k * r0 / units::hbar_c_MeV_fm, 2));
            };
            auto const model = only(fed_down(r0, {p, lambda, p, pi}));
            Eigen::ArrayXd const found = CorrelationModel(model, low, points ? low : high).in_bins({});
            for (Eigen::Index i = 0; i < low.size(); ++i) {
                auto const at = [&](double k) { return mean_over_decays(k, c); };
                using Rule = boost::math::quadrature::gauss_kronrod<double, 31>;
                double const exact =
                    points ? at(low[i])
                           : Rule::integrate([&](double k) { return k * k * at(k); }, low[i], high[i], 6, 1e-8) /
                                 ((std::pow(high[i], 3) - std::pow(low[i], 3)) / 3.0);
                EXPECT_NEAR(found[i], exact, 1e-6) << r0 << " fm, from " << low[i] << (points ? "" : ", bin");
            }
        }
}

// A resonance of the mothers' pair in l = 2, 0.1 MeV/c wide: what it adds to C of daughters is its area times the
// decay's weight.
TEST(DecayFeedDown, SeesNarrowResonancesOfMothers) {
    auto contribution = fed_down(1.2, {p, lambda, p, pi});
    ModelForm const well{"square_well", {{"depth_MeV", {{370.0, {}}}}, {"radius_fm", {{1.5, {}}}}}};
    contribution.pair->kind =
        uncoupled_pair({469.0, 0, {{1.0, Exchange::none, {{2, well}}}}, *contribution.pair->kind->source()});
    auto const& pair = *contribution.pair;
    // Where the phase passes pi/2.
    Eigen::ArrayXd const scan = Eigen::ArrayXd::LinSpaced(400, 5.0, 105.0);
    Eigen::ArrayXd const phase = pair.solver(scan)->solve({}).curves[0];
    Eigen::Index step = 0;
    (phase.tail(399) - phase.head(399)).abs().maxCoeff(&step);
    double const begin = scan[step], end = scan[step + 1];
    ASSERT_GT(std::fabs(phase[step + 1] - phase[step]), 2.0);
    // The whole curve by halving to 2^-24 of a panel about it, Gauss's rule of 10 on each.
    DecayFeedDown const decay({p, lambda, p, pi});
    auto const integral = [&](double low, double high) {
        std::vector<double> edges{low, high};
        double const centre = [&] {
            double a = begin, b = end;
            for (int i = 0; i < 40; ++i) {
                double const m = 0.5 * (a + b);
                double const delta = pair.solver(Eigen::Array3d(a, m, b))->solve({}).curves[0][1];
                (delta > 0.5 * units::pi ? b : a) = m;
            }
            return 0.5 * (a + b);
        }();
        for (int i = 0; i < 24; ++i)
            for (double side : {-1.0, 1.0}) {
                double const edge = centre + side * 20.0 * std::ldexp(1.0, -i);
                if (edge > low && edge < high) edges.push_back(edge);
            }
        std::sort(edges.begin(), edges.end());
        double sum = 0.0;
        for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
            GaussPanels const gauss({0.0, edges[i + 1] - edges[i]});
            Eigen::ArrayXd const k = edges[i] + gauss.r();
            Eigen::ArrayXd const c = pair.solver(k)->solve({}).correlation;
            sum += (gauss.weights() * c * k.unaryExpr([&](double at) { return decay.weight(at); })).sum();
        }
        return sum;
    };
    Eigen::ArrayXd const k_star = Eigen::Array3d(20.0, 60.0, 100.0);
    Eigen::ArrayXd const found = CorrelationModel(only(contribution), k_star, k_star).in_bins({});
    for (Eigen::Index i = 0; i < k_star.size(); ++i) {
        auto const [low, high] = decay.mothers_of(k_star[i]);
        using Rule = boost::math::quadrature::gauss_kronrod<double, 61>;
        double const weight = Rule::integrate([&](double k) { return decay.weight(k); }, low, high, 8, 1e-12);
        double const exact = integral(low, high) / weight;
        EXPECT_NEAR(found[i], exact, 1e-6 * std::max(1.0, exact)) << k_star[i];
    }
}

// A decay without energy: the daughter goes on with the mother's velocity, and the other particle weighs next to
// nothing, so that k* stays.
TEST(DecayFeedDown, OfALightParticleAtRestIsTheIdentity) {
    MotherDecay const nothing{p, p + 1e-6, p, 1e-6};
    for (double k : {0.7, 30.0, 400.0}) {
        auto const reached = DecayFeedDown(nothing).mothers_of(k);
        EXPECT_NEAR(reached.low_MeV, k, 1e-5);
        EXPECT_NEAR(reached.high_MeV, k, 1e-5);
    }
    Eigen::ArrayXd const k = Eigen::ArrayXd::LinSpaced(30, 2.0, 300.0);
    Eigen::ArrayXd const found = CorrelationModel(only(fed_down(1.3, nothing)), k, k).in_bins({});
    EXPECT_LE((found - (1.0 - 0.5 * (-(2.0 * k * 1.3 / units::hbar_c_MeV_fm).square()).exp())).abs().maxCoeff(), 1e-6);
}

TEST(DecayFeedDown, RefusesWhatCannotDecay) {
    EXPECT_NE(message_of([] { DecayFeedDown({p, p, p, pi}); }).find("lighter"), std::string::npos);
    EXPECT_NE(message_of([] { DecayFeedDown({p, lambda, 0.0, pi}); }).find("must be positive"), std::string::npos);
}

}  // namespace
}  // namespace hadronforce
