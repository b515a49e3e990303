#pragma once

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// A non-local interaction of s-waves, (U psi)(r) = integral d^3r' U(|r|, |r'|) psi(r') with U(r, r') = U(r', r). Its
/// units are the caller's: U in energy per volume, MeV/fm^3 with radii in fm, or natural units throughout.
class NonlocalPotential {
  public:
    virtual ~NonlocalPotential() = default;

    /// Writes U(r_i, r'_j): one row for each r, one column for each r'. Radii are >= 0.
    virtual void fill(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd const> const& r_prime,
                      Eigen::Ref<Eigen::ArrayXXd> u) const = 0;

    /// Radius beyond which r U(r, r') is less than `fraction` of its largest value, for every r'.
    virtual double range(double fraction) const = 0;

    /// Radii inside the range at which U is not smooth, in increasing order.
    virtual std::vector<double> kinks() const { return {}; }
};

/// U(r, r') = omega exp(-mu r) exp(-mu r'), set to zero where r or r' exceeds a cut. Its phase shifts are known in
/// closed form where there is no cut; see docs/physics.md.
class SeparableExponential final : public NonlocalPotential {
  public:
    /// `cut` infinite: no cut. Throws InputError unless mu > 0, omega is finite and cut > 0.
    SeparableExponential(double omega, double mu, double cut);

    void fill(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd const> const& r_prime,
              Eigen::Ref<Eigen::ArrayXXd> u) const override;
    double range(double fraction) const override;

  private:
    double omega_, mu_, cut_;
};

}  // namespace hadronforce
