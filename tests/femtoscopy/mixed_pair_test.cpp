#include "hadronforce/femtoscopy/mixed_pair.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/coupled_pair.hpp"
#include "hadronforce/femtoscopy/lednicky_pair.hpp"
#include "hadronforce/femtoscopy/nonlocal_pair.hpp"
#include "hadronforce/femtoscopy/uncoupled_pair.hpp"
#include "hadronforce/interaction/nonlocal_potential.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hadronforce {
namespace {

constexpr double mass_MeV = 500.0, r0_fm = 1.3;
Eigen::ArrayXd const k_MeV = end_points(5.0, 200.0, 20);
Eigen::VectorXd const none;

ModelForm source(ModelNumber r0 = {r0_fm, {}}) { return {"gaussian", {{"r0_fm", {r0}}}}; }

ModelForm well(ModelNumber depth_MeV) {
    return {"square_well", {{"depth_MeV", {depth_MeV}}, {"radius_fm", {{1.1, {}}}}}};
}

std::shared_ptr<PairKind const> waves(ModelNumber depth_MeV, ModelForm const& of = source()) {
    UncoupledModel model{mass_MeV, 0, {{1.0, Exchange::none, {{0, well(depth_MeV)}, {1, well({90.0, {}}), "P"}}}}, of};
    model.is_state = true;
    return uncoupled_pair(model);
}

std::shared_ptr<PairKind const> absorbed(ModelForm const& of = source()) {
    CoupledModel model;
    model.channels.push_back({"A B", {mass_MeV, 0.0, 0, 0.0}, {1.0, {}}, of});
    model.potentials.push_back({0, 0, well({20.0, {}}), well({40.0, {}})});
    return coupled_pair(model);
}

std::shared_ptr<PairKind const> by_length() {
    return lednicky_pair({mass_MeV, 0, {{1.0, Exchange::none, {{-1.3, {}}}, {}, {2.0, {}}}}, true, source()});
}

std::shared_ptr<PairKind const> nonlocal() {
    NonlocalModel model;
    model.name = "square_well";
    model.reduced_mass_MeV = mass_MeV;
    model.local_form = well({35.0, {}});
    model.tolerance = 1e-9;
    model.source = source();
    return nonlocal_pair(model);
}

PairSolution solved(std::shared_ptr<PairKind const> const& kind, Eigen::VectorXd const& parameters = none,
                    double tolerance = 1e-6) {
    return kind->solver(k_MeV, tolerance)->solve(parameters);
}

double difference(Eigen::ArrayXd const& a, Eigen::ArrayXd const& b) { return (a - b).abs().maxCoeff(); }

// Whatever the kind: half of it and half of the same is itself, C, numbers, curves and the estimate of the error.
TEST(MixedPair, TwoEqualHalvesAreThePairAlone) {
    for (auto const& kind : {waves({30.0, {}}), absorbed(), by_length(), nonlocal()}) {
        auto const alone = solved(kind);
        auto const mixed = solved(mixed_pair({{{"a", {0.5, {}}, kind}, {"b", {0.5, {}}, kind}}, source()}));
        EXPECT_LT(difference(mixed.correlation, alone.correlation), 1e-12) << kind->interaction_name();
        EXPECT_NEAR(mixed.error_estimate, alone.error_estimate, 1e-18);
        Eigen::Index const numbers = alone.numbers.size();
        ASSERT_EQ(mixed.numbers.size(), 2 * numbers);
        EXPECT_TRUE(mixed.numbers.head(numbers) == alone.numbers && mixed.numbers.tail(numbers) == alone.numbers);
        ASSERT_EQ(mixed.curves.size(), 2 * alone.curves.size());
        for (std::size_t i = 0; i < alone.curves.size(); ++i)
            EXPECT_EQ(difference(mixed.curves[alone.curves.size() + i], alone.curves[i]), 0.0);
        EXPECT_EQ(mixed.phases.size(), 2 * alone.phases.size());
    }
}

TEST(MixedPair, IsTheWeightedSumOfPairsThatAreSolvedAlone) {
    std::vector<std::shared_ptr<PairKind const>> const kinds{absorbed(), waves({30.0, {}}), by_length(), nonlocal()};
    std::vector<double> const weights{0.4, 0.3, 0.2, 0.1};
    MixedModel model{{}, source()};
    Eigen::ArrayXd expected = Eigen::ArrayXd::Zero(k_MeV.size());
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        model.parts.push_back({std::string(1, static_cast<char>('a' + i)), {weights[i], {}}, kinds[i]});
        expected += weights[i] * solved(kinds[i]).correlation;
    }
    auto const kind = mixed_pair(model);
    auto const mixed = solved(kind);
    EXPECT_LT(difference(mixed.correlation, expected), 1e-12);
    EXPECT_EQ(kind->waves(), 1u + 2u + 0u + 1u);
    // Every number and curve has its name and value.
    auto const quantities = kind->quantities();
    ASSERT_EQ(static_cast<Eigen::Index>(quantities.numbers.size()), mixed.numbers.size());
    ASSERT_EQ(quantities.curves.size(), mixed.curves.size());
    EXPECT_EQ(quantities.numbers.front().name, "a.a0_real_fm");
    EXPECT_EQ(quantities.numbers.back().name, "d.bound_states");
    auto const names = names_of(quantities.curves);
    std::vector<std::string> phases;
    for (auto const place : mixed.phases) phases.push_back(names[place]);
    EXPECT_EQ(phases, (std::vector<std::string>{"b.waves[0].delta_rad", "b.P.delta_rad", "d.delta_rad"}));
    std::vector<std::string> paths;
    for (auto const& placed : kind->potentials(none)) paths.push_back(placed.path);
    EXPECT_EQ(paths, (std::vector<std::string>{"a.coupled.potentials[0].real", "a.coupled.potentials[0].imaginary",
                                               "b.waves[0]", "b.P", "d.potential"}));
}

