#pragma once

#include "hadronforce/interaction/kernel_network.hpp"
#include "hadronforce/lattice/kernel_fit.hpp"
#include "hadronforce/parallel/communicator.hpp"

#include <Eigen/Core>

#include <vector>

namespace hadronforce {

/// Upper triangle of the normal matrix, right-hand side and losses in one buffer: one reduction a step.
struct NormalEquations {
    Eigen::MatrixXd matrix;
    Eigen::VectorXd gradient;
    double loss = 0.0;
    double data_loss = 0.0;
    double own_loss = 0.0;  ///< of this rank's rows

    /// Collective: adds those of all ranks.
    void sum(Communicator const& comm);
};

/// Rows of the residual that belong to one radius: sum_j U_ij sources(j, s) - targets(i, s), times root_weights(i, s).
struct ResidualRows {
    std::vector<Eigen::Index> radii;
    Eigen::MatrixXd sources;       ///< all radii x s
    Eigen::MatrixXd targets;       ///< all radii x s
    Eigen::MatrixXd root_weights;  ///< all radii x s

    Eigen::VectorXd residual(Eigen::VectorXd const& u, Eigen::Index i) const {
        return (root_weights.row(i).transpose().array() *
                (sources.transpose() * u - targets.row(i).transpose()).array())
            .matrix();
    }
};

/// The loss of a kernel network on the data of a fit, and its Gauss-Newton equations. The rows of the residual are
/// dealt over the ranks; both functions are collective and the same on all ranks.
class KernelLoss {
  public:
    KernelLoss(Communicator const& comm, KernelNetwork const& network, KernelFitData const& data,
               KernelFitSettings const& settings);

    /// Of the network's present parameters; `local_only`: as if there were no kernel.
    NormalEquations normal_equations(bool local_only) const;
    double loss(bool local_only) const;

  private:
    double l2_term() const;
    template <class Work>
    void for_own(ResidualRows const& rows, Work const& work) const;
    double add(ResidualRows const& rows, KernelNetwork::OnGrid const& grid, NormalEquations& equations) const;

    Communicator const& comm_;
    KernelNetwork const& network_;
    Eigen::ArrayXd r_, measure_;
    ResidualRows data_;
    ResidualRows penalty_;
    double l2_;
};

}  // namespace hadronforce
