#include "hadronforce/scattering/adaptive_waves.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/momentum_grid.hpp"
#include "hadronforce/scattering/phase_shift.hpp"
#include "hadronforce/units/constants.hpp"

#include <gtest/gtest.h>
#include <boost/math/special_functions/bessel.hpp>
#include <boost/math/special_functions/bessel_prime.hpp>
#include <boost/math/special_functions/digamma.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <random>
#include <string>

namespace hadronforce {
namespace {

double const mu = 600.0;
double const two_mu = units::two_mu_over_hbar2(mu);
constexpr double tolerance = 1e-10;

Eigen::ArrayXd k_star_MeV() { return bin_centres(5.0, 300.0, 12); }

/// What `scatter` does where the grid fails, whether it does or not.
class Recomputation {
  public:
    explicit Recomputation(LocalPotential const& potential, PartialWaveKind kind = {})
        : radial_(k_star_MeV() / units::hbar_c_MeV_fm, mu, 20.0, tolerance, kind) {
        double const k_min = radial_.k_per_fm().minCoeff();
        radial_.set_potential(potential, negligible_potential_per_fm2(tolerance, k_min), 0.0);
        radial_.at_level(6, 0, Eigen::ArrayXd(), waves_);
    }

    EstimatedValues to(double asked_for) {
        Eigen::Index const size = OutsideWave::size(radial_.k_per_fm().size());
        auto const values = [&](AdaptiveSteps steps) {
            waves_ = radial_.adaptive(steps, {});
            Eigen::ArrayXd result(size);
            OutsideWave::fill(waves_, radial_, result, amplitude_squared_);
            return result;
        };
        auto const result = tighten_steps(values, size - 1, asked_for);
        EXPECT_LE(result.error_estimate, asked_for);
        return result;
    }

    ScatteringResult read(EstimatedValues const& result) { return OutsideWave::read(result.values, waves_, radial_); }

