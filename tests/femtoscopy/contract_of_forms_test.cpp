// What solvers take for granted of every registered potential and source, whatever its parameters: a form that is added
// is drawn here as soon as it is in its registry.

#include "accuracy/random_forms.hpp"
#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"

#include <gtest/gtest.h>
#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <cmath>
#include <set>

namespace hadronforce {
namespace {

constexpr std::uint_fast64_t seed = 20261127;

class Draws : public testing::RandomForms {
  public:
    explicit Draws(std::uint_fast64_t of) : RandomForms(of) {}
    std::shared_ptr<LocalPotential const> potential() { return RandomForms::potential(500.0); }
    std::shared_ptr<Source const> source() { return RandomForms::source(logarithmic(0.3, 5.0)); }
    std::string what() const { return description(); }
    bool mentions(std::string const& form) const { return description().find(" " + form + " ") != std::string::npos; }
};

/// What the end of a key says of its unit, longest first.
std::vector<std::pair<std::string, std::string>> const units_of_ends{
    {"_MeV_fm2", "MeV fm^2"}, {"_per_fm2", "1/fm^2"}, {"_per_fm3", "1/fm^3"}, {"_MeV_fm", "MeV fm"},
    {"_per_fm", "1/fm"},      {"_MeV", "MeV"},        {"_fm", "fm"},          {"", "1"}};

bool ends_in(std::string const& key, std::string const& end) {
    return key.size() >= end.size() && key.compare(key.size() - end.size(), end.size(), end) == 0;
}

TEST(ContractOfForms, PotentialsAreFiniteEvenlyComputedAndFallOff) {
    std::set<std::string> seen;
    for (std::uint_fast64_t draw = 0; draw < 1500; ++draw) {
        Draws draws(seed + draw);
        auto const potential = draws.potential();
        for (auto const& form : potential_forms())
            if (draws.mentions(form.name)) seen.insert(form.name);
        Eigen::ArrayXd const r = Eigen::ArrayXd::LinSpaced(97, -7.0, 2.3).exp();
        Eigen::ArrayXd v(r.size());
        potential->fill_MeV(r, v);
        ASSERT_TRUE(v.allFinite()) << draws.what();
        double const largest = v.abs().maxCoeff();
        for (Eigen::Index i = 0; i < r.size(); i += 7)  // alone as among others, whatever vector loops do
            ASSERT_NEAR(potential->value_MeV(r[i]), v[i], 1e-12 * std::max(std::fabs(v[i]), 1e-6 * largest))
                << draws.what() << " at " << r[i];
        // A core like 1/r at most, with the residue that it states.
        double const near = 1e-7, residue = potential->r_times_v_at_origin_MeV_fm();
        ASSERT_NEAR(near * potential->value_MeV(near), residue,
                    1e-4 * std::fabs(residue) + 10.0 * near * largest + 1e-12)
            << draws.what();
        ASSERT_LT(std::fabs(potential->value_MeV(2000.0)), 1e-6 * std::max(largest, 1.0)) << draws.what();
        if (auto const edge = potential->discontinuity_fm()) {
            ASSERT_GT(*edge, 0.0) << draws.what();
            ASSERT_EQ(potential->value_MeV(*edge), potential->value_MeV(std::nextafter(*edge, 0.0))) << draws.what();
        }
    }
    EXPECT_EQ(seen.size(), potential_forms().size()) << "a form is never drawn";
}

TEST(ContractOfForms, SourcesAreDistributions) {
    std::set<std::string> seen;
    for (std::uint_fast64_t draw = 0; draw < 400; ++draw) {
        Draws draws(seed + draw);
        auto const source = draws.source();
        for (auto const& form : source_forms())
            if (draws.mentions(form.name)) seen.insert(form.name);
        Eigen::ArrayXd const r = Eigen::ArrayXd::LinSpaced(97, -7.0, 5.0).exp();
        Eigen::ArrayXd s(r.size());
        source->fill_per_fm3(r, s);
        ASSERT_TRUE(s.allFinite() && (s >= -1e-12 * s.maxCoeff()).all()) << draws.what();
        double outside = 0.0;
        for (double const fraction : {0.9, 0.5, 0.1, 1e-3, 1e-6}) {
            double const radius = source->radius_outside_which_fm(fraction);
            ASSERT_GE(radius, outside) << draws.what();
            outside = radius;
        }
        ASSERT_NEAR(source->characteristic(0.0), 1.0, 1e-9) << draws.what();
        for (double const q : {0.01, 0.1, 0.5, 2.0, 7.0})
            ASSERT_LE(std::fabs(source->characteristic(q)), 1.0 + 1e-9) << draws.what();
        // Inside of the radius outside of which a tenth of the pairs are, by a rule between the knots.
        auto edges = source->knots_fm();
        edges.insert(edges.begin(), 0.0);
        double const end = source->radius_outside_which_fm(0.1);
        double inside = 0.0;
        auto const density = [&](double at) { return at * at * source->density_per_fm3(at); };
        for (std::size_t i = 0; i < edges.size() && edges[i] < end; ++i) {
            double const to = i + 1 < edges.size() ? std::min(edges[i + 1], end) : end;
            inside += boost::math::quadrature::gauss_kronrod<double, 31>::integrate(density, edges[i], to, 12, 1e-10);
        }
        ASSERT_NEAR(4.0 * units::pi * inside, 0.9, 2e-6) << draws.what();
    }
    EXPECT_EQ(seen.size(), source_forms().size()) << "a form is never drawn";
}

// Every form says what its keys are, and takes no others.
TEST(ContractOfForms, KeysAreDescribedAndChecked) {
    auto const check = [](auto const& forms, auto const& make) {
        for (auto const& form : forms) {
            EXPECT_FALSE(form.formula.empty()) << form.name;
            std::set<std::string> keys;
            for (auto const& parameter : form.parameters) {
                EXPECT_FALSE(parameter.description.empty()) << form.name << ", " << parameter.key;
                for (auto const& [end, unit] : units_of_ends)
                    if (ends_in(parameter.key, end)) {
                        EXPECT_EQ(parameter.unit, unit) << form.name << ", " << parameter.key;
                        break;
                    }
                EXPECT_TRUE(keys.insert(parameter.key).second) << form.name << ", " << parameter.key;
            }
            EXPECT_THROW(make(form.name, {{"no_such_key", {1.0}}}), InputError) << form.name;
            if (!form.parameters.empty()) {
                EXPECT_THROW(make(form.name, {{form.parameters.front().key, {std::nan("")}}}), InputError) << form.name;
            }
        }
    };
    check(potential_forms(),
          [](std::string const& name, PotentialParameters const& p) { make_potential(name, p, 500.0); });
    check(source_forms(), [](std::string const& name, SourceParameters const& p) { make_source(name, p); });
}

}  // namespace
}  // namespace hadronforce
