#include "hadronforce/scattering/coulomb_functions.hpp"

#include "hadronforce/error.hpp"
#include "scattering/coulomb_orders.hpp"
#include "scattering/taylor_march.hpp"

#include <cmath>
#include <complex>

namespace hadronforce {

namespace {

/// H'/H of H = G_0 + i F_0, by Steed's algorithm for the continued fraction of DLMF 33.8.2. Fast for rho >= 1.
std::complex<double> logarithmic_slope(double eta, double rho) {
    std::complex<double> const i(0.0, 1.0);
    std::complex<double> const i_eta(0.0, eta);
    std::complex<double> denominator = 1.0 / (2.0 * (rho - eta + i));
    std::complex<double> change = i_eta * (i_eta + 1.0) * denominator;
    std::complex<double> sum = change;
    for (double n = 2.0; std::norm(change) > 1e-34 * std::norm(sum); ++n) {
        std::complex<double> const b(2.0 * (rho - eta), 2.0 * n);
        std::complex<double> const a = (i_eta + (n - 1.0)) * (i_eta + n);
        denominator = 1.0 / (b + a * denominator);
        change *= b * denominator - 1.0;
        sum += change;
    }
    return i * (1.0 - eta / rho) + i / rho * sum;
}

/// Follows F_0 and G_0 inward from the outermost point and spreads them over l.
class InwardSweep {
  public:
    InwardSweep(double eta, double rho, int l_max)
        : equation_{0.0, eta, 1.0},
          orders_(eta, l_max + 1),
          l_max_(l_max),
          oscillating_from_(std::fmax(2.0 * eta, 1.0)) {
        start(std::fmax(rho, oscillating_from_));
    }

    /// F_l and G_l of all orders at rho, smaller than the last.
    void move_to(double rho) {
        advance_inward(equation_, f_and_g_, rho, scale_);
        orders_.upward(rho, f_and_g_.w[1], f_and_g_.slope[1], scale_, g_);
        if (rho >= oscillating_from_ && orders_.turning_order(rho) >= l_max_ + 1) {
            orders_.upward(rho, f_and_g_.w[0], f_and_g_.slope[0], 0, f_);
            norm_ = 1.0;
            norm_scale_ = 0;
        } else {
            orders_.downward(rho, g_, f_);
            norm_ =
                1.0 / (f_.at(0, f_.scale[0]) * g_.at(1, g_.scale[0]) - f_.at(1, f_.scale[0]) * g_.at(0, g_.scale[0]));
            norm_scale_ = f_.scale[0] + g_.scale[0];
        }
    }

    /// G_l = 2^(400 scale) g(l, scale), F_l = 2^(-400 scale) f(l, scale).
    int scale(int l) const { return g_.scale[l]; }
    double f(int l, int scale) const { return orders_.w(v_of_f(l, scale), l); }
    double g(int l, int scale) const { return orders_.w(g_.at(l, scale), l); }
    double f_prime(int l, int scale) const {
        return orders_.slope(f_and_g_.rho, v_of_f(l, scale), v_of_f(l + 1, scale), l);
    }
    double g_prime(int l, int scale) const {
        return orders_.slope(f_and_g_.rho, g_.at(l, scale), g_.at(l + 1, scale), l);
    }

  private:
    double v_of_f(int l, int scale) const {
        return CoulombOrders::scaled(norm_ * f_.mantissa[l], f_.scale[l] - norm_scale_ + scale);
    }

    /// Steed: H'/H = p + iq and the direction (F, F') from higher orders give F and G, since |H|^2 = 1/q.
    void start(double rho) {
        auto const ratio = logarithmic_slope(equation_.eta, rho);
        double const p = ratio.real();
        double const q = ratio.imag();
        orders_.upward(rho, 1.0, p, 0, g_);
        orders_.downward(rho, g_, f_);
        double const f = f_.mantissa[0];
        double const f_slope = orders_.slope(rho, f, f_.at(1, f_.scale[0]), 0);
        double const g = (f_slope - p * f) / q;
        double const norm = 1.0 / (std::sqrt(q) * std::hypot(f, g));
        f_and_g_ = {rho, norm * Eigen::Array2d(f, g), norm * Eigen::Array2d(f_slope, p * g - q * f)};
    }

    CoulombEquation equation_;
    CoulombOrders orders_;
    int l_max_;
    double oscillating_from_;
    CoulombPoint<Eigen::Array2d> f_and_g_{};  ///< of order 0; F is lost where it no longer oscillates
    int scale_ = 0;                           ///< of f_and_g_
    CoulombOrders::Column f_;
    CoulombOrders::Column g_;
    double norm_ = 1.0;
    int norm_scale_ = 0;
};

void check(double eta, Eigen::ArrayXd const& rho, int l_max) {
    if (!(eta >= -largest_attractive_eta && eta <= largest_repulsive_eta))
        throw InputError("Coulomb functions: eta must be a number between -1e6 and 1000");
    if (l_max < 0) throw InputError("Coulomb functions: l_max is negative; take 0 or more");
    if (rho.size() == 0) throw InputError("Coulomb functions: no rho was given; at least one is needed");
    if (!rho.isFinite().all() || (rho < 1e-60).any() || (rho > 1e6).any())
        throw InputError("Coulomb functions: rho must be between 1e-60 and 1e6");
    for (Eigen::Index i = 1; i < rho.size(); ++i)
        if (rho[i] <= rho[i - 1]) throw InputError("Coulomb functions: rho must ascend");
}

}  // namespace

CoulombFunctions coulomb_functions(double eta, Eigen::ArrayXd const& rho, int l_max) {
    check(eta, rho, l_max);
    CoulombFunctions result;
    for (auto* array : {&result.f, &result.f_prime, &result.g, &result.g_prime}) array->resize(rho.size(), l_max + 1);
    result.exponent.resize(rho.size(), l_max + 1);
    InwardSweep sweep(eta, rho[rho.size() - 1], l_max);
    for (Eigen::Index i = rho.size() - 1; i >= 0; --i) {
        sweep.move_to(rho[i]);
        for (int l = 0; l <= l_max; ++l) {
            int const scale = sweep.scale(l);
            result.f(i, l) = sweep.f(l, scale);
            result.f_prime(i, l) = sweep.f_prime(l, scale);
            result.g(i, l) = sweep.g(l, scale);
            result.g_prime(i, l) = sweep.g_prime(l, scale);
            result.exponent(i, l) = scale * scale_bits;
        }
    }
    return result;
}

Eigen::ArrayXXd regular_coulomb_functions(double eta, Eigen::ArrayXd const& rho, int l_max) {
    check(eta, rho, l_max);
    Eigen::ArrayXXd result(rho.size(), l_max + 1);
    InwardSweep sweep(eta, rho[rho.size() - 1], l_max);
    for (Eigen::Index i = rho.size() - 1; i >= 0; --i) {
        sweep.move_to(rho[i]);
        for (int l = 0; l <= l_max; ++l) result(i, l) = sweep.f(l, 0);
    }
    return result;
}

}  // namespace hadronforce
