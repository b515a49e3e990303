#pragma once

#include "hadronforce/interaction/kernel_network.hpp"

#include <Eigen/Core>

namespace hadronforce {

/// Waves that a kernel was fitted to, and the relative residual of the fit.
struct KernelWaves {
    Eigen::ArrayXd r;        ///< increasing radii, some of them below the cut
    Eigen::MatrixXd values;  ///< radii x waves
    double residual = 0.0;
};

/// U - (1 - P) U (1 - P) with P the projector on the waves of the fit below the cut: all of the kernel that they have
/// seen; what it predicts beside U shows how much of a prediction is the network's own extrapolation. The waves are
/// polynomials in the logarithm of r, by least squares; directions in which they reach less than `residual` times the
/// largest count as unseen.
class SeenKernel final : public NonlocalPotential {
  public:
    /// Throws InputError where sizes do not fit, or no wave is finite and other than zero.
    SeenKernel(KernelNetwork network, KernelWaves const& waves);

    void fill(Eigen::Ref<Eigen::ArrayXd const> const& r, Eigen::Ref<Eigen::ArrayXd const> const& r_prime,
              Eigen::Ref<Eigen::ArrayXXd> u) const override;
    double range(double) const override { return network_.settings().cut; }

  private:
    /// Radii x directions; zero from the cut on.
    Eigen::MatrixXd directions(Eigen::Ref<Eigen::ArrayXd const> const& r) const;
    /// integral d^3r' U(r, r') of them.
    Eigen::MatrixXd acted(Eigen::Ref<Eigen::ArrayXd const> const& r) const;

    KernelNetwork network_;
    Eigen::MatrixXd coefficients_;  ///< terms x orthonormal directions
    Eigen::ArrayXd nodes_;
    Eigen::MatrixXd sources_;   ///< nodes x directions: times their volume
    Eigen::MatrixXd elements_;  ///< U between directions
};

}  // namespace hadronforce
