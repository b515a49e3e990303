#include "hadronforce/error.hpp"
#include "hadronforce/interaction/cubic_spline.hpp"
#include "interaction/potential_forms.hpp"

#include <cmath>

namespace hadronforce::forms {
namespace {

// A spline between the first and the last radius, zero beyond; below the first the even parabola that goes on with the
// spline's value and slope.
class Tabulated final : public LocalPotential {
  public:
    Tabulated(CubicSpline spline, double scale) : spline_(std::move(spline)), scale_(scale) {
        if (spline_.front() > 0.0) curvature_ = 0.5 * spline_.slope_at_front() / spline_.front();
    }

    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd> v) const override {
        v = r.unaryExpr([this](double radius) { return scale_ * at(radius); });
    }

    bool has_knots() const override { return true; }

    std::optional<double> discontinuity_fm() const override {
        double const last = spline_.values()[spline_.values().size() - 1];
        if (scale_ * last == 0.0) return std::nullopt;
        return spline_.back();
    }

  private:
    double at(double r) const {
        double const first = spline_.front();
        if (r > spline_.back()) return 0.0;
        if (r >= first) return spline_(r);
        return spline_.values()[0] + curvature_ * (r * r - first * first);
    }

    CubicSpline spline_;
    double scale_;
    double curvature_ = 0.0;
};

std::unique_ptr<LocalPotential> make(PotentialParameters const& p, double) {
    auto const& radii = p.at("radii_fm");
    auto const& values = p.at("values_MeV");
    auto const array = [](std::vector<double> const& v) {
        return Eigen::ArrayXd(Eigen::Map<Eigen::ArrayXd const>(v.data(), static_cast<Eigen::Index>(v.size())));
    };
    if (!radii.empty()) require(radii.front() >= 0.0, "radii_fm", radii.front(), "zero or positive");
    if (!radii.empty()) require(radii.back() >= 1e-3, "the last of radii_fm", radii.back(), "at least 0.001, in fm");
    return std::make_unique<Tabulated>(CubicSpline(array(radii), array(values)), scalar(p, "scale"));
}

}  // namespace

PotentialForm tabulated() {
    return {"tabulated",
            "V = scale times the cubic spline through a table",
            {{"radii_fm", "fm", "radii, increasing", true, {}},
             {"values_MeV", "MeV", "V at each radius", true, {}},
             {"scale", "1", "factor", false, 1.0}},
            make};
}

}  // namespace hadronforce::forms