  private:
    RadialWaves radial_;
    WavesAtLevel waves_;
    Eigen::ArrayXd amplitude_squared_{radial_.k_per_fm().size()};
};

ScatteringResult scatter_adaptively(LocalPotential const& potential, PartialWaveKind kind = {}) {
    Recomputation recomputation(potential, kind);
    return recomputation.read(recomputation.to(tolerance));
}

void expect_same(ScatteringResult const& one, ScatteringResult const& other, double error, std::string const& which) {
    // Multiples of pi included.
    EXPECT_LE((one.delta_rad - other.delta_rad).abs().maxCoeff(), error) << which;
    EXPECT_EQ(one.bound_states, other.bound_states) << which;
}

// delta, a0 and r_eff as in phase_shift_test.cpp.
TEST(AdaptiveWaves, MeetTheSquareWellAcrossItsJump) {
    for (auto const& [depth, radius] : {std::pair{20.0, 1.7}, {400.0, 1.7}, {3000.0, 0.25}, {1e5, 1.0}}) {
        auto const well = make_potential("square_well", {{"depth_MeV", {depth}}, {"radius_fm", {radius}}}, mu);
        auto const result = scatter_adaptively(*well);
        for (Eigen::Index j = 0; j < result.delta_rad.size(); ++j) {
            double const k = units::wave_number_per_fm(k_star_MeV()[j]);
            double const inside = std::sqrt(k * k + two_mu * depth);
            double const exact =
                std::atan2(k * std::sin(inside * radius), inside * std::cos(inside * radius)) - k * radius;
            EXPECT_NEAR(std::remainder(result.delta_rad[j] - exact, units::pi), 0.0, tolerance) << depth;
        }
        double const inside = std::sqrt(two_mu * depth);
        double const a0 = radius - std::tan(inside * radius) / inside;
        EXPECT_NEAR(result.scattering_length_fm, a0, tolerance * std::fmax(1.0, a0 * a0)) << depth;
        double const r_eff = radius - radius * radius * radius / (3.0 * a0 * a0) - 1.0 / (a0 * inside * inside);
        EXPECT_NEAR(result.effective_range_fm, r_eff, 10.0 * tolerance * std::fmax(1.0, std::fabs(r_eff))) << depth;
        EXPECT_EQ(result.bound_states, static_cast<int>(std::floor(inside * radius / units::pi + 0.5)));
        expect_same(result, scatter(*well, k_star_MeV(), mu, 1e-9), 1e-9, "depth " + std::to_string(depth));
    }
}

// tan(delta) = [k j'(kR) j(KR) - K j(kR) j'(KR)]/[k n'(kR) j(KR) - K n(kR) j'(KR)].
TEST(AdaptiveWaves, MeetTheSquareWellWithAngularMomentum) {
    double const depth = 900.0, radius = 1.9;
    auto const well = make_potential("square_well", {{"depth_MeV", {depth}}, {"radius_fm", {radius}}}, mu);
    for (unsigned l : {1u, 2u, 6u, 20u}) {
        auto const result = scatter_adaptively(*well, {static_cast<int>(l), 0});
        for (Eigen::Index j = 0; j < result.delta_rad.size(); ++j) {
            double const k = units::wave_number_per_fm(k_star_MeV()[j]);
            double const inside = std::sqrt(k * k + two_mu * depth);
            using namespace boost::math;
            double const jk = sph_bessel(l, k * radius), jk_prime = sph_bessel_prime(l, k * radius);
            double const nk = sph_neumann(l, k * radius), nk_prime = sph_neumann_prime(l, k * radius);
            double const ji = sph_bessel(l, inside * radius), ji_prime = sph_bessel_prime(l, inside * radius);
            double const exact =
                std::atan((k * jk_prime * ji - inside * jk * ji_prime) / (k * nk_prime * ji - inside * nk * ji_prime));
            EXPECT_NEAR(std::remainder(result.delta_rad[j] - exact, units::pi), 0.0, tolerance) << "l = " << l;
        }
        expect_same(result, scatter(*well, k_star_MeV(), mu, 1e-9, {static_cast<int>(l), 0}), 1e-9,
                    "l = " + std::to_string(l));
    }
}

// k cot(delta) = -0.225 + (5/6) k^2 (see phase_shift_test.cpp).
TEST(AdaptiveWaves, MeetBargmannsPotentials) {
    for (auto const* form : {"bargmann_1", "bargmann_2"}) {
        auto const potential =
            make_potential(form, {{"rho_per_fm", {1.2}}, {"sigma_per_fm", {0.6}}, {"theta", {0.6}}}, mu);
        auto const result = scatter_adaptively(*potential);
        for (Eigen::Index j = 0; j < result.delta_rad.size(); ++j) {
            double const k = units::wave_number_per_fm(k_star_MeV()[j]);
            double const exact = std::atan2(k, -0.225 + 5.0 / 6.0 * k * k);
            EXPECT_NEAR(result.delta_rad[j], exact, 10.0 * tolerance) << form << " " << k_star_MeV()[j];
        }
        EXPECT_NEAR(result.scattering_length_fm, 1.0 / 0.225, 1e-8) << form;
        // What is cut at the matching radius matters more to it.
        EXPECT_NEAR(result.effective_range_fm, 5.0 / 3.0, 1e-7) << form;
        EXPECT_EQ(result.bound_states, 1) << form;
    }
}

// A 1/r core; the Jost function is the product over n >= 1 of 1 - g^2/(n (n - 2ika)), see solvable_potentials_test.cpp.
TEST(AdaptiveWaves, MeetHulthensPotential) {
    double const g = 1.8, a = 0.7;
    auto const potential =
        make_potential("hulthen", {{"depth_MeV", {g * g / (two_mu * a * a)}}, {"range_fm", {a}}}, mu);
    auto const result = scatter_adaptively(*potential);
    for (Eigen::Index j = 0; j < result.delta_rad.size(); ++j) {
        double const ka = units::wave_number_per_fm(k_star_MeV()[j]) * a;
        double argument = 0.0;
        int const last = 20000;
        for (int n = last; n >= 1; --n)
            argument += std::arg(1.0 - g * g / (double(n) * std::complex<double>(n, -2.0 * ka)));
        argument -= ka * g * g / std::pow(last + 0.5, 2);
        EXPECT_NEAR(std::remainder(result.delta_rad[j] + argument, units::pi), 0.0, 1e-9) << k_star_MeV()[j];
    }
    double const a0 = a * (boost::math::digamma(1.0 + g) + boost::math::digamma(1.0 - g) + 2.0 * 0.57721566490153286);
    EXPECT_NEAR(result.scattering_length_fm, a0, 1e-9 * a0 * a0);
}

/// The field of charges up to some radius, none beyond.
class CutCoulomb final : public LocalPotential {
  public:
    CutCoulomb(double charge_product, double radius_fm)
        : strength_MeV_fm_(charge_product * units::fine_structure * units::hbar_c_MeV_fm), radius_fm_(radius_fm) {}
    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r_fm, Eigen::Ref<Eigen::ArrayXd> v_MeV) const override {
        v_MeV = (r_fm <= radius_fm_).select(strength_MeV_fm_ / r_fm.max(1e-300), 0.0);
    }
    double r_times_v_at_origin_MeV_fm() const override { return strength_MeV_fm_; }
    std::optional<double> discontinuity_fm() const override { return radius_fm_; }

