#include "femtoscopy/chebyshev_panels.hpp"
#include "femtoscopy/source_forms.hpp"
#include "hadronforce/interaction/form_parameters.hpp"
#include "hadronforce/units/constants.hpp"

#include <boost/math/quadrature/gauss.hpp>

#include <cmath>

namespace hadronforce::sources {
namespace {

using Radii = Eigen::Ref<Eigen::ArrayXd const>;
using Values = Eigen::Ref<Eigen::ArrayXd>;

struct Daughters {
    double fraction;  // of this kind of particle that come from resonances
    double decay_length_fm;
};

constexpr double longest_decay_fm = 50.0;

// r = r_core + s_1 + s_2: the core Gaussian, s_i zero or, for a daughter, of random direction and exponential length.
class ResonanceSource final : public Source {
  public:
    ResonanceSource(double r0, Daughters first, Daughters second)
        : r0_(r0),
          first_(first),
          second_(second),
          step_(2.0 * units::pi / (2.5 * end())),
          spectrum_(spectrum()),
          table_(edges(), [this](double r) { return invert(r); }) {}

    void fill_per_fm3(Radii const& r, Values s) const override {
        s = r.unaryExpr([this](double radius) { return radius < table_.back() ? table_(radius) : 0.0; });
    }

    double radius_outside_which_fm(double fraction) const override {
        return radius_by_bisection([this](double r) { return fraction_outside(r); }, fraction, r0_);
    }

    void fill_characteristic(Radii const& q, Values value) const override {
        value = q.unaryExpr([this](double wave_number) { return transform(wave_number); });
    }

    void fill_cosine_transform_per_fm2(Radii const& q, Values value) const override {
        double const q_max = 6.4 / r0_;
        value = q.unaryExpr([&](double from) {
            double sum = 0.0;
            constexpr int panels = 8;
            for (int i = 0; i < panels && from < q_max; ++i)
                sum += boost::math::quadrature::gauss<double, 30>::integrate(
                    [this](double p) { return p * transform(p); }, from + (q_max - from) * std::pow(i / 8.0, 3),
                    from + (q_max - from) * std::pow((i + 1) / 8.0, 3));
            return sum;
        });
    }

  private:
    static double of_daughters(Daughters const& d, double q) {
        double const x = d.decay_length_fm * q;
        return 1.0 - d.fraction * (x < 1e-4 ? x * x / 3.0 : 1.0 - std::atan(x) / x);
    }

    double transform(double q) const {
        return std::exp(-r0_ * r0_ * q * q) * of_daughters(first_, q) * of_daughters(second_, q);
    }

    double longest() const { return std::fmax(first_.decay_length_fm, second_.decay_length_fm); }

    /// 1e-13 of the pairs are farther away.
    double end() const { return 12.0 * r0_ + (first_.fraction + second_.fraction == 0.0 ? 0.0 : 36.0 * longest()); }

    std::vector<double> edges() const {
        std::vector<double> all{0.0};
        while (all.back() < end())
            all.push_back(all.back() + std::fmax(1.5 * r0_, std::fmin(0.25 * all.back(), 3.0 * longest())));
        return all;
    }

    /// S = (1/(2 pi^2 r)) int q transform(q) sin(qr) dq by the trapezoid. The integrand is even and analytic, so its
    /// error is S at 2 pi/step - r, where no pairs are.
    double invert(double r) const {
        double sum = 0.0;
        for (std::size_t n = 0; n < spectrum_.size(); ++n)
            sum += spectrum_[n] * std::sin(step_ * static_cast<double>(n + 1) * r);
        return sum * step_ / (2.0 * units::pi * units::pi * r);
    }

    /// q transform(q) at multiples of the step.
    std::vector<double> spectrum() const {
        std::vector<double> values(static_cast<std::size_t>(6.4 / r0_ / step_) + 1);
        for (std::size_t n = 0; n < values.size(); ++n) {
            double const q = step_ * static_cast<double>(n + 1);
            values[n] = q * transform(q);
        }
        return values;
    }

    double fraction_outside(double r) const {
        double sum = 0.0;
        auto const& at = table_.edges();
        for (std::size_t i = 1; i < at.size(); ++i)
            if (at[i] > r)
                sum += boost::math::quadrature::gauss<double, 30>::integrate(
                    [&](double x) { return 4.0 * units::pi * x * x * table_(x); }, std::fmax(r, at[i - 1]), at[i]);
        return sum;
    }

    double r0_;
    Daughters first_, second_;
    double step_;
    std::vector<double> spectrum_;
    ChebyshevPanels table_;
};

Daughters read(SourceParameters const& p, char const* fraction_key, char const* length_key) {
    Daughters const d{forms::scalar(p, fraction_key), forms::scalar(p, length_key)};
    forms::require(d.fraction >= 0.0 && d.fraction <= 1.0, fraction_key, d.fraction, "between 0 and 1");
    forms::require(d.decay_length_fm > 0.0 && d.decay_length_fm <= longest_decay_fm, length_key, d.decay_length_fm,
                   "positive and at most 50; what decays farther away has no correlation: lower lambda instead");
    return d;
}

std::unique_ptr<Source> make(SourceParameters const& p) {
    double const r0 = forms::scalar(p, "r0_fm");
    forms::require(r0 > 0.0, "r0_fm", r0, "positive");
    return std::make_unique<ResonanceSource>(r0, read(p, "fraction1", "decay_length1_fm"),
                                             read(p, "fraction2", "decay_length2_fm"));
}

}  // namespace

SourceForm core_and_resonances() {
    return {"core_and_resonances",
            "gaussian core, each particle with probability fraction_i displaced by s, random in direction, of "
            "distribution exp(-s/decay_length_i)/decay_length_i",
            {{"r0_fm", "fm", "width of the core, as of gaussian", false, {}},
             {"fraction1", "1", "part of the first particles that come from resonances", false, {}},
             {"decay_length1_fm", "fm", "mean distance those travel, p c tau/m", false, {}},
             {"fraction2", "1", "the same of the second particles", false, 0.0},
             {"decay_length2_fm", "fm", "the same of the second particles", false, 1.0}},
            make};
}

}  // namespace hadronforce::sources