TEST(MixedPair, MeetsTheTolerance) {
    auto const kind = mixed_pair({{{"a", {0.3, {}}, waves({46.0, {}})}, {"b", {0.7, {}}, absorbed()}}, source()});
    auto const exact = solved(kind, none, 1e-9);
    for (double const tolerance : {1e-3, 1e-5, 1e-7}) {
        auto const found = solved(kind, none, tolerance);
        EXPECT_LE(found.error_estimate, tolerance);
        EXPECT_LE(((found.correlation - exact.correlation) / exact.correlation.max(1.0)).abs().maxCoeff(), tolerance);
    }
}

/// C = `value` at every k*, with all the error that the tolerance allows.
struct ConstantPair final : PairKind, PairSolver {
    double value, tolerance;
    explicit ConstantPair(double value_, double tolerance_ = 0.0) : value(value_), tolerance(tolerance_) {}
    std::string interaction_name() const override { return "constant"; }
    double reduced_mass_MeV() const override { return mass_MeV; }
    int charge_product() const override { return 0; }
    ModelForm const* source() const override { return nullptr; }
    void for_each_source(std::function<void(ModelForm const&)> const&) const override {}
    void check(Eigen::VectorXd const&) const override {}
    PairQuantities quantities() const override { return {}; }
    std::size_t waves() const override { return 0; }
    std::unique_ptr<PairSolver> solver(Eigen::ArrayXd const&, double of) const override {
        return std::make_unique<ConstantPair>(value, of);
    }
    PairSolution solve(Eigen::VectorXd const&) override {
        PairSolution solution;
        solution.correlation = Eigen::ArrayXd::Constant(1, value);
        solution.error_estimate = tolerance;
        return solution;
    }
};

