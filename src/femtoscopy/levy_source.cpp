#include "femtoscopy/chebyshev_panels.hpp"
#include "femtoscopy/source_forms.hpp"
#include "hadronforce/interaction/form_parameters.hpp"
#include "hadronforce/units/constants.hpp"

#include <boost/math/quadrature/exp_sinh.hpp>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include <cmath>

namespace hadronforce::sources {
namespace {

using Radii = Eigen::Ref<Eigen::ArrayXd const>;
using Values = Eigen::Ref<Eigen::ArrayXd>;

/// Beyond this, in units of r0, the series in r^-alpha has more digits than are needed.
constexpr double series_from = 50.0;

/// s(x) of characteristic function exp(-q^alpha): (1/(2 pi^2 x)) Im int_0^oo q exp(-q^alpha + iqx) dq, along the ray q
/// = t exp(i pi/(4 alpha)), on which both terms of the exponent decay.
double density_by_contour(double alpha, double x) {
    double const theta = units::pi / (4.0 * alpha);
    double const half = std::sqrt(0.5);
    auto const integrand = [&](double t) {
        double const power = half * std::pow(t, alpha);
        double const decay = power + t * x * std::sin(theta);
        if (decay > 700.0) return 0.0;
        return t * std::exp(-decay) * std::sin(2.0 * theta + t * x * std::cos(theta) - power);
    };
    boost::math::quadrature::exp_sinh<double> rule;
    return rule.integrate(integrand, 1e-13) / (2.0 * units::pi * units::pi * x);
}

/// Terms c_n x^(-alpha n) of 2 pi^2 x^3 s(x), c_n = (-1)^(n+1) Gamma(alpha n + 2) sin(pi alpha n/2)/n!; with `divided`
/// each over alpha n: then of (pi/2) times the part of the pairs outside x.
double tail_series(double alpha, double x, bool divided) {
    double sum = 0.0;
    for (int n = 1; n <= 30; ++n) {
        double const size = std::exp(std::lgamma(alpha * n + 2.0) - std::lgamma(n + 1.0) - alpha * n * std::log(x));
        if (size < 1e-20) break;
        double const term = (n % 2 == 1 ? 1.0 : -1.0) * size * std::sin(0.5 * units::pi * alpha * n);
        sum += divided ? term / (alpha * n) : term;
    }
    return sum;
}

class LevySource final : public Source {
  public:
    LevySource(double r0, double alpha)
        : r0_(r0),
          alpha_(alpha),
          near_({0.0, 1.0, 2.0, 3.0, 4.0, 5.5, 7.5, 10.0, 14.0, 20.0, 30.0, series_from},
                [&](double x) { return density_by_contour(alpha, x); }) {}

    void fill_per_fm3(Radii const& r, Values s) const override {
        s = r.unaryExpr([this](double radius) { return scaled_density(radius / r0_); }) / (r0_ * r0_ * r0_);
    }

    double radius_outside_which_fm(double fraction) const override {
        return radius_by_bisection([this](double r) { return fraction_outside(r / r0_); }, fraction, r0_);
    }

    void fill_characteristic(Radii const& q, Values value) const override { value = (-(r0_ * q).pow(alpha_)).exp(); }

    void fill_cosine_transform_per_fm2(Radii const& q, Values value) const override {
        value = q.unaryExpr([this](double wave_number) {
            return boost::math::tgamma(2.0 / alpha_, std::pow(r0_ * wave_number, alpha_)) / (alpha_ * r0_ * r0_);
        });
    }

  private:
    double scaled_density(double x) const {
        if (x < series_from) return near_(x);
        return tail_series(alpha_, x, false) / (2.0 * units::pi * units::pi * x * x * x);
    }

    double fraction_outside(double x) const {
        if (x >= series_from) return 2.0 / units::pi * tail_series(alpha_, x, true);
        double sum = fraction_outside(series_from);
        auto const& edges = near_.edges();
        for (std::size_t i = 1; i < edges.size(); ++i)
            if (edges[i] > x)
                sum += boost::math::quadrature::gauss<double, 30>::integrate(
                    [&](double y) { return 4.0 * units::pi * y * y * near_(y); }, std::fmax(x, edges[i - 1]), edges[i]);
        return sum;
    }

    double r0_, alpha_;
    ChebyshevPanels near_;
};

std::unique_ptr<Source> make(SourceParameters const& p) {
    double const r0 = forms::scalar(p, "r0_fm");
    double const alpha = forms::scalar(p, "alpha");
    forms::require(r0 > 0.0, "r0_fm", r0, "positive");
    forms::require(alpha >= 1.0 && alpha <= 2.0, "alpha", alpha, "between 1 and 2");
    return std::make_unique<LevySource>(r0, alpha);
}

}  // namespace

SourceForm levy() {
    return {"levy",
            "S of characteristic function exp(-(q r0)^alpha); gaussian for alpha = 2, cauchy for alpha = 1",
            {{"r0_fm", "fm", "scale", false, {}}, {"alpha", "1", "stability index, 1 to 2", false, {}}},
            make};
}

}  // namespace hadronforce::sources
