#pragma once

#include "hadronforce/femtoscopy/source_registry.hpp"
#include "hadronforce/interaction/potential_registry.hpp"
#include "hadronforce/units/constants.hpp"

#include <boost/math/quadrature/exp_sinh.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/ooura_fourier_integrals.hpp>

#include <cmath>
#include <functional>
#include <memory>
#include <vector>

namespace hadronforce::testing {

/// Sources that fall as 1/r^(3 + alpha), for tests beside waves that are known in closed form: integrals over all r by
/// Ooura's and Mori's quadrature of Fourier integrals, without a cut.

inline constexpr double mu = 600.0;
inline double const two_mu = units::two_mu_over_hbar2(mu);
inline constexpr double tolerance = 1e-6;

inline Eigen::ArrayXd k_star_MeV() { return Eigen::Array4d(5.0, 20.0, 80.0, 300.0); }

using Function = std::function<double(double)>;

struct HeavyTail {
    char const* name;
    std::shared_ptr<Source const> source;

    double four_pi(double r) const { return 4.0 * units::pi * source->density_per_fm3(r); }
};

inline std::vector<HeavyTail> heavy_tails() {
    auto const make = [](char const* form, SourceParameters const& p) {
        return std::shared_ptr<Source const>(make_source(form, p));
    };
    return {{"cauchy of 1 fm", make("cauchy", {{"r0_fm", {1.0}}})},
            {"cauchy of 4 fm", make("cauchy", {{"r0_fm", {4.0}}})},
            {"levy of 1.3 fm", make("levy", {{"r0_fm", {1.3}}, {"alpha", {1.4}}})},
            {"levy near gaussian", make("levy", {{"r0_fm", {2.0}}, {"alpha", {1.9}}})}};
}

inline double integral(Function const& f, double from, double to) {
    return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(f, from, to, 12, 1e-12);
}

inline double integral_to_infinity(Function const& f, double from) {
    return boost::math::quadrature::exp_sinh<double>().integrate([&](double t) { return f(from + t); }, 1e-12);
}

/// integral_from^oo f(r) cos(q r + phase) dr.
inline double cosine_integral(Function const& f, double q, double phase, double from) {
    static boost::math::quadrature::ooura_fourier_cos<double> cosine(1e-11);
    static boost::math::quadrature::ooura_fourier_sin<double> sine(1e-11);
    auto const shifted = [&](double t) { return f(from + t); };
    double const angle = q * from + phase;
    return std::cos(angle) * cosine.integrate(shifted, q).first - std::sin(angle) * sine.integrate(shifted, q).first;
}

inline std::shared_ptr<LocalPotential const> well(double depth_MeV, double radius_fm) {
    return make_potential("square_well", {{"depth_MeV", {depth_MeV}}, {"radius_fm", {radius_fm}}}, mu);
}

}  // namespace hadronforce::testing
