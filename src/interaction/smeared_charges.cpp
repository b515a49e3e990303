#include "hadronforce/interaction/smeared_charges.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/units/constants.hpp"

#include <cmath>
#include <utility>

namespace hadronforce {

SmearedCharges::SmearedCharges(std::shared_ptr<LocalPotential const> strong, double charge_product,
                               double charge_radius_fm)
    : strong_(std::move(strong)),
      points_MeV_fm_(charge_product * units::fine_structure * units::hbar_c_MeV_fm),
      per_fm_(2.0 * std::sqrt(6.0) / charge_radius_fm) {
    if (!(charge_radius_fm > 0.0) || !std::isfinite(charge_radius_fm))
        throw InputError("the radius of the charges must be positive and finite, in fm");
}

void SmearedCharges::fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd> v) const {
    if (strong_)
        strong_->fill_MeV(r, v);
    else
        v.setZero();
    Eigen::ArrayXd const x = per_fm_ * r;
    v -= points_MeV_fm_ / r * (-x).exp() * (1.0 + x * (11.0 / 16.0 + x * (3.0 / 16.0 + x / 48.0)));
}

double SmearedCharges::r_times_v_at_origin_MeV_fm() const {
    return (strong_ ? strong_->r_times_v_at_origin_MeV_fm() : 0.0) - points_MeV_fm_;
}

std::optional<double> SmearedCharges::discontinuity_fm() const {
    return strong_ ? strong_->discontinuity_fm() : std::nullopt;
}

bool SmearedCharges::has_knots() const { return strong_ && strong_->has_knots(); }

std::shared_ptr<LocalPotential const> with_charges(std::shared_ptr<LocalPotential const> strong, double charge_product,
                                                   double charge_radius_fm) {
    if (charge_product == 0.0 || charge_radius_fm == 0.0) return strong;
    return std::make_shared<SmearedCharges>(std::move(strong), charge_product, charge_radius_fm);
}

}  // namespace hadronforce
