#pragma once

#include "hadronforce/interaction/kernel_network.hpp"
#include "hadronforce/lattice/kernel_fit.hpp"

#include <Eigen/Core>

#include <optional>
#include <vector>

namespace hadronforce {

/// Directions in which a fit moves the parameters of the kernel and of the local part, parameters x directions: some of
/// them, turned such that the loss is curved alike in all. In single parameters what the data hardly see drowns in the
/// rounding of what they see well.
struct FitDirections {
    std::vector<Eigen::Index> of_kernel, of_local;  ///< parameters that move; those of the local part from zero on
    Eigen::MatrixXd turned_kernel, turned_local;    ///< those x directions; empty: each is its own direction

    Eigen::Index size() const { return static_cast<Eigen::Index>(of_kernel.size() + of_local.size()); }
    /// The same turned by what their normal matrix says, kernel and local part apart.
    FitDirections turned(Eigen::MatrixXd const& matrix) const;
    /// The change of all parameters for a step along the directions; `local_offset`: where those of the local part
    /// begin.
    Eigen::VectorXd step(Eigen::VectorXd const& along, Eigen::Index parameters, Eigen::Index local_offset) const;
};

/// Normal matrix and gradient (both halved) along directions, and losses, at some parameters.
struct NormalEquations {
    Eigen::MatrixXd matrix;
    Eigen::VectorXd gradient;
    double loss = 0.0;
    double data_loss = 0.0;
};

/// Where the kernel is worked out. It is smooth, so its action on the waves is interpolated between some nodes: the
/// work of a step does not depend on how many radii there are. Few radii are their own nodes.
class KernelNodes {
  public:
    KernelNodes(KernelFitData const& data, double cut);

    Eigen::ArrayXd const& r() const noexcept { return r_; }
    /// Radii x nodes: row i times values at the nodes is the value at radius i.
    Eigen::MatrixXd const& interpolation() const noexcept { return interpolation_; }

  private:
    Eigen::ArrayXd r_;
    Eigen::MatrixXd interpolation_;
};

/// V psi + integral d^3r' U(r, r') psi(r') of each wave of the data, radii x waves.
Eigen::MatrixXd acted_on_waves(KernelNetwork const& network, KernelFitData const& data);

/// The loss of a kernel network on the data of a fit, and its Gauss-Newton equations. The squares of the data are one
/// quadratic form of what the network predicts, V at each radius and U psi_s at each node, which is worked out once.
/// Offsets of the waves, b_s psi_s beside the target with a Gaussian prior, are integrated out.
class KernelLoss {
  public:
    KernelLoss(KernelNetwork const& network, KernelFitData const& data, KernelFitSettings const& settings);

    /// Of the network's present parameters; `local_only`: as if there were no kernel.
    NormalEquations normal_equations(bool local_only, FitDirections const& directions) const {
        return evaluate(local_only, &directions);
    }
    double loss(bool local_only) const { return evaluate(local_only, nullptr).loss; }
    /// The data's part for U = V = 0, without offsets: what residuals are relative to.
    double null_loss() const noexcept { return squares_of_targets_; }
    /// Most likely offsets of the waves at the present parameters; empty without.
    Eigen::VectorXd offsets() const;

  private:
    /// What the network predicts and its derivatives along directions.
    struct Prediction {
        Eigen::ArrayXd V;                            ///< radii
        Eigen::MatrixXd V_derivatives;               ///< radii x directions of the local part
        Eigen::MatrixXd U;                           ///< nodes x waves
        std::vector<Eigen::MatrixXd> U_derivatives;  ///< of each wave, nodes x directions of the kernel
    };
    Prediction predict(bool local_only, FitDirections const* directions) const;
    NormalEquations evaluate(bool local_only, FitDirections const* directions) const;
    void add_data(Prediction const& prediction, NormalEquations& equations) const;
    void add_penalty(FitDirections const* directions, NormalEquations& equations) const;
    void add_prior(FitDirections const* directions, NormalEquations& equations) const;
    void set_prior(double l2, bool outputs_alone);
    Eigen::VectorXd offset_slopes(Prediction const& prediction) const;

    KernelNetwork const& network_;
    Eigen::ArrayXd r_;
    KernelNodes nodes_;
    Eigen::MatrixXd sources_;               ///< nodes x waves: wave times volume
    Eigen::ArrayXd VV_;                     ///< radii: sum_s w psi^2
    Eigen::VectorXd V_targets_;             ///< radii: sum_s w psi t
    std::vector<Eigen::MatrixXd> UU_, UV_;  ///< of each wave: nodes x nodes, nodes x radii
    Eigen::MatrixXd U_targets_;             ///< nodes x waves
    double squares_of_targets_ = 0.0;
    Eigen::MatrixXd offset_matrix_;        ///< inverse of the offsets' own normal matrix; empty without
    Eigen::MatrixXd V_offset_, U_offset_;  ///< radii x waves, nodes x waves: their products with V and U
    Eigen::VectorXd offset_targets_;
    Eigen::ArrayXd penalty_r_;
    Eigen::MatrixXd penalty_weights_;  ///< of U^2 between radii of the penalty; empty without
    Eigen::VectorXd precision_;        ///< of the prior of each parameter
};

}  // namespace hadronforce
