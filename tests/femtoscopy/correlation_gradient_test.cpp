// dC/dV in closed form beside differences of solvers that know nothing of it.

#include "hadronforce/femtoscopy/correlation_gradient.hpp"

#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/units/constants.hpp"
#include "support/adaptive_solver.hpp"
#include "support/message_of.hpp"
#include "support/solved_pair.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>

namespace hadronforce {
namespace {

constexpr double reduced_mass_MeV = 601.0;

/// Another potential and a change of it.
class Changed final : public LocalPotential {
  public:
    Changed(std::shared_ptr<LocalPotential const> potential, std::function<double(double r_fm)> change_MeV)
        : potential_(std::move(potential)), change_MeV_(std::move(change_MeV)) {}
    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r_fm, Eigen::Ref<Eigen::ArrayXd> v_MeV) const override {
        potential_->fill_MeV(r_fm, v_MeV);
        for (Eigen::Index i = 0; i < r_fm.size(); ++i) v_MeV[i] += change_MeV_(r_fm[i]);
    }
    double r_times_v_at_origin_MeV_fm() const override { return potential_->r_times_v_at_origin_MeV_fm(); }
    std::optional<double> discontinuity_fm() const override { return potential_->discontinuity_fm(); }

  private:
    std::shared_ptr<LocalPotential const> potential_;
    std::function<double(double r_fm)> change_MeV_;
};

std::shared_ptr<LocalPotential const> p_omega() {
    return make_potential("gaussian_plus_yukawa_power",
                          {{"n_pi", {2.0}},
                           {"m_pi_MeV", {146.0}},
                           {"b1_MeV", {-306.5}},
                           {"b2_per_fm2", {73.9}},
                           {"b3_MeV_fm2", {-266.0}},
                           {"b4_per_fm2", {0.78}}},
                          reduced_mass_MeV);
}

/// The derivative of C by the size of a change, by central differences of steps h and h/2: errors of order h^4.
Eigen::ArrayXd derivative(std::function<Eigen::ArrayXd(double size)> const& correlation, double h) {
    auto const central = [&](double step) -> Eigen::ArrayXd {
        return (correlation(step) - correlation(-step)) / (2.0 * step);
    };
    return (4.0 * central(0.5 * h) - central(h)) / 3.0;
}

// A tent added to the potential, solved by adaptive steps (Runge-Kutta-Fehlberg) in u alone.
TEST(CorrelationGradient, IsTheDifferenceThatATentMakes) {
    Eigen::ArrayXd const k = (Eigen::ArrayXd(4) << 12.0, 60.0, 150.0, 290.0).finished();
    std::shared_ptr<LocalPotential const> const well = make_potential(
        "sum_of_gaussians", {{"strengths_MeV", {-90.0, 400.0}}, {"ranges_fm", {1.1, 0.4}}}, reduced_mass_MeV);
    TentBasis const tents{0.25, 12};
    double const r0_fm = 1.0;
    for (auto const& potential : {well, p_omega()}) {
        auto const gradient =
            correlation_gradient_per_MeV(*potential, GaussianSource(r0_fm), k, reduced_mass_MeV, {}, tents);
        for (Eigen::Index j : {1, 4, 10}) {
            double const begin = tents.radii_fm()[j] - tents.spacing_fm;
            auto const differences = derivative(
                [&](double size) {
                    Changed const changed(potential, [&](double r) { return size * tents.at(j, r); });
                    return testing::adaptive_correlation(
                        changed, r0_fm, k, reduced_mass_MeV, 1e-13, 16.0,
                        {begin, begin + tents.spacing_fm, begin + 2.0 * tents.spacing_fm});
                },
                0.5);
            for (Eigen::Index i = 0; i < k.size(); ++i)
                EXPECT_NEAR(gradient(i, j) / differences[i], 1.0, 1e-5) << "k* = " << k[i] << ", tent " << j;
        }
    }
}

/// dC/dV folded with a smooth change, between tents linear: two spacings, extrapolated.
Eigen::ArrayXd folded(LocalPotential const& potential, Source const& source, Eigen::ArrayXd const& k,
                      PartialWaveKind kind, std::function<double(double r_fm)> const& change) {
    auto const with = [&](double spacing_fm) -> Eigen::ArrayXd {
        TentBasis const tents{spacing_fm, static_cast<Eigen::Index>(std::lround(4.0 / spacing_fm))};
        return (correlation_gradient_per_MeV(potential, source, k, reduced_mass_MeV, kind, tents) *
                tents.radii_fm().unaryExpr(change).matrix())
            .array();
    };
    return (4.0 * with(0.02) - with(0.04)) / 3.0;
}

struct Case {
    char const* name;
    PartialWaveKind kind;
    std::shared_ptr<LocalPotential const> potential;
    std::shared_ptr<Source const> source;
};

// A smooth change of the potential, solved by the program's own solver, for waves, charges, jumps and sources that
// the closed form has to hold for.
TEST(CorrelationGradient, IsTheDifferenceThatASmoothChangeMakes) {
    Eigen::ArrayXd const k = (Eigen::ArrayXd(4) << 15.0, 60.0, 150.0, 290.0).finished();
    auto const bump = [](double r) { return std::exp(-(r - 1.0) * (r - 1.0) / (0.35 * 0.35)); };
    auto const attraction = testing::gaussian_force(-40.0, 1.2);
    std::shared_ptr<Source const> const gaussian = make_source("gaussian", {{"r0_fm", {1.3}}});
    std::shared_ptr<LocalPotential const> const yukawa = make_potential(
        "sum_of_yukawas", {{"strengths_MeV_fm", {-150.0, 900.0}}, {"m_per_fm", {0.9, 2.5}}}, reduced_mass_MeV);
    std::shared_ptr<LocalPotential const> const square =
        make_potential("square_well", {{"depth_MeV", {25.0}}, {"radius_fm", {1.31}}}, reduced_mass_MeV);
    for (auto const& c :
         {Case{"s-wave", {}, attraction, gaussian}, Case{"p-wave", {1, 0}, attraction, gaussian},
          Case{"f-wave", {3, 0}, attraction, gaussian}, Case{"repelling charges", {0, 1}, attraction, gaussian},
          Case{"attracting charges, p-wave", {1, -1}, attraction, gaussian}, Case{"1/r core", {}, yukawa, gaussian},
          Case{"jump", {}, square, gaussian},
          Case{"exponential source", {}, p_omega(), make_source("exponential", {{"r0_fm", {1.1}}})},
          Case{"small source", {}, p_omega(), make_source("gaussian", {{"r0_fm", {0.5}}})}}) {
        PartialWaveCorrelation solver(k, reduced_mass_MeV, c.kind, 1e-10);
        auto const differences = derivative(
            [&](double size) {
                Changed const changed(c.potential, [&](double r) { return size * bump(r); });
                return Eigen::ArrayXd((2.0 * c.kind.l + 1.0) * solver.solve(changed, *c.source).gain);
            },
            0.3);
        auto const exact = folded(*c.potential, *c.source, k, c.kind, bump);
        double const largest = differences.abs().maxCoeff();
        for (Eigen::Index i = 0; i < k.size(); ++i)
            EXPECT_NEAR(exact[i], differences[i], 2e-5 * largest) << c.name << ", k* = " << k[i];
    }
}

// Born approximation: without a potential u = sin(kr), v = cos(kr).
TEST(CorrelationGradient, IsThatOfFreeWavesWithoutAPotential) {
    Eigen::ArrayXd const k_MeV = (Eigen::ArrayXd(2) << 40.0, 200.0).finished();
    auto const nothing = testing::gaussian_force(0.0, 1.0);
    double const r0 = 1.2;
    TentBasis const tents{0.1, 20};
    auto const gradient =
        correlation_gradient_per_MeV(*nothing, GaussianSource(r0), k_MeV, reduced_mass_MeV, {}, tents);
    int const steps = 16000;
    double const h = 16.0 / steps, norm = std::pow(4.0 * units::pi * r0 * r0, -1.5);
    for (Eigen::Index i = 0; i < 2; ++i) {
        double const k = units::wave_number_per_fm(k_MeV[i]);
        double all = 0.0;  // midpoint rules
        std::vector<double> within(steps + 1, 0.0), mixed(steps + 1, 0.0);
        for (int n = 0; n < steps; ++n) {
            double const r = (n + 0.5) * h, s = norm * std::exp(-r * r / (4.0 * r0 * r0));
            within[n + 1] = within[n] + h * s * std::sin(k * r) * std::sin(k * r);
            mixed[n + 1] = mixed[n] + h * s * std::sin(k * r) * std::cos(k * r);
        }
        all = mixed[steps];
        for (Eigen::Index j : {0, 3, 19}) {
            double expected = 0.0;
            for (int n = 0; n <= steps; ++n) {
                double const r = n * h;
                expected += h * tents.at(j, r) * std::sin(k * r) *
                            (std::cos(k * r) * within[n] + std::sin(k * r) * (all - mixed[n]));
            }
            expected *= -units::two_mu_over_hbar2(reduced_mass_MeV) * 8.0 * units::pi / (k * k * k);
            EXPECT_NEAR(gradient(i, j) / expected, 1.0, 1e-4) << i << " " << j;
        }
    }
}

TEST(CorrelationGradient, TentsAreOneTogether) {
    TentBasis const tents{0.2, 10};
    for (double r : {0.0, 0.05, 0.1, 0.33, 1.0, 1.9}) {
        double sum = 0.0;
        for (Eigen::Index j = 0; j < tents.count; ++j) sum += tents.at(j, r);
        EXPECT_NEAR(sum, 1.0, 1e-12) << r;
    }
    EXPECT_EQ(tents.at(9, tents.end_fm()), 0.0);
    EXPECT_NEAR(tents.radii_fm()[9], 1.9, 1e-12);
}

TEST(CorrelationGradient, RefusesWhatItCannotFollow) {
    Eigen::ArrayXd const k = Eigen::ArrayXd::Constant(1, 50.0);
    GaussianSource const source(1.0);
    auto const force = testing::gaussian_force(-10.0, 1.0);
    auto const refused = [&](Eigen::ArrayXd const& momenta, PartialWaveKind kind, LocalPotential const& potential) {
        return message_of([&] {
            correlation_gradient_per_MeV(potential, source, momenta, reduced_mass_MeV, kind, {0.1, 10});
        });
    };
    EXPECT_NE(refused(-k, {}, *force), "");
    EXPECT_NE(refused(k, {21, 0}, *force), "");
    Changed const endless(force, [](double) { return 1.0; });
    EXPECT_NE(refused(k, {}, endless), "");
}

}  // namespace
}  // namespace hadronforce
