#pragma once

#include "hadronforce/interaction/nonlocal_potential.hpp"

namespace hadronforce {

/// U(r, r') from its values U_ij = U(r_i, r_j) on a table of radii: A(r) U A(r')^T with A a barycentric rational
/// interpolation, smooth, of error h^(order + 1) for radii at distance h, for Gauss nodes and sqrt(n) a alike. U is
/// zero where r or r' exceeds the last radius. Below the first it is extrapolated where the distance to the origin is
/// at most that to the second radius, else it keeps its value at the first.
class TabulatedKernel final : public NonlocalPotential {
  public:
    static constexpr int default_order = 3;
    static constexpr int highest_order = 9;

    /// `r`: increasing, not negative, at least order + 1 of them; `u`: square, symmetric to 1e-10 of its largest value.
    /// Throws InputError for anything else, and for what is not finite.
    TabulatedKernel(Eigen::ArrayXd r, Eigen::MatrixXd const& u, int order = default_order);

    Eigen::ArrayXd const& r() const noexcept { return r_; }

    void fill(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd const> const& r_prime,
              Eigen::Ref<Eigen::ArrayXXd> u) const override;
    double range(double) const override { return r_[r_.size() - 1]; }
    std::vector<double> kinks() const override;

  private:
    bool extrapolates_to_origin() const { return r_[0] <= r_[1] - r_[0]; }
    Eigen::MatrixXd interpolation(Eigen::Ref<Eigen::ArrayXd const> const& radii) const;

    Eigen::ArrayXd r_;
    Eigen::ArrayXd weights_;
    Eigen::MatrixXd u_;
};

}  // namespace hadronforce
