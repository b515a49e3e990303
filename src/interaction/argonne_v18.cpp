#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"
#include "interaction/pion_exchange.hpp"
#include "interaction/potential_forms.hpp"

#include <cmath>

namespace hadronforce::forms {
namespace {

// Wiringa, Stoks, Schiavilla, Phys. Rev. C 51 (1995) 38: pion masses of eq. (7), f^2, the cut-off and the core of
// eqs. (11), (20), (21).
constexpr double pi0_MeV = 134.9739;
constexpr double pic_MeV = 139.5675;
constexpr double f_squared = 0.075;
constexpr double cut_per_fm2 = 2.1;
constexpr double core_radius_fm = 0.5;
constexpr double core_diffuseness_fm = 0.2;

/// I T_mu^2 + (P p(r) + Q mu r + R (mu r)^2) W of one operator, MeV (table II). A central operator's Q is fixed by a
/// zero slope at the origin: p(r) = 1 + r W'(0)/(W(0)) with the sign that cancels it.
struct Strength {
    double i, p, q, r;
};

/// The strengths of a state of spin S and isospin T; `central` depends on the charge, the others do not.
struct Operators {
    Strength central, tensor, spin_orbit, l_squared, spin_orbit_squared;
};

constexpr Strength none{0.0, 0.0, 0.0, 0.0};

Operators operators(int spin, int isospin, int isospin_z) {
    if (spin == 1 && isospin == 1)
        return {{-7.62701, isospin_z > 0 ? 1815.4920 : (isospin_z == 0 ? 1813.5315 : 1811.5710), 0.0, 1847.8059},
                {1.07985, 0.0, -190.0949, -811.2040},
                {-0.62697, -570.5571, 0.0, 819.1222},
                {0.06709, 342.0669, 0.0, -615.2339},
                {0.74129, 9.3418, 0.0, -376.4384}};
    if (spin == 1)
        return {{-8.62770, 2605.2682, 0.0, 441.9733},
                {1.485601, 0.0, -1126.8359, 370.1324},
                {0.10180, 86.0658, 0.0, -356.5175},
                {-0.13201, 253.4350, 0.0, -1.0076},
                {0.07357, -217.5791, 0.0, 18.3935}};
    if (isospin == 1)
        return {isospin_z == 0 ? Strength{-10.66788, 3126.5542, 0.0, 0.0}
                               : Strength{-11.27028, isospin_z > 0 ? 3346.6874 : 3342.7664, 0.0, 0.0},
                none,
                none,
                {0.12472, 16.7780, 0.0, 0.0},
                none};
    return {{-2.09971, 1204.4301, 0.0, 0.0}, none, none, {-0.31452, 217.4559, 0.0, 0.0}, none};
}

/// Expectation values of the operators in |l S J>, the diagonal ones.
struct Channel {
    int spin, isospin, isospin_z;
    double sigma_sigma, s12, l_dot_s, l_squared;
};

// One pion: sigma sigma and S12 times charge factors of the neutral and the charged pion, eqs. (3)-(6).
class ArgonneV18 final : public LocalPotential {
  public:
    explicit ArgonneV18(Channel const& channel)
        : channel_(channel), operators_(operators(channel.spin, channel.isospin, channel.isospin_z)) {
        if (channel.isospin_z != 0)
            neutral_ = 1.0;
        else
            neutral_ = -1.0, charged_ = channel.isospin == 1 ? 2.0 : -2.0;
    }

    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd> v) const override {
        for (Eigen::Index i = 0; i < r.size(); ++i) v[i] = at(r[i]);
    }