// Half of C = 3 and half of C = 0, each known to the tolerance t of max(1, C): 3t/2 + t/2 = 2t of 3/2 is too much, so
// both are solved to t/2. No solver goes below 1e-10.
TEST(MixedPair, AddsTheErrorsOfItsParts) {
    auto const kind = mixed_pair(
        {{{"a", {0.5, {}}, std::make_shared<ConstantPair>(3.0)}, {"b", {0.5, {}}, std::make_shared<ConstantPair>(0.0)}},
         source()});
    auto const found = solved(kind, none, 1e-4);
    EXPECT_EQ(found.correlation[0], 1.5);
    EXPECT_NEAR(found.error_estimate, 2.0 / 3.0 * 1e-4, 1e-16);
    EXPECT_THROW(solved(kind, none, 1e-10), ConvergenceError);
}

TEST(MixedPair, WeightsAndNumbersOfPartsAreParameters) {
    // 0: weight, 1: its rest, 2: depth, 3: r0 of both.
    auto const kind =
        mixed_pair({{{"a", {0.0, 0}, waves({0.0, 2}, source({0.0, 3}))}, {"b", {0.0, 1}, absorbed(source({0.0, 3}))}},
                    source({0.0, 3})});
    PairModel const model{"pair", kind, 1e-6};
    EXPECT_EQ(model.parameters(), (std::vector<Eigen::Index>{0, 1, 2, 3}));
    auto const solver = model.solver(k_MeV);
    for (double const weight : {0.2, 0.9, 0.0})
        for (double const depth : {20.0, 35.0}) {
            auto const found = solver->solve(Eigen::Vector4d(weight, 1.0 - weight, depth, 1.6));
            Eigen::ArrayXd const expected = weight * solved(waves({depth, {}}, source({1.6, {}}))).correlation +
                                            (1.0 - weight) * solved(absorbed(source({1.6, {}}))).correlation;
            EXPECT_LT(difference(found.correlation, expected), 1e-12);
        }
    EXPECT_NE(message_of([&] { solver->solve(Eigen::Vector4d(0.4, 0.5, 20.0, 1.6)); }).find("add to 0.9, not to 1"),
              std::string::npos);
    EXPECT_NE(message_of([&] { kind->check(Eigen::Vector4d(-0.5, 1.5, 20.0, 1.6)); }).find("weight of a = -0.5"),
              std::string::npos);
    EXPECT_NE(message_of([&] { kind->check(Eigen::Vector4d(0.5, 0.5, 20.0, -1.0)); }), "");
}

TEST(MixedPair, PartsAreOfOnePair) {
    auto const other = lednicky_pair({501.0, 0, {{1.0, Exchange::none, {{-1.3, {}}}, {}, {}}}, true, source()});
    EXPECT_NE(message_of([&] {
                  mixed_pair({{{"a", {0.5, {}}, by_length()}, {"b", {0.5, {}}, other}}, source()});
              }).find("b has another reduced mass than a"),
              std::string::npos);
    EXPECT_NE(message_of([] { mixed_pair({{}, source()}); }), "");
}

TEST(UncoupledPair, NamesStandForPlaces) {
    UncoupledModel model{mass_MeV,
                         0,
                         {{0.25, Exchange::even, {{0, well({30.0, {}})}}, "singlet"},
                          {0.25, Exchange::odd, {{1, well({30.0, {}}), "3P0"}, {3, well({30.0, {}})}}, "triplet"},
                          {0.5, Exchange::odd, {{1, well({30.0, {}}), "3P2"}, {3, well({30.0, {}})}}}},
                         source()};
    EXPECT_EQ(names_of(uncoupled_pair(model)->quantities().curves),
              (std::vector<std::string>{"singlet.delta_rad", "triplet.3P0.delta_rad", "triplet.waves[1].delta_rad",
                                        "3P2.delta_rad", "channels[2].waves[1].delta_rad"}));
    EXPECT_EQ(uncoupled_pair(model)->potentials(none)[1].path, "triplet.3P0");
}

}  // namespace
}  // namespace hadronforce
