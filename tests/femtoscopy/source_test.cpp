#include "hadronforce/femtoscopy/source_registry.hpp"

#include "hadronforce/units/constants.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>
#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <limits>
#include <random>

namespace hadronforce {
namespace {

using Rule = boost::math::quadrature::gauss_kronrod<double, 61>;

/// Integral of 4 pi S(r) weight(r): the logarithm of r as variable, so that heavy tails are no harder than cores.
template <class Weight>
double integral(Source const& source, double from_fm, double to_fm, Weight const& weight) {
    auto const integrand = [&](double log_r) {
        double const r = std::exp(log_r);
        return 4.0 * units::pi * source.density_per_fm3(r) * weight(r) * r;
    };
    double sum = 0.0;
    double const low = std::log(from_fm), high = std::log(to_fm);
    int const parts = static_cast<int>(4.0 * (high - low)) + 1;
    for (int i = 0; i < parts; ++i)
        sum +=
            Rule::integrate(integrand, low + (high - low) * i / parts, low + (high - low) * (i + 1) / parts, 6, 1e-13);
    return sum;
}

double pairs_outside(Source const& source, double r_fm) {
    return integral(source, r_fm, 1e14, [](double r) { return r * r; });
}

PotentialParameters table_of(Source const& source, double step, int points) {
    SourceParameters p;
    for (int i = 0; i < points; ++i) {
        p["radii_fm"].push_back(i * step);
        p["values_per_fm3"].push_back(7.0 * source.density_per_fm3(i * step));
    }
    return p;
}

struct Named {
    std::string name;
    std::shared_ptr<Source> source;
    bool has_heavy_tail;
};

std::vector<Named> all_sources() {
    std::vector<Named> all;
    auto const add = [&](std::string const& form, SourceParameters const& parameters, bool heavy = false) {
        std::string name = form;
        for (auto const& [key, values] : parameters)
            if (values.size() == 1) name += " " + key + " " + std::to_string(values[0]);
        all.push_back({name, make_source(form, parameters), heavy});
    };
    for (double r0 : {0.5, 1.3, 4.2}) {
        add("gaussian", {{"r0_fm", {r0}}});
        add("cauchy", {{"r0_fm", {r0}}}, true);
        add("exponential", {{"r0_fm", {r0}}});
        add("double_gaussian", {{"r0_fm", {r0}}, {"r0_second_fm", {2.7}}, {"fraction", {0.7}}});
        for (double alpha : {1.0, 1.05, 1.3, 1.7, 1.95, 2.0})
            add("levy", {{"r0_fm", {r0}}, {"alpha", {alpha}}}, alpha < 2.0);
        add("core_and_resonances", {{"r0_fm", {r0}}, {"fraction1", {0.64}}, {"decay_length1_fm", {1.65}}});
        add("core_and_resonances", {{"r0_fm", {r0}},
                                    {"fraction1", {0.64}},
                                    {"decay_length1_fm", {1.65}},
                                    {"fraction2", {0.36}},
                                    {"decay_length2_fm", {4.69}}});
    }
    add("core_and_resonances", {{"r0_fm", {1.0}}, {"fraction1", {1.0}}, {"decay_length1_fm", {50.0}}});
    add("tabulated", table_of(GaussianSource(1.3), 0.1, 160));
    return all;
}

TEST(Sources, AreNormalised) {
    for (auto const& [name, source, heavy] : all_sources())
        EXPECT_NEAR(pairs_outside(*source, 1e-6), 1.0, 1e-10) << name;
}

TEST(Sources, CutRadiusLeavesTheStatedFractionOutside) {
    for (auto const& [name, source, heavy] : all_sources())
        for (double fraction : {0.5, 1e-2, 1e-5, 1e-9}) {
            // A spline ends at its table's last radius, and so do 1e-9 of this one.
            if (name.rfind("tabulated", 0) == 0 && fraction < 1e-6) continue;
            double const outside = pairs_outside(*source, source->radius_outside_which_fm(fraction));
            EXPECT_NEAR(outside / fraction, 1.0, fraction < 1e-6 ? 1e-3 : 1e-6) << name << ", " << fraction;
        }
}

// Of u = sin(kr + delta), 1/(kr)^2 is the most that |u^2 - sin^2(kr)|/(kr)^2 can be.
TEST(Sources, WavesOutsideTheirRadiusChangeLittle) {
    for (auto const& [name, source, heavy] : all_sources())
        for (double k : {0.02, 0.7}) {
            double const r = source->radius_of_waves_fm(k, 1e-8);
            if (name.rfind("tabulated", 0) == 0 && r > 15.8) continue;
            double const bound = integral(*source, r, 1e14, [](double) { return 1.0; }) / (k * k);
            EXPECT_LE(bound, 1.0e-8) << name << ", k = " << k;
            EXPECT_GE(bound, 1e-10) << name << ", k = " << k;
            EXPECT_LT(r, 4e4) << name;
        }
}

// Both transforms are integrals of S; of light tails they are taken as they stand.
TEST(Sources, TransformsAreIntegralsOfTheDensity) {
    for (auto const& [name, source, heavy] : all_sources()) {
        if (heavy) continue;
        double const end = source->radius_outside_which_fm(1e-12);
        for (double q : {0.0, 0.03, 0.4, 1.1, 3.0}) {
            double const characteristic =
                integral(*source, 1e-7, end, [q](double r) { return q == 0.0 ? r * r : r * std::sin(q * r) / q; });
            EXPECT_NEAR(source->characteristic(q), characteristic, 2e-10) << name << ", q = " << q;
            double const cosine = integral(*source, 1e-12, end, [q](double r) { return std::cos(q * r); });
            EXPECT_NEAR(source->cosine_transform_per_fm2(q), cosine, 2e-10 * source->cosine_transform_per_fm2(0.0))
                << name << ", q = " << q;
        }
    }
}

// -(d/dq) of the cosine transform is q times the characteristic function, heavy tails or not; and S integrated against
// sin(qr) up to r is off by less than the pairs outside.
TEST(Sources, TransformsOfHeavyTailsBelongToEachOther) {
    for (auto const& [name, source, heavy] : all_sources()) {
        for (double q : {0.1, 0.4, 1.1}) {
            double const h = 1e-3 * q;
            double const slope =
                (8.0 * (source->cosine_transform_per_fm2(q + h) - source->cosine_transform_per_fm2(q - h)) -
                 source->cosine_transform_per_fm2(q + 2.0 * h) + source->cosine_transform_per_fm2(q - 2.0 * h)) /
                (12.0 * h);
            EXPECT_NEAR(-slope / q, source->characteristic(q), 1e-8) << name;
        }
        if (!heavy) continue;
        double const end = 3000.0, q = 0.4;
        double const partial = integral(*source, 1e-7, end, [q](double r) { return r * std::sin(q * r) / q; });
        EXPECT_NEAR(source->characteristic(q), partial, 2.0 * pairs_outside(*source, end) / (q * end)) << name;
    }
}

// Each coordinate of the relative distance has variance 2 r0^2.
TEST(GaussianSource, HasTheVarianceOfTwoEmitters) {
    EXPECT_NEAR(integral(GaussianSource(1.3), 1e-6, 60.0, [](double r) { return r * r * r * r; }), 6.0 * 1.3 * 1.3,
                1e-10);
}

double largest_relative_difference(Source const& a, Source const& b, double up_to_fm) {
    double largest = 0.0;
    for (double r = 0.0; r <= up_to_fm; r += 0.037 * up_to_fm)
        largest = std::fmax(largest, std::fabs(a.density_per_fm3(r) - b.density_per_fm3(r)) / b.density_per_fm3(0.0));
    return largest;
}

TEST(LevySource, IsGaussianAndCauchyAtTheEnds) {
    auto const gaussian = make_source("levy", {{"r0_fm", {1.3}}, {"alpha", {2.0}}});
    EXPECT_LE(largest_relative_difference(*gaussian, GaussianSource(1.3), 100.0), 1e-12);
    auto const cauchy = make_source("levy", {{"r0_fm", {1.3}}, {"alpha", {1.0}}});
    auto const exact = make_source("cauchy", {{"r0_fm", {1.3}}});
    EXPECT_LE(largest_relative_difference(*cauchy, *exact, 10.0), 1e-12);
    for (double r : {20.0, 64.0, 66.0, 1000.0, 1e6})
        EXPECT_NEAR(cauchy->density_per_fm3(r) / exact->density_per_fm3(r), 1.0, 1e-8) << r;
}

// Its two parts, contour integral and series, meet at 50 r0; S(0) = Gamma(3/alpha)/(2 pi^2 alpha r0^3).
TEST(LevySource, IsContinuousAndHasItsValueAtTheOrigin) {
    for (double alpha : {1.1, 1.5, 1.9}) {
        auto const levy = make_source("levy", {{"r0_fm", {1.0}}, {"alpha", {alpha}}});
        EXPECT_NEAR(levy->density_per_fm3(50.0 * (1.0 - 1e-12)) / levy->density_per_fm3(50.0), 1.0, 1e-6) << alpha;
        EXPECT_NEAR(levy->density_per_fm3(0.0), std::tgamma(3.0 / alpha) / (2.0 * units::pi * units::pi * alpha),
                    1e-12);
    }
}

// The model played out: histogram of |r_core + s_1 + s_2| of two million pairs, each bin within 4.5 of its errors.
TEST(CoreAndResonances, IsTheDistributionOfItsModel) {
    auto const source = make_source("core_and_resonances", {{"r0_fm", {1.1}},
                                                            {"fraction1", {0.64}},
                                                            {"decay_length1_fm", {1.65}},
                                                            {"fraction2", {0.36}},
                                                            {"decay_length2_fm", {4.69}}});
    unsigned const seed = 20;
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;
    int const pairs = 2000000, bins = 25;
    std::vector<int> counts(bins);
    auto const add_decay = [&](Eigen::Vector3d& r, double fraction, double length) {
        if (uniform(random) >= fraction) return;
        Eigen::Vector3d const direction(normal(random), normal(random), normal(random));
        r += direction.normalized() * (-length * std::log1p(-uniform(random)));
    };
    for (int i = 0; i < pairs; ++i) {
        Eigen::Vector3d r = std::sqrt(2.0) * 1.1 * Eigen::Vector3d(normal(random), normal(random), normal(random));
        add_decay(r, 0.64, 1.65);
        add_decay(r, 0.36, 4.69);
        if (int const bin = static_cast<int>(r.norm()); bin < bins) ++counts[bin];
    }
    for (int bin = 0; bin < bins; ++bin) {
        double const expected =
            pairs * (pairs_outside(*source, std::fmax(1e-6, bin)) - pairs_outside(*source, bin + 1.0));
        EXPECT_NEAR(counts[bin], expected, 4.5 * std::sqrt(expected)) << bin;
    }
}

TEST(CoreAndResonances, WithoutResonancesIsItsCore) {
    auto const source =
        make_source("core_and_resonances", {{"r0_fm", {1.3}}, {"fraction1", {0.0}}, {"decay_length1_fm", {3.0}}});
    EXPECT_LE(largest_relative_difference(*source, GaussianSource(1.3), 15.0), 1e-13);
}

// A spline of step h through a Gaussian of width r0 is off by about (h/r0)^4/400.
TEST(TabulatedSource, FollowsItsTableAndIsScaled) {
    GaussianSource const gaussian(1.3);
    auto const source = make_source("tabulated", table_of(gaussian, 0.1, 160));
    EXPECT_LE(largest_relative_difference(*source, gaussian, 15.0), 1e-6);
    EXPECT_EQ(source->density_per_fm3(15.91), 0.0);
}

std::string refusal_of(std::string const& form, SourceParameters const& parameters) {
    return message_of([&] { make_source(form, parameters); });
}

TEST(Sources, MessagesNameTheParameter) {
    EXPECT_NE(refusal_of("gausian", {}).find("known: cauchy"), std::string::npos);
    EXPECT_NE(refusal_of("gaussian", {}).find("gaussian needs r0_fm"), std::string::npos);
    EXPECT_NE(refusal_of("gaussian", {{"r0_fm", {0.0}}}).find("r0_fm = 0 must be positive"), std::string::npos);
    EXPECT_NE(refusal_of("gaussian", {{"r0_fm", {1.0}}, {"alpha", {1.0}}}).find("no parameter alpha"),
              std::string::npos);
    EXPECT_NE(refusal_of("levy", {{"r0_fm", {1.0}}, {"alpha", {0.9}}}).find("alpha = 0.9"), std::string::npos);
    EXPECT_NE(refusal_of("double_gaussian", {{"r0_fm", {1.0}}, {"r0_second_fm", {1.0}}, {"fraction", {1.1}}})
                  .find("fraction = 1.1"),
              std::string::npos);
    EXPECT_NE(refusal_of("core_and_resonances", {{"r0_fm", {1.0}}, {"fraction1", {0.5}}, {"decay_length1_fm", {60.0}}})
                  .find("lower lambda"),
              std::string::npos);
    EXPECT_NE(refusal_of("tabulated", {{"radii_fm", {0.0, 1.0, 2.0, 3.0}}, {"values_per_fm3", {1.0, 0.5, -0.1, 0.0}}})
                  .find("values_per_fm3 = -0.1"),
              std::string::npos);
    EXPECT_NE(refusal_of("tabulated", {{"radii_fm", {0.0, 1.0, 2.0, 3.0}}, {"values_per_fm3", {0.0, 0.0, 0.0, 0.0}}})
                  .find("not positive"),
              std::string::npos);
}

}  // namespace
}  // namespace hadronforce