  private:
    double at(double r) const {
        double const m0 = units::wave_number_per_fm(pi0_MeV);
        double const mc = units::wave_number_per_fm(pic_MeV);
        double const mu = (m0 + 2.0 * mc) / 3.0;
        double const w = woods_saxon_function(r, core_radius_fm, core_diffuseness_fm);
        double const w0 = woods_saxon_function(0.0, core_radius_fm, core_diffuseness_fm);
        // Strengths m_pi/3 (m_pi/m_charged)^2 f^2, and the slope of Y at the origin, taken out within the core.
        double const s0 = f_squared * pi0_MeV / 3.0 * std::pow(pi0_MeV / pic_MeV, 2);
        double const sc = f_squared * pic_MeV / 3.0;
        double const y0 = s0 * (yukawa_function(r, m0, cut_per_fm2) - cut_per_fm2 / m0 * r * w / w0);
        double const yc = sc * (yukawa_function(r, mc, cut_per_fm2) - cut_per_fm2 / mc * r * w / w0);
        double const t0 = s0 * tensor_function(r, m0, cut_per_fm2);
        double const tc = sc * tensor_function(r, mc, cut_per_fm2);

        double const tensor = tensor_function(r, mu, cut_per_fm2);
        double const x = mu * r;
        double const flat = w * (1.0 + (1.0 - w0) / core_diffuseness_fm * r);
        auto const radial = [&](Strength const& s) {
            return s.i * tensor * tensor + s.p * flat + (s.q + s.r * x) * x * w;
        };
        Channel const& c = channel_;
        return radial(operators_.central) + c.sigma_sigma * (neutral_ * y0 + charged_ * yc) +
               c.s12 * (radial(operators_.tensor) + neutral_ * t0 + charged_ * tc) +
               c.l_dot_s * (radial(operators_.spin_orbit) + c.l_dot_s * radial(operators_.spin_orbit_squared)) +
               c.l_squared * radial(operators_.l_squared);
    }

    Channel channel_;
    Operators operators_;
    double neutral_ = 0.0, charged_ = 0.0;
};

int whole(PotentialParameters const& p, char const* key, int low, int high, char const* what) {
    double const value = scalar(p, key);
    require(value >= low && value <= high && value == std::floor(value), key, value, what);
    return static_cast<int>(value);
}

std::unique_ptr<LocalPotential> make(PotentialParameters const& p, double) {
    int const isospin_z = whole(p, "isospin_z", -1, 1, "1 (pp), 0 (np) or -1 (nn)");
    int const spin = whole(p, "spin", 0, 1, "0 or 1");
    int const l = whole(p, "orbital", 0, 100, "a whole number from 0 to 100");
    int const j = whole(p, "total", std::abs(l - spin), l + spin, "between |orbital - spin| and orbital + spin");
    int const isospin = (l + spin) % 2 == 0 ? 1 : 0;  // antisymmetry: l + S + T is odd
    if (isospin == 0 && isospin_z != 0)
        throw InputError("spin " + std::to_string(spin) + " and orbital " + std::to_string(l) +
                         " is a state of isospin 0, which only np has; set isospin_z to 0");
    double s12 = 0.0;
    if (spin == 1) s12 = l == j ? 2.0 : (l < j ? -2.0 * (j - 1) : -2.0 * (j + 2)) / (2 * j + 1);
    double const l_dot_s = spin == 0 ? 0.0 : 0.5 * (j * (j + 1) - l * (l + 1) - 2);
    return std::make_unique<ArgonneV18>(
        Channel{spin, isospin, isospin_z, spin == 1 ? 1.0 : -3.0, s12, l_dot_s, l * (l + 1.0)});
}

}  // namespace

PotentialForm argonne_v18() {
    return {"argonne_v18",
            "V = <lSJ| Argonne v18, strong part |lSJ>; no electromagnetic part, no coupling to l +- 2",
            {{"isospin_z", "1", "1 for pp, 0 for np, -1 for nn", false, {}},
             {"spin", "1", "S, 0 or 1", false, {}},
             {"orbital", "1", "l", false, {}},
             {"total", "1", "J", false, {}}},
            make};
}

}  // namespace hadronforce::forms
