#pragma once

#include "scattering/coupled_equation.hpp"

#include <Eigen/Core>

#include <memory>

namespace hadronforce {

/// The renormalised Numerov method for one energy after the other. With y = (1 - T) chi, a matrix of solutions,
/// R_n = y_{n+1} y_n^-1 = 12 (1 - T_n)^-1 - 10 - R_{n-1}^-1.
class CoupledNumerov {
  public:
    virtual ~CoupledNumerov() = default;
    /// (dchi/dx) chi^-1 at the matching node.
    virtual Eigen::MatrixXcd outward(CoupledEquation const& equation, Eigen::VectorXd const& k_squared) = 0;
    /// The solution that is `chi` at the matching node, at the energy of the last call of `outward`:
    /// sum over nodes 1 .. match of weights |chi|^2, one number a channel, and chi at one of the nodes. `weights`:
    /// channels by nodes.
    struct InwardWave {
        Eigen::ArrayXd density;
        Eigen::VectorXcd at_node;
    };
    virtual InwardWave inward(Eigen::VectorXcd const& chi, Eigen::ArrayXXd const& weights, Eigen::Index node) const = 0;
};

/// For that many channels and real or complex potentials.
std::unique_ptr<CoupledNumerov> make_coupled_numerov(int channels, bool is_complex);

}  // namespace hadronforce
