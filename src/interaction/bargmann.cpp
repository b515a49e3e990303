#include "hadronforce/units/constants.hpp"
#include "interaction/potential_forms.hpp"

#include <cmath>

namespace hadronforce::forms {
namespace {

// Bargmann's phase-equivalent pair (Rev. Mod. Phys. 21 (1949) 488): 2 mu V/(hbar c)^2 = -2 d^2/dr^2 ln D with
// D = sigma sinh(a) - rho sinh(b), a = rho r -+ theta, b = sigma r - theta. (With + theta in b as well D would vanish
// near r = 1 fm and V be singular.) Both have the poles (rho +- sigma)/2; each binds one of them.
class Bargmann final : public LocalPotential {
  public:
    Bargmann(double rho, double sigma, double theta_of_rho, double theta, double hbar2_over_2mu_MeV_fm2)
        : rho_(rho), sigma_(sigma), theta_a_(theta_of_rho), theta_b_(theta), strength_(hbar2_over_2mu_MeV_fm2) {}

    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd> v) const override {
        for (Eigen::Index i = 0; i < r.size(); ++i) v[i] = -2.0 * strength_ * curvature_of_log(r[i]);
    }

  private:
    // (D'' D - D'^2)/D^2. By the addition theorems the numerator is
    // rho sigma [ -2 rho sigma - (rho - sigma)^2/2 cosh(a + b) + (rho + sigma)^2/2 cosh(a - b) ],
    // without the cancellation of its two terms at large r; both are scaled by exp(-2 max(|a|, |b|)) against overflow.
    double curvature_of_log(double r) const {
        double const a = rho_ * r + theta_a_;
        double const b = sigma_ * r + theta_b_;
        double const scale = std::fmax(std::fabs(a), std::fabs(b));
        auto const scaled_cosh = [&](double x) {
            return 0.5 * (std::exp(x - 2.0 * scale) + std::exp(-x - 2.0 * scale));
        };
        auto const scaled_sinh = [&](double x) { return 0.5 * (std::exp(x - scale) - std::exp(-x - scale)); };
        double const d = sigma_ * scaled_sinh(a) - rho_ * scaled_sinh(b);
        double const minus = rho_ - sigma_;
        double const plus = rho_ + sigma_;
        double const bracket = -2.0 * rho_ * sigma_ * std::exp(-2.0 * scale) -
                               0.5 * minus * minus * scaled_cosh(a + b) + 0.5 * plus * plus * scaled_cosh(a - b);
        return rho_ * sigma_ * bracket / (d * d);
    }

    double rho_, sigma_, theta_a_, theta_b_, strength_;
};

std::unique_ptr<LocalPotential> make(PotentialParameters const& p, double reduced_mass_MeV, double sign) {
    double const rho = scalar(p, "rho_per_fm");
    double const sigma = scalar(p, "sigma_per_fm");
    double const theta = scalar(p, "theta");
    require(sigma > 0.0, "sigma_per_fm", sigma, "positive");
    require(rho > sigma, "rho_per_fm", rho, "larger than sigma_per_fm");
    require(theta > 0.0, "theta", theta, "positive");
    return std::make_unique<Bargmann>(rho, sigma, sign * theta, -theta,
                                      1.0 / units::two_mu_over_hbar2(reduced_mass_MeV));
}

std::unique_ptr<LocalPotential> make_first(PotentialParameters const& p, double mass) { return make(p, mass, -1.0); }
std::unique_ptr<LocalPotential> make_second(PotentialParameters const& p, double mass) { return make(p, mass, 1.0); }

std::vector<PotentialParameter> parameters() {
    return {{"rho_per_fm", "1/fm", "larger decay constant", false, {}},
            {"sigma_per_fm", "1/fm", "smaller decay constant", false, {}},
            {"theta", "1", "sets how much of the decaying solution is mixed in", false, {}}};
}

}  // namespace

PotentialForm bargmann_1() {
    return {"bargmann_1", "V = -(hbar^2/mu) d^2/dr^2 ln(sigma sinh(rho r - theta) - rho sinh(sigma r - theta))",
            parameters(), make_first};
}

PotentialForm bargmann_2() {
    return {"bargmann_2", "V = -(hbar^2/mu) d^2/dr^2 ln(sigma sinh(rho r + theta) - rho sinh(sigma r - theta))",
            parameters(), make_second};
}

}  // namespace hadronforce::forms