  private:
    double strength_MeV_fm_;
    double radius_fm_;
};

// Inside u = F_l(eta, kr); outside free waves that join it. With opposite charges of the particles the field cancels
// up to the cut, and it is the other way round.
TEST(AdaptiveWaves, MeetCoulombFunctions) {
    double const radius = 3.0;
    for (int charge : {30, -30})
        for (int l : {0, 1, 4})
            for (bool cancelled : {false, true}) {
                CutCoulomb const potential(charge, radius);
                auto const result = scatter_adaptively(potential, {l, cancelled ? -charge : 0});
                for (Eigen::Index j = 0; j < result.delta_rad.size(); ++j) {
                    double const eta = units::sommerfeld_parameter(charge, mu, k_star_MeV()[j]);
                    Eigen::ArrayXd const rho =
                        Eigen::ArrayXd::Constant(1, units::wave_number_per_fm(k_star_MeV()[j]) * radius);
                    auto const inside = coulomb_functions(cancelled ? 0.0 : eta, rho, l);
                    auto const outside = coulomb_functions(cancelled ? -eta : 0.0, rho, l);
                    if (inside.exponent(0, l) != 0 || outside.exponent(0, l) != 0) continue;
                    double const f = inside.f(0, l), f_prime = inside.f_prime(0, l);
                    double const exact = std::atan2(f * outside.f_prime(0, l) - f_prime * outside.f(0, l),
                                                    f_prime * outside.g(0, l) - f * outside.g_prime(0, l));
                    EXPECT_NEAR(std::remainder(result.delta_rad[j] - exact, units::pi), 0.0, 10.0 * tolerance)
                        << "charge " << charge << ", l = " << l << ", k* = " << k_star_MeV()[j];
                }
            }
}

TEST(AdaptiveWaves, AgreeWithNumerovsMethodOnRandomPotentials) {
    unsigned const seed = 20261125;
    std::mt19937_64 generator(seed);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    for (int i = 0; i < 24; ++i) {
        PartialWaveKind const kind{i % 5 == 4 ? 20 : i % 4, i / 4 % 3 - 1};
        auto const potential = make_potential("yukawa",
                                              {{"strength_MeV_fm", {-400.0 + 500.0 * uniform(generator)}},
                                               {"m_MeV", {138.0 + 400.0 * uniform(generator)}},
                                               {"core_MeV", {std::pow(10.0, 1.0 + 4.0 * uniform(generator))}},
                                               {"core_range_fm", {0.1 + 0.4 * uniform(generator)}}},
                                              mu);
        expect_same(scatter_adaptively(*potential, kind), scatter(*potential, k_star_MeV(), mu, 1e-9, kind), 1e-9,
                    "seed " + std::to_string(seed) + ", draw " + std::to_string(i));
    }
}

// Wells so deep that the error a step, not the longest step, decides; against itself at the tightest tolerance.
TEST(AdaptiveWaves, ErrorEstimateCoversTheError) {
    unsigned const seed = 20261126;
    std::mt19937_64 generator(seed);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    for (int i = 0; i < 12; ++i) {
        double const depth = std::pow(10.0, 4.0 + 2.5 * uniform(generator));
        auto const well = make_potential(
            "sum_of_gaussians", {{"strengths_MeV", {-depth}}, {"ranges_fm", {0.2 + 0.3 * uniform(generator)}}}, mu);
        Recomputation recomputation(*well, {i % 3, i % 2});
        auto const reference = recomputation.to(1e-10);
        for (double asked_for : {1e-3, 1e-5, 1e-7}) {
            auto const result = recomputation.to(asked_for);
            Eigen::ArrayXd const error = (result.values - reference.values).head(2 * k_star_MeV().size()).abs();
            EXPECT_LE(error.maxCoeff(), result.error_estimate + 1e-10)
                << "seed " << seed << ", draw " << i << ", depth " << depth << ", asked for " << asked_for;
        }
    }
}

// The density of a wave sin(Kr)/K inside a well: integral exp(-r) sin^2(Kr) dr in closed form.
TEST(AdaptiveWaves, SumTheDensityUpToTheMatchingRadius) {
    double const depth = 150.0, radius = 1.3;
    auto const well = make_potential("square_well", {{"depth_MeV", {depth}}, {"radius_fm", {radius}}}, mu);
    Eigen::ArrayXd const k = k_star_MeV() / units::hbar_c_MeV_fm;
    RadialWaves radial(k, mu, 20.0, tolerance);
    radial.set_potential(*well, 1e-12, 0.0);
    WavesAtLevel waves;
    radial.at_level(4, 0, Eigen::ArrayXd(), waves);
    waves = radial.adaptive({1e-13, 0.5}, [](double r) { return std::exp(-r); });
    double const end = radial.matching_radius_fm();
    // integral exp(-r) sin^2(q r + phase) dr up to r, but for a constant.
    auto const integral = [](double q, double phase, double r) {
        double const angle = 2.0 * (q * r + phase);
        return -0.5 * std::exp(-r) * (1.0 + (2.0 * q * std::sin(angle) - std::cos(angle)) / (1.0 + 4.0 * q * q));
    };
    for (Eigen::Index j = 0; j < k.size(); ++j) {
        double const inside = std::sqrt(k[j] * k[j] + two_mu * depth);
        double const phase =
            std::atan2(k[j] * std::sin(inside * radius), inside * std::cos(inside * radius)) - k[j] * radius;
        double const amplitude = std::sin(k[j] * radius + phase) / std::sin(inside * radius);
        double const exact = amplitude * amplitude * (integral(inside, 0.0, radius) - integral(inside, 0.0, 0.0)) +
                             integral(k[j], phase, end) - integral(k[j], phase, radius);
        double const outside = waves.u()[j] * waves.u()[j] + std::pow(waves.slope()[j] / k[j], 2);
        EXPECT_NEAR(waves.density()[j] / outside, exact, 1e-11) << k_star_MeV()[j];
    }
}

TEST(AdaptiveWaves, StepsSeeWhatTheGridSaw) {
    RadialGrid const grid(0.16, 10.0, 1.0);
    int const level = 6;
    Eigen::ArrayXd const r = grid.level(level).r_fm.head(grid.level(level).r_fm.size() - 4);
    auto const smooth = stretches(grid, level, (-r.square()).exp(), 1e-6);
    ASSERT_EQ(smooth.size(), 2u);  // one on either side of the jump
    EXPECT_EQ(smooth[0].end_fm, 1.0);
    EXPECT_EQ(smooth[1].end_fm, r[r.size() - 4]);
    Eigen::ArrayXd const shell = 1e3 * (-((r - 2.0) / 0.003).square()).exp();
    auto const way = stretches(grid, level, shell, 1e-6);
    auto const around_shell = std::find_if(way.begin(), way.end(), [](Stretch const& s) { return s.end_fm > 2.0; });
    ASSERT_NE(around_shell, way.end());
    EXPECT_EQ(around_shell->longest_step, grid.level(level).step);
    EXPECT_LT(around_shell->end_fm, 2.1);
}

// 10,000 radians within a femtometre are more than either method takes.
TEST(AdaptiveWaves, RefuseWhatTakesTooManyStepsAndSayWhatToDo) {
    auto const bottomless = make_potential("sum_of_gaussians", {{"strengths_MeV", {-1e10}}, {"ranges_fm", {1.0}}}, mu);
    try {
        scatter(*bottomless, k_star_MeV(), mu, 1e-6);
        FAIL() << "solved";
    } catch (ConvergenceError const& error) {
        EXPECT_NE(std::string(error.what()).find("make it shallower or smoother"), std::string::npos) << error.what();
    }
}

TEST(AdaptiveWaves, WhatDoesNotSettleIsAnErrorNotAResult) {
    auto const follows_the_steps = [](AdaptiveSteps steps) { return Eigen::ArrayXd::Constant(1, steps.scale).eval(); };
    EXPECT_THROW(tighten_steps(follows_the_steps, 1, 1e-6), ConvergenceError);
    auto const not_a_number = [](AdaptiveSteps) { return Eigen::ArrayXd::Constant(1, std::nan("")).eval(); };
    EXPECT_THROW(tighten_steps(not_a_number, 1, 1e-6), ConvergenceError);
}

}  // namespace
}  // namespace hadronforce
