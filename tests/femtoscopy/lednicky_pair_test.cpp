#include "hadronforce/femtoscopy/lednicky_pair.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/femtoscopy/coupled_pair.hpp"
#include "hadronforce/femtoscopy/lednicky_lyuboshits.hpp"
#include "hadronforce/femtoscopy/uncoupled_pair.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>

namespace hadronforce {
namespace {

constexpr double mass_MeV = 938.272;

ModelForm gaussian(double r0_fm) { return {"gaussian", {{"r0_fm", {{r0_fm, {}}}}}}; }

PairSolution solved(std::shared_ptr<PairKind const> const& kind, Eigen::ArrayXd const& k_star_MeV) {
    return PairModel{"pair", kind, 1e-8}.solver(k_star_MeV)->solve({});
}

Eigen::ArrayXd const k_MeV = end_points(2.0, 120.0, 25);

TEST(LednickyPair, OfDifferentParticlesIsTheFormula) {
    auto const c = solved(
        lednicky_pair({500.0, 0, {{1.0, Exchange::none, {{-1.3, {}}}, {}, {2.0, {}}}}, true, gaussian(1.7)}), k_MeV);
    EXPECT_LT((c.correlation - lednicky_lyuboshits(k_MeV, -1.3, 2.0, 1.7)).abs().maxCoeff(), 1e-14);
}

// A square well in a source of ten times its range: the full solution, alone and among identical particles in two
// spin states, to 1e-3. What waves with l > 0 add is less than that.
TEST(LednickyPair, IsTheFullSolutionForLargeSources) {
    ModelForm const well{"square_well", {{"depth_MeV", {{300.0, {}}}}, {"radius_fm", {{0.5, {}}}}}};
    double const r0_fm = 5.0;
    for (bool const identical : {false, true}) {
        auto const exchange = identical ? Exchange::even : Exchange::none;
        std::vector<ChannelModel> channels{{identical ? 0.25 : 1.0, exchange, {{0, well}}}};
        if (identical) channels.push_back({0.75, Exchange::odd, {}});
        auto const full = solved(uncoupled_pair({0.5 * mass_MeV, 0, channels, gaussian(r0_fm)}), k_MeV);
        std::vector<LednickyChannel> model{
            {channels[0].weight, exchange, {{full.numbers[0], {}}}, {}, {full.numbers[1], {}}}};
        if (identical) model.push_back({0.75, Exchange::odd, std::nullopt, {}, {}});
        auto const c = solved(lednicky_pair({0.5 * mass_MeV, 0, model, true, gaussian(r0_fm)}), k_MeV);
        EXPECT_LT((c.correlation - full.correlation).abs().maxCoeff(), 1e-3) << identical;
        EXPECT_GT((full.correlation - 1.0).abs().maxCoeff(), 0.1);
        // k cot(delta) = Re 1/f.
        auto const f = std::complex<double>(c.curves[0][3], c.curves[1][3]);
        double const k = units::wave_number_per_fm(k_MeV[3]);
        EXPECT_NEAR(std::tan(full.curves[0][3]), k / (1.0 / f).real(), 1e-5);
    }
}

// Absorption: coupled channels with an imaginary potential.
TEST(LednickyPair, OfComplexLengthsIsTheFullSolutionForLargeSources) {
    double const r0_fm = 8.0;
    CoupledModel coupled;
    coupled.channels.push_back({"p-pbar", {0.5 * mass_MeV, 0.0, 0, 0.0}, {1.0, {}}, gaussian(r0_fm)});
    auto const form = [](double depth) -> ModelForm {
        return {"square_well", {{"depth_MeV", {{depth, {}}}}, {"radius_fm", {{0.8, {}}}}}};
    };
    coupled.potentials.push_back({0, 0, form(70.0), form(30.0)});
    auto const full = solved(coupled_pair(coupled), k_MeV);
    ASSERT_LT(full.numbers[1], -0.1);  // the well's depth counts attraction and loss
    // The range of |f| that the data need, from 1/f = -1/a0 + r_eff k^2/2 - ik of the full S_11 at a small momentum.
    double const k = units::wave_number_per_fm(k_MeV[3]);
    std::complex<double> const s11(full.curves[0][3], full.curves[1][3]), a0(full.numbers[0], full.numbers[1]);
    std::complex<double> const inverse_f = std::complex<double>(0.0, 2.0 * k) / (s11 - 1.0);
    double const r_eff = 2.0 * (inverse_f + 1.0 / a0 + std::complex<double>(0.0, k)).real() / (k * k);
    auto const c = solved(lednicky_pair({0.5 * mass_MeV,
                                         0,
                                         {{1.0, Exchange::none, {{a0.real(), {}}}, {a0.imag(), {}}, {r_eff, {}}}},
                                         true,
                                         gaussian(r0_fm)}),
                          k_MeV);
    EXPECT_LT((c.correlation - full.correlation).abs().maxCoeff(), 1e-3);
    EXPECT_GT((full.correlation - 1.0).abs().maxCoeff(), 0.03);
}

// Sources small beside the Bohr radius (57.6 fm): two protons of which one is no fermion.
TEST(LednickyPair, ChargesAreThoseOfTheFullSolutionWhereTheSourceIsSmallBesideTheBohrRadius) {
    ModelForm const none{"square_well", {{"depth_MeV", {{0.0, {}}}}, {"radius_fm", {{0.5, {}}}}}};
    auto const full =
        solved(uncoupled_pair({0.5 * mass_MeV, 1, {{1.0, Exchange::none, {{0, none}}}}, gaussian(0.5)}), k_MeV);
    auto const c = solved(
        lednicky_pair({0.5 * mass_MeV, 1, {{1.0, Exchange::none, std::nullopt, {}, {}}}, true, gaussian(0.5)}), k_MeV);
    EXPECT_LT(((c.correlation - full.correlation) / full.correlation).abs().maxCoeff(), 0.05);
    EXPECT_LT(c.correlation[0], 0.2);
}

TEST(LednickyPair, TheCorrectionForSmallSourcesMayBeLeftOut) {
    auto const with = [&](bool correction) {
        return solved(
            lednicky_pair({500.0, 0, {{1.0, Exchange::none, {{-1.3, {}}}, {}, {2.0, {}}}}, correction, gaussian(1.2)}),
            k_MeV);
    };
    auto const corrected = with(true), plain = with(false);
    for (Eigen::Index j = 0; j < k_MeV.size(); ++j) {
        double const square = std::pow(plain.curves[0][j], 2) + std::pow(plain.curves[1][j], 2);
        EXPECT_NEAR(plain.correlation[j] - corrected.correlation[j],
                    square / (2.0 * 1.2 * 1.2) * 2.0 / 1.2 / (2.0 * std::sqrt(units::pi)), 1e-14);
    }
}

TEST(LednickyPair, RefusesWhatItIsNotMadeFor) {
    LednickyModel model{500.0, 0, {{1.0, Exchange::none, {{-1.3, {}}}, {0.1, {}}, {}}}, true, gaussian(1.2)};
    EXPECT_NE(message_of([&] { lednicky_pair(model)->check({}); }).find("makes pairs"), std::string::npos);
    model.source.form = "levy";
    EXPECT_NE(message_of([&] { lednicky_pair(model); }).find("Gaussian source"), std::string::npos);
}

}  // namespace
}  // namespace hadronforce
