#pragma once

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// Distribution S(r) of the relative distance of a pair at emission, normalised to integral d^3r S(r) = 1.
class Source {
  public:
    virtual ~Source() = default;

    /// Writes S in 1/fm^3 for every radius in fm.
    virtual void fill_per_fm3(Eigen::Ref<Eigen::ArrayXd const> const& r_fm,
                              Eigen::Ref<Eigen::ArrayXd> s_per_fm3) const = 0;

    /// Radius in fm outside which less than `fraction` of the pairs are. Of heavy tails it grows without bound: with
    /// Cauchy's 1/r^4 as 1.3 r0/fraction.
    virtual double radius_outside_which_fm(double fraction) const = 0;
    /// Radii in fm, increasing, where S or a low derivative of it jumps: integrals over nodes that know nothing of them
    /// err irregularly.
    virtual std::vector<double> knots_fm() const { return {}; }
    bool has_knots() const { return !knots_fm().empty(); }

    /// Writes the characteristic function integral d^3r S(r) exp(iqr) = integral 4 pi r^2 S sin(qr)/(qr) dr for every
    /// q >= 0 in 1/fm; 1 at q = 0. Identical particles without interaction have C(k) = 1 +- this at q = 2k.
    virtual void fill_characteristic(Eigen::Ref<Eigen::ArrayXd const> const& q_per_fm,
                                     Eigen::Ref<Eigen::ArrayXd> value) const = 0;

    /// Writes integral_0^oo 4 pi S(r) cos(qr) dr = integral_q^oo p characteristic(p) dp in 1/fm^2 for every q >= 0.
    /// With q = 2k it is the free s-wave's part of C without a quadrature over the tail: integral 4 pi r^2 S j_0(kr)^2
    /// dr = [cosine(0) - cosine(2k)]/(2 k^2).
    virtual void fill_cosine_transform_per_fm2(Eigen::Ref<Eigen::ArrayXd const> const& q_per_fm,
                                               Eigen::Ref<Eigen::ArrayXd> value_per_fm2) const = 0;

    /// Radius in fm outside which the s-wave's part of C stays under `error` whatever the interaction: there |u| <= 1,
    /// so that pairs outside r count at most 1/(kr)^2 each. Finite where the radius of few pairs is astronomic. Throws
    /// InputError unless k > 0 and 0 < error < 1.
    double radius_of_waves_fm(double k_per_fm, double error) const;

    /// One value of the above.
    double density_per_fm3(double r_fm) const;
    double characteristic(double q_per_fm) const;
    double cosine_transform_per_fm2(double q_per_fm) const;
};

/// S(r) = (4 pi r0^2)^(-3/2) exp(-r^2 / (4 r0^2)): both particles from a Gaussian of width r0.
class GaussianSource final : public Source {
  public:
    /// Throws InputError unless r0 > 0 and finite.
    explicit GaussianSource(double r0_fm);
    void fill_per_fm3(Eigen::Ref<Eigen::ArrayXd const> const& r_fm,
                      Eigen::Ref<Eigen::ArrayXd> s_per_fm3) const override;
    double radius_outside_which_fm(double fraction) const override;
    void fill_characteristic(Eigen::Ref<Eigen::ArrayXd const> const& q_per_fm,
                             Eigen::Ref<Eigen::ArrayXd> value) const override;
    void fill_cosine_transform_per_fm2(Eigen::Ref<Eigen::ArrayXd const> const& q_per_fm,
                                       Eigen::Ref<Eigen::ArrayXd> value_per_fm2) const override;
    double r0_fm() const noexcept { return r0_fm_; }

  private:
    double r0_fm_;
    double at_origin_per_fm3_;
};

}  // namespace hadronforce
