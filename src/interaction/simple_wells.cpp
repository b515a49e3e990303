#include "interaction/potential_forms.hpp"

#include <cmath>

namespace hadronforce::forms {
namespace {

class SquareWell final : public LocalPotential {
  public:
    SquareWell(double depth, double radius) : depth_(depth), radius_(radius) {}
    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd> v) const override {
        v = (r <= radius_).select(Eigen::ArrayXd::Constant(r.size(), -depth_), 0.0);
    }
    std::optional<double> discontinuity_fm() const override { return radius_; }

  private:
    double depth_, radius_;
};

class WoodsSaxon final : public LocalPotential {
  public:
    WoodsSaxon(double depth, double radius, double diffuseness)
        : depth_(depth), radius_(radius), diffuseness_(diffuseness) {}
    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd> v) const override {
        // exp of the positive side only: no overflow however thin the surface.
        auto const x = (r - radius_) / diffuseness_;
        auto const e = (-x.abs()).exp();
        v = (x > 0.0).select(-depth_ * e / (1.0 + e), -depth_ / (1.0 + e));
    }

  private:
    double depth_, radius_, diffuseness_;
};

std::unique_ptr<LocalPotential> make_square_well(PotentialParameters const& p, double) {
    double const radius = scalar(p, "radius_fm");
    require(radius > 0.0, "radius_fm", radius, "positive");
    return std::make_unique<SquareWell>(scalar(p, "depth_MeV"), radius);
}

std::unique_ptr<LocalPotential> make_woods_saxon(PotentialParameters const& p, double) {
    double const radius = scalar(p, "radius_fm");
    double const diffuseness = scalar(p, "diffuseness_fm");
    require(radius > 0.0, "radius_fm", radius, "positive");
    require(diffuseness > 0.0, "diffuseness_fm", diffuseness, "positive");
    return std::make_unique<WoodsSaxon>(scalar(p, "depth_MeV"), radius, diffuseness);
}

PotentialParameter depth() { return {"depth_MeV", "MeV", "depth; positive attracts", false, {}}; }

}  // namespace

PotentialForm square_well() {
    return {"square_well",
            "V = -depth for r <= radius, else 0",
            {depth(), {"radius_fm", "fm", "radius", false, {}}},
            make_square_well};
}

PotentialForm woods_saxon() {
    return {"woods_saxon",
            "V = -depth/(1 + exp((r - radius)/diffuseness))",
            {depth(),
             {"radius_fm", "fm", "radius at half depth", false, {}},
             {"diffuseness_fm", "fm", "surface thickness", false, {}}},
            make_woods_saxon};
}

}  // namespace hadronforce::forms
