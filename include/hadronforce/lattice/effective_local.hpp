#pragma once

#include "hadronforce/interaction/kernel_network.hpp"
#include "hadronforce/lattice/kernel_fit.hpp"

namespace hadronforce {

/// What of V_eff(r) = V(r) + integral d^3r' U(r, r') psi(r')/psi(r), the mean over the waves, comes from the kernel, as
/// coefficients of c(r) sum_n a_n T_n: Chebyshev polynomials of log(1 + (r/r_scale)^2)/2 over [0, cut], by least
/// squares; the waves are interpolated between the radii. Empty without a kernel. Throws InputError where a wave is
/// zero at a radius.
Eigen::VectorXd effective_local_coefficients(KernelNetwork const& network, KernelFitData const& data);

/// The potential that acts on the waves of a fit as its kernel and local part do; MeV and fm. What it predicts beside
/// them shows how much is determined: waves that are nearly equal see nothing else of a kernel.
class EffectiveLocalPotential final : public LocalPotential {
  public:
    EffectiveLocalPotential(KernelNetwork network, Eigen::VectorXd coefficients);
    void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r_fm, Eigen::Ref<Eigen::ArrayXd> v_MeV) const override;
    std::optional<double> discontinuity_fm() const override { return network_.jumps_at(); }

  private:
    KernelNetwork network_;
    Eigen::VectorXd coefficients_;
};

}  // namespace hadronforce
