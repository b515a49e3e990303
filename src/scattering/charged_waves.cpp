#include "hadronforce/scattering/charged_waves.hpp"

#include "hadronforce/scattering/coulomb_functions.hpp"
#include "hadronforce/scattering/coulomb_wave.hpp"
#include "hadronforce/units/constants.hpp"
#include "scattering/taylor_march.hpp"

#include <boost/math/special_functions/bessel.hpp>

#include <algorithm>
#include <cmath>

namespace hadronforce {
namespace {

WavesWithoutInteraction threshold_waves(double two_eta_k, Eigen::ArrayXd const& r) {
    WavesWithoutInteraction waves{Eigen::ArrayXd(r.size()), Eigen::ArrayXd(r.size())};
    for (Eigen::Index i = 0; i < r.size(); ++i) {
        double const z = 2.0 * std::sqrt(std::fabs(two_eta_k) * r[i]);
        double const scale = 0.5 * z / std::fabs(two_eta_k);
        if (two_eta_k > 0.0) {
            waves.regular[i] = scale * boost::math::cyl_bessel_i(1, z);
            waves.irregular[i] = z * boost::math::cyl_bessel_k(1, z);
        } else {
            waves.regular[i] = scale * boost::math::cyl_bessel_j(1, z);
            waves.irregular[i] = -0.5 * units::pi * z * boost::math::cyl_neumann(1, z);
        }
    }
    return waves;
}

/// C_0 = 2^exponent mantissa; under strong repulsion it leaves the range of a double.
struct GamowRoot {
    double mantissa;
    int exponent;

    explicit GamowRoot(double eta) {
        double const x = 2.0 * units::pi * eta;
        double const log2_root = x < 500.0 ? 0.0 : 0.5 * (std::log2(x) - x / std::log(2.0));
        exponent = static_cast<int>(std::lround(log2_root));
        mantissa = x < 500.0 ? std::sqrt(gamow_factor(eta)) : std::exp2(log2_root - exponent);
    }
};

/// sum a_n r^n of w'' = (c/r + kappa^2) w, a_1 = 1.
CoulombPoint<double> series_at_origin(CoulombEquation const& equation, double rho) {
    double older = 0.0, old = rho, w = rho, slope = 1.0;
    for (int n = 1; n < 100; ++n) {
        double const term = (2.0 * equation.eta * rho * old - equation.energy * rho * rho * older) / (n * (n + 1.0));
        w += term;
        slope += (n + 1.0) * term / rho;
        older = old;
        old = term;
        if (std::fabs(old) + std::fabs(older) < 1e-18 * std::fabs(w)) break;
    }
    return {rho, w, slope};
}

/// So far outside of `r` that of a wave which there is not the decaying one alone only exp(-40) is left at r.
double start_of_decay(double two_eta_k, double kappa, double r) {
    constexpr double decay = 20.0;
    if (two_eta_k < 0.0) return std::max(r, -2.0 * two_eta_k / (kappa * kappa)) + 2.0 * decay / kappa;
    // The integral of sqrt(kappa^2 + 2 eta k/r) exceeds that of either term.
    double const by_charge = std::pow(std::sqrt(r) + 0.5 * decay / std::sqrt(two_eta_k), 2);
    return kappa > 0.0 ? std::min(by_charge, r + decay / kappa) : by_charge;
}

}  // namespace

WavesWithoutInteraction waves_without_interaction(double two_eta_k, double k, Eigen::ArrayXd const& r) {
    if (two_eta_k == 0.0) return {k == 0.0 ? r : Eigen::ArrayXd((k * r).sin() / k), (k * r).cos()};
    if (k == 0.0) return threshold_waves(two_eta_k, r);
    double const eta = 0.5 * two_eta_k / k;
    auto const coulomb = coulomb_functions(eta, k * r, 0);
    GamowRoot const root(eta);
    WavesWithoutInteraction waves{Eigen::ArrayXd(r.size()), Eigen::ArrayXd(r.size())};
    for (Eigen::Index i = 0; i < r.size(); ++i) {
        int const exponent = coulomb.exponent(i, 0) + root.exponent;
        waves.regular[i] = std::ldexp(coulomb.f(i, 0) / (root.mantissa * k), -exponent);
        waves.irregular[i] = std::ldexp(coulomb.g(i, 0) * root.mantissa, exponent);
    }
    return waves;
}

WavesBelowThreshold waves_below_threshold(double two_eta_k, double kappa, Eigen::ArrayXd const& r) {
    // In a unit of length in which neither charge nor energy exceeds 1.
    double const per_length = std::max(kappa, std::fabs(two_eta_k));
    CoulombEquation const equation{0.0, 0.5 * two_eta_k / per_length, -std::pow(kappa / per_length, 2)};
    Eigen::Index const n = r.size();
    WavesBelowThreshold waves{Eigen::ArrayXd(n), Eigen::ArrayXd(n), Eigen::ArrayXi(n), Eigen::ArrayXi(n), 0.0};

    double const largest = std::ldexp(1.0, scale_bits);
    auto regular = series_at_origin(equation, std::min(1.0, per_length * r[0]));
    int scale = 0;
    for (Eigen::Index i = 0; i < n; ++i) {
        advance(equation, regular, per_length * r[i]);
        if (std::fabs(regular.w) + std::fabs(regular.slope) > largest) {
            regular.w /= largest;
            regular.slope /= largest;
            ++scale;
        }
        waves.regular[i] = regular.w / per_length;
        waves.regular_exponent[i] = scale * scale_bits;
    }

    double const start = start_of_decay(two_eta_k, kappa, r[n - 1]);
    double const rate = std::sqrt(kappa * kappa + two_eta_k / start) / per_length;
    CoulombPoint<double> decaying{per_length * start, 1.0, -rate};
    scale = 0;
    advance_inward(equation, decaying, per_length * r[n - 1], scale);
    double const size = std::hypot(decaying.w, decaying.slope);
    decaying.w /= size;
    decaying.slope /= size;
    scale = 0;
    double const wronskian = regular.slope * decaying.w - regular.w * decaying.slope;
    for (Eigen::Index i = n - 1; i >= 0; --i) {
        advance_inward(equation, decaying, per_length * r[i], scale);
        waves.decaying[i] = decaying.w / wronskian;
        waves.decaying_exponent[i] = scale * scale_bits - waves.regular_exponent[n - 1];
    }
    waves.wronskian = std::ldexp(wronskian / std::hypot(decaying.w, decaying.slope), -waves.decaying_exponent[0]);
    return waves;
}

}  // namespace hadronforce
