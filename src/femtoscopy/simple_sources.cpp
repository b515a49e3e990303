#include "femtoscopy/source_forms.hpp"
#include "hadronforce/interaction/form_parameters.hpp"
#include "hadronforce/units/constants.hpp"

#include <cmath>

namespace hadronforce::sources {
namespace {

using forms::require;
using forms::scalar;
using Radii = Eigen::Ref<Eigen::ArrayXd const>;
using Values = Eigen::Ref<Eigen::ArrayXd>;

// S = R/(pi^2 (r^2 + R^2)^2), the three-dimensional Cauchy distribution.
class CauchySource final : public Source {
  public:
    explicit CauchySource(double r0) : r0_(r0) {}
    void fill_per_fm3(Radii const& r, Values s) const override {
        s = r0_ / (units::pi * units::pi) / (r.square() + r0_ * r0_).square();
    }
    double radius_outside_which_fm(double fraction) const override {
        // 1 - (2/pi) (atan x - x/(1 + x^2)) with x = r/R, written so that nothing cancels far out.
        auto const outside = [&](double r) {
            double const x = r / r0_;
            return 2.0 / units::pi * (std::atan2(1.0, x) + x / (1.0 + x * x));
        };
        return radius_by_bisection(outside, fraction, r0_);
    }
    void fill_characteristic(Radii const& q, Values value) const override { value = (-r0_ * q).exp(); }
    void fill_cosine_transform_per_fm2(Radii const& q, Values value) const override {
        value = (-r0_ * q).exp() * (1.0 + r0_ * q) / (r0_ * r0_);
    }

  private:
    double r0_;
};

// S = exp(-r/a)/(8 pi a^3)
class ExponentialSource final : public Source {
  public:
    explicit ExponentialSource(double a) : a_(a) {}
    void fill_per_fm3(Radii const& r, Values s) const override {
        s = (-r / a_).exp() / (8.0 * units::pi * a_ * a_ * a_);
    }
    double radius_outside_which_fm(double fraction) const override {
        auto const outside = [&](double r) {
            double const x = r / a_;
            return std::exp(-x) * (1.0 + x * (1.0 + 0.5 * x));
        };
        return radius_by_bisection(outside, fraction, a_);
    }
    void fill_characteristic(Radii const& q, Values value) const override {
        value = (1.0 + (a_ * q).square()).square().inverse();
    }
    void fill_cosine_transform_per_fm2(Radii const& q, Values value) const override {
        value = (2.0 * a_ * a_ * (1.0 + (a_ * q).square())).inverse();
    }

  private:
    double a_;
};

// w S_1 + (1 - w) S_2, both Gaussian.
class DoubleGaussianSource final : public Source {
  public:
    DoubleGaussianSource(double r1, double r2, double w) : first_(r1), second_(r2), w_(w) {}
    void fill_per_fm3(Radii const& r, Values s) const override { mix(r, s, &Source::fill_per_fm3); }
    double radius_outside_which_fm(double fraction) const override {
        auto const outside = [&](double r) {
            auto const of = [&](double r0) {
                double const x = 0.5 * r / r0;
                return std::erfc(x) + 2.0 * x / std::sqrt(units::pi) * std::exp(-x * x);
            };
            return w_ * of(first_.r0_fm()) + (1.0 - w_) * of(second_.r0_fm());
        };
        return radius_by_bisection(outside, fraction, first_.r0_fm());
    }
    void fill_characteristic(Radii const& q, Values value) const override {
        mix(q, value, &Source::fill_characteristic);
    }
    void fill_cosine_transform_per_fm2(Radii const& q, Values value) const override {
        mix(q, value, &Source::fill_cosine_transform_per_fm2);
    }

  private:
    void mix(Radii const& x, Values value, void (Source::*fill)(Radii const&, Values) const) const {
        Eigen::ArrayXd other(x.size());
        (first_.*fill)(x, value);
        (second_.*fill)(x, other);
        value = w_ * value + (1.0 - w_) * other;
    }

    GaussianSource first_, second_;
    double w_;
};

double positive(SourceParameters const& p, char const* key) {
    double const value = scalar(p, key);
    require(value > 0.0, key, value, "positive");
    return value;
}

std::unique_ptr<Source> make_gaussian(SourceParameters const& p) {
    return std::make_unique<GaussianSource>(positive(p, "r0_fm"));
}
std::unique_ptr<Source> make_cauchy(SourceParameters const& p) {
    return std::make_unique<CauchySource>(positive(p, "r0_fm"));
}
std::unique_ptr<Source> make_exponential(SourceParameters const& p) {
    return std::make_unique<ExponentialSource>(positive(p, "r0_fm"));
}
std::unique_ptr<Source> make_double_gaussian(SourceParameters const& p) {
    double const w = scalar(p, "fraction");
    require(w >= 0.0 && w <= 1.0, "fraction", w, "between 0 and 1");
    return std::make_unique<DoubleGaussianSource>(positive(p, "r0_fm"), positive(p, "r0_second_fm"), w);
}

}  // namespace

SourceForm gaussian() {
    return {"gaussian",
            "S = (4 pi r0^2)^(-3/2) exp(-r^2/(4 r0^2))",
            {{"r0_fm", "fm", "width of each particle's source", false, {}}},
            make_gaussian};
}

SourceForm cauchy() {
    return {"cauchy",
            "S = r0/(pi^2 (r^2 + r0^2)^2)",
            {{"r0_fm", "fm", "radius at which S is a quarter of S(0)", false, {}}},
            make_cauchy};
}

SourceForm exponential() {
    return {
        "exponential", "S = exp(-r/r0)/(8 pi r0^3)", {{"r0_fm", "fm", "decay length", false, {}}}, make_exponential};
}

SourceForm double_gaussian() {
    return {"double_gaussian",
            "S = fraction G(r; r0) + (1 - fraction) G(r; r0_second), G the gaussian form",
            {{"r0_fm", "fm", "width of the first", false, {}},
             {"r0_second_fm", "fm", "width of the second", false, {}},
             {"fraction", "1", "part of the pairs in the first", false, {}}},
            make_double_gaussian};
}

}  // namespace hadronforce::sources
