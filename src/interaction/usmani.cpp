#include "interaction/pion_exchange.hpp"
#include "interaction/potential_forms.hpp"

#include <cmath>

namespace hadronforce::forms {
namespace {

// Bodmer, Usmani, Carlson, Phys. Rev. C 29 (1984) 684: a core and the exchange of two pions, each a tensor force.
class Usmani final : public LocalPotential {
  public:
    explicit Usmani(PotentialParameters const& p)
        : core_(scalar(p, "core_MeV")),
          radius_(scalar(p, "core_radius_fm")),
          diffuseness_(scalar(p, "core_diffuseness_fm")),
          strength_(scalar(p, "strength_MeV")),
          m_(scalar(p, "m_per_fm")),
          cut_(scalar(p, "cut_per_fm2")) {
        require(radius_ > 0.0, "core_radius_fm", radius_, "positive");
        require(diffuseness_ > 0.0, "core_diffuseness_fm", diffuseness_, "positive");
        require(m_ > 0.0, "m_per_fm", m_, "positive");
        require(cut_ > 0.0, "cut_per_fm2", cut_, "positive");
    }

    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd> v) const override {
        for (Eigen::Index i = 0; i < r.size(); ++i) {
            double const tensor = tensor_function(r[i], m_, cut_);
            v[i] = core_ * woods_saxon_function(r[i], radius_, diffuseness_) - strength_ * tensor * tensor;
        }
    }

  private:
    double core_, radius_, diffuseness_, strength_, m_, cut_;
};

std::unique_ptr<LocalPotential> make(PotentialParameters const& p, double) { return std::make_unique<Usmani>(p); }

}  // namespace

PotentialForm usmani() {
    return {
        "usmani",
        "V = core/(1 + exp((r - R)/d)) - strength T^2, T = (1 + 3/x + 3/x^2) exp(-x)/x (1 - exp(-c r^2))^2, x = m r",
        {{"strength_MeV", "MeV", "of the two-pion exchange; positive attracts", false, {}},
         {"core_MeV", "MeV", "height of the core", false, 2137.0},
         {"core_radius_fm", "fm", "R", false, 0.5},
         {"core_diffuseness_fm", "fm", "d", false, 0.2},
         {"m_per_fm", "1/fm", "pion mass", false, 0.7},
         {"cut_per_fm2", "1/fm^2", "c", false, 2.0}},
        make};
}

}  // namespace hadronforce::forms
