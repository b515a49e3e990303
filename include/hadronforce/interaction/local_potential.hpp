#pragma once

#include <Eigen/Core>

#include <optional>

namespace hadronforce {

/// A local, real, central potential V(r).
class LocalPotential {
  public:
    virtual ~LocalPotential() = default;

    /// Writes V in MeV for every radius in fm. Radii are >= 0; both arrays have one length.
    virtual void fill_MeV(Eigen::Ref<Eigen::ArrayXd const> const& r_fm, Eigen::Ref<Eigen::ArrayXd> v_MeV) const = 0;

    /// lim_{r -> 0} r V(r) in MeV fm; not zero for a Yukawa-like core, whose wave function starts as r (1 + mu A r).
    virtual double r_times_v_at_origin_MeV_fm() const { return 0.0; }

    /// Radius in fm at which V jumps, if it does. `fill_MeV` gives the inner value up to and including it.
    virtual std::optional<double> discontinuity_fm() const { return std::nullopt; }

    /// Whether derivatives of V, of whatever order, jump somewhere, as those of a spline do at its knots.
    virtual bool has_knots() const { return false; }

    /// V at one radius, in MeV.
    double value_MeV(double r_fm) const;
};

}  // namespace hadronforce
