#pragma once

namespace hadronforce {

/// The smooth map x -> r that spreads a uniform grid in x over all scales of a hadronic potential:
/// dr/dx = outer (r + inner) / (r + outer), so steps near the origin are `inner` dx, then grow in proportion to r, and
/// far out settle at `outer` dx. In closed form x = r/outer + (1 - inner/outer) ln(1 + r/inner).
class CoordinateMap {
  public:
    /// Lengths in fm, 0 < inner < outer.
    CoordinateMap(double inner_fm, double outer_fm) noexcept : inner_(inner_fm), outer_(outer_fm) {}

    double x_of_r(double r_fm) const;
    /// Inverse of x_of_r, by Newton's method to rounding.
    double r_of_x(double x) const;

    /// g(r) = dr/dx in fm.
    double dr_dx(double r_fm) const noexcept { return outer_ * (r_fm + inner_) / (r_fm + outer_); }
    /// dg/dr.
    double slope_of_dr_dx(double r_fm) const noexcept;
    /// What the map adds to the wave equation: with u = sqrt(g) chi, chi'' = (g^2 F + s) chi where u'' = F u and
    /// s = (3/4) (g_x/g)^2 - (1/2) g_xx/g.
    double curvature_term(double r_fm) const noexcept;

    /// The same map with all lengths multiplied.
    CoordinateMap scaled(double factor) const noexcept { return {inner_ * factor, outer_ * factor}; }

  private:
    double inner_;
    double outer_;
};

}  // namespace hadronforce
