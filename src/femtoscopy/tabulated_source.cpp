#include "femtoscopy/source_forms.hpp"
#include "hadronforce/error.hpp"
#include "hadronforce/interaction/cubic_spline.hpp"
#include "hadronforce/interaction/form_parameters.hpp"
#include "hadronforce/units/constants.hpp"

#include <boost/math/quadrature/gauss.hpp>

#include <algorithm>
#include <cmath>

namespace hadronforce::sources {
namespace {

using Radii = Eigen::Ref<Eigen::ArrayXd const>;
using Values = Eigen::Ref<Eigen::ArrayXd>;
using Rule = boost::math::quadrature::gauss<double, 10>;

// A spline between the first and the last radius, zero beyond, an even parabola below; scaled to one pair.
class TabulatedSource final : public Source {
  public:
    explicit TabulatedSource(CubicSpline spline) : spline_(std::move(spline)) {
        if (spline_.front() > 0.0) curvature_ = 0.5 * spline_.slope_at_front() / spline_.front();
        double const total = integral(0.0, [](double r) { return r * r; });
        if (!(total > 0.0)) throw InputError("the table's integral of 4 pi r^2 S is not positive");
        scale_ = 1.0 / total;
        auto const& points = spline_.points();
        outside_ = Eigen::ArrayXd::Zero(points.size());
        for (Eigen::Index i = points.size() - 1; i > 0; --i)
            outside_[i - 1] = outside_[i] + pairs_between(points[i - 1], points[i]);
    }

    void fill_per_fm3(Radii const& r, Values s) const override {
        s = r.unaryExpr([this](double radius) { return at(radius); });
    }
    std::vector<double> knots_fm() const override { return {spline_.points().begin(), spline_.points().end()}; }
    double radius_outside_which_fm(double fraction) const override {
        auto const& points = spline_.points();
        auto const outside = [&](double from) {
            auto const next = std::upper_bound(points.begin(), points.end(), from);
            if (next == points.end()) return 0.0;
            Eigen::Index const i = next - points.begin();
            return outside_[i] + pairs_between(from, points[i]);
        };
        return std::fmin(radius_by_bisection(outside, fraction, 0.5 * spline_.back()), spline_.back());
    }
    void fill_characteristic(Radii const& q, Values value) const override {
        value = q.unaryExpr([this](double k) {
            return integral(k, [k](double r) { return k * r < 1e-8 ? r * r : r * std::sin(k * r) / k; });
        });
    }
    void fill_cosine_transform_per_fm2(Radii const& q, Values value) const override {
        value = q.unaryExpr([this](double k) { return integral(k, [k](double r) { return std::cos(k * r); }); });
    }

  private:
    double at(double r) const {
        double const first = spline_.front();
        if (r > spline_.back()) return 0.0;
        if (r >= first) return scale_ * spline_(r);
        return scale_ * (spline_.values()[0] + curvature_ * (r * r - first * first));
    }

    /// Share of pairs between radii of one panel; |S|, as splines through rough tables are negative here and there.
    double pairs_between(double low, double high) const {
        return Rule::integrate([&](double r) { return 4.0 * units::pi * r * r * std::fabs(at(r)); }, low, high);
    }

    /// Integral of 4 pi S(r) weight(r), whose weight oscillates with `q_per_fm`, panel by panel between the table's
    /// radii.
    template <class Weight>
    double integral(double q_per_fm, Weight const& weight) const {
        constexpr double longest_panel_rad = 4.0;
        auto const integrand = [&](double r) { return 4.0 * units::pi * at(r) * weight(r); };
        double sum = 0.0, low = 0.0;
        for (double high : spline_.points()) {
            int const parts = 1 + static_cast<int>(q_per_fm * (high - low) / longest_panel_rad);
            for (int i = 0; i < parts && high > low; ++i)
                sum += Rule::integrate(integrand, low + (high - low) * i / parts, low + (high - low) * (i + 1) / parts);
            low = high;
        }
        return sum;
    }

    CubicSpline spline_;
    double curvature_ = 0.0;
    double scale_ = 1.0;
    Eigen::ArrayXd outside_;  // of each point, the share of pairs
};

std::unique_ptr<Source> make(SourceParameters const& p) {
    auto const& radii = p.at("radii_fm");
    auto const& values = p.at("values_per_fm3");
    if (!radii.empty()) forms::require(radii.front() >= 0.0, "radii_fm", radii.front(), "zero or positive");
    for (double value : values) forms::require(value >= 0.0, "values_per_fm3", value, "zero or positive");
    auto const array = [](std::vector<double> const& v) {
        return Eigen::ArrayXd(Eigen::Map<Eigen::ArrayXd const>(v.data(), static_cast<Eigen::Index>(v.size())));
    };
    return std::make_unique<TabulatedSource>(CubicSpline(array(radii), array(values)));
}

}  // namespace

SourceForm tabulated() {
    return {
        "tabulated",
        "the cubic spline through a table of S(r), scaled to integral d^3r S = 1; zero beyond its last radius",
        {{"radii_fm", "fm", "radii, increasing", true, {}}, {"values_per_fm3", "1/fm^3", "S at each radius", true, {}}},
        make};
}

}  // namespace hadronforce::sources
