#pragma once

#include "hadronforce/interaction/local_potential.hpp"

#include <memory>

namespace hadronforce {

/// A strong potential, or none, and what the Coulomb force of two smeared charges differs by from that of points, which
/// solvers know: V = Z1 Z2 alpha hbar c/r [1 - exp(-x)(1 + 11x/16 + 3x^2/16 + x^3/48)], x = 2 sqrt(6) r/r_d, that of
/// charge densities proportional to exp(-x) (dipole form factors), as for Omega_ccc in arXiv:2102.00181. The rms radius
/// of these densities is r_d/sqrt(2).
class SmearedCharges final : public LocalPotential {
  public:
    /// `charge_radius_fm`: r_d. Throws InputError unless it is positive and finite.
    SmearedCharges(std::shared_ptr<LocalPotential const> strong, double charge_product, double charge_radius_fm);

    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r_fm, Eigen::Ref<Eigen::ArrayXd> v_MeV) const override;
    /// -Z1 Z2 alpha hbar c beside that of the strong potential: it takes the points' away.
    double r_times_v_at_origin_MeV_fm() const override;
    std::optional<double> discontinuity_fm() const override;
    bool has_knots() const override;

  private:
    std::shared_ptr<LocalPotential const> strong_;
    double points_MeV_fm_;  ///< r times the potential of points
    double per_fm_;         ///< x/r
};

/// The strong potential, or none, itself where the charges are points or zero; else SmearedCharges.
std::shared_ptr<LocalPotential const> with_charges(std::shared_ptr<LocalPotential const> strong, double charge_product,
                                                   double charge_radius_fm);

}  // namespace hadronforce
