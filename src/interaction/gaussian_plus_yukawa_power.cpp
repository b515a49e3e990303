#include "hadronforce/units/constants.hpp"
#include "interaction/potential_forms.hpp"

#include <algorithm>
#include <cmath>

namespace hadronforce::forms {
namespace {

// V = b1 exp(-b2 r^2) + b3 (1 - exp(-b4 r^2)) (exp(-m r)/r)^n, the form of HAL QCD's N-Omega potential.
class GaussianPlusYukawaPower final : public LocalPotential {
    using Radii = Eigen::Ref<Eigen::ArrayXd const>;

  public:
    GaussianPlusYukawaPower(int n, double m_per_fm, double b1, double b2, double b3, double b4)
        : n_(n), m_(m_per_fm), b1_(b1), b2_(b2), b3_(b3), b4_(b4) {}

    void fill_MeV(Radii const& r, Eigen::Ref<Eigen::ArrayXd> v) const override {
        auto const yukawa = b3_ * ((-n_ * m_) * r).exp();
        if (n_ == 1)
            v = yukawa / r;
        else if (n_ == 2)
            v = yukawa / r.square();
        else
            v = yukawa / r.cube();
        // Where a Gaussian is smaller than these no digit of V knows of it.
        Eigen::Index const core = leading(r, 100.0 / b2_), form_factor = leading(r, 40.0 / b4_);
        v.head(form_factor) *= 1.0 - (-b4_ * r.head(form_factor).square()).exp();
        for (Eigen::Index i = 0; i < form_factor; ++i)
            if (b4_ * r[i] * r[i] <= 1e-4) v[i] = tail_near_origin(r[i]);
        v.head(core) += b1_ * (-b2_ * r.head(core).square()).exp();
    }

    double r_times_v_at_origin_MeV_fm() const override { return n_ == 3 ? b3_ * b4_ : 0.0; }

  private:
    /// The radii up to the last whose square is that small, and some more that make whole registers.
    static Eigen::Index leading(Radii const& r, double largest_square) {
        Eigen::Index n = r.size();
        while (n > 0 && r[n - 1] * r[n - 1] > largest_square) --n;
        return std::min<Eigen::Index>((n + 7) / 8 * 8, r.size());
    }
    /// 1 - exp(-x) has few digits there: its series, good to 1e-17 relative below 1e-6, x = b4 r^2.
    double tail_near_origin(double r) const {
        if (b3_ == 0.0) return 0.0;
        double const x = b4_ * r * r;
        double const over_r_squared = b4_ * (1.0 - x * (0.5 - x * (1.0 / 6.0 - x / 24.0)));
        return b3_ * std::exp(-n_ * m_ * r) * over_r_squared * (n_ == 1 ? r : n_ == 2 ? 1.0 : 1.0 / r);
    }

    int n_;
    double m_, b1_, b2_, b3_, b4_;
};

std::unique_ptr<LocalPotential> make(PotentialParameters const& p, double) {
    double const n = scalar(p, "n_pi");
    double const m = scalar(p, "m_pi_MeV");
    double const b2 = scalar(p, "b2_per_fm2");
    double const b4 = scalar(p, "b4_per_fm2");
    require(n == 1.0 || n == 2.0 || n == 3.0, "n_pi", n, "1, 2 or 3");
    require(m > 0.0, "m_pi_MeV", m, "positive");
    require(b2 > 0.0, "b2_per_fm2", b2, "positive");
    require(b4 > 0.0, "b4_per_fm2", b4, "positive");
    return std::make_unique<GaussianPlusYukawaPower>(static_cast<int>(n), units::wave_number_per_fm(m),
                                                     scalar(p, "b1_MeV"), b2, scalar(p, "b3_MeV_fm2"), b4);
}

}  // namespace

PotentialForm gaussian_plus_yukawa_power() {
    return {"gaussian_plus_yukawa_power",
            "V = b1 exp(-b2 r^2) + b3 (1 - exp(-b4 r^2)) (exp(-m_pi r)/r)^n_pi",
            {{"n_pi", "1", "power of the Yukawa function, 1, 2 or 3", false, 2.0},
             {"m_pi_MeV", "MeV", "pion mass", false, 146.0},
             {"b1_MeV", "MeV", "strength of the Gaussian", false, {}},
             {"b2_per_fm2", "1/fm^2", "steepness of the Gaussian", false, {}},
             {"b3_MeV_fm2", "MeV fm^2", "strength of the tail (MeV fm^n_pi)", false, {}},
             {"b4_per_fm2", "1/fm^2", "steepness of the tail's form factor", false, {}}},
            make};
}

}  // namespace hadronforce::forms
