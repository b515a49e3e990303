#pragma once

#include <Eigen/Core>

namespace hadronforce {

/// Distribution S(r) of the relative distance of a pair at emission, normalised to integral d^3r S(r) = 1.
class Source {
  public:
    virtual ~Source() = default;
    /// Writes S in 1/fm^3 for every radius in fm.
    virtual void fill_per_fm3(Eigen::Ref<Eigen::ArrayXd const> const& r_fm,
                              Eigen::Ref<Eigen::ArrayXd> s_per_fm3) const = 0;
    /// Radius in fm outside which less than `fraction` of the pairs are.
    virtual double radius_outside_which_fm(double fraction) const = 0;
};

/// S(r) = (4 pi r0^2)^(-3/2) exp(-r^2 / (4 r0^2)): both particles from a Gaussian of width r0.
class GaussianSource final : public Source {
  public:
    /// Throws InputError unless r0 > 0 and finite.
    explicit GaussianSource(double r0_fm);
    void fill_per_fm3(Eigen::Ref<Eigen::ArrayXd const> const& r_fm,
                      Eigen::Ref<Eigen::ArrayXd> s_per_fm3) const override;
    double radius_outside_which_fm(double fraction) const override;
    double r0_fm() const noexcept { return r0_fm_; }

  private:
    double r0_fm_;
};

}  // namespace hadronforce
